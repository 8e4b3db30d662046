// Who an HTTP request comes from: by ticket, JWT, token, client certificate, cookie and local user; the callee is told the real name.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import autobahn from 'autobahn';
import WebSocket from 'ws';
import { inAnHour, jwt, realmOfUsers, ticket } from './accounts.mjs';
import { Certificates } from './certificates.mjs';
import { startRouter } from './router.mjs';
import { within } from './wait.mjs';

let folder, certificates, router, accounts, connection, cookie;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'heddle-http-logins-'));
  certificates = await Certificates.make();
  const auth = ['ticket', 'tls', 'cookie', 'jwt', 'token', 'anonymous'];
  accounts = await realmOfUsers(folder, { auth, fingerprint: await certificates.fingerprint('kim') });
  router = await startRouter({ realms: accounts.realm, tls: certificates.table('asked'), listenerMore: 'tls = "main"' });
  globalThis.WebSocket = class extends WebSocket {
    constructor(...of) {
      super(...of);
      this.on('upgrade', ({ headers }) => (cookie = String(headers['set-cookie']).split(';')[0]));
    }
  };
  connection = new autobahn.Connection({
    url: router.url('/'), realm: 'realm1', max_retries: 0, authid: 'tina', authmethods: ['ticket'], onchallenge: () => ticket,
  });
  const session = await within(new Promise((resolve, reject) => {
    connection.onopen = resolve;
    connection.onclose = (reason, details) => (reject(new Error(`${reason}: ${details.reason}`)), true);
    connection.open();
  }), 'a session');
  const who = (args, kwargs, details) => `${details.caller_authid} ${details.caller_authrole}`;
  await session.register('com.who', who, { disclose_caller: true });
});
after(async () => {
  connection?.close();
  await router?.stop();
  await certificates?.remove();
  await rm(folder, { recursive: true, force: true });
});

// Who the callee says that this request came from; or the status, where there was no such answer.
function asked(headers, { tls = {}, secure = false } = {}) {
  const to = { host: '127.0.0.1', port: router.port, path: '/realms/realm1/call', method: 'POST', agent: false, ...tls };
  return within(new Promise((resolve, reject) => {
    const request = (secure ? https : http).request({ ...to, headers: { 'Content-Type': 'application/json', ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => (text += part));
      const refused = [answer.statusCode, answer.headers['www-authenticate']];
      answer.on('end', () => resolve(answer.statusCode === 200 ? JSON.parse(text).args[0] : refused));
    });
    request.on('error', reject).end('{"procedure":"com.who"}');
  }), 'an answer');
}
const basic = (name, secret) => ({ Authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}` });
const bearer = (secret) => ({ Authorization: `Bearer ${secret}` });

test('Basic is a user and his ticket', async () => {
  assert.equal(await asked(basic('tina', ticket)), 'tina user');
});

test('Bearer is a JWT or a token', async () => {
  assert.equal(await asked(bearer(jwt({ sub: 'jane', role: 'user', aud: 'plant', exp: inAnHour() }))), 'jane user');
  assert.equal(await asked(bearer(accounts.token)), 'tom user');
});

test('wrong ones are 401, and say what is wanted', async () => {
  const old = jwt({ sub: 'jane', role: 'user', aud: 'plant', exp: 1 });
  for (const headers of [basic('tina', 'no'), basic('nobody', ticket), bearer(old), bearer(`${accounts.token}x`), bearer('hdl_x_y')]) {
    const [status, wanted] = await asked(headers);
    assert.equal(status, 401);
    assert.match(wanted, /Basic|Bearer/);
  }
});

test('a client certificate is its user', async () => {
  assert.equal(await asked({}, { secure: true, tls: await certificates.of('kim') }), 'kim user');
});

test('a cookie is its user for pages that may use it, and nothing for others', async () => {
  const here = `http://127.0.0.1:${router.port}`;
  assert.equal(await asked({ Cookie: cookie, Origin: here }), 'tina user');
  assert.deepEqual((await asked({ Cookie: cookie, Origin: 'https://evil.example' }))[0], 403);
});

test('without any it is anonymous, who may not', async () => {
  assert.deepEqual((await asked({}))[0], 403);
});

test('a local user of the admin socket administers without a password', async () => {
  const socket = path.join(folder, 'admin.sock');
  const other = await startRouter({ config: `[[listener]]
name = "tcp"
address = "127.0.0.1:0"
[[listener]]
name = "admin"
address = "unix:${socket}"
serve = ["admin"]
peer_admins = [${JSON.stringify(os.userInfo().username)}]
` });
  try {
    const get = (to) => within(new Promise((resolve, reject) => {
      http.get({ path: '/api/v1/realms', agent: false, ...to }, (answer) => {
        let text = '';
        answer.on('data', (part) => (text += part)).on('end', () => resolve([answer.statusCode, text]));
      }).on('error', reject);
    }), 'an answer');
    const [status, text] = await get({ socketPath: socket });
    assert.equal(status, 200);
    assert.ok(JSON.parse(text).items.some((realm) => realm.name === 'heddle.admin'), text);
    assert.equal((await get({ host: '127.0.0.1', port: other.port }))[0], 401);
  } finally {
    await other.stop();
  }
});
