// Before a login a connection holds little, whatever it speaks (docs/limits.md): large bodies and frames are refused by their head.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { realmOfUsers } from './accounts.mjs';
import { Beside, post } from './bridge.mjs';
import { LongPoll } from './long_poll.mjs';
import { RawPeer, RawWebSocket, stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { patience } from './wait.mjs';

const sanitized = ['asan', 'tsan'].includes(process.env.HEDDLE_PRESET); // they keep what was freed
const mib = 1 << 20;
const small = 16 << 10; // limits.message_before_session
const signed = `
[[bridge]]
path = "/signed"
kind = "publish"
realm = "realm1"
key = "k"
secret = "env:HEDDLE_TEST_SECRET"
role = "anonymous"
`;
process.env.HEDDLE_TEST_SECRET = 'well-kept';

let router, beside, folder;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-before-'));
  const { realm } = await realmOfUsers(folder, { auth: ['ticket'], only: 'tina' });
  router = await startRouter({ realms: openRealm() + realm.replace('"realm1"', '"closed"'), tls: signed });
  beside = await new Beside().open(router);
});
after(async () => {
  await beside?.close();
  await router?.stop();
  await rm(folder, { recursive: true });
});
afterEach(() => stillServes(router));

// Only the head of a POST; what the router says to it.
async function head(target, length, fields = []) {
  const lines = [`POST ${target} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', `Content-Length: ${length}`, ...fields];
  return new RawPeer(router.port).send(`${lines.join('\r\n')}\r\n\r\n`);
}
const statusOf = async (peer) => Number((await peer.takeUntil('\r\n')).split(' ')[1]);
const basic = (authid, ticket) => `Authorization: Basic ${Buffer.from(`${authid}:${ticket}`).toString('base64')}`;

test('a long-poll id that is unknown is answered at the head, however small the body', async () => {
  const gone = await new LongPoll({ port: router.port }).open();
  assert.equal((await gone.post('close')).status, 202);
  const unknown = gone.id;
  for (const length of [1, mib]) {
    for (const id of [unknown, 'A'.repeat(30)]) {
      const peer = await head(`/lp/${id}/send`, length);
      assert.equal(await statusOf(peer), 404);
      peer.close();
    }
  }
});

test('a long-poll transport takes a body of 16 KiB before its session, and no larger one', async () => {
  for (const [length, status] of [[small, undefined], [small + 1, 413]]) {
    const poll = await new LongPoll({ port: router.port }).open();
    const peer = await head(`${poll.url}/send`, length);
    if (status) {
      assert.equal(await statusOf(peer), status);
    } else {
      await peer.send(`[1,"realm1",{"roles":{"caller":{}},"x":"${'x'.repeat(length - 48)}"}]`.padEnd(length));
      assert.equal(await statusOf(peer), 202);
    }
    peer.close();
  }
});

test('in a session it takes a message of 1 MiB', async () => {
  const poll = new LongPoll({ port: router.port });
  await poll.join();
  await poll.send([16, 1, { acknowledge: true }, 'large.poll', ['x'.repeat(mib - 100)]]);
  assert.equal((await poll.nextMessage())[0], 17);
  const peer = await head(`${poll.url}/send`, mib + 1);
  assert.equal(await statusOf(peer), 413);
  peer.close();
});

for (const [name, fields, status] of [['without a login', [], 401], ['with a wrong ticket', [basic('tina', 'wrong')], 401],
  ['with words that are no login', ['Authorization: Magic'], 401]])
  test(`a call with a large body ${name} is answered at its head`, async () => {
    const peer = await head('/realms/closed/call', mib - 1, fields);
    assert.equal(await statusOf(peer), status);
    assert.match(await peer.takeUntil('\r\n\r\n'), /connection: close/i);
    peer.close();
  });

test('a body above the limit of messages is refused at the head, with or without a login', async () => {
  for (const fields of [[], [basic('tina', 'open sesame')]]) {
    const peer = await head('/realms/closed/call', mib + 1, fields);
    assert.equal(await statusOf(peer), 413);
    peer.close();
  }
});

test('a caller who is logged in may send a message of almost 1 MiB, and is told to go on first', async (t) => {
  await beside.register(t, 'com.length', ([text]) => text.length);
  const text = 'x'.repeat(mib - 100);
  assert.deepEqual((await post(router, '/realms/realm1/call', { procedure: 'com.length', args: [text] })).body, { args: [text.length] });
  const headers = { authorization: basic('tina', 'open sesame').slice(15) };
  const published = await post(router, '/realms/closed/publish', { topic: 'com.large', args: [text] }, { headers });
  assert.equal(published.status, 200, published.text);
  const body = Buffer.from(JSON.stringify({ topic: 'com.large', args: [text] }));
  const peer = await head('/realms/closed/publish', body.length, [basic('tina', 'open sesame'), 'Expect: 100-continue']);
  assert.equal(await statusOf(peer), 100);
  await peer.takeUntil('\r\n');
  await peer.send(body);
  assert.equal(await statusOf(peer), 200);
  peer.close();
});

test('after a login a large body that is wrong is told so, and the connection is good for the next request', async () => {
  const body = Buffer.from(JSON.stringify({ procedure: 7, args: ['x'.repeat(100_000)] }));
  const peer = await head('/realms/realm1/call', body.length);
  await peer.send(body);
  assert.equal(await statusOf(peer), 422);
  const length = Number(/content-length: (\d+)/i.exec(await peer.takeUntil('\r\n\r\n'))[1]);
  await peer.take(length);
  await peer.send('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.equal(await statusOf(peer), 200);
  peer.close();
});

test('a signed body is bounded by 16 KiB: who signs is known when it is there', async () => {
  const body = (length) => JSON.stringify({ topic: 'com.signed', args: [''] }).replace('""', () => `"${'x'.repeat(length - 34)}"`);
  const signature = (text) => {
    const [time, nonce] = [new Date().toISOString().replace(/\.\d+/, '.000'), randomBytes(4).readUInt32BE().toString()];
    const hmac = createHmac('sha256', 'well-kept').update(`k${time}1${nonce}`).update(text).digest('base64url');
    return new URLSearchParams({ key: 'k', timestamp: time, seq: '1', nonce, signature: hmac });
  };
  const fits = body(small);
  assert.equal(fits.length, small);
  const peer = await head(`/signed?${signature(fits)}`, small);
  await peer.send(fits);
  assert.equal(await statusOf(peer), 200, peer.received.toString());
  const more = await head(`/signed?${signature(fits)}`, small + 1);
  assert.equal(await statusOf(more), 413);
  [peer, more].forEach((one) => one.close());
});

test('the page of a request with a large body is refused at the head', async () => {
  const peer = await head('/', small + 1);
  assert.equal(await statusOf(peer), 413);
  peer.close();
});

const command = (length) => {
  const frame = '@command(node:"/a",lane:"b")"';
  return `${frame}${'x'.repeat(length - frame.length - 1)}"`;
};

test('a WARP frame before a login is bounded by 16 KiB', async () => {
  const fits = new RawWebSocket(router.url('/closed'), ['warp0']);
  await fits.open();
  fits.send(command(small)).send('@sync(node:"/a",lane:"b")');
  assert.match(await fits.nextText(), /^@unlinked/);
  const more = new RawWebSocket(router.url('/closed'), ['warp0']);
  await more.open();
  more.send(command(small + 1));
  assert.equal((await more.end()).code, 1009);
  fits.close();
});

test('where nobody logs in, a WARP client may begin with a large frame, on whichever thread its realm lives', async () => {
  for (let n = 0; n < 4; ++n) { // connections go to the threads by turns
    const peer = new RawWebSocket(router.url('/realm1'), ['warp0']);
    peer.socket.once('upgrade', () => peer.socket.once('open', () => peer.send(command(100_000)).send('@sync(node:"/none",lane:"b")')));
    await peer.open();
    assert.match(await peer.nextText(), /^@linked/);
    peer.close();
  }
});

test('frames that wait for a login are not read without end, and are all answered after it', async () => {
  const peer = new RawWebSocket(router.url('/closed'), ['warp0']);
  await peer.open();
  peer.send('@auth{authid:tina,ticket:"open sesame"}');
  const count = 1000;
  for (let n = 0; n < count; ++n) peer.send(`@sync(node:"/wait/${'x'.repeat(40)}${n}",lane:"b")`);
  assert.match(await peer.nextText(), /^@authed/);
  let synced = 0;
  while (synced < count) if (/^@synced/.test(await peer.nextText())) ++synced;
  peer.close();
});

const resident = async () => 1024 * Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${router.child.pid}/status`, 'utf8'))[1]);

test('1,500 connections with 1 MiB each, none logged in, cost little, and that is given back', async () => {
  const start = await resident();
  const rest = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${mib - 1}`, '', ''].join('\r\n');
  const began = [`POST /realms/closed/call HTTP/1.1\r\n${rest}`, `POST /lp/${'A'.repeat(30)}/send HTTP/1.1\r\n${rest}`,
    `POST /realms/closed/call HTTP/1.1\r\n${basic('tina', 'wrong')}\r\n${rest}`];
  const filler = Buffer.alloc(mib - 1, 'x');
  let peak = start;
  const watch = setInterval(async () => (peak = Math.max(peak, await resident())), 20);
  const sockets = Array.from({ length: 1500 }, (_, n) => {
    const socket = net.connect(router.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(began[n % began.length]);
    socket.write(filler);
    socket.resume();
    return new Promise((resolve) => socket.on('close', resolve));
  });
  await Promise.all(sockets);
  clearInterval(watch);
  if (sanitized) return;
  assert.ok(peak - start <= 60 * mib, `${(peak - start) >> 20} MiB more at the peak`);
  const end = Date.now() + 2 * patience;
  while ((await resident()) - start > 20 * mib && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok((await resident()) - start <= 20 * mib, `${((await resident()) - start) >> 20} MiB more for good`);
});
