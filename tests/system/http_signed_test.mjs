// Paths of the HTTP bridge in Crossbar's style, and its signed queries.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import autobahn from 'autobahn';
import { Beside, post } from './bridge.mjs';
import { openRealm, startRouter } from './router.mjs';

const signedPaths = `
[[bridge]]
path = "/signed"
kind = "publish"
realm = "realm1"
style = "crossbar"
key = "foobar"
secret = "env:HEDDLE_TEST_SECRET"
role = "signer"
[[bridge]]
path = "/strict"
kind = "call"
realm = "realm1"
key = "foobar"
secret = "env:HEDDLE_TEST_SECRET"
role = "signer"
[[bridge]]
path = "/publish"
kind = "publish"
realm = "realm1"
style = "crossbar"
[[bridge]]
path = "/call"
kind = "call"
realm = "realm1"
style = "crossbar"
`;
const signer = `[[realm.role]]
name = "signer"
permissions = [{ match = "prefix", uri = "", allow = ["call", "publish"], disclose = ["caller", "publisher"] }]
`;
let router, beside;
process.env.HEDDLE_TEST_SECRET = 'well-kept';
before(async () => {
  router = await startRouter({ realms: openRealm() + signer, tls: signedPaths });
  beside = await new Beside().open(router);
});
after(async () => {
  await beside?.close();
  await router?.stop();
});

test('paths in Crossbar\'s style: its bodies, 200 for application errors', async (t) => {
  await beside.register(t, 'com.cb', ([x], { fail } = {}) => {
    if (fail) throw new autobahn.Error('com.cb.error', ['a'], { b: 1 });
    return x;
  });
  assert.deepEqual((await post(router, '/call', { procedure: 'com.cb', args: [7] })).body, { args: [7] });
  assert.deepEqual((await post(router, '/call', { procedure: 'com.cb', args: [7] }, { method: 'PUT' })).body, { args: [7] });
  const failed = await post(router, '/call', { procedure: 'com.cb', args: [7], kwargs: { fail: true } });
  assert.equal(failed.status, 200);
  assert.deepEqual(failed.body, { error: 'com.cb.error', args: ['a'], kwargs: { b: 1 } });
  assert.equal((await post(router, '/call', { procedure: 'com.nobody' })).body.error, 'wamp.error.no_such_procedure');
  const missing = await post(router, '/publish', { args: [] });
  assert.equal(missing.status, 400);
  assert.deepEqual(Object.keys(missing.body), ['error', 'args', 'kwargs']);
  assert.equal(typeof (await post(router, '/publish', { topic: 'com.cb.topic' })).body.id, 'number');
});

const sign = (fields, body, secret = 'well-kept') =>
  createHmac('sha256', secret).update(fields.key + fields.timestamp + fields.seq + fields.nonce + body).digest('base64')
    .replaceAll('+', '-').replaceAll('/', '_');
let nonces = 1;
function signed(where, value, { change = {}, leave, secret, sent = {} } = {}) {
  const raw = JSON.stringify(value);
  const fields = { key: 'foobar', timestamp: new Date().toISOString(), seq: '1', nonce: String(nonces++), ...change };
  const query = new URLSearchParams({ ...fields, signature: sign(fields, raw, secret), ...sent });
  if (leave) query.delete(leave);
  return { query, ask: () => post(router, `${where}?${query}`, undefined, { raw }) };
}

test('signed queries: good ones act under the path\'s role', async (t) => {
  let details;
  await beside.register(t, 'com.signed', (args, kwargs, about) => ((details = about), 1));
  const answer = await signed('/strict', { procedure: 'com.signed' }).ask();
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual([details.caller_authid, details.caller_authrole], ['foobar', 'signer']);
  assert.equal((await signed('/signed', { topic: 'com.a' }).ask()).status, 200);
  const whole = { timestamp: new Date().toISOString().replace(/\.\d+Z/, 'Z') };
  assert.equal((await signed('/signed', { topic: 'com.a' }, { change: whole }).ask()).status, 200, 'without a fraction of seconds');
});

test('signed queries: each thing that is wrong is named', async () => {
  const refused = async (options, status, pattern) => {
    const answer = await signed('/signed', { topic: 'com.a' }, options).ask();
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.body.args[0], pattern);
  };
  for (const field of ['timestamp', 'seq', 'nonce', 'signature', 'key'])
    await refused({ leave: field }, 400, new RegExp(`${field} is missing`));
  await refused({ change: { timestamp: new Date(Date.now() - 301_000).toISOString() } }, 400, /timestamp is more than 300 s away/);
  await refused({ change: { timestamp: new Date(Date.now() + 302_000).toISOString() } }, 400, /timestamp is more than 300 s away/);
  await refused({ change: { timestamp: 'yesterday' } }, 400, /timestamp must be UTC/);
  await refused({ change: { seq: 'x' } }, 400, /seq must be a whole number/);
  await refused({ secret: 'guess' }, 401, /signature does not belong/);
  await refused({ sent: { signature: 'AAAA' } }, 401, /signature does not belong/);
  await refused({ change: { key: 'other' } }, 401, /key names no key/);
  const once = signed('/signed', { topic: 'com.a' });
  assert.equal((await once.ask()).status, 200);
  const again = await once.ask();
  assert.equal(again.status, 401);
  assert.match(again.body.args[0], /nonce was used before/);
  const unsigned = await post(router, '/strict', { procedure: 'com.a' });
  assert.equal(unsigned.status, 400);
  assert.equal(unsigned.headers.get('content-type'), 'application/problem+json');
  assert.doesNotMatch(router.words, /well-kept/);
});
