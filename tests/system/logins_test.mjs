// autobahn-js and @swim/client log in, by every way that they know, in the open and over TLS.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import autobahn from 'autobahn';
import { WarpClient } from '@swim/client';
import nacl from 'tweetnacl';
import { WebSocket } from 'ws';
import { inAnHour, jwt, password, realmOfUsers, ticket } from './accounts.mjs';
import { Certificates } from './certificates.mjs';
import { RawWebSocket } from './raw.mjs';
import { startRouter } from './router.mjs';
import { within } from './wait.mjs';

const methods = ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign', 'tls', 'cookie', 'jwt', 'token'];
let folder, certificates, router, accounts;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-logins-'));
  certificates = await Certificates.make();
  accounts = await realmOfUsers(folder, { auth: methods, fingerprint: await certificates.fingerprint('kim') });
  router = await startRouter({ realms: accounts.realm, tls: certificates.table('asked'), listenerMore: 'tls = "main"' });
});
after(async () => {
  await router?.stop();
  await certificates?.remove();
  await rm(folder, { recursive: true, force: true });
});

// The WebSocket of a browser, with what a browser would bring along: cookies, certificates. `answers`: headers of the upgrade.
function bring(options = {}, answers = {}) {
  globalThis.WebSocket = class extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols, options);
      this.on('upgrade', (response) => Object.assign(answers, response.headers));
    }
  };
}

// Joins with what `how` says (authid, authmethods, onchallenge, authextra); the details of WELCOME, or the refusal thrown.
async function login(how, { via = 'ws', options = {}, answers = {}, use } = {}) {
  bring(via === 'wss' ? { ca: certificates.ca, ...options } : options, answers);
  const raw = { type: 'rawsocket', host: '127.0.0.1', port: router.port };
  const transport = via === 'rs' ? raw : { type: 'websocket', url: router.url('/', via) };
  const connection = new autobahn.Connection({ transports: [transport], realm: 'realm1', max_retries: 0, ...how });
  const closed = new Promise((resolve) => {
    connection.onclose = (reason, details) => (resolve({ closed: reason, ...details }), true);
  });
  const opened = new Promise((resolve) => (connection.onopen = (session, details) => resolve({ session, ...details })));
  connection.open();
  const first = await within(Promise.race([opened, closed]), 'an answer');
  if (first.closed) throw Object.assign(new Error(`${first.reason}: ${first.message}`), { reason: first.reason });
  if (use) await use(first.session);
  connection.close();
  await within(closed, 'the end');
  return first;
}

const says = (answer) => () => answer;
const cra = (secret) => (session, method, extra) => {
  const key = extra.salt ? autobahn.auth_cra.derive_key(secret, extra.salt, extra.iterations, extra.keylen) : secret;
  return autobahn.auth_cra.sign(key, extra.challenge);
};
const pair = () => nacl.sign.keyPair.fromSeed(Uint8Array.from(Buffer.from(accounts.key.seed, 'hex')));
const cryptosign = () => ({
  authmethods: ['cryptosign'],
  authextra: { pubkey: autobahn.auth_cryptosign.public_key(pair()), channel_binding: null, trustroot: null, challenge: null },
  onchallenge: (session, method, extra) => autobahn.auth_cryptosign.sign_challenge(pair(), extra),
});

const claims = () => ({ sub: 'jane', role: 'user', aud: 'plant', exp: inAnHour() });
const ways = () => ({
  anonymous: { how: {}, who: /./, role: 'guest' },
  ticket: { how: { authid: 'tina', authmethods: ['ticket'], onchallenge: says(ticket) }, who: /^tina$/ },
  'wampcra, salted': { how: { authid: 'craig', authmethods: ['wampcra'], onchallenge: cra(password) }, who: /^craig$/, wrong: cra('no') },
  'wampcra, plain': {
    how: { authid: 'clara', authmethods: ['wampcra'], onchallenge: cra('a plain secret') }, who: /^clara$/, wrong: cra('no'),
  },
  cryptosign: { how: cryptosign(), who: /^kim$/, wrong: says('00'.repeat(96)) },
  jwt: { how: { authmethods: ['jwt'], onchallenge: says(jwt(claims())) }, who: /^jane$/ },
  token: { how: { authmethods: ['token'], onchallenge: says(accounts.token) }, who: /^tom$/ },
});

for (const via of ['ws', 'wss', 'rs'])
  describe(`autobahn-js over ${via}`, () => {
    for (const name of ['anonymous', 'ticket', 'wampcra, salted', 'wampcra, plain', 'cryptosign', 'jwt', 'token']) {
      test(`logs in by ${name}`, async () => {
        const { how, who, role = 'user' } = ways()[name];
        const details = await login(how, { via });
        assert.match(details.authid, who);
        assert.equal(details.authrole, role);
        assert.equal(details.authmethod, name.split(',')[0]);
      });
      if (name !== 'anonymous')
        test(`is refused by ${name} with a wrong proof`, async () => {
          const { how, wrong = says('wrong') } = ways()[name];
          await assert.rejects(login({ ...how, onchallenge: wrong }, { via }), { reason: 'wamp.error.authentication_failed' });
        });
    }
  });

