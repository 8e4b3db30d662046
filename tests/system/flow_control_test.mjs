// Back-pressure: a reader that reads loses nothing of a burst, a reader that does not read costs the others a moment, once,
// and nothing deadlocks. Two threads, so that senders, realms and readers meet within a thread and across threads.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Counted, frameOf, Reader } from './flow_reader.mjs';
import { RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { metric } from './scrape.mjs';
import { within } from './wait.mjs';

let router;
before(async () => {
  const closing = openRealm('closing', 'slow_reader = "close"');
  // All clients share the thread of this test, which is busy with others now and then: a longer patience than the default.
  const limits = { ping_interval: '60s', write: '60s', patience: '2s' };
  router = await startRouter({ realms: openRealm() + closing, limits });
});
after(() => router.stop());
beforeEach(() => router.forget());
afterEach(() => stillServes(router));

const burst = (topic, count, text) => {
  const frames = [];
  for (let n = 0; n < count; ++n) frames.push(frameOf([16, n + 1, {}, topic, [n, text]]));
  return Buffer.concat(frames);
};

for (const [count, size] of [[20_000, 1_000], [100_000, 16], [30, 900_000]])
  test(`${count} events of ${size} bytes in one burst reach readers on RawSocket, WebSocket and an event link`, async () => {
    const readers = await Promise.all(Array.from({ length: 3 }, () => new Counted().open(router)));
    for (const reader of readers) await reader.subscribe(`burst.of${count}.events`);
    const link = new RawWebSocket(router.url('/realm1'), ['warp0']);
    await link.open();
    assert.match(await link.send(`@link(node:"/burst/of${count}",lane:events)`).nextText(), /^@linked/);
    const publisher = await new Reader().open(router);
    const received = new Promise((resolve, reject) => {
      let n = 0;
      link.socket.on('close', () => reject(new Error(`the link was ended after ${n} events`)));
      link.socket.on('message', (data) => {
        const text = data.toString('latin1', 0, 200);
        const number = Number(text.slice(text.indexOf(')') + 1).match(/\d+/)[0]);
        if (number !== n) reject(new Error(`event ${number} of the link came instead of ${n}`));
        if (++n === count) resolve();
      });
    });
    publisher.socket.write(burst(`burst.of${count}.events`, count, 'x'.repeat(size)));
    await Promise.all([...readers.map((reader) => reader.all(count)), received]);
    for (const peer of [...readers, publisher, link]) peer.close();
  });

test('3,000 calls in one burst get all their results of 2 KiB', async () => {
  const callee = await new Reader((message) => {
    if (message[0] === 68) callee.say([70, message[1], {}, ['y'.repeat(2_048)]]);
  }).open(router);
  const registered = callee.next((message) => message[0] === 65, 'REGISTERED');
  callee.say([64, 1, {}, 'burst.call']);
  await registered;
  let results = 0;
  const caller = await new Reader((message) => {
    if (message[0] === 50) ++results;
  }).open(router);
  const last = caller.next((message) => message[0] === 50 && results === 3_000, '3,000 results');
  caller.socket.write(Buffer.concat(Array.from({ length: 3_000 }, (_, n) => frameOf([48, n + 1, {}, 'burst.call']))));
  await last;
  for (const peer of [caller, callee]) peer.close();
});

test('one value that is six times as long in Recon as the message limit ends no reader', async () => {
  const publisher = await new Reader().open(router);
  const nulls = `[${'null,'.repeat(180_000)}null]`; // 900 KB of JSON, as long in Recon
  const link = new RawWebSocket(router.url('/realm1'), ['warp0']);
  await link.open();
  assert.match(await link.send('@link(node:"/long",lane:value)').nextText(), /^@linked/);
  const reader = await new Counted().open(router);
  await reader.subscribe('long.value');
  for (let n = 0; n < 8; ++n) publisher.say([16, n + 1, {}, 'long.value', [n, JSON.parse(nulls)]]);
  await reader.all(8);
  for (let n = 0; n < 8; ++n) assert.match((await link.nextText('a long event')).slice(0, 40), /^@event/);
  publisher.say([16, 9, { retain: true }, 'long.value', [8, JSON.parse(nulls)]]);
  await reader.all(9);
  const late = new RawWebSocket(router.url('/realm1'), ['warp0']);
  await late.open();
  late.send('@sync(node:"/long",lane:value)');
  const received = [];
  while (!received.at(-1)?.startsWith('@synced')) received.push((await late.nextText('the long state')).slice(0, 60));
  assert.equal(received.filter((text) => text.startsWith('@event')).length, 1, received.join('\n'));
  for (const peer of [publisher, link, late, reader]) peer.close();
});

test('a client that publishes a burst and is its only reader receives all of it, as it goes on reading', async () => {
  const client = await new Counted().open(router);
  await client.subscribe('own.topic');
  const frames = [];
  for (let n = 0; n < 20_000; ++n) frames.push(frameOf([16, n + 2, { exclude_me: false }, 'own.topic', [n, 'x'.repeat(1_000)]]));
  client.socket.write(Buffer.concat(frames));
  await client.all(20_000);
  client.close();
});

test('two clients that publish bursts to each other receive all', async () => {
  const [ann, bob] = [await new Counted().open(router), await new Counted().open(router)];
  await ann.subscribe('to.ann');
  await bob.subscribe('to.bob');
  ann.socket.write(burst('to.bob', 10_000, 'x'.repeat(1_000)));
  bob.socket.write(burst('to.ann', 10_000, 'x'.repeat(1_000)));
  await Promise.all([ann.all(10_000), bob.all(10_000)]);
  for (const peer of [ann, bob]) peer.close();
});

test('a callee that calls its caller for each of 2,000 calls gets its answers, and so does the caller', async () => {
  let results = 0;
  const make = async (name, onInvocation) => {
    const peer = await new Reader((message) => {
      if (message[0] === 68) onInvocation(peer, message);
      if (message[0] === 50) peer.onResult?.(message);
    }).open(router);
    const registered = peer.next((message) => message[0] === 65, 'REGISTERED');
    peer.say([64, 1, {}, name]);
    await registered;
    return peer;
  };
  const text = 'z'.repeat(2_048);
  const caller = await make('ping.back', (peer, [, id]) => peer.say([70, id, {}, [text]]));
  const open = new Map();
  const callee = await make('ping.there', (peer, [, id]) => {
    open.set(id, true);
    peer.say([48, id + 1, {}, 'ping.back']);
  });
  callee.onResult = ([, request]) => callee.say([70, request - 1, {}, [text]]);
  const last = caller.next((message) => message[0] === 50 && ++results === 2_000, '2,000 results');
  caller.socket.write(Buffer.concat(Array.from({ length: 2_000 }, (_, n) => frameOf([48, n + 2, {}, 'ping.there']))));
  await last;
  for (const peer of [caller, callee]) peer.close();
});

test('two clients that write without reading do not stop the router or each other for good', async () => {
  const [ann, bob] = [await new Reader().open(router), await new Reader().open(router)];
  await ann.subscribe('deaf.ann');
  await bob.subscribe('deaf.bob');
  ann.socket.pause();
  bob.socket.pause();
  const written = (peer, topic) => within(
    new Promise((resolve) => peer.socket.write(burst(topic, 20_000, 'x'.repeat(1_000)), resolve)), 'the router to read on', 60_000);
  await Promise.all([written(ann, 'deaf.bob'), written(bob, 'deaf.ann')]);
  for (const peer of [ann, bob]) peer.close();
});

const figure = (name) => metric({ port: router.port }, name);

test('a stalled reader is counted as such, once, while readers beside it receive all', async () => {
  const stalled = await new Reader().open(router);
  await stalled.subscribe('stall.events');
  stalled.socket.pause();
  const reader = await new Counted().open(router);
  await reader.subscribe('stall.events');
  const publisher = await new Reader().open(router);
  const before = await figure('heddle_readers_stalled_total');
  publisher.socket.write(burst('stall.events', 20_000, 'x'.repeat(1_000)));
  await reader.all(20_000);
  assert.equal(await figure('heddle_readers_stalled_total'), before + 1);
  assert.ok(await figure('heddle_reading_paused_total') > 0);
  for (const peer of [stalled, reader, publisher]) peer.close();
});

test('readers that pause for longer than the patience lose nothing of a burst of 8 MB', async () => {
  const count = 8_000;
  const reader = await new Counted().open(router);
  await reader.subscribe('paused.events');
  const link = new RawWebSocket(router.url('/realm1'), ['warp0']);
  await link.open();
  assert.match(await link.send('@link(node:"/paused",lane:events)').nextText(), /^@linked/);
  reader.socket.pause();
  link.socket.pause();
  const publisher = await new Reader().open(router);
  const stalled = await figure('heddle_readers_stalled_total');
  const taken = publisher.next((message) => message[0] === 17, 'PUBLISHED');
  publisher.socket.write(Buffer.concat([
    burst('paused.events', count - 1, 'x'.repeat(1_000)), frameOf([16, count, { acknowledge: true }, 'paused.events', [count - 1, '']]),
  ]));
  await taken; // the publisher was held until both had stalled
  assert.ok(await figure('heddle_readers_stalled_total') > stalled);
  reader.socket.resume();
  link.socket.resume();
  await reader.all(count);
  for (let n = 0; n < count; ++n) assert.ok((await link.nextText(`event ${n}`)).includes(`{${n},`), `event ${n}`);
  for (const peer of [reader, link, publisher]) peer.close();
});

test('readers that stalled long ago hold nobody, one after the other, as the events for each become many', async (t) => {
  const own = await startRouter({ realms: openRealm(), limits: { patience: '200ms', ping_interval: '60s', write: '60s' } });
  t.after(() => own.stop());
  const paused = () => metric({ port: own.port }, 'heddle_reading_paused_total');
  const readers = await Promise.all(Array.from({ length: 8 }, async (_, n) => {
    const reader = await new Reader().open(own);
    for (const topic of ['stalled.all', `stalled.own${n}`]) await reader.subscribe(topic);
    reader.socket.pause();
    return reader;
  }));
  const publisher = await new Reader().open(own);
  const text = 'x'.repeat(32 << 10);
  let request = 0;
  const publish = async (topic, count) => {
    for (let n = 0; n < count; ++n) {
      const id = ++request;
      const published = publisher.next((message) => message[0] === 17 && message[1] === id, 'PUBLISHED');
      publisher.say([16, id, { acknowledge: true }, topic, [text]]);
      await published;
    }
  };
  await publish('stalled.all', 32); // 1 MiB: more than the kernels take, less than half of limits.outbox
  await new Promise((resolve) => setTimeout(resolve, 2_000)); // ten times the patience
  for (const [n] of readers.entries()) await publish(`stalled.own${n}`, 2 * n);
  assert.equal(await paused(), 0);
  await publish('stalled.all', 96); // one after the other they come to half of the outbox, and then to all of it
  assert.equal(await paused(), 0);
  assert.equal(await metric({ port: own.port }, 'heddle_readers_stalled_total'), readers.length);
  for (const peer of [...readers, publisher]) peer.close();
});

test('a message that was begun and does not go on ends its connection, with a name, however steady its bytes', async () => {
  const quick = await startRouter({ realms: openRealm(), limits: { message_time: '300ms', ping_interval: '60s' } });
  const raw = await new RawSocket(quick.port).open();
  await raw.join();
  await raw.send(Buffer.from([0, 0, 0, 100, 0x5b]));
  assert.equal((await raw.nextMessage('ABORT'))[0], 3);
  await raw.closed();
  await quick.said(/session\.end .*reason=message_timeout/);
  await quick.stop();
});
