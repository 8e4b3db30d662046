// Faults of other routers, over every transport and serializer here: what ended or stopped them must not do so.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { Form, LongPoll } from './long_poll.mjs';
import { hello, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';

let router;
before(async () => (router = await startRouter({ limits: { message: '256KiB', outbox: '256KiB', write: '60s', ping_interval: '60s' } })));
after(() => router.stop());
afterEach(() => stillServes(router));

// Every transport in every serializer: say(bytes of one message) and nextMessage() a message.
const webSocket = (protocol) => async () => {
  const form = new Form(protocol);
  const peer = new RawWebSocket(router.url('/'), [protocol]);
  await peer.open();
  const received = [];
  return {
    form, close: () => peer.close(), ended: () => peer.end(),
    say: (bytes) => peer.send(form.name === 'json' ? String(bytes) : Buffer.from(bytes)),
    nextMessage: async () => (received.length || received.push(...form.read(Buffer.from(await peer.nextText()))), received.shift()),
  };
};
const rawSocket = (serializer) => async () => {
  const form = new Form(`wamp.2.${serializer}`);
  const peer = await new RawSocket(router.port).open({ serializer });
  return {
    form, close: () => peer.close(), ended: () => peer.closed(), say: (bytes) => peer.frame(bytes),
    nextMessage: async () => form.read((await peer.nextFrame()).payload)[0],
  };
};
const longPoll = (protocol) => async () => {
  const peer = await new LongPoll({ port: router.port }, protocol).open();
  return {
    form: peer.form, close: () => peer.close(), say: (bytes) => peer.post('send', bytes), nextMessage: () => peer.nextMessage(),
    ended: async () => assert.equal((await peer.post('receive')).status, 410),
  };
};
const ways = {};
for (const serializer of ['json', 'msgpack', 'cbor']) {
  for (const batched of ['', '.batched']) {
    ways[`WebSocket, ${serializer}${batched}`] = webSocket(`wamp.2.${serializer}${batched}`);
    ways[`long-poll, ${serializer}${batched}`] = longPoll(`wamp.2.${serializer}${batched}`);
  }
  ways[`RawSocket, ${serializer}`] = rawSocket(serializer);
}

describe('an empty list from one client ends the whole process', () => {
  for (const [way, open] of Object.entries(ways)) {
    for (const when of ['before', 'after']) {
      test(`over ${way}, ${when} HELLO: ABORT and the end of that one client`, async () => {
        const peer = await open();
        if (when === 'after') {
          await peer.say(peer.form.write(hello()));
          assert.equal((await peer.nextMessage())[0], 2);
        }
        await peer.say(peer.form.write([]));
        const last = await peer.nextMessage();
        assert.deepEqual([last[0], last[2]], [3, 'wamp.error.protocol_violation']);
        await peer.ended();
        peer.close();
      });
    }
  }
});

describe('malformed messages are neither refused nor closed', () => {
  const malformed = { 'a number': 7, 'a map': {}, 'an unknown code': [999, 1], 'a code that is text': ['1'], 'half a SUBSCRIBE': [32, 1] };
  for (const [way, open] of Object.entries(ways)) {
    test(`over ${way}: each is answered by ABORT, and closed`, async () => {
      for (const [name, message] of Object.entries(malformed)) {
        const peer = await open();
        await peer.say(peer.form.write(hello()));
        assert.equal((await peer.nextMessage())[0], 2);
        await peer.say(peer.form.write(message));
        const last = await peer.nextMessage();
        assert.deepEqual([last[0], last[2]], [3, 'wamp.error.protocol_violation'], name);
        await peer.ended();
        peer.close();
      }
    });
  }
});

describe('one reader that stalls stops everybody', () => {
  const events = 60;
  const text = 'x'.repeat(64 << 10);
  const stall = {
    'a RawSocket that nobody reads': async () => {
      const peer = await new RawSocket(router.port).open();
      await peer.join();
      await peer.say([32, 1, {}, 'rival.stall']);
      await peer.nextMessage();
      peer.socket.pause();
      return peer;
    },
    'a batched WebSocket that nobody reads': async () => {
      const peer = new RawWebSocket(router.url('/'), ['wamp.2.json.batched']);
      await peer.open();
      peer.send(`${JSON.stringify(hello())}\x1e`);
      await peer.nextText();
      peer.send('[32,1,{},"rival.stall"]\x1e');
      await peer.nextText();
      peer.socket._socket.pause();
      return peer;
    },
    'a long-poll client that does not come': async () => {
      const peer = new LongPoll({ port: router.port });
      await peer.join();
      await peer.send([32, 1, {}, 'rival.stall']);
      await peer.nextMessage();
      return peer;
    },
  };
  for (const [name, open] of Object.entries(stall)) {
    test(`${name} costs the others nothing: each event comes before the next is sent`, async () => {
      const stalled = await open();
      const brisk = new RawWebSocket(router.url('/'));
      const publisher = new RawWebSocket(router.url('/'));
      for (const peer of [brisk, publisher]) await peer.join();
      brisk.send([32, 1, {}, 'rival.stall']);
      assert.equal((await brisk.nextMessage())[0], 33);
      for (let n = 0; n < events; ++n) {
        publisher.send([16, n + 1, { acknowledge: true }, 'rival.stall', [n, text]]);
        assert.equal((await publisher.nextMessage())[0], 17);
        assert.equal((await brisk.nextMessage())[4][0], n);
      }
      for (const peer of [stalled, brisk, publisher]) await peer.close();
    });
  }
});
