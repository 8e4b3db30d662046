// A fault of another router: an empty list from one client ended the whole process, whatever the serializer and transport.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Form, LongPoll } from './long_poll.mjs';
import { hello, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';

let router;
before(async () => (router = await startRouter()));
after(() => router.stop());
afterEach(() => stillServes(router));

const forms = ['wamp.2.json', 'wamp.2.json.batched', 'wamp.2.msgpack', 'wamp.2.msgpack.batched', 'wamp.2.cbor', 'wamp.2.cbor.batched'];
const violation = (message) => assert.deepEqual([message[0], message[2]], [3, 'wamp.error.protocol_violation']);

// Each gives { say(message), nextMessage(), gone() } of a client that speaks by hand.
async function overWebSocket(protocol) {
  const form = new Form(protocol);
  const peer = new RawWebSocket(router.url('/'), [protocol]);
  await peer.open();
  const binary = form.name !== 'json';
  return {
    say: (message) => peer.socket.send(form.write(message), { binary }),
    nextMessage: async () => form.read(Buffer.from(await peer.nextText()))[0],
    gone: () => peer.end(),
  };
}
async function overRawSocket(protocol, where) {
  const form = new Form(protocol);
  const peer = await new RawSocket(where).open({ serializer: form.name });
  return {
    say: (message) => peer.frame(form.write(message)),
    nextMessage: async () => form.read((await peer.nextFrame()).payload)[0],
    gone: () => peer.closed(),
  };
}
async function overLongPoll(protocol) {
  const form = new Form(protocol);
  const peer = await new LongPoll({ port: router.port }, protocol).open();
  return {
    say: async (message) => assert.equal((await peer.post('send', form.write(message))).status, message.length ? 202 : 400),
    nextMessage: () => peer.nextMessage(),
    gone: async () => assert.deepEqual([(await peer.post('receive')).status, (await peer.post('receive')).status], [410, 404]),
  };
}
const transports = {
  WebSocket: [forms, overWebSocket],
  'HTTP long-poll': [forms, overLongPoll],
  'RawSocket on TCP': [forms.filter((form) => !form.endsWith('batched')), (protocol) => overRawSocket(protocol, router.port)],
  'RawSocket on a Unix socket': [forms.filter((form) => !form.endsWith('batched')), (protocol) => overRawSocket(protocol, router.socket)],
};

for (const [transport, [protocols, open]] of Object.entries(transports)) {
  for (const protocol of protocols) {
    test(`an empty list ends nobody else, over ${transport} with ${protocol}`, async () => {
      const early = await open(protocol);
      await early.say([]);
      violation(await early.nextMessage());
      await early.gone();

      const joined = await open(protocol);
      await joined.say(hello());
      assert.equal((await joined.nextMessage())[0], 2);
      await joined.say([]);
      violation(await joined.nextMessage());
      await joined.gone();
    });
  }
}
