// Reads Recon from standard input, a frame a line, and says for each what @swim/recon takes for it, in nanoseconds:
// parse <tab> envelope <tab> write <tab> what was written. `bench/recon_compare` runs it; the packages are those of tests/system.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../tests/system/package.json', import.meta.url));
const { Recon } = require('@swim/recon');
const { Envelope } = require('@swim/warp');

const rounds = 40;
const roundTime = 5_000_000n; // nanoseconds

// The best of many short rounds, once the compiler of V8 has seen enough of it.
let sink; // what was made last, so that nothing can be left out
function bestOf(once) {
  let best = Infinity;
  let count = 64;
  for (const end = process.hrtime.bigint() + 500_000_000n; process.hrtime.bigint() < end;) sink = once();
  for (let round = 0; round < rounds;) {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < count; i += 1) sink = once();
    const took = process.hrtime.bigint() - begin;
    if (took < roundTime && round === 0) {
      count *= 2;
      continue;
    }
    round += 1;
    best = Math.min(best, Number(took) / count);
  }
  return best.toFixed(1);
}

for await (const frame of createInterface({ input: process.stdin })) {
  const value = Recon.parse(frame);
  const parse = bestOf(() => Recon.parse(frame));
  const envelope = bestOf(() => Envelope.parseRecon(frame));
  const write = bestOf(() => Recon.toString(value));
  console.log([parse, envelope, write, Recon.toString(value)].join('\t'));
}
if (sink === undefined) process.exitCode = 1;
