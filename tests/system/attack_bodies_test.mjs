// Bodies of administration that are made to overflow a parser (docs/attacks.md, 5.5): lists in lists, dotted keys.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';
import { within } from './wait.mjs';

const password = 'correct-horse-9';
const admin = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
let router, folder;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-bodies-'));
  const file = path.join(folder, 'password');
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  router = await startRouter({ tls: `[admin]\npassword_file = ${JSON.stringify(file)}` });
});
after(async () => {
  await router?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => stillServes(router));

// Lists inside each other, as many as so many bytes have room for.
const nested = (bytes) => `{"permissions":${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}}`;

async function put(where, body, { as = admin, type = 'application/json' } = {}) {
  const headers = { 'content-type': type, 'if-none-match': '*', ...(as && { authorization: as }) };
  const url = router.url(`/api/v1${where}`, 'http');
  const answer = await within(fetch(url, { method: 'PUT', body, headers }), `an answer of ${where}`);
  return { status: answer.status, body: await answer.json() };
}

test('a body of somebody who is not logged in is not read', async () => {
  for (const [as, body] of [['', nested(60_000)], ['', '{"a":'], ['Bearer hdl_x', nested(60_000)]]) {
    const answer = await put('/realms/x/roles/y', body, { as });
    assert.equal(answer.status, 401, answer.body.detail);
    assert.doesNotMatch(JSON.stringify(answer.body), /JSON/);
  }
});

test('a body of lists in lists is refused', async () => {
  const answer = await put('/realms/x/roles/y', nested(60_000));
  assert.equal(answer.status, 400);
  assert.equal(answer.body.error, 'heddle.error.malformed');
  assert.match(answer.body.detail, /nested too deep/);
});

test('a body above limits.http_body is refused, whoever sends it', async () => {
  for (const as of [admin, '']) {
    const answer = await put('/realms/x/roles/y', nested(1_000_000), { as });
    assert.equal(answer.status, 413);
    assert.equal(answer.body.error, 'wamp.error.payload_size_exceeded');
  }
});

test('a document of tables in tables is refused', async () => {
  for (const toml of [`[[realm]]\na${'.a'.repeat(30_000)} = 1\n`, `[a${'.a'.repeat(30_000)}]\n`, `a = ${'['.repeat(60_000)}`]) {
    const answer = await put('/realms/x/apply', toml, { type: 'application/toml' });
    assert.equal(answer.status, 422);
    assert.match(answer.body.detail, /nested too deep/);
  }
});
