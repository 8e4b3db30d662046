// What a realm tells of itself: meta lanes to @swim/client, meta procedures to autobahn-js, and both the same.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openAutobahn, openSwim } from './peers.mjs';
import { openRealm, ruledRealm, startRouter } from './router.mjs';
import { Inbox, rejection, within } from './wait.mjs';

let router, wamp, swim, viewer;
let count = 0;
let base, node; // of this test alone
before(async () => {
  const everything = 'match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"]';
  const meta = 'match = "prefix", uri = "swim.meta.", allow = ["subscribe"]';
  const some = ['match = "prefix", uri = "open.", allow = ["subscribe"]',
    'match = "prefix", uri = "swim.meta.node.open.", allow = ["subscribe"]'];
  router = await startRouter({
    realms: ruledRealm('realm1', [everything, meta]) + openRealm('plain') + ruledRealm('some', some),
  });
  wamp = await openAutobahn(router);
  swim = openSwim(router);
  viewer = openSwim(router);
});
after(async () => {
  swim?.close();
  viewer?.close();
  await wamp?.close();
  await router?.stop();
});
beforeEach(() => {
  base = `meta.t${++count}`;
  node = `/meta/t${count}`;
});

const call = (procedure, args = [], kwargs = {}) => within(wamp.session.call(procedure, args, kwargs), procedure);
const metaNode = (of, lane) => `swim:meta:node/${encodeURIComponent(of)}${lane ? `/lane/${encodeURIComponent(lane)}` : ''}`;

// A map downlink whose changes are put into an inbox as [what, key, value].
function watch(client, at, lane) {
  const inbox = new Inbox(`${at} ${lane}`);
  const link = client.map(at, lane, {
    didLink: () => inbox.push(['linked']),
    didSync: () => inbox.push(['synced']),
    didUnlink: () => inbox.push(['unlinked']),
    didUpdate: (key, value) => inbox.push(['update', key.toLike(), value.toLike()]),
    didRemove: (key) => inbox.push(['remove', key.toLike()]),
  });
  return Object.assign(inbox, { link });
}
const about = (what, key) => (item) => item[0] === what && item[1] === key;

// A link that is there: the router has answered.
async function linked(lane, at = node) {
  const inbox = new Inbox(`${at} ${lane}`);
  const link = swim.event(at, lane, { didLink: () => inbox.push('linked') });
  await inbox.next();
  return link;
}

describe('meta lanes, to @swim/client', () => {
  test('nodes of the host come and go', async () => {
    const nodes = watch(viewer, 'swim:meta:host', 'nodes');
    await nodes.find(about('synced'));
    const link = await linked('speed');
    const [, , record] = await nodes.find(about('update', node), `node ${node}`);
    assert.deepEqual(record, { nodeUri: node, laneCount: 1, linkCount: 1 });
    await within(wamp.session.subscribe(`${base}.fuel`, () => {}));
    assert.equal((await nodes.find(about('update', node)))[2].laneCount, 2);
    link.close();
    const [gone] = wamp.session.subscriptions.flat().filter((subscription) => subscription.topic === `${base}.fuel`);
    await within(gone.unsubscribe());
    await nodes.find(about('remove', node), `node ${node} to go`);
    nodes.link.close();
  });

  test('lanes of a node say what they are', async () => {
    await within(wamp.session.publish(`${base}.speed`, [7], {}, { acknowledge: true, retain: true }));
    await within(wamp.session.register(`${base}.stop`, () => {}));
    const lanes = watch(viewer, metaNode(node), 'lanes');
    assert.deepEqual(await lanes.next(), ['linked']);
    assert.deepEqual(await lanes.next(), ['update', 'speed',
      { laneUri: 'speed', laneType: 'value', linkCount: 0, subscriberCount: 0 }]);
    assert.deepEqual(await lanes.next(), ['update', 'stop',
      { laneUri: 'stop', laneType: 'command', linkCount: 0, subscriberCount: 0 }]);
    assert.deepEqual(await lanes.next(), ['synced']);
    const link = await linked('news');
    assert.deepEqual((await lanes.find(about('update', 'news')))[2],
      { laneUri: 'news', laneType: 'supply', linkCount: 1, subscriberCount: 1 });
    link.close();
    await lanes.find(about('remove', 'news'));
    lanes.link.close();
  });

  test('links of a lane come and go', async () => {
    const links = watch(viewer, metaNode(node, 'speed'), 'uplinks');
    await links.find(about('synced'));
    const link = await linked('speed');
    const [, key, record] = await links.find(([what]) => what === 'update');
    assert.ok(key.endsWith(`${node}/speed`), key);
    assert.deepEqual([record.linkKey, record.connected, record.nodeUri, record.laneUri, record.laneType],
      [key, true, node, 'speed', 'supply']);
    const page = await call('heddle.link.list', [], { node, session: record.session });
    assert.deepEqual(page.kwargs.items.map((item) => [item.link, item.lane]), [[key, 'speed']]);
    link.close();
    await links.find(about('remove', key));
    links.link.close();
  });

  test('the pulse of the host counts', async () => {
    const inbox = new Inbox('pulse');
    const pulse = viewer.value('swim:meta:host', 'pulse', { didSet: (value) => inbox.push(value.toLike()) });
    const before = await inbox.next();
    const link = await linked('speed');
    for (let i = 0; i < 20; ++i) swim.command(node, 'speed', i);
    const grown = await inbox.find((now) => now.uplinks.eventCount >= before.uplinks.eventCount + 20);
    assert.ok(grown.uplinks.commandCount >= before.uplinks.commandCount + 20);
    assert.ok(grown.uplinks.linkCount >= 1 && grown.nodeCount >= 1 && grown.laneCount >= 1);
    link.close();
    pulse.close();
  });

  test('where no rule names them they are not to be had', async () => {
    const plain = openSwim(router, 'plain');
    const some = openSwim(router, 'some');
    const refused = watch(plain, 'swim:meta:host', 'nodes');
    assert.deepEqual(await refused.next(), ['unlinked']);
    const other = watch(some, metaNode('/other'), 'lanes');
    assert.deepEqual(await other.next(), ['unlinked']);
    const allowed = watch(some, metaNode('/open/sea'), 'lanes');
    assert.deepEqual([await allowed.next(), await allowed.next()], [['linked'], ['synced']]);
    plain.close();
    some.close();
  });
});

