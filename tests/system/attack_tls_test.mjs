// What TLS clients try (docs/attacks.md, 5.3): old versions and ciphers, renegotiation, resumption, certificates of nobody's.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, afterEach, before, test } from 'node:test';
import { Certificates } from './certificates.mjs';
import { RawPeer, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';
import { within } from './wait.mjs';

let certificates, router, asking, requiring;
before(async () => {
  certificates = await Certificates.make();
  const listenerMore = 'tls = "main"';
  router = await startRouter({ tls: certificates.table(), listenerMore });
  asking = await startRouter({ tls: certificates.table('asked'), listenerMore });
  requiring = await startRouter({ tls: certificates.table('required'), listenerMore });
});
after(async () => {
  for (const one of [router, asking, requiring]) await one?.stop();
  await certificates?.remove();
});
afterEach(() => stillServes(router));

// The openssl command as a client: what it says, and how it ends. `input`: written once its handshake is done.
async function openssl(port, words, input = '') {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', certificates.file('ca.pem'), ...words]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdin.on('error', () => {});
  if (input) child.stdin.write(input);
  else child.stdin.end();
  const code = await within(ended, 'openssl to end');
  return { said, code };
}

const request = 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

for (const version of ['-tls1', '-tls1_1'])
  test(`${version} is refused`, async () => {
    const { said, code } = await openssl(router.port, [version, '-cipher', 'DEFAULT@SECLEVEL=0']);
    assert.notEqual(code, 0);
    assert.match(said, /alert protocol version|no protocols available|unsupported protocol/);
  });

for (const cipher of ['AES256-SHA', 'AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384',
  'DHE-RSA-AES256-GCM-SHA384'])
  test(`cipher ${cipher} of TLS 1.2 is refused: no forward secrecy, or no authenticated encryption`, async () => {
    const { said, code } = await openssl(router.port, ['-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`]);
    assert.notEqual(code, 0, said);
    assert.match(said, /handshake failure/);
  });

test('TLS 1.2 and 1.3 with good ciphers are spoken, without compression', async () => {
  for (const version of ['-tls1_2', '-tls1_3']) {
    const { said } = await openssl(router.port, [version], request);
    assert.match(said, /HTTP\/1.1 200/);
    assert.match(said, /Compression: NONE/);
  }
});

test('a client that wants to renegotiate is refused', async () => {
  const { said } = await openssl(router.port, ['-tls1_2'], 'R\n');
  assert.match(said, /RENEGOTIATING/);
  assert.match(said, /no renegotiation/);
});

test('no session is resumed: there are no tickets', async () => {
  for (const version of ['-tls1_2', '-tls1_3']) {
    const { said } = await openssl(router.port, [version, '-sess_out', certificates.file(`session${version}`)], request);
    assert.doesNotMatch(said, /TLS session ticket:/);
  }
  const { said } = await openssl(router.port, ['-tls1_2', '-reconnect']);
  assert.doesNotMatch(said, /^Reused/m);
  assert.match(said, /^New, /m);
});

// A client that shows the certificate of this name; gives what it is told of the router's health, or rejects.
async function comes(to, name) {
  const peer = new RawPeer({ port: to.port, tls: name ? await certificates.of(name) : { ca: certificates.ca } });
  await peer.send(request);
  const [end, line] = ['the connection ended', peer.takeUntil('\r\n')];
  const answer = await line.catch(() => end);
  peer.close();
  return answer === end ? end : answer.split(' ')[1];
}

test('where clients need a certificate, one of the right authority comes in', async () => {
  assert.equal(await comes(requiring, 'kim'), '200');
  assert.equal(await comes(asking, 'kim'), '200');
  assert.equal(await comes(asking, null), '200');
});

for (const [name, pattern] of [
  ['stranger', /unable to get local issuer certificate/],
  ['expired', /certificate has expired/],
  ['no-client', /unsuitable certificate purpose|unsupported certificate purpose/],
])
  test(`a client certificate that is ${name} ends the handshake, asked or required, and the log says why`, async () => {
    for (const where of [asking, requiring]) {
      where.forget();
      assert.notEqual(await comes(where, name).catch(() => 'the connection ended'), '200');
      const [line] = await where.said(/.* tls\.refused .*/);
      assert.match(line, pattern);
    }
  });

test('without a certificate nobody comes in where one is required', async () => {
  requiring.forget();
  assert.notEqual(await comes(requiring, null).catch(() => 'the connection ended'), '200');
  await requiring.said(/tls\.refused .*peer did not return a certificate/);
});

test('a certificate shown to a listener that asks for none is worth nothing', async () => {
  const peer = new RawWebSocket(router.url('/', 'wss'), ['wamp.2.json'], await certificates.of('stranger'));
  const [, , details] = await peer.join();
  assert.equal(details.authmethod, 'anonymous');
  peer.close();
});

test('the same port in the open does not see a certificate', async () => {
  const peer = new RawWebSocket(requiring.url('/', 'ws'), ['wamp.2.json']);
  const [, , details] = await peer.join();
  assert.equal(details.authmethod, 'anonymous');
  peer.close();
});
