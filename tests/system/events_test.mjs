// Events of the advanced profile with clients nobody here wrote: their history, who published them, their attributes, and how a
// subscription is taken away.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openAutobahn, openWampy } from './peers.mjs';
import { RawWebSocket } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { Inbox, rejection, within } from './wait.mjs';

const histories = `
[[realm.history]]
match = "prefix"
uri = "log."
[[realm.history]]
uri = "kept.log"
store = "sqlite"
`;
const named = `
[[realm]]
name = "named"
auth = ["anonymous"]
[[realm.role]]
name = "anonymous"
trustlevel = 4
permissions = [
  { match = "prefix", uri = "", allow = ["call", "publish", "subscribe"] },
  { match = "prefix", uri = "shown.", allow = ["publish"], disclose = ["publisher"] },
  { match = "prefix", uri = "hidden.", allow = ["publish"], conceal = ["publisher"] },
  { uri = "wamp.subscription.remove_subscriber", allow = ["call"] },
]
`;

let router, folder, options;
let count = 0;
let topic; // of this test alone
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-store-'));
  options = { top: `store.path = "${folder}/heddle.db"`, realms: openRealm('realm1', histories) + named };
  router = await startRouter(options);
});
after(async () => {
  await router.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => (topic = `log.t${++count}`));

async function autobahn(t, realm = 'realm1', via = {}) {
  const peer = await openAutobahn(router, via, realm);
  t.after(() => peer.close());
  return peer.session;
}
async function byHand(t, subscriber, realm = 'realm1') {
  const peer = new RawWebSocket(router.url('/ws'));
  t.after(() => peer.close());
  await peer.open();
  const roles = { caller: {}, publisher: {}, subscriber: { features: subscriber } };
  assert.equal((await peer.send([1, realm, { roles }]).nextMessage('WELCOME'))[0], 2);
  return peer;
}
const published = (session, uri, args, more = {}) => within(session.publish(uri, args, {}, { acknowledge: true, ...more }));
const idOf = (session, uri, match = 'exact') => within(session.call('wamp.subscription.lookup', [uri, { match }]));
const eventsOf = (session, id, kwargs = {}) => within(session.call('wamp.subscription.get_events', [id], kwargs));
const firsts = (events) => events.map((event) => event.args[0]);

describe('history', () => {
  for (const serializer of ['json', 'msgpack', 'cbor']) {
    test(`autobahn-js reads what was published before it came, over ${serializer}`, async (t) => {
      const ann = await autobahn(t, 'realm1', { serializer });
      await published(ann, topic, [1, { deep: [true, null] }], { disclose_me: true });
      await published(ann, topic, [2]);
      const ben = await autobahn(t, 'realm1', { serializer });
      const id = await idOf(ben, 'log.', 'prefix');
      const events = await eventsOf(ben, id, { topic });
      assert.equal(events.length, 2);
      assert.match(events[0].timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.ok(Math.abs(Date.parse(events[0].timestamp) - Date.now()) < 60_000, 'the time of day');
      assert.deepEqual(events[0].args, [1, { deep: [true, null] }]);
      assert.equal(events[0].subscription, id);
      assert.equal(events[0].details.topic, topic);
      assert.equal(events[0].details.publisher, ann.id);
      assert.equal(events[1].details.publisher, undefined);
      assert.deepEqual(firsts(await eventsOf(ben, id, { topic, reverse: true, limit: 1 })), [2]);
      assert.deepEqual(firsts(await eventsOf(ben, id, { topic, after_publication: events[0].publication })), [2]);
      assert.deepEqual(await eventsOf(ben, id, { topic, from_time: '2999-01-01T00:00:00Z' }), []);
    });
  }

  test('wampy reads it, or receives the reason', async (t) => {
    const ann = await autobahn(t);
    await published(ann, topic, ['x']);
    const id = await idOf(ann, 'log.', 'prefix');
    const wampy = await openWampy(router, 'msgpack');
    t.after(() => wampy.disconnect());
    const result = await within(wampy.call('wamp.subscription.get_events', { argsList: [id], argsDict: { topic } }));
    assert.deepEqual(result.argsList[0].map((event) => event.args), [['x']]);
    const refused = await rejection(wampy.call('wamp.subscription.get_events', [999_999]));
    assert.equal(refused.errorUri ?? refused.error, 'wamp.error.no_such_subscription');
  });

  test('of a subscription that keeps none is unavailable', async (t) => {
    const ann = await autobahn(t);
    const { id } = await within(ann.subscribe('unkept.topic', () => {}));
    assert.equal((await rejection(ann.call('wamp.subscription.get_events', [id]))).error, 'wamp.error.history_unavailable');
  });

  test('in SQLite is there after a restart', async (t) => {
    const ann = await openAutobahn(router);
    for (const n of [1, 2, 3]) await published(ann.session, 'kept.log', [n]);
    await ann.close();
    await router.stop();
    router = await startRouter(options);
    const ben = await autobahn(t);
    const id = await idOf(ben, 'kept.log');
    const events = await eventsOf(ben, id);
    assert.deepEqual(firsts(events), [1, 2, 3]);
    await published(ben, 'kept.log', [4]);
    assert.deepEqual(firsts(await eventsOf(ben, id, { after_publication: events[1].publication })), [3, 4]);
  });
});

describe('publishers', () => {
  test('autobahn-js is told who published, if the publisher wants it or a rule does', async (t) => {
    const [ann, ben] = [await autobahn(t, 'named'), await autobahn(t, 'named')];
    const received = new Inbox('an event');
    const receive = (args, kwargs, details) => received.push([details.publisher ?? null, details.publisher_authrole ?? null]);
    for (const uri of ['open.a', 'shown.a', 'hidden.a']) await within(ben.subscribe(uri, receive));
    await published(ann, 'open.a', []);
    assert.deepEqual(await received.next(), [null, null]);
    await published(ann, 'open.a', [], { disclose_me: true });
    assert.deepEqual(await received.next(), [ann.id, 'anonymous']);
    await published(ann, 'shown.a', []);
    assert.deepEqual(await received.next(), [ann.id, 'anonymous']);
    const refused = await rejection(published(ann, 'hidden.a', [], { disclose_me: true }));
    assert.equal(refused.error, 'wamp.error.option_disallowed.disclose_me');
    await published(ann, 'hidden.a', []);
    assert.deepEqual(await received.next(), [null, null]);
  });

  test('trust levels are for who announced them', async (t) => {
    const ann = await autobahn(t, 'named');
    const [ben, cat] = [await byHand(t, { publication_trustlevels: true }, 'named'), await byHand(t, {}, 'named')];
    for (const peer of [ben, cat]) assert.equal((await peer.send([32, 1, {}, 'trusted']).nextMessage('SUBSCRIBED'))[0], 33);
    await published(ann, 'trusted', []);
    assert.deepEqual((await ben.nextMessage('EVENT'))[3], { trustlevel: 4 });
    assert.deepEqual((await cat.nextMessage('EVENT'))[3], {});
  });

  test('attributes of a publication reach autobahn-js and stay in the history', async (t) => {
    const ben = await autobahn(t);
    const ann = await byHand(t, {});
    assert.equal((await ann.send([16, 1, { acknowledge: true, x_trace: { a: [1] } }, topic, [1]]).nextMessage('PUBLISHED'))[0], 17);
    const [event] = await eventsOf(ben, await idOf(ben, 'log.', 'prefix'), { topic });
    assert.deepEqual(event.details, { topic, x_trace: { a: [1] } });
  });
});

describe('revocation', () => {
  test('autobahn-js is notified that its subscription was revoked, a client without the feature is not', async (t) => {
    const [ann, ben, cat] = [await autobahn(t, 'named'), await autobahn(t, 'named'), await byHand(t, {}, 'named')];
    const subscription = await within(ben.subscribe('revoked', () => assert.fail('an event after the end')));
    const [, , id] = await cat.send([32, 1, {}, 'revoked']).nextMessage('SUBSCRIBED');
    assert.equal(id, subscription.id);
    const catId = (await within(ann.call('wamp.subscription.list_subscribers', [id]))).find((member) => member !== ben.id);
    await within(ann.call('wamp.subscription.remove_subscriber', [id, ben.id], { reason: 'app.enough' }));
    assert.equal(await within(subscription.on_unsubscribe), 'app.enough');
    assert.equal(subscription.active, false);
    await published(ann, 'revoked', [1]);
    assert.deepEqual((await cat.nextMessage('EVENT'))[4], [1]);
    await within(ann.call('wamp.subscription.remove_subscriber', [id, catId]));
    await published(ann, 'revoked', [2]);
    assert.equal((await cat.send([34, 2, id]).nextMessage('ERROR'))[4], 'wamp.error.no_such_subscription', 'nothing came before it');
    assert.equal(await within(ben.call('wamp.session.count')), 3);
  });
});
