// Batched WebSocket (WAMP, "Batched Transport"): several messages in one WebSocket message, both ways.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Form } from './long_poll.mjs';
import { hello, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';

const protocols = ['wamp.2.json.batched', 'wamp.2.msgpack.batched', 'wamp.2.cbor.batched'];
const batchMax = 64 << 10;

let router, folder, ca;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-batched-'));
  const [certificate, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-keyout', key, '-out', certificate, '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']);
  await chmod(key, 0o600);
  ca = await readFile(certificate);
  router = await startRouter({
    limits: { message: '64KiB', message_before_session: '8KiB' },
    tls: `[[tls]]\nname = "main"\ncertificate = ${JSON.stringify(certificate)}\nkey = ${JSON.stringify(key)}`, listenerMore: 'tls = "main"',
  });
});
after(async () => {
  await router?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => stillServes(router));

// A peer of one batched form. `batches` are the WebSocket messages it got, each a list of messages.
class Peer {
  batches = [];
  waiting = [];

  constructor(protocol, url = router.url('/'), options = {}) {
    this.form = new Form(protocol);
    this.peer = new RawWebSocket(url, [protocol], options);
  }

  say(...messages) {
    const bytes = this.form.write(...messages);
    this.peer.send(this.form.name === 'json' ? bytes.toString() : bytes);
    return this;
  }

  // Bytes as they are, in the frame that the form wants.
  raw(bytes) {
    this.peer.socket.send(this.form.name === 'json' ? String(bytes) : Buffer.from(bytes));
  }

  async nextMessage() {
    if (!this.waiting.length) {
      const data = Buffer.from(await this.peer.nextText());
      const batch = this.form.read(data);
      assert.ok(batch.length >= 1, 'no batch is empty');
      this.batches.push({ count: batch.length, bytes: data.length });
      this.waiting.push(...batch);
    }
    return this.waiting.shift();
  }

  async join() {
    await this.peer.open();
    const answer = await this.say(hello()).nextMessage();
    assert.equal(answer[0], 2);
    return this;
  }
}
const ways = {
  TCP: (protocol) => new Peer(protocol),
  TLS: (protocol) => new Peer(protocol, router.url('/', 'wss'), { ca }),
  'a Unix socket': (protocol) => new Peer(protocol, `ws+unix://${router.socket}:/`),
};

for (const protocol of protocols) {
  for (const [where, open] of Object.entries(ways)) {
    test(`${protocol} over ${where}: one batch each way carries many messages, in order; one alone is framed like a batch`, async () => {
      const subscriber = await open(protocol).join();
      subscriber.say([32, 1, {}, 'batched.news']);
      assert.equal((await subscriber.nextMessage())[0], 33);
      assert.deepEqual(subscriber.batches.map(({ count }) => count), [1, 1]);
      const publisher = await open(protocol).join();
      const count = 200;
      publisher.say(...Array.from({ length: count }, (_, n) => [16, n + 1, {}, 'batched.news', [n]]));
      for (let n = 0; n < count; ++n) assert.deepEqual((await subscriber.nextMessage())[4], [n]);
      const batches = subscriber.batches.slice(2);
      assert.ok(batches.length < count / 10, `${count} events came in ${batches.length} WebSocket messages`);
      subscriber.peer.close();
      publisher.peer.close();
    });
  }

  test(`${protocol}: no batch that the router makes is above 64 KiB, but for a single message`, async () => {
    const peer = await new Peer(protocol).join();
    peer.say([32, 1, {}, 'batched.large']);
    assert.equal((await peer.nextMessage())[0], 33);
    const text = 'x'.repeat(9_000);
    for (let n = 0; n < 4; ++n) {
      const numbers = Array.from({ length: 5 }, (_, i) => 5 * n + i);
      peer.say(...numbers.map((number) => [16, 2 + number, { exclude_me: false }, 'batched.large', [number, text]]));
    }
    for (let n = 0; n < 20; ++n) assert.equal((await peer.nextMessage())[4][0], n);
    for (const { bytes } of peer.batches) assert.ok(bytes <= batchMax, `${bytes}`);
    peer.peer.close();
  });

  const broken = {
    'an empty batch': () => '',
    'a batch that is cut off': (form) => form.write([32, 1, {}, 'a']).subarray(0, -1),
    'a batch whose second message is cut off': (form) => form.write([32, 1, {}, 'a'], [32, 2, {}, 'b']).subarray(0, -2),
    'a batch with an empty message in it': (form) =>
      Buffer.concat([form.write([32, 1, {}, 'a']), form.name === 'json' ? Buffer.from([0x1e]) : Buffer.alloc(4)]),
    'a message without its framing': () => '[32,1,{},"a"]',
  };
  for (const [name, make] of Object.entries(broken)) {
    test(`${protocol}: ${name} fails the transport`, async () => {
      const peer = await new Peer(protocol).join();
      peer.raw(make(peer.form));
      let last = await peer.nextMessage();
      while (last[0] === 33) last = await peer.nextMessage();
      assert.deepEqual([last[0], last[2]], [3, 'wamp.error.protocol_violation']);
      await peer.peer.end();
    });
  }

  test(`${protocol}: a batch above the limit of a message is refused like one message`, async () => {
    const peer = await new Peer(protocol).join();
    peer.say(...Array.from({ length: 10 }, (_, n) => [16, n + 1, {}, 'batched.sum', ['x'.repeat(7_000)]]));
    assert.equal((await peer.nextMessage())[0], 3);
    assert.equal((await peer.peer.end()).code, 1009);
  });

  test(`${protocol}: the wrong kind of frame is a violation`, async () => {
    const peer = await new Peer(protocol).join();
    const bytes = peer.form.write([32, 1, {}, 'a']);
    peer.peer.socket.send(bytes, { binary: peer.form.name === 'json' });
    if (peer.form.name === 'json') assert.equal((await peer.nextMessage())[0], 3);
    await peer.peer.end();
  });
}

describe('order', () => {
  test('what a batch says after GOODBYE belongs to the next session', async () => {
    for (let n = 0; n < 4; ++n) { // on each of the threads: its realm's own, and another
      const peer = await new Peer(protocols[n % 3]).join();
      peer.say([32, 1, {}, 'batched.first'], [6, {}, 'wamp.close.close_realm'], hello(), [32, 1, {}, 'batched.second']);
      const codes = [];
      while (codes.length < 4) codes.push((await peer.nextMessage())[0]);
      assert.deepEqual(codes, [33, 6, 2, 33]);
      peer.peer.close();
    }
  });

  test('what a batch says after a violation is not received', async () => {
    const peer = await new Peer(protocols[0]).join();
    const watcher = await new Peer(protocols[0]).join();
    watcher.say([32, 1, {}, 'batched.after']);
    assert.equal((await watcher.nextMessage())[0], 33);
    peer.say([16, 1, {}, 'batched.after', ['before']], [2, 1, {}], [16, 2, {}, 'batched.after', ['after']]);
    await peer.peer.end();
    watcher.say([16, 2, { exclude_me: false }, 'batched.after', ['fence']]);
    assert.deepEqual((await watcher.nextMessage())[4], ['before']);
    assert.deepEqual((await watcher.nextMessage())[4], ['fence']);
    watcher.peer.close();
  });
});
