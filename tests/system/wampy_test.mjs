// wampy against the router, with each serializer that it has.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openWampy } from './peers.mjs';
import { startRouter } from './router.mjs';
import { Inbox, rejection, within } from './wait.mjs';

let router;
before(async () => (router = await startRouter()));
after(() => router.stop());

for (const serializer of ['json', 'msgpack', 'cbor']) {
  describe(`wampy, ${serializer}`, () => {
    let ann, ben;
    before(async () => ([ann, ben] = [await openWampy(router, serializer), await openWampy(router, serializer)]));
    after(() => Promise.all([ann.disconnect(), ben.disconnect()]));

    test('calls a procedure and gets positional and keyword results', async () => {
      await within(ben.register('wampy.echo', ({ argsList, argsDict }) => ({ argsList, argsDict })));
      const payload = { argsList: [1, 'two', [3, null], { four: 4.5 }], argsDict: { text: 'ß→∞', flag: false } };
      const { argsList, argsDict } = await within(ann.call('wampy.echo', payload));
      assert.deepEqual({ argsList, argsDict }, payload);
      await within(ben.unregister('wampy.echo'));
      const error = await rejection(ann.call('wampy.echo', []));
      assert.equal(error.errorUri, 'wamp.error.no_such_procedure');
    });

    test("gets a callee's error", async () => {
      const refuse = ({ error_handler: refused }) => refused({ error: 'com.example.no', argsList: ['because'], argsDict: { more: 1 } });
      await within(ben.register('wampy.refuse', refuse));
      const error = await rejection(ann.call('wampy.refuse', []));
      assert.equal(error.errorUri, 'com.example.no');
      assert.deepEqual([error.argsList, error.argsDict], [['because'], { more: 1 }]);
      await within(ben.unregister('wampy.refuse'));
    });

    test('receives events in order until it unsubscribes', async () => {
      const inbox = new Inbox('an event');
      const fence = new Inbox('the fence');
      await within(ann.subscribe('wampy.news', inbox.push));
      await within(ann.subscribe('wampy.fence', fence.push));
      for (let n = 0; n < 20; ++n) await within(ben.publish('wampy.news', { argsList: [n], argsDict: { n } }));
      for (let n = 0; n < 20; ++n) {
        const { argsList, argsDict } = await inbox.next();
        assert.deepEqual([argsList, argsDict], [[n], { n }]);
      }
      await within(ann.unsubscribe('wampy.news'));
      await within(ben.publish('wampy.news', ['too late']));
      await within(ben.publish('wampy.fence', ['fence']));
      await fence.next();
      assert.equal(inbox.size, 0);
      await within(ann.unsubscribe('wampy.fence'));
    });

    test('receives patterns, with the topic named', async () => {
      const inbox = new Inbox('an event');
      await within(ann.subscribe('wampy.car', inbox.push, { match: 'prefix' }));
      await within(ann.subscribe('wampy..speed', inbox.push, { match: 'wildcard' }));
      await within(ben.publish('wampy.car.speed', [88]));
      const topics = [await inbox.next(), await inbox.next()].map(({ details, argsList }) => [details.topic, argsList[0]]);
      assert.deepEqual(topics, [['wampy.car.speed', 88], ['wampy.car.speed', 88]]);
    });

    test('leaves out whom it excludes, whose session id may not fit 32 bits', async () => {
      const [first, second] = [new Inbox('an event'), new Inbox('an event')];
      await within(ann.subscribe('wampy.chosen', first.push));
      await within(ben.subscribe('wampy.chosen', second.push));
      const publisher = await openWampy(router, serializer);
      // msgpackr reads 64-bit integers as BigInt and writes them as floats: whole ones are ids as good as any.
      const sessionId = Number(ann.getSessionId());
      await within(publisher.publish('wampy.chosen', ['not for ann'], { exclude: sessionId }));
      await within(publisher.publish('wampy.chosen', ['for ann'], { eligible: [sessionId] }));
      await within(publisher.publish('wampy.chosen', ['for all']));
      assert.deepEqual([(await first.next()).argsList[0], (await first.next()).argsList[0]], ['for ann', 'for all']);
      assert.deepEqual([(await second.next()).argsList[0], (await second.next()).argsList[0]], ['not for ann', 'for all']);
      await publisher.disconnect();
    });

    test('shares a registration at random, and both are reached', async () => {
      await within(ann.register('wampy.shared', () => ({ argsList: ['ann'] }), { invoke: 'random' }));
      await within(ben.register('wampy.shared', () => ({ argsList: ['ben'] }), { invoke: 'random' }));
      const seen = new Set();
      // Missing one of two in 100 draws happens once in 10^30 runs.
      for (let n = 0; n < 100 && seen.size < 2; ++n) seen.add((await within(ann.call('wampy.shared', []))).argsList[0]);
      assert.deepEqual([...seen].sort(), ['ann', 'ben']);
      await within(ann.unregister('wampy.shared'));
      await within(ben.unregister('wampy.shared'));
    });

    test('is told that a realm does not exist', async () => {
      const error = await rejection(openWampy(router, serializer, { realm: 'nowhere' }));
      assert.match(JSON.stringify(error) + error.message + (error.errorUri ?? ''), /no_such_realm/);
    });

    test('carries bytes', async () => {
      if (serializer === 'json') return checkJsonBytes(ann, ben);
      await within(ben.register('wampy.bytes', ({ argsList }) => ({ argsList })));
      const { argsList } = await within(ann.call('wampy.bytes', [new Uint8Array([0, 1, 254, 255])]));
      assert.deepEqual([...argsList[0]], [0, 1, 254, 255]);
      await within(ben.unregister('wampy.bytes'));
    });
  });
}

// JSON has no bytes: WAMP writes them as text that begins with a zero character.
async function checkJsonBytes(ann, ben) {
  await within(ben.register('wampy.bytes', ({ argsList }) => ({ argsList })));
  const { argsList } = await within(ann.call('wampy.bytes', ['\u0000AAH+/w==']));
  assert.equal(argsList[0], '\u0000AAH+/w==');
  await within(ben.unregister('wampy.bytes'));
}
