// autobahn-js logs in by every method that docs/authentication.md shows, with the page's own configuration and code.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import autobahn from 'autobahn';
import nacl from 'tweetnacl';
import './peers.mjs';
import { executable, openRealm, root, startRouter } from './router.mjs';
import { within } from './wait.mjs';

const password = 'correct horse';
const page = await readFile(path.join(root, 'docs/authentication.md'), 'utf8');
const blocks = (language) =>
  [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter((found) => found[1] === language).map((found) => found[2]);

let router, secrets;

before(async () => {
  secrets = await mkdtemp(path.join(tmpdir(), 'heddle-secrets-'));
  const keep = (name, text) => writeFile(path.join(secrets, name), text, { mode: 0o600 });
  await keep('password', password);
  const from = ['--password', `file:${path.join(secrets, 'password')}`];
  const hash = (...words) => execFileSync(executable, ['hash', ...words, ...from], { encoding: 'utf8' });
  await keep('kim.scram', hash('scram', '--iterations', '10000'));
  await keep('kim.cra', hash('cra', '--iterations', '1000'));
  await keep('router.key', '72'.repeat(32));
  const pair = nacl.sign.keyPair.fromSeed(Buffer.from('6b'.repeat(32), 'hex'));
  await keep('kim.pub', Buffer.from(pair.publicKey).toString('hex'));
  const [realms] = blocks('toml');
  router = await startRouter({ realms: `${realms.replaceAll('file:secrets/', `file:${secrets}/`)}\n${openRealm()}` });
});
after(async () => {
  await router?.stop();
  await rm(secrets, { recursive: true, force: true });
});

// The connection that a block of the page makes, to this router; `change` edits the code.
function connectionOf(code, change = (text) => text) {
  const own = change(code.replaceAll('ws://localhost:8080/ws', router.url('/ws')));
  const connection = new Function('autobahn', 'crypto', 'nacl', `${own}\nreturn connection;`)(autobahn, crypto, nacl);
  connection._options.max_retries = 0;
  return connection;
}

async function logIn(connection) {
  const ended = new Promise((resolve) => (connection.onclose = (reason, details) => (resolve({ reason, ...details }), true)));
  const opened = new Promise((resolve) => (connection.onopen = (session, details) => resolve({ session, details })));
  connection.open();
  return { ...(await within(Promise.race([opened, ended]), 'WELCOME or ABORT')), ended };
}

async function leave(connection, { ended }) {
  connection.close();
  await within(ended, 'the end of the session');
}

const block = (method) => {
  const named = (code) => code.includes(`authmethods: ['${method}']`);
  const found = blocks('js').find((code) => (method === 'anonymous' ? !code.includes('authmethods') : named(code)));
  assert.ok(found, `docs/authentication.md shows no ${method}`);
  return found;
};

test('anonymous clients have a name of their own and the role anonymous', async () => {
  const connection = connectionOf(block('anonymous'));
  const login = await logIn(connection);
  assert.equal(login.details.authrole, 'anonymous');
  assert.match(login.details.authid, /^[a-z2-9]{20}$/);
  await leave(connection, login);
});

for (const method of ['ticket', 'wampcra', 'wamp-scram', 'cryptosign']) {
  test(`${method}: kim is let in as the page shows`, async () => {
    const connection = connectionOf(block(method));
    const login = await logIn(connection);
    assert.ok(login.details, JSON.stringify(login.reason));
    assert.deepEqual([login.details.authid, login.details.authrole, login.details.authmethod], ['kim', 'operator', method]);
    if (method === 'wamp-scram') assert.equal(Buffer.from(login.details.authextra.verifier, 'base64').length, 32);
    await leave(connection, login);
  });

  test(`${method}: a wrong secret is not`, async () => {
    const wrong = (code) => code.replaceAll(password, 'correct mule').replace("'6b'", "'6c'");
    const { reason, details } = await logIn(connectionOf(block(method), wrong));
    assert.equal(details, undefined);
    assert.ok(reason);
    await router.said(new RegExp(`auth\\.fail .*method=${method === 'wamp-scram' ? 'scram' : method} .*class=(bad_proof|unknown_user)`));
  });
}

test('nothing of a secret is in the log', () => {
  for (const secret of [password, 'correct mule', '6b'.repeat(32), '6c'.repeat(32)]) assert.ok(!router.stderr.includes(secret));
});
