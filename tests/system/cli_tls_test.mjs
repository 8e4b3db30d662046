// heddle over TLS: trusted by --tls-ca, refused without.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { heddle } from './cli.mjs';
import { startRouter } from './router.mjs';

let router, folder, ca, run, start;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-cli-tls-'));
  const key = path.join(folder, 'key.pem');
  ca = path.join(folder, 'cert.pem');
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-keyout', key, '-out', ca, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']);
  await chmod(key, 0o600);
  const tls = `[[tls]]\nname = "main"\ncertificate = ${JSON.stringify(ca)}\nkey = ${JSON.stringify(key)}`;
  router = await startRouter({ tls, listenerMore: 'tls = "main"' });
  ({ run, start } = heddle(router));
});
after(async () => {
  await router?.stop();
  await rm(folder, { recursive: true, force: true });
});

for (const scheme of ['wss', 'rss']) {
  test(`${scheme}: a call, an event, health`, async (t) => {
    const flags = ['--url', `${scheme}://localhost:${router.port}`, '--tls-ca', ca];
    const echo = start(t, ['register', `tls.${scheme}`, '--echo', ...flags]);
    await echo.said(/registered/);
    const long = 'x'.repeat(100_000); // many TLS records
    assert.equal((await run(['call', `tls.${scheme}`, long, '-o', 'raw', ...flags])).stdout, long);
    assert.equal((await run(['publish', 'tls.event', '1', ...flags])).code, 0);
    assert.equal((await run(['health', ...flags])).code, 0);
  });

  test(`${scheme}: a certificate that nobody vouches for, or for another host, is no connection`, async () => {
    const unknown = await run(['call', 'a.b', '--url', `${scheme}://localhost:${router.port}`]);
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /certificate verify failed/);
    const other = await run(['call', 'a.b', '--url', `${scheme}://127.0.0.1:${router.port}`, '--tls-ca', ca]);
    assert.equal(other.code, 3);
    assert.match(other.stderr, /certificate verify failed/);
  });
}

test('lanes over TLS', async () => {
  const flags = ['--url', `wss://localhost:${router.port}`, '--tls-ca', ca];
  assert.equal((await run(['lane', 'set', '/tls', 'lane', '5', ...flags])).code, 0);
  assert.equal((await run(['lane', 'watch', '/tls', 'lane', '-n', '1', '-q', ...flags])).stdout, '5\n');
});

test('a plain server behind wss:// is no connection, a file that is no certificate wrong usage', async () => {
  const plain = await startRouter();
  const refused = await run(['call', 'a.b', '--url', `wss://localhost:${plain.port}`, '--tls-ca', ca]);
  assert.equal(refused.code, 3);
  await plain.stop();
  const missing = await run(['call', 'a.b', '--url', `wss://localhost:${router.port}`, '--tls-ca', '/no/such/file']);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /cannot read certificates of \/no\/such\/file/);
});
