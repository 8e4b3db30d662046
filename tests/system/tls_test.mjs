// TLS by the first octet: one port serves WebSocket, RawSocket, WARP and HTTP with and without it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { promisify } from 'node:util';
import { RawPeer, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';
import { within } from './wait.mjs';

let router, folder, ca, plain;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-tls-'));
  const [certificate, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-keyout', key, '-out', certificate, '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']);
  await chmod(key, 0o600);
  ca = await readFile(certificate);
  router = await startRouter({
    tls: `[[tls]]\nname = "main"\ncertificate = ${JSON.stringify(certificate)}\nkey = ${JSON.stringify(key)}`, listenerMore: 'tls = "main"',
    limits: { handshake: '500ms' },
  });
  plain = await startRouter();
});
after(async () => {
  await router?.stop();
  await plain?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => stillServes(router));

test('WAMP over WebSocket and TLS joins, subscribes and receives', async () => {
  const peer = new RawWebSocket(router.url('/', 'wss'), ['wamp.2.json'], { ca });
  await peer.join();
  const plainPeer = new RawWebSocket(router.url('/'));
  await plainPeer.join();
  peer.send([32, 1, {}, 'tls.news']);
  assert.equal((await peer.nextMessage())[0], 33);
  const long = 'x'.repeat(200_000); // many TLS records
  plainPeer.send([16, 1, {}, 'tls.news', [long]]);
  assert.equal((await peer.nextMessage())[4][0], long);
  peer.socket.close(1000);
  assert.equal((await peer.end()).code, 1000);
  plainPeer.close();
});

test('WAMP over RawSocket and TLS', async () => {
  const peer = await new RawSocket({ port: router.port, tls: { ca } }).open();
  await peer.join();
  await peer.say([16, 1, { acknowledge: true }, 'tls.raw', ['x'.repeat(100_000)]]);
  assert.equal((await peer.nextMessage())[0], 17);
  peer.close();
});

test('WARP and HTTP over TLS', async () => {
  const peer = new RawWebSocket(router.url('/realm1', 'wss'), [], { ca });
  await peer.open();
  assert.match(await peer.send('@link(node:"/a",lane:b)').nextText(), /^@linked/);
  peer.close();
  const status = await within(new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port: router.port, path: '/health/live', ca, agent: false };
    get(to, (response) => resolve(response.resume().statusCode)).on('error', reject);
  }), 'an answer');
  assert.equal(status, 200);
});

test('versions of TLS before 1.2 are refused', async () => {
  const peer = new RawPeer({ port: router.port, tls: { ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } });
  await assert.rejects(peer.ready);
});

test('a broken or unfinished TLS handshake ends that connection', async () => {
  const garbage = await new RawPeer(router.port).send([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8]);
  await garbage.closed();
  const unfinished = await new RawPeer(router.port).send([0x16, 3, 1, 2, 0, 1]);
  await unfinished.closed();
});

test('a listener without a certificate ends a TLS handshake', async () => {
  await assert.rejects(within(new RawPeer({ port: plain.port, tls: { ca } }).ready, 'the end'));
  await stillServes(plain);
});
