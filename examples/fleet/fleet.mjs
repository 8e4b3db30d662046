// Starts the three programs of the example and ends them together: router, vehicles, control room.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const rounds = process.argv[process.argv.indexOf('--rounds') + 1];
const children = [];

function start(command, args, stdio) {
  const child = spawn(command, args, { stdio });
  children.push(child);
  child.on('exit', (code, signal) => end(code ?? 1, `${args[0]} ended${signal ? ` by ${signal}` : ''}`, child));
  return child;
}

let ending = false;
function end(code, why, who) {
  if (ending || (code === 0 && who === publisher)) return; // the vehicles may have driven their rounds
  ending = true;
  if (code !== 0) console.error(`fleet: ${why}`);
  for (const child of children) child.kill('SIGTERM');
  process.exitCode = code;
}

let publisher = null;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(0, signal));

// The kernel picks the port; the router's first words name it.
const router = start(process.env.HEDDLE_BIN, ['serve', here('heddle.toml'), '--port', '0'], ['ignore', 'pipe', 'inherit']);
let words = '';
router.stdout.setEncoding('utf8').on('data', (text) => {
  words += text;
  const address = /127\.0\.0\.1:\d+/.exec(words);
  if (publisher || !address || !words.includes('ready in')) return;
  const numberOfRounds = process.argv.includes('--rounds') ? [rounds] : [];
  publisher = start(process.execPath, [here('publisher.mjs'), `ws://${address[0]}/`, ...numberOfRounds], 'inherit');
  start(process.execPath, [here('reader.mjs'), `ws://${address[0]}`], 'inherit');
});
