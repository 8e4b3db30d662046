// One publication, subscribers in JSON, MessagePack, CBOR and WARP: all get equal values, whoever published.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Data } from '@swim/structure';
import { openAutobahn, openSwim, openWampy } from './peers.mjs';
import { RawSocket, RawWebSocket } from './raw.mjs';
import { startRouter } from './router.mjs';
import { Inbox, within } from './wait.mjs';

const value = {
  text: 'two words, ž, 🐎, "quoted"', truth: 'true', yes: true, no: false, int: -42, big: 9007199254740991, half: 0.5, whole: 3,
  list: [1, 'two', [3.25, true]], map: { b: 1, a: { deeper: ['x'] } },
};

// Data in @swim/structure gives its whole buffer as its "like", unused rest and all.
const fromRecon = (body) => (body instanceof Data ? body.toUint8Array().subarray(0, body.size) : body.toLike());

let router, listeners;
before(async () => {
  router = await startRouter();
  const json = await openAutobahn(router, { serializer: 'json' });
  const msgpack = await openWampy(router, 'msgpack');
  const cbor = await openWampy(router, 'cbor');
  const swim = openSwim(router);
  // msgpackr reads 64-bit integers as BigInt.
  const plain = (thing) => JSON.parse(JSON.stringify(thing, (_key, part) => (typeof part === 'bigint' ? Number(part) : part)));
  listeners = {
    json, swim, closing: [() => json.close(), () => msgpack.disconnect(), () => cbor.disconnect(), () => swim.close()],
    // Everyone's inbox for one topic.
    async on(topic) {
      const inboxes = Object.fromEntries(['json', 'msgpack', 'cbor', 'warp'].map((name) => [name, new Inbox(`${name} on ${topic}`)]));
      await within(json.session.subscribe(topic, (args) => inboxes.json.push(plain(args[0]))));
      await within(msgpack.subscribe(topic, ({ argsList }) => inboxes.msgpack.push(plain(argsList[0]))));
      await within(cbor.subscribe(topic, ({ argsList }) => inboxes.cbor.push(plain(argsList[0]))));
      const linked = new Inbox('a link');
      const [, node, lane] = /^(.*)\.([^.]*)$/.exec(topic);
      swim.event(`/${node.replaceAll('.', '/')}`, lane, { didLink: linked.push, onEvent: (body) => inboxes.warp.push(fromRecon(body)) });
      await linked.next();
      return inboxes;
    },
  };
});
after(async () => {
  for (const close of listeners?.closing ?? []) await close();
  await router?.stop();
});

const publishers = {
  'JSON over WebSocket': async (topic) => {
    const peer = await openAutobahn(router, { serializer: 'json' });
    await within(peer.session.publish(topic, [value], {}, { acknowledge: true }));
    await peer.close();
  },
  'JSON over RawSocket on a Unix socket': async (topic) => {
    const peer = await openAutobahn(router, { rawsocket: 'unix' });
    await within(peer.session.publish(topic, [value], {}, { acknowledge: true }));
    await peer.close();
  },
  MessagePack: async (topic) => {
    const peer = await openWampy(router, 'msgpack');
    await within(peer.publish(topic, [value]));
    await peer.disconnect();
  },
  CBOR: async (topic) => {
    const peer = await openWampy(router, 'cbor');
    await within(peer.publish(topic, [value]));
    await peer.disconnect();
  },
  WARP: async (topic) => {
    const [, node, lane] = /^(.*)\.([^.]*)$/.exec(topic);
    // The text "true" is lost in @swim/client itself, which writes it as a bool; so its own copy goes without.
    listeners.swim.command(`/${node.replaceAll('.', '/')}`, lane, { ...value, truth: 'true, quoted by its comma' });
  },
};

describe('one publication reaches all forms with equal values', () => {
  for (const [name, publish] of Object.entries(publishers)) {
    test(`published as ${name}`, async () => {
      const topic = `forms.${name.replaceAll(' ', '_').toLowerCase()}.value`;
      const inboxes = await listeners.on(topic);
      await publish(topic);
      const expected = name === 'WARP' ? { ...value, truth: 'true, quoted by its comma' } : value;
      for (const [form, inbox] of Object.entries(inboxes)) assert.deepEqual(await inbox.next(), expected, form);
    });
  }
});

test('bytes are bytes in every form', async () => {
  const inboxes = await listeners.on('forms.binary.value');
  const publisher = await openWampy(router, 'cbor');
  await within(publisher.publish('forms.binary.value', [Buffer.from([0, 1, 254, 255])]));
  const seen = { json: '\0AAH+/w==', msgpack: [0, 1, 254, 255], cbor: [0, 1, 254, 255], warp: [0, 1, 254, 255] };
  for (const [form, expected] of Object.entries(seen)) {
    const got = await inboxes[form].next();
    assert.deepEqual(form === 'json' ? got : Object.values(got.type === 'Buffer' ? got.data : got), expected, form);
  }
  await publisher.disconnect();
});

describe('the publisher\'s own bytes', () => {
  // Spelled as no serializer would write it again.
  const payload = '[ 1.50, 1e2 ,"\\u00e9\\/", {"z":1 , "a" : -0.0}, 12345678901234567890, "\\u0000AAEC" ],{ "k" :[ ] }';
  const publication = (topic) => `[16,7,{"acknowledge":true},"${topic}", ${payload}]`;

  test('reach a reader of the same serializer unchanged, over WebSocket and RawSocket', async () => {
    const web = new RawWebSocket(router.url('/'));
    const raw = await new RawSocket(router.port).open();
    const publisher = await new RawSocket(router.socket).open();
    for (const peer of [web, raw, publisher]) await peer.join();
    await web.send([32, 1, {}, 'forms.bytes']).nextMessage('SUBSCRIBED');
    await raw.say([32, 1, {}, 'forms.bytes']);
    await raw.nextMessage('SUBSCRIBED');
    await publisher.say(publication('forms.bytes'));
    const texts = [await web.nextText(), (await raw.nextFrame()).payload.toString()];
    for (const text of texts) assert.ok(text.endsWith(`,${payload}]`) || text.endsWith(`, ${payload}]`), text);
    web.close();
    raw.close();
    publisher.close();
  });

  test('of MessagePack reach a reader of MessagePack unchanged', async () => {
    // args: [ 5 as a 64-bit integer, a text with a 16-bit length ], which no packer would write that way.
    const args = Buffer.from('92d30000000000000005da000161', 'hex');
    const topic = Buffer.from('forms.packed');
    const head = Buffer.concat([Buffer.from([0x95, 16, 9, 0x80, 0xa0 | topic.length]), topic]);
    const hello = Buffer.concat([Buffer.from('9301a67265616c6d3181a5726f6c657382a97075626c697368657280aa7375627363726962657280', 'hex')]);
    const [reader, writer] = [new RawSocket(router.port), new RawSocket(router.port)];
    for (const peer of [reader, writer]) {
      await peer.open({ serializer: 'msgpack' });
      await peer.frame(hello);
      assert.equal((await peer.nextFrame('WELCOME')).payload[1], 2);
    }
    await reader.frame(Buffer.concat([Buffer.from([0x94, 32, 1, 0x80, 0xa0 | topic.length]), topic]));
    assert.equal((await reader.nextFrame('SUBSCRIBED')).payload[1], 33);
    await writer.frame(Buffer.concat([head, args]));
    const event = (await reader.nextFrame('EVENT')).payload;
    assert.equal(event.subarray(-args.length).toString('hex'), args.toString('hex'));
    reader.close();
    writer.close();
  });
});
