// A reader that stops reading costs at most its outbox: nobody else waits for it, and what is dropped is whole events.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';

const events = 400;
const text = 'x'.repeat(64 << 10); // 25 MiB in all: more than the kernel takes for a socket that nobody reads

let router;
before(async () => {
  const closing = openRealm('closing', 'slow_reader = "close"');
  const limits = { message: '256KiB', outbox: '256KiB', write: '60s', ping_interval: '60s' };
  router = await startRouter({ realms: openRealm() + closing, limits });
});
after(() => router.stop());
beforeEach(() => router.forget());
afterEach(() => stillServes(router));

async function subscriber(realm, topic) {
  const peer = await new RawSocket(router.port).open();
  await peer.join(realm);
  await peer.say([32, 1, {}, topic]);
  assert.equal((await peer.nextMessage())[0], 33);
  return peer;
}

// Publishes all events, the next one only when the brisk reader has the one before: a router that waits for a slow reader
// is caught waiting.
async function publishAll(realm, topic, brisk) {
  const publisher = new RawWebSocket(router.url('/'));
  await publisher.join(realm);
  for (let n = 0; n < events; ++n) {
    publisher.send([16, n + 1, { acknowledge: true }, topic, [n, text]]);
    assert.equal((await publisher.nextMessage(`PUBLISHED ${n}`))[0], 17);
    assert.equal((await brisk.nextMessage(`event ${n}`))[4][0], n);
  }
  return publisher;
}

test('a stalled reader loses whole events, in order, and goes on afterwards; a reader beside it gets them all', async () => {
  const stalled = await subscriber('realm1', 'slow.drop');
  const brisk = await subscriber('realm1', 'slow.drop');
  stalled.socket.pause();
  const publisher = await publishAll('realm1', 'slow.drop', brisk);

  stalled.socket.resume();
  let before = -1;
  let count = 0;
  for (;;) {
    const [code, , , , [n]] = await stalled.nextMessage('what was kept for the stalled reader');
    assert.equal(code, 36);
    if (n === 'the last') break;
    assert.ok(n > before, `${n} after ${before}`);
    before = n;
    // Published again with each one that came: its outbox has room by and by.
    publisher.send([16, events + ++count, {}, 'slow.drop', ['the last']]);
  }
  assert.ok(count < events, 'some events were dropped');
  for (const peer of [stalled, brisk, publisher]) peer.close();
});

test('where the realm says "close", the stalled reader is ended for a named reason, and the others receive on', async () => {
  const stalled = await subscriber('closing', 'slow.close');
  const brisk = await subscriber('closing', 'slow.close');
  stalled.socket.pause();
  const publisher = await publishAll('closing', 'slow.close', brisk);
  await router.said(/session\.end .*reason=slow_consumer/);
  for (const peer of [stalled, brisk, publisher]) peer.close();
});

// Value and map lanes keep states instead, and nobody is ended: warp_conflation_test.mjs.
test('a link to an event lane that stalls is ended for a named reason before its events gather without bound', async () => {
  const open = async () => {
    const link = new RawWebSocket(router.url('/realm1'), ['warp0']);
    await link.open();
    assert.match(await link.send('@link(node:"/slow",lane:events)').nextText(), /^@linked/);
    return link;
  };
  const [stalled, brisk] = [await open(), await open()];
  stalled.socket._socket.pause();
  const publisher = new RawWebSocket(router.url('/'));
  await publisher.join();
  for (let n = 0; n < events; ++n) {
    publisher.send([16, n + 1, { acknowledge: true }, 'slow.events', [`${n}:${text}`]]);
    assert.equal((await publisher.nextMessage())[0], 17);
    assert.match(await brisk.nextText(`event ${n}`), new RegExp(`lane:events\\) ?"${n}:`));
  }
  await router.said(/session\.end .*reason=slow_consumer/);
  stalled.socket._socket.resume();
  await stalled.end();
  for (const peer of [brisk, publisher]) peer.close();
});

test('a caller that reads none of its results is ended before they gather', async () => {
  const callee = await new RawSocket(router.port).open();
  const caller = await new RawSocket(router.port).open();
  await callee.join();
  await caller.join();
  await callee.say([64, 1, {}, 'slow.echo']);
  assert.equal((await callee.nextMessage())[0], 65);
  caller.socket.pause();
  const answering = (async () => {
    for (;;) {
      const [code, id] = await callee.nextMessage('an invocation');
      assert.equal(code, 68);
      await callee.say([70, id, {}, [text]]);
    }
  })().catch(() => {}); // its end is the callee's
  for (let n = 0; n < events; ++n) await caller.say([48, n + 1, {}, 'slow.echo']);
  // Replies may not be dropped, so the caller, who reads none, is ended when its outbox is full.
  await router.said(/session\.end .*reason=slow_consumer/);
  caller.close();
  callee.close();
  await answering;
});
