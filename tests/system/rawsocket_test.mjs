// RawSocket to the letter (WAMP, "RawSocket Transport"): lengths both ways, PING and PONG. What breaks it: bad_rawsocket_test.mjs.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';

let router, large;
before(async () => {
  router = await startRouter({ limits: { message: '100KiB', ping_interval: '200ms', ping_missed: 3 } });
  large = await startRouter({ limits: { message: '16MiB', outbox: '16MiB' } });
});
after(async () => {
  await router?.stop();
  await large?.stop();
});
afterEach(() => stillServes(router));

// A session of a peer that takes 2^(9 + length) octets and answers no PING of its own accord.
const join = async (length = 15, to = router.port) => {
  const peer = await new RawSocket(to).open({ length });
  await peer.join();
  return peer;
};
// An acknowledged PUBLISH of exactly so many octets.
const publication = (size, request = 1) => {
  const short = JSON.stringify([16, request, { acknowledge: true }, 'raw.size', ['']]);
  return JSON.stringify([16, request, { acknowledge: true }, 'raw.size', ['x'.repeat(size - short.length)]]);
};

describe('lengths', () => {
  test('the router announces a power of two that is not above its limit, and takes exactly that', async () => {
    const peer = await join();
    assert.equal(peer.routerTakes, 64 << 10);
    await peer.say(publication(64 << 10));
    assert.equal((await peer.nextMessage())[0], 17);
    await peer.say(publication((64 << 10) + 1, 2));
    const last = await peer.nextMessage();
    assert.equal(last[0], 3);
    assert.match(last[1].message, /65536/);
    await peer.closed();
  });

  test('2^24 octets, which only bit X can say, are a message like others', async () => {
    const peer = await join(15, large.port);
    assert.equal(peer.routerTakes, 1 << 24);
    await peer.send(Buffer.concat([Buffer.from([0x08, 0, 0, 0]), Buffer.from(publication(1 << 24))]));
    assert.equal((await peer.nextMessage())[0], 17);
    await peer.say(publication((1 << 24) - 1, 2));
    assert.equal((await peer.nextMessage())[0], 17);
    peer.close();
  });

  test('a peer that takes as little as there is, 512 octets, can join, call and receive', async () => {
    const peer = await join(0);
    await peer.say([32, 1, {}, 'raw.small']);
    assert.equal((await peer.nextMessage())[0], 33);
    await peer.say([16, 2, { exclude_me: false }, 'raw.small', [1]]);
    assert.deepEqual((await peer.nextMessage())[4], [1]);
    peer.close();
  });

  test('a result or an error above what the caller takes becomes payload_size_exceeded', async () => {
    const [caller, callee] = [await join(0), await join()];
    await callee.say([64, 1, {}, 'raw.long']);
    assert.equal((await callee.nextMessage())[0], 65);
    const answers = [(id) => [70, id, {}, ['x'.repeat(600)]], (id) => [8, 68, id, {}, 'raw.wrong', ['x'.repeat(600)]]];
    for (const [n, answer] of answers.entries()) {
      await caller.say([48, n + 1, {}, 'raw.long']);
      await callee.say(answer((await callee.nextMessage())[1]));
      assert.deepEqual((await caller.nextMessage()).slice(0, 5), [8, 48, n + 1, {}, 'wamp.error.payload_size_exceeded']);
    }
    await caller.say([48, 3, {}, 'raw.long']);
    await callee.say([70, (await callee.nextMessage())[1], {}, ['short']]);
    assert.deepEqual(await caller.nextMessage(), [50, 3, {}, ['short']]);
    caller.close();
    callee.close();
  });

  test('a call above what the callee takes becomes payload_size_exceeded, and the callee receives nothing', async () => {
    const [caller, callee] = [await join(), await join(0)];
    await callee.say([64, 1, {}, 'raw.narrow']);
    assert.equal((await callee.nextMessage())[0], 65);
    await caller.say([48, 1, {}, 'raw.narrow', ['x'.repeat(600)]]);
    assert.deepEqual((await caller.nextMessage()).slice(0, 5), [8, 48, 1, {}, 'wamp.error.payload_size_exceeded']);
    await caller.say([48, 2, {}, 'raw.narrow', ['y']]);
    assert.deepEqual((await callee.nextMessage())[4], ['y']);
    caller.close();
    callee.close();
  });

  test('an event above what one subscriber takes is dropped for that one only', async () => {
    const [small, publisher] = [await join(0), await join()];
    const wide = new RawWebSocket(router.url('/'));
    await wide.join();
    await small.say([32, 1, {}, 'raw.events']);
    wide.send([32, 1, {}, 'raw.events']);
    assert.equal((await small.nextMessage())[0], 33);
    assert.equal((await wide.nextMessage())[0], 33);
    await publisher.say([16, 1, {}, 'raw.events', ['x'.repeat(600)]]);
    await publisher.say([16, 2, {}, 'raw.events', ['short']]);
    assert.equal((await wide.nextMessage())[4][0].length, 600);
    assert.deepEqual((await wide.nextMessage())[4], ['short']);
    assert.deepEqual((await small.nextMessage())[4], ['short']);
    for (const peer of [small, publisher, wide]) peer.close();
  });
});

describe('PING and PONG', () => {
  test('each PING gets one PONG, at once and in order, with its payload octet for octet', async () => {
    const peer = await join();
    const payloads = [Buffer.alloc(0), Buffer.from([0, 255, 0]), Buffer.alloc(60_000, 7), Buffer.from('[1,"no message"]')];
    for (const payload of payloads) await peer.frame(payload, 1);
    await peer.say([16, 1, { acknowledge: true }, 'raw.ping']);
    for (const payload of payloads) {
      let received = await peer.nextFrame('PONG');
      while (received.type === 1) received = await peer.nextFrame('PONG'); // the router's own
      assert.equal(received.type, 2);
      assert.ok(received.payload.equals(payload));
    }
    assert.equal((await peer.nextMessage())[0], 17);
    peer.close();
  });

  test('the router asks with a payload of its own each time, and who only answers stays', async () => {
    const peer = await join();
    const asked = new Set();
    while (asked.size < 8) { // twice as long as silence is borne
      const { type, payload } = await peer.nextFrame('PING');
      assert.equal(type, 1);
      assert.ok(payload.length > 0 && !asked.has(payload.toString()), `${payload} is new`);
      asked.add(payload.toString());
      await peer.frame(payload, 2);
    }
    await peer.say([16, 1, { acknowledge: true }, 'raw.alive']);
    assert.equal((await peer.nextMessage())[0], 17);
    peer.close();
  });

  test('a PONG that nobody asked for is ignored', async () => {
    const peer = await join();
    await peer.frame('surprise', 2);
    await peer.frame('', 2);
    await peer.say([16, 1, { acknowledge: true }, 'raw.pong']);
    assert.equal((await peer.nextMessage())[0], 17);
    peer.close();
  });
});