describe('meta procedures, to autobahn-js', () => {
  test('subscriptions, with links among their subscribers', async () => {
    const subscription = await within(wamp.session.subscribe(`${base}.speed`, () => {}));
    assert.equal(await call('wamp.subscription.lookup', [`${base}.speed`]), subscription.id);
    assert.deepEqual(await call('wamp.subscription.match', [`${base}.speed`]), [subscription.id]);
    assert.ok((await call('wamp.subscription.list')).exact.includes(subscription.id));
    const details = await call('wamp.subscription.get', [subscription.id]);
    assert.deepEqual([details.id, details.uri, details.match], [subscription.id, `${base}.speed`, 'exact']);
    assert.ok(Math.abs(Date.parse(details.created) - Date.now()) < 60_000, details.created);
    assert.deepEqual(await call('wamp.subscription.list_subscribers', [subscription.id]), [wamp.session.id]);
    const link = await linked('speed');
    assert.equal(await call('wamp.subscription.count_subscribers', [subscription.id]), 2);
    const members = await call('wamp.subscription.list_subscribers', [subscription.id]);
    const [session] = members.filter((id) => id !== wamp.session.id);
    const page = await call('heddle.link.list', [], { node });
    assert.deepEqual(page.kwargs.items.map((item) => [item.session, item.uri]), [[session, `${base}.speed`]]);
    assert.equal((await call('wamp.session.get', [session])).session, session);
    link.close();
  });

  test('registrations', async () => {
    const registration = await within(wamp.session.register(`${base}.add`, () => 1, { invoke: 'roundrobin' }));
    assert.equal(await call('wamp.registration.match', [`${base}.add`]), registration.id);
    assert.equal((await call('wamp.registration.get', [registration.id])).invoke, 'roundrobin');
    assert.deepEqual(await call('wamp.registration.list_callees', [registration.id]), [wamp.session.id]);
    const unknown = await rejection(call('wamp.registration.get', [registration.id + 1_000_000]));
    assert.equal(unknown.error, 'wamp.error.no_such_registration');
  });

  test('sessions', async () => {
    assert.ok((await call('wamp.session.list')).includes(wamp.session.id));
    assert.equal(await call('wamp.session.count'), (await call('wamp.session.list')).length);
    assert.equal(await call('wamp.session.count', [['nobody']]), 0);
    assert.equal((await rejection(call('wamp.session.get', ['x']))).error, 'wamp.error.invalid_argument');
  });

  test('nodes and lanes', async () => {
    const link = await linked('speed');
    const lane = await call('heddle.lane.get', [node, 'speed']);
    assert.deepEqual([lane.kwargs.kind, lane.kwargs.links, lane.kwargs.uri], ['event', 1, `${base}.speed`]);
    const page = await call('heddle.lane.list', [], { node });
    assert.deepEqual(page.kwargs.items, [lane.kwargs]);
    const nodes = await call('heddle.node.list', [], { limit: 1000 });
    assert.deepEqual(nodes.kwargs.items.filter((item) => item.node === node), [{ node, lanes: 1, links: 1 }]);
    link.close();
  });

  test('without the permission they are refused', async () => {
    const some = await openAutobahn(router, {}, 'some');
    for (const procedure of ['wamp.session.count', 'wamp.subscription.list', 'heddle.link.list'])
      assert.equal((await rejection(some.session.call(procedure))).error, 'wamp.error.not_authorized');
    await some.close();
  });
});
