// What is tried at the door (docs/attacks.md, 5.1 and 5.5), by hand over the wire.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { promisify } from 'node:util';
import { inAnHour, jwt, jwtSecret, password, realmOfUsers, signingKey, ticket } from './accounts.mjs';
import { clientRoles, RawSocket, stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';

let folder, router, strict, accounts;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-door-'));
  const auth = ['ticket', 'wampcra', 'scram', 'cryptosign', 'jwt', 'token', 'cookie'];
  accounts = await realmOfUsers(folder, { auth });
  router = await startRouter({ realms: accounts.realm + openRealm('open') });
  const throttled = await realmOfUsers(folder, { auth, throttle: 'throttle = { attempts = 3, window = "1m", block = "1m" }' });
  strict = await startRouter({ realms: throttled.realm + openRealm('open') });
});
after(async () => {
  await router?.stop();
  await strict?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => stillServes(router, 'open'));

const HELLO = 1, WELCOME = 2, ABORT = 3, CHALLENGE = 4, AUTHENTICATE = 5;

// Says HELLO; the connection and the answer.
async function knock(method, details, at = router) {
  const peer = await new RawSocket(at.port).open();
  await peer.say([HELLO, 'realm1', { roles: clientRoles, authmethods: [method], ...details }]);
  return { peer, answer: await peer.nextMessage() };
}

async function prove({ peer }, signature, extra = {}) {
  await peer.say([AUTHENTICATE, signature, extra]);
  const answer = await peer.nextMessage();
  peer.close();
  return answer;
}

const sign = (key, text) => crypto.createHmac('sha256', key).update(text).digest('base64');
const plainSecret = 'a plain secret';

test('the right answer to another connection\'s challenge lets nobody in', async () => {
  const [mine, victims] = [await knock('wampcra', { authid: 'clara' }), await knock('wampcra', { authid: 'clara' })];
  const overheard = sign(plainSecret, victims.answer[2].challenge);
  assert.notEqual(mine.answer[2].challenge, victims.answer[2].challenge);
  assert.equal((await prove(mine, overheard))[0], ABORT);
  assert.equal((await prove(victims, overheard))[0], WELCOME);
});

test('a challenge is good for one answer, and for nothing but an answer', async () => {
  const first = await knock('wampcra', { authid: 'clara' });
  await first.peer.say([AUTHENTICATE, 'wrong', {}]);
  assert.equal((await first.peer.nextMessage())[0], ABORT);
  await first.peer.say([AUTHENTICATE, sign(plainSecret, first.answer[2].challenge), {}]).catch(() => {});
  assert.equal((await first.peer.closed()).length, 0);
  const another = [HELLO, 'realm1', { roles: clientRoles }];
  for (const early of [[32, 1, {}, 'a.b'], [16, 1, { acknowledge: true }, 'a.b'], [48, 1, {}, 'wamp.session.count'], another]) {
    const { peer } = await knock('wampcra', { authid: 'clara' });
    await peer.say(early);
    const [type, , reason] = await peer.nextMessage();
    assert.deepEqual([type, reason], [ABORT, 'wamp.error.protocol_violation']);
    peer.close();
  }
});

test('every challenge has at least 128 random bits, no two alike', async () => {
  const seen = new Set();
  for (let n = 0; n < 20; ++n) {
    const { peer, answer } = await knock('wampcra', { authid: 'clara' });
    const { nonce } = JSON.parse(answer[2].challenge);
    assert.ok(Buffer.from(nonce, 'base64').length >= 16);
    seen.add(nonce);
    peer.close();
  }
  assert.equal(seen.size, 20);
});

// What somebody sees who is refused, without what must differ: numbers and random texts.
async function seen(method, details, signature, extra) {
  const knocked = await knock(method, details);
  const shapes = [Object.keys(knocked.answer[2] ?? {}).sort(), typeof knocked.answer[1] === 'string' ? knocked.answer[1] : ''];
  if (knocked.answer[0] === CHALLENGE) {
    const challenge = knocked.answer[2];
    if (challenge.challenge && method === 'wampcra') shapes.push(Object.keys(JSON.parse(challenge.challenge)).sort());
    const lengths = [challenge.salt, challenge.nonce].map((text) => String(text ?? '').length);
    shapes.push([challenge.iterations, challenge.keylen, challenge.kdf, challenge.memory, ...lengths]);
    shapes.push(await prove(knocked, signature, extra?.(challenge)));
  } else {
    shapes.push(knocked.answer);
    knocked.peer.close();
  }
  return shapes;
}
const nonce = Buffer.alloc(16, 7).toString('base64');
for (const [method, known, unknown, signature, extra] of [
  ['ticket', { authid: 'tina' }, { authid: 'nina' }, 'wrong'],
  ['wampcra', { authid: 'craig' }, { authid: 'nobody-0' }, sign('x', 'y')],
  ['wamp-scram', { authid: 'sam', authextra: { nonce } }, { authid: 'nobody-0', authextra: { nonce } }, nonce,
    (challenge) => ({ nonce: challenge.nonce, channel_binding: null, cbind_data: null })],
])
  test(`who guesses names by ${method} sees the same of those there are and those there are not`, async () => {
    const of = await seen(method, known, signature, extra);
    let alike = 0;
    // A realm's users differ among themselves (cost, salted or not); a stranger looks like one of them.
    for (let n = 0; n < 40 && !alike; ++n) {
      const stranger = await seen(method, { ...unknown, authid: `${unknown.authid}${n}` }, signature, extra);
      alike += JSON.stringify(stranger) === JSON.stringify(of) ? 1 : 0;
    }
    assert.ok(alike, JSON.stringify(of));
  });

test('a stranger who asks again is shown the same salt', async () => {
  const salts = new Set();
  for (let n = 0; n < 3; ++n) {
    const { peer, answer } = await knock('wamp-scram', { authid: 'a-stranger', authextra: { nonce } });
    salts.add(answer[2].salt);
    peer.close();
  }
  assert.equal(salts.size, 1);
});

test('a channel binding that is asked for and cannot be had is refused, not left out', async () => {
  const { seed, public: pubkey } = signingKey();
  assert.ok(seed);
  for (const binding of ['tls-unique', 'tls-exporter', 'tls-made-up']) {
    const { peer, answer } = await knock('cryptosign', { authextra: { pubkey, channel_binding: binding } });
    assert.equal(answer[0], ABORT, binding);
    peer.close();
    const scram = await knock('wamp-scram', { authid: 'sam', authextra: { nonce, channel_binding: binding } });
    assert.equal(scram.answer[0], ABORT, binding);
    scram.peer.close();
  }
});

test('tokens that are forged, late, for somebody else or without a signature let nobody in', async () => {
  const good = { sub: 'jane', role: 'user', aud: 'plant', exp: inAnHour() };
  const enter = async (text) => prove(await knock('jwt', {}), text);
  assert.equal((await enter(jwt(good)))[0], WELCOME);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [head, body] = jwt(good).split('.');
  for (const bad of [jwt(good, 'another secret of thirty-two characters'), jwt({ ...good, exp: 1 }), jwt({ ...good, aud: 'lab' }),
    jwt({ ...good, nbf: inAnHour() }), jwt({ ...good, role: 'no-such-role' }),
    `${part({ alg: 'none' })}.${body}.`, `${head}.${body}.`, `${head}.${body}`,
    `${head}.${part({ ...good, role: 'user', sub: 'root' })}.${jwt(good).split('.')[2]}`, '..', '', 'hdl_x', jwtSecret])
    assert.equal((await enter(bad))[0], ABORT, bad);
});

test('guesses are throttled, whoever they guess, and who is blocked learns nothing by a right answer', async () => {
  const guess = async (authid, secret) => prove(await knock('ticket', { authid }, strict), secret);
  for (let n = 0; n < 3; ++n) assert.equal((await guess('tina', `wrong ${n}`))[0], ABORT);
  strict.forget();
  const [type, , reason] = await guess('tina', ticket);
  assert.deepEqual([type, reason], [ABORT, 'wamp.error.authentication_failed']);
  await strict.said(/auth\.fail .*class=throttled/);
});

test('WARP and HTTP come by the same door: who is blocked is blocked there, too', async () => {
  const { RawWebSocket } = await import('./raw.mjs');
  const peer = new RawWebSocket(strict.url('/realm1'), []);
  await peer.open();
  assert.equal(await peer.send(`@auth{ticket:"${ticket}",authid:tina}`).nextText(), '@deauthed@denied');
  assert.equal((await peer.end()).code, 1008);
  const answer = await fetch(strict.url('/realms/realm1/call', 'http'), {
    method: 'POST', body: '{"procedure":"wamp.session.count"}',
    headers: { 'Content-Type': 'application/json', Authorization: `Basic ${Buffer.from(`tina:${ticket}`).toString('base64')}` },
  });
  assert.ok([401, 429].includes(answer.status), String(answer.status));
});

test('no secret is in the log, whatever became of the login', async () => {
  await prove(await knock('ticket', { authid: 'tina' }), 'a wrong secret');
  await prove(await knock('jwt', {}), jwt({ sub: 'x' }));
  await prove(await knock('token', {}), accounts.token);
  for (const secret of ['a wrong secret', ticket, password, plainSecret, jwtSecret, accounts.token, accounts.key.seed])
    assert.ok(!router.words.includes(secret) && !router.stderr.includes(secret), secret);
});

test('names and secrets of a megabyte, or with line ends in them, are no trouble and no second line', async () => {
  router.forget();
  for (const authid of ['x'.repeat(15_000), 'a\nauth.ok realm=realm1', '\u0000', '', '{authid}', 'a.b', '*', '..', '#'])
    for (const method of ['ticket', 'wampcra', 'wamp-scram']) {
      const knocked = await knock(method, { authid, authextra: { nonce } });
      if (knocked.answer[0] === CHALLENGE) assert.equal((await prove(knocked, 'x'.repeat(10_000)))[0], ABORT);
      else knocked.peer.close();
    }
  assert.doesNotMatch(router.stderr, /^auth\.ok/m);
});

test('administration is not there for who comes by TCP without a login, by WAMP or WARP', async () => {
  const { peer, answer } = await knock('anonymous', {});
  peer.close();
  assert.equal(answer[0], ABORT);
  const admin = await new RawSocket(router.port).open();
  await admin.say([HELLO, 'heddle.admin', { roles: clientRoles, authmethods: ['local', 'anonymous'] }]);
  assert.equal((await admin.nextMessage())[0], ABORT);
  admin.close();
});

test('a Unix socket trusts its peer where the file says so, and nowhere else', async () => {
  const config = (folderOfSocket, more) => `[server]\ndrain = "0s"\n[[listener]]\nname = "tcp"\naddress = "127.0.0.1:0"
[[listener]]\nname = "socket"\naddress = "unix:${folderOfSocket}/admin.sock"\nserve = ["admin", "wamp", "health"]\n${more}\n${openRealm()}`;
  for (const [more, expected] of [['', ABORT], ['peer_admins = ["nobody-else"]', WELCOME], ['peer_admins = ["%no-such-group"]', WELCOME]]) {
    const place = await mkdtemp(path.join(tmpdir(), 'heddle-peer-'));
    const one = await startRouter({ config: config(place, more) });
    const peer = await new RawSocket(path.join(place, 'admin.sock')).open();
    await peer.say([HELLO, 'heddle.admin', { roles: clientRoles, authmethods: ['local'] }]);
    const answer = await peer.nextMessage();
    peer.close();
    await one.stop();
    await rm(place, { recursive: true, force: true });
    assert.equal(answer[0], expected, `${more} ${JSON.stringify(answer)}`); // who runs the router is in every list that there is
    if (expected === WELCOME) assert.deepEqual([answer[2].authid, answer[2].authrole], [userInfo().username, 'administrator']);
  }
});

test('a configuration that would fall open is refused whole', async () => {
  const { executable } = await import('./router.mjs');
  const file = path.join(folder, 'bad.toml');
  const { writeFile } = await import('node:fs/promises');
  const listener = (more) => `[[listener]]\nname = "tcp"\naddress = "127.0.0.1:0"\n${more}\n`;
  const cookies = '[[realm]]\nname = "r"\nauth = ["ticket", "cookie"]\n[[realm.role]]\nname = "user"\npermissions = []\n';
  for (const [text, pattern] of [
    [listener('origins = ["*"]') + cookies, /lets every web page in, but a realm lets browsers log in by cookie/],
    [listener('origins = ["null"]') + openRealm(), /is what any page can have a browser say/],
    [listener('origins = ["https://*.example.com"]') + openRealm(), /is a pattern/],
    [listener('peer_admins = ["root"]') + openRealm(), /only a Unix socket tells who is at the other end/],
    [listener('') + '[[realm]]\nname = "r"\nauth = ["ticket"]\nusers = [{ authid = "kim", role = "user", ticket = "garbage" }]\n'
      + '[[realm.role]]\nname = "user"\npermissions = []\n',
      /ticket/],
  ]) {
    await writeFile(file, text, { mode: 0o600 });
    const error = await promisify(execFile)(executable, ['check', file]).then(() => null, (failed) => failed);
    assert.equal(error?.code, 6, text);
    assert.match(error.stdout + error.stderr, pattern);
  }
});
