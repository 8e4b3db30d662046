// Plain HTTP on the same port: health, readiness, pages; and nothing else.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { RawPeer } from './raw.mjs';
import { startRouter } from './router.mjs';
import { within } from './wait.mjs';

let router, folder;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-pages-'));
  await mkdir(path.join(folder, 'pages/inner'), { recursive: true });
  await writeFile(path.join(folder, 'secret.txt'), 'not for you');
  await writeFile(path.join(folder, 'pages/index.html'), '<!doctype html><title>hi</title>');
  await writeFile(path.join(folder, 'pages/inner/script.js'), 'export {}');
  router = await startRouter({ listenerMore: `pages = [{ path = "/demo", folder = ${JSON.stringify(path.join(folder, 'pages'))} }]` });
});
after(async () => {
  await router?.stop();
  await rm(folder, { recursive: true, force: true });
});

const ask = (where, { method = 'GET', socketPath, ...more } = {}) => within(new Promise((resolve, reject) => {
  const to = socketPath ? { socketPath } : { host: '127.0.0.1', port: router.port };
  const asked = request({ ...to, path: where, method, agent: false, ...more }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (text) => (body += text));
    response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
  });
  asked.on('error', reject).end(more.body);
}), `an answer for ${where}`);

test('health and readiness answer 200, also over the Unix socket', async () => {
  for (const where of ['/health/live', '/health/ready', '/livez', '/readyz', '/healthz']) {
    assert.equal((await ask(where)).status, 200, where);
    assert.equal((await ask(where, { socketPath: router.socket })).status, 200, where);
  }
});

test('HEAD has the same headers and no body', async () => {
  const { status, headers, body } = await ask('/health/live', { method: 'HEAD' });
  assert.deepEqual([status, body], [200, '']);
  assert.ok(Number(headers['content-length']) > 0);
});

test('what is not there is 404, what may not be done is 405', async () => {
  assert.equal((await ask('/nothing/here')).status, 404);
  for (const method of ['POST', 'PUT', 'DELETE']) assert.equal((await ask('/health/live', { method })).status, 405, method);
});

test('several requests go through one connection, also pipelined', async () => {
  const peer = await new RawPeer(router.port).send('GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n\r\n');
  const answers = [];
  for (let n = 0; n < 2; ++n) {
    const head = await peer.takeUntil('\r\n\r\n');
    await peer.take(Number(/content-length: *(\d+)/i.exec(head)[1]));
    answers.push(head.split(' ')[1]);
  }
  assert.deepEqual(answers, ['200', '404']);
  await peer.send('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.match(String(await peer.closed()), /^HTTP\/1\.1 200 /);
});

test('pages are served with their types, an index for the folder', async () => {
  const index = await ask('/demo/');
  assert.equal(index.status, 200);
  assert.match(index.headers['content-type'], /^text\/html/);
  assert.match(index.body, /<title>hi/);
  const script = await ask('/demo/inner/script.js');
  assert.equal(script.status, 200);
  assert.match(script.headers['content-type'], /javascript/);
});

test('no path leads out of the folder', async () => {
  const ways = ['/demo/../secret.txt', '/demo/%2e%2e/secret.txt', '/demo/..%2fsecret.txt', '/demo/inner/../../secret.txt',
                '/demo//etc/passwd', '/demo/%00', '/demo/..\\secret.txt', '/demo/inner'];
  for (const where of ways) {
    const peer = await new RawPeer(router.port).send(`GET ${where} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const said = String(await peer.closed());
    assert.match(said, /^HTTP\/1\.1 (30[1278]|4\d\d) /, `${where}: ${said}`);
    assert.doesNotMatch(said, /not for you|root:/);
  }
});

test('a body above the limit is refused', async () => {
  const peer = await new RawPeer(router.port).send('POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n');
  assert.match(String(await peer.closed()), /^HTTP\/1\.1 4(05|13) /);
});