test('the first of the client\'s methods that the realm offers is taken, and one that does not apply is passed over', async () => {
  const { how } = ways().ticket;
  assert.equal((await login({ ...how, authmethods: ['cookie', 'ticket', 'anonymous'] })).authmethod, 'ticket');
  assert.equal((await login({ ...how, authmethods: ['anonymous', 'ticket'] })).authmethod, 'anonymous');
});

describe('a TLS certificate', () => {
  const how = { authmethods: ['tls'] };
  test('is who its owner is', async () => {
    const details = await login(how, { via: 'wss', options: await certificates.of('kim') });
    assert.deepEqual([details.authid, details.authrole, details.authmethod], ['kim', 'user', 'tls']);
  });
  test('is not there in the open, nor without one', async () => {
    for (const via of ['ws', 'wss']) await assert.rejects(login(how, { via }), { reason: 'wamp.error.no_matching_auth_method' });
  });
});

describe('a cookie', () => {
  const form = /^(heddle=[0-9a-f]{32}); HttpOnly; SameSite=Strict; Path=\/(; Secure)?$/;
  const cookieOf = (answers) => form.exec(String(answers['set-cookie']));
  const by = { authmethods: ['cookie'] };

  test('set by the upgrade knows its owner again once he logged in, and is new each time', async () => {
    const answers = {}, again = {};
    await login(ways().ticket.how, { answers });
    const [, cookie] = cookieOf(answers);
    const details = await login(by, { options: { headers: { Cookie: cookie } }, answers: again });
    assert.deepEqual([details.authid, details.authrole, details.authmethod], ['tina', 'user', 'cookie']);
    assert.notEqual(cookieOf(again)[1], cookie);
  });
  test('is worth nothing before that, or to somebody anonymous, or made up', async () => {
    const answers = {};
    await login({}, { answers });
    for (const cookie of [cookieOf(answers)[1], `heddle=${'a'.repeat(32)}`, 'heddle=x'])
      await assert.rejects(login(by, { options: { headers: { Cookie: cookie } } }), { reason: 'wamp.error.no_matching_auth_method' });
  });
  test('that somebody else planted does not become the victim\'s', async () => {
    const planted = {};
    await login({}, { answers: planted });
    const headers = { Cookie: cookieOf(planted)[1] };
    await login(ways().ticket.how, { options: { headers } });
    await assert.rejects(login(by, { options: { headers } }), { reason: 'wamp.error.no_matching_auth_method' });
  });
  test('does not count for a page of somebody else\'s, which does not come in at all', async () => {
    const answers = {};
    await login(ways().ticket.how, { answers });
    const headers = { Cookie: cookieOf(answers)[1], Origin: 'https://evil.org' };
    await assert.rejects(new RawWebSocket(router.url('/'), ['wamp.2.json'], { headers }).open(), { status: 403 });
  });
  test('is for TLS alone where it was given over TLS', async () => {
    const answers = {};
    await login(ways().ticket.how, { via: 'wss', answers });
    assert.equal(cookieOf(answers)[2], '; Secure');
  });
});

describe('@swim/client', () => {
  // Opens a value downlink on a lane that only users may link; what it learns of itself.
  async function link(credentials, { node = '/secret', options = {} } = {}) {
    bring(options);
    const client = new WarpClient();
    client.mount();
    client.wsConstructor.set(globalThis.WebSocket);
    const hostUri = router.url('/realm1');
    if (credentials) client.authenticate(hostUri, credentials);
    const said = new Promise((resolve) => {
      client.clientDidAuthenticate = (body) => resolve({ authed: body });
      client.clientDidDeauthenticate = (body) => resolve({ deauthed: body });
      const receives = { didSync: () => resolve('synced'), didUnlink: () => resolve('unlinked') };
      client.downlinkValue({ hostUri, nodeUri: node, laneUri: 'lane', ...receives }).open();
    });
    try {
      return await within(said, 'the client to learn of itself');
    } finally {
      client.unmount();
    }
  }
  const synced = (credentials) => link(credentials, {});

  test('links as the user of a ticket, a JWT, a token', async () => {
    const ways = [{ ticket, authid: 'tina' }, { jwt: jwt(claims()) }, { token: accounts.token }];
    for (const credentials of ways) {
      router.forget();
      assert.notEqual(await synced(credentials), 'unlinked');
      await router.said(/session\.join .*authid=(tina|jane|tom) role=user method=(ticket|jwt|token) via=warp\/recon/);
    }
  });
  test('without credentials is anybody, whose links end where he may not', async () => {
    assert.equal(await synced(null), 'unlinked');
    assert.equal(await link(null, { node: '/open' }), 'synced');
  });
  test('with wrong credentials is closed', async () => {
    router.forget();
    await Promise.race([synced({ ticket: 'wrong', authid: 'tina' }).catch(() => {}), router.said(/auth\.fail .*method=ticket/)]);
    await router.said(/auth\.fail .*method=ticket/);
  });
  test('with the cookie of a login is its user without any @auth', async () => {
    const answers = {};
    await login(ways().ticket.how, { answers });
    const Cookie = String(answers['set-cookie']).split(';')[0];
    assert.equal(await link(null, { options: { headers: { Cookie } } }), 'synced');
  });
});
