// What web pages and other HTTP clients try (docs/attacks.md, 5.2): foreign origins, paths out of folders, floods of headers.
import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { RawPeer, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';

const trusted = 'https://app.example.com';
let router, pages;
before(async () => {
  pages = await mkdtemp(path.join(tmpdir(), 'heddle-pages-'));
  await writeFile(path.join(pages, 'index.html'), 'the page');
  await writeFile(path.join(pages, 'in side.txt'), 'inside');
  await symlink('/etc', path.join(pages, 'out'));
  const folder = `pages = [{ path = "/demo", folder = ${JSON.stringify(pages)} }]`;
  router = await startRouter({ listenerMore: `serve = ["wamp", "warp", "health"]\norigins = ["${trusted}"]\n${folder}` });
});
after(async () => {
  await router?.stop();
  await rm(pages, { recursive: true, force: true });
});
afterEach(() => stillServes(router));

// One request as it stands; the whole answer.
async function ask(text) {
  const peer = await new RawPeer(router.port).send(text);
  const head = await peer.takeUntil('\r\n\r\n', 'an answer');
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const body = (await peer.take(length)).toString();
  peer.close();
  return { status: Number(head.split(' ')[1]), head, body };
}
const get = (target, more = '') => ask(`GET ${target} HTTP/1.1\r\nHost: x\r\n${more}\r\n`);

const foreign = ['https://evil.org', 'https://evilapp.example.com', 'https://app.example.com.evil.org', 'https://APP.example.com',
  'http://app.example.com', 'https://app.example.com:8443', 'null', 'file://', 'https://app.example.com@evil.org', '*'];

for (const origin of foreign)
  test(`a page of ${origin} opens no WebSocket, neither WAMP nor WARP, and no long-poll`, async () => {
    for (const protocols of [['wamp.2.json'], []])
      await assert.rejects(new RawWebSocket(router.url('/realm1'), protocols, { headers: { Origin: origin } }).open(), { status: 403 });
    const body = '{"protocols":["wamp.2.json"]}';
    const { status, head } = await ask(`POST /lp/open HTTP/1.1\r\nHost: x\r\nOrigin: ${origin}\r\nContent-Type: application/json\r\n`
      + `Content-Length: ${body.length}\r\n\r\n${body}`);
    assert.equal(status, 403);
    assert.doesNotMatch(head, /access-control-allow-origin/i);
  });

test('a page on the list, and one of the listener itself, open what they want', async () => {
  for (const origin of [trusted, router.url('', 'http')]) {
    const peer = new RawWebSocket(router.url('/'), ['wamp.2.json'], { headers: { Origin: origin } });
    await peer.join();
    peer.close();
  }
});

test('two Origin headers are no way around the list', async () => {
  const upgrade = ['GET / HTTP/1.1', 'Host: x', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Protocol: wamp.2.json'];
  for (const origins of [[trusted, 'https://evil.org'], ['https://evil.org', trusted]]) {
    const { status } = await ask(`${[...upgrade, ...origins.map((origin) => `Origin: ${origin}`)].join('\r\n')}\r\n\r\n`);
    assert.ok(status === 403 || status === 400, `${status} for ${origins}`);
  }
});

for (const target of ['/demo/../../etc/passwd', '/demo/%2e%2e/%2e%2e/etc/passwd', '/demo/..%2f..%2fetc/passwd', '/demo/%00',
  '/demo/index.html%00.txt',
  '/demo//etc/passwd', '/demo/out/passwd', '/demo/..\\..\\etc\\passwd', '/demo/./../heddle.toml', '/demo/%c0%ae%c0%ae/etc/passwd'])
  test(`the path ${target} leads nowhere`, async () => {
    const { status, body } = await get(target);
    assert.ok(status === 404 || status === 400 || status === 403, `${status} ${body.slice(0, 80)}`);
    assert.doesNotMatch(body, /root:|listener/);
  });

test('what a request says never becomes a header of the answer', async () => {
  for (const target of ['/demo%0d%0aSet-Cookie:%20a=b', '/demo%0d%0a%0d%0a<html>', '/x%0aLocation:%20https://evil.org']) {
    const { head } = await get(target);
    assert.doesNotMatch(head, /^(set-cookie|location: https:\/\/evil)/im);
    assert.equal(head.split('\r\n\r\n').length, 2);
  }
  const { status } = await ask('GET /demo\rSet-Cookie: a=b HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.equal(status, 400);
});

test('every answer tells browsers to believe its type', async () => {
  for (const target of ['/', '/demo/', '/nothing-here', '/health/live']) {
    const { head } = await get(target);
    assert.match(head, /x-content-type-options: nosniff/i, target);
  }
});

test('a header block above its limit is refused with 431, however many lines it is made of', async () => {
  for (const more of [`X-Long: ${'x'.repeat(9000)}\r\n`, 'A: b\r\n'.repeat(2000)]) {
    const { status } = await get('/', more);
    assert.equal(status, 431);
  }
});

test('a cookie that nobody asked for is no trouble', async () => {
  const { status } = await get('/health/live', `Cookie: heddle=${'a'.repeat(32)}; heddle=${'b'.repeat(32)}; x\r\n`);
  assert.equal(status, 200);
});

test('where no realm knows cookies, none are given', async () => {
  const { head } = await ask(['GET / HTTP/1.1', 'Host: x', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Protocol: wamp.2.json', '', ''].join('\r\n'));
  assert.match(head, /^HTTP\/1.1 101/);
  assert.doesNotMatch(head, /set-cookie/i);
});
