// Long-poll at its limits: a router that is full or leaves, TLS, an answer that is lost on the way.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import http from 'node:http';
import { LongPoll, post } from './long_poll.mjs';
import { RawPeer, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';

const withRouter = async (options, use) => {
  const router = await startRouter(options);
  try {
    await use(router, { port: router.port });
    await router.stop();
  } finally {
    router.kill();
  }
};

test('transports count as connections: a router that is full answers open with 503, and takes one again when one has left', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await withRouter({ limits: { connections: 3 } }, async (_router, { port }) => {
    const to = { port, agent };
    const peers = [new LongPoll(to), new LongPoll(to)];
    for (const peer of peers) await peer.join();
    const { status } = await post(to, '/lp/open', '{"protocols":["wamp.2.json"]}');
    assert.equal(status, 503); // two transports, and the connection that asks
    assert.equal((await peers[0].close()).status, 202);
    await new LongPoll(to).join();
    agent.destroy();
  });
});

test('a router that leaves says GOODBYE to those who wait, and lets them answer', async () => {
  await withRouter({ drain: '10s' }, async (router, to) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const peer = new LongPoll(to);
    await peer.join();
    const waiting = peer.receive({ agent });
    await stillServes(router); // it waits by now
    router.child.kill('SIGTERM');
    const [goodbye] = await waiting;
    assert.deepEqual([goodbye[0], goodbye[2]], [6, 'wamp.close.system_shutdown']);
    const answer = await peer.post('send', peer.form.write([6, {}, 'wamp.close.goodbye_and_out']), { agent });
    assert.equal(answer.status, 202);
    assert.equal((await peer.post('close', undefined, { agent })).status, 202);
    agent.destroy();
    assert.equal((await router.ended).code, 0);
    assert.match(router.stderr, new RegExp(`session=${peer.session} .*reason=(shutdown|goodbye)`));
  }).catch((error) => {
    if (!/had ended by itself \(0\)/.test(error.message)) throw error; // it was asked to
  });
});

test('an answer that is lost on the way ends the session: nothing can be missing in between', async () => {
  await withRouter({ limits: { outbox: '16MiB', poll_idle: '60s' } }, async (router, to) => {
    const peer = new LongPoll(to, 'wamp.2.json.batched');
    await peer.join();
    await peer.send([32, 1, {}, 'lost.news']);
    assert.equal((await peer.nextMessage())[0], 33);
    const publisher = new RawWebSocket(router.url('/'));
    await publisher.join();
    for (let n = 1; n <= 15; ++n) publisher.send([16, n, { acknowledge: true }, 'lost.news', ['x'.repeat(1_000_000)]]);
    for (let n = 1; n <= 15; ++n) assert.equal((await publisher.nextMessage())[0], 17);
    const reader = new RawPeer(to.port);
    await reader.send(`POST ${peer.url}/receive HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
    await reader.take(1000, 'the first of 15 MB');
    reader.socket.resetAndDestroy();
    await router.said(new RegExp(`session\\.end .*session=${peer.session} .*reason=transport_lost`));
    assert.equal((await peer.post('receive')).status, 404);
    publisher.close();
  });
});

test('a reader that takes a large batch slowly gets all of it', async () => {
  await withRouter({ limits: { outbox: '16MiB' } }, async (router, to) => {
    const peer = new LongPoll(to, 'wamp.2.cbor.batched');
    await peer.join();
    await peer.send([32, 1, {}, 'slow.news']);
    assert.equal((await peer.nextMessage())[0], 33);
    const publisher = new RawWebSocket(router.url('/'));
    await publisher.join();
    for (let n = 1; n <= 12; ++n) publisher.send([16, n, { acknowledge: true }, 'slow.news', [n, 'x'.repeat(1_000_000)]]);
    for (let n = 1; n <= 12; ++n) assert.equal((await publisher.nextMessage())[0], 17);
    const numbers = [];
    while (numbers.length < 12) numbers.push((await peer.nextMessage())[4][0]);
    assert.deepEqual(numbers, Array.from({ length: 12 }, (_, n) => n + 1));
    publisher.close();
  });
});

test('over TLS, on the port that serves everything', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-poll-'));
  const [certificate, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-keyout', key, '-out', certificate, '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']);
  await chmod(key, 0o600);
  const tls = `[[tls]]\nname = "main"\ncertificate = ${JSON.stringify(certificate)}\nkey = ${JSON.stringify(key)}`;
  await withRouter({ tls, listenerMore: 'tls = "main"\nlong_poll = "/wamp/poll"' }, async (router, { port }) => {
    const peer = new LongPoll({ port, tls: true, ca: await readFile(certificate) }, 'wamp.2.msgpack', { base: '/wamp/poll' });
    await peer.join();
    await router.said(/session\.join .*via=lps\/msgpack/);
    await peer.send([16, 1, { acknowledge: true }, 'tls.poll', ['x'.repeat(100_000)]]);
    assert.equal((await peer.nextMessage())[0], 17);
    assert.equal((await post({ port }, '/lp/open', '{"protocols":["wamp.2.json"]}')).status, 405); // it is elsewhere
  });
  await rm(folder, { recursive: true });
});

test('a listener may leave long-poll out', async () => {
  await withRouter({ listenerMore: 'long_poll = ""' }, async (router, to) => {
    assert.equal((await post(to, '/lp/open', '{"protocols":["wamp.2.json"]}')).status, 405);
    await new LongPoll({ socketPath: router.socket }).join(); // the other listener has it
  });
});
