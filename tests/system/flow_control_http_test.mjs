// Flow control where one side comes by HTTP: senders by long-poll and by the HTTP bridge, and readers of progressive results.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { Counted, Reader } from './flow_reader.mjs';
import { LongPoll, post } from './long_poll.mjs';
import { stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { metric } from './scrape.mjs';
import { within } from './wait.mjs';

let router;
before(async () => {
  // All clients share the thread of this test, which is busy with others now and then: a longer patience than the default.
  router = await startRouter({ realms: openRealm(), limits: { ping_interval: '60s', write: '60s', patience: '2s' } });
});
after(() => router.stop());
afterEach(() => stillServes(router));

// Reads on a while after each piece: slower than anybody writes here, and steadily.
function readSlowly(stream) {
  stream.on('data', () => {
    stream.pause();
    setTimeout(() => stream.resume(), 5);
  });
}
const large = 'x'.repeat(100_000);
const many = 200; // 20 MB: more than an outbox with what may be under way

test('a long-poll client that publishes to a slow reader has its answers when the reader has caught up, and loses nothing', async () => {
  const reader = await new Counted().open(router);
  await reader.subscribe('polled.events');
  readSlowly(reader.socket);
  const publisher = new LongPoll(router);
  await publisher.join();
  const all = reader.all(many);
  for (let n = 0; n < many; ++n) await publisher.send([16, n + 1, {}, 'polled.events', [n, large]]);
  await all;
  await publisher.close();
  reader.close();
});

test('an HTTP client that publishes to a slow reader waits between its requests, and loses nothing', async () => {
  const reader = await new Counted().open(router);
  await reader.subscribe('posted.events');
  readSlowly(reader.socket);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const all = reader.all(many);
  for (let n = 0; n < many; ++n) {
    const { status } = await post(router, '/realms/realm1/publish', JSON.stringify({ topic: 'posted.events', args: [n, large] }),
      { agent, headers: { 'Content-Type': 'application/json' } });
    assert.equal(status, 200);
  }
  await all;
  agent.destroy();
  reader.close();
});

const paused = () => metric({ port: router.port }, 'heddle_reading_paused_total');

test('progressive results in one burst hold their callee while a slow HTTP client reads them, line by line', async () => {
  const before = await paused();
  const callee = await new Reader((message) => {
    if (message[0] !== 68) return;
    for (let n = 0; n < many; ++n) callee.say([70, message[1], { progress: true }, [n, large]]);
    callee.say([70, message[1], {}, ['the last']]);
  }).open(router);
  const registered = callee.next((message) => message[0] === 65, 'REGISTERED');
  callee.say([64, 1, {}, 'many.results']);
  await registered;
  const body = JSON.stringify({ procedure: 'many.results', options: { receive_progress: true } });
  const answer = await new Promise((resolve, reject) => {
    const asked = http.request({ port: router.port, host: '127.0.0.1', path: '/realms/realm1/call', method: 'POST', agent: false,
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } }, resolve);
    asked.on('error', reject);
    asked.end(body);
  });
  assert.equal(answer.statusCode, 200);
  readSlowly(answer);
  let lines = 0;
  let rest = '';
  answer.setEncoding('utf8').on('data', (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop();
    for (const line of parts) {
      const { progress, args } = JSON.parse(line);
      assert.equal(args[0], progress ? lines : 'the last');
      ++lines;
    }
  });
  await within(new Promise((resolve, reject) => answer.on('end', resolve).on('error', reject)), 'all results', 60_000);
  assert.equal(lines, many + 1);
  assert.ok((await paused()) > before, 'the callee was held');
  callee.close();
});
