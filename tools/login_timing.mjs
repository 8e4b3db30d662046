// What tools/login-timing runs; see there.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { realmOfUsers, signingKey } from '../tests/system/accounts.mjs';
import { clientRoles, RawSocket } from '../tests/system/raw.mjs';
import { startRouter } from '../tests/system/router.mjs';

const logins = Number(process.argv[2]);
const folder = await mkdtemp(path.join(tmpdir(), 'heddle-timing-'));
let router, accounts;
// A stranger looks like one of the users, whose costs differ: so there is one only.
async function restart(method, only) {
  await router?.stop();
  accounts = await realmOfUsers(folder, { auth: [method.replace('wamp-', '')], quick: false, only });
  router = await startRouter({ realms: accounts.realm });
}
const us = (from) => Number(process.hrtime.bigint() - from) / 1000;

// One refused login: microseconds to CHALLENGE (or to ABORT, where that comes at once), and from AUTHENTICATE to ABORT.
async function refused(method, details, proof) {
  const peer = await new RawSocket(router.port).open();
  let from = process.hrtime.bigint();
  await peer.say([1, 'realm1', { roles: clientRoles, authmethods: [method], ...details }]);
  const first = await peer.nextMessage();
  const times = { hello: us(from) };
  if (first[0] === 4) {
    from = process.hrtime.bigint();
    await peer.say([5, proof, method === 'wamp-scram' ? { nonce: first[2].nonce, channel_binding: null, cbind_data: null } : {}]);
    const last = await peer.nextMessage();
    if (last[0] !== 3) throw new Error(`let in: ${JSON.stringify(last)}`);
    times.proof = us(from);
  }
  peer.close();
  return times;
}

const wrong = Buffer.alloc(32).toString('base64');
const kinds = () => ({
  ticket: [{ authid: 'tina' }, { authid: 'nina' }, 'wrong'],
  wampcra: [{ authid: 'craig' }, { authid: 'crain' }, wrong],
  'wamp-scram': [{ authid: 'sam', authextra: { nonce: wrong } }, { authid: 'sim', authextra: { nonce: wrong } }, wrong],
  cryptosign: [{ authextra: { pubkey: accounts.key.public } }, { authextra: { pubkey: signingKey().public } }, '00'.repeat(96)],
});

const mean = (all) => all.reduce((sum, one) => sum + one, 0) / all.length;
const variance = (all, middle = mean(all)) => mean(all.map((one) => (one - middle) ** 2));
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(0).padStart(7);
// The slowest twentieth is the machine's.
const trimmed = (all) => [...all].sort((a, b) => a - b).slice(0, Math.ceil(all.length * 0.95));

console.log(`${logins} logins of each kind refused, microseconds              p10    p50    p90    p99   mean   apart (standard errors)`);
for (const [method, user] of [['ticket', 'tina'], ['wampcra', 'craig'], ['wamp-scram', 'sam'], ['cryptosign', 'kim']]) {
  await restart(method, user);
  const [known, unknown, proof] = kinds()[method];
  const seen = { hello: [[], []], proof: [[], []] };
  for (let n = 0; n < logins + 50; ++n)
    for (const who of n % 2 ? [0, 1] : [1, 0]) {
      const times = await refused(method, who ? unknown : known, proof);
      if (n >= 50) for (const [step, time] of Object.entries(times)) seen[step][who].push(time);
    }
  for (const [step, both] of Object.entries(seen)) {
    if (!both[0].length || !both[1].length) continue;
    const [a, b] = both.map(trimmed);
    const apart = Math.abs(mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
    both.forEach((all, who) => {
      const sorted = [...all].sort((x, y) => x - y);
      const label = `${method.padEnd(11)} ${step === 'hello' ? 'HELLO' : 'AUTHENTICATE'}`.padEnd(26) + ` user ${who ? 'unknown' : 'known'}`;
      const shares = [0.1, 0.5, 0.9, 0.99].map((share) => at(sorted, share)).join('');
      console.log(`${label.padEnd(46)} ${shares}${mean(trimmed(all)).toFixed(0).padStart(7)}`
        + (who ? `   ${apart.toFixed(1)}` : ''));
    });
  }
}
await router.stop();
await rm(folder, { recursive: true, force: true });
