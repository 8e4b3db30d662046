// Starts the two programs of the example, router and vehicles, and ends them together. Options go to the router.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const children = [];
let ending = false;

function start(command, args, stdio) {
  const child = spawn(command, args, { stdio });
  children.push(child);
  child.on('exit', (code) => end(code ?? 1));
  return child;
}

function end(code) {
  if (ending) return;
  ending = true;
  for (const child of children) child.kill('SIGTERM');
  process.exitCode = code;
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(0));

const router = start(process.env.HEDDLE_BIN, ['serve', here('heddle.toml'), ...process.argv.slice(2)], ['ignore', 'pipe', 'inherit']);
let words = '';
router.stdout.setEncoding('utf8').on('data', (text) => {
  process.stdout.write(text);
  words += text;
  const address = /127\.0\.0\.1:\d+/.exec(words);
  if (children.length > 1 || !address || !words.includes('ready in')) return;
  start(process.execPath, [here('vehicles.mjs'), `ws://${address[0]}/ws`], 'inherit');
  console.log(`The map: http://${address[0]}/vehicles/`);
});
