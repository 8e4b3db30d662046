// @swim/client against the router: topics and procedures as lanes.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openAutobahn, openSwim } from './peers.mjs';
import { RawWebSocket } from './raw.mjs';
import { openRealm, ruledRealm, startRouter } from './router.mjs';
import { Inbox, rejection, within } from './wait.mjs';

let router, wamp, swim, other;
let count = 0;
let base, node; // of this test alone: topic prefix and the node it is
before(async () => {
  const guarded = ruledRealm('guarded', ['match = "prefix", uri = "open.", allow = ["subscribe", "publish"]']);
  const lanes = 'lanes = [{ match = "prefix", uri = "keep.", kind = "value" }, { match = "prefix", uri = "pass.", kind = "event" }]';
  router = await startRouter({ realms: openRealm('realm1', lanes) + openRealm('realm2') + guarded });
  wamp = await openAutobahn(router);
  swim = openSwim(router);
  other = openSwim(router);
});
after(async () => {
  swim?.close();
  other?.close();
  await wamp?.close();
  await router?.stop();
});
beforeEach(() => {
  base = `swim.t${++count}`;
  node = `/swim/t${count}`;
});

const publish = (topic, value, options = {}) => within(
  wamp.session.publish(topic, [value], {}, { acknowledge: true, ...options }), 'PUBLISHED');
const subscribe = async (topic, options) => {
  const inbox = new Inbox(`an event on ${topic}`);
  await within(wamp.session.subscribe(topic, (args, kwargs, details) => inbox.push({ args, kwargs, details }), options));
  return inbox;
};

// Downlinks that put what they are told into an inbox, as [what, ...values].
const told = (inbox) => ({
  didLink: () => inbox.push(['linked']),
  didSync: () => inbox.push(['synced']),
  didUnlink: () => inbox.push(['unlinked']),
});
function watchValue(client, lane = 'speed') {
  const inbox = new Inbox(`value lane ${lane}`);
  const link = client.value(node, lane, { ...told(inbox), didSet: (value) => inbox.push(['set', value.toLike()]) });
  return Object.assign(inbox, { link });
}
function watchMap(client, at = node, lane = 'topics') {
  const inbox = new Inbox(`map lane ${lane}`);
  const link = client.map(at, lane, {
    ...told(inbox),
    didUpdate: (key, value) => inbox.push(['update', key.toLike(), value.toLike()]),
    didRemove: (key) => inbox.push(['remove', key.toLike()]),
  });
  return Object.assign(inbox, { link });
}
function watchEvents(client, lane = 'speed') {
  const inbox = new Inbox(`event lane ${lane}`);
  const link = client.event(node, lane, { ...told(inbox), onEvent: (body) => inbox.push(['event', body.toLike()]) });
  return Object.assign(inbox, { link });
}
const expect = async (inbox, ...expected) => {
  for (const item of expected) assert.deepEqual(await inbox.next(`${inbox.what} to tell ${JSON.stringify(item)}`), item);
};

describe('@swim/client, from WAMP', () => {
  test('a value downlink gets the retained value, then each change', async () => {
    await publish(`${base}.speed`, 21.5, { retain: true });
    const speed = watchValue(swim);
    await expect(speed, ['linked'], ['set', 21.5], ['synced']);
    await publish(`${base}.speed`, 22.75, { retain: true });
    await expect(speed, ['set', 22.75]);
    assert.equal(speed.link.get().toLike(), 22.75);
  });

  test('a value lane that was never set syncs without a value', async () => {
    const speed = watchValue(swim);
    await expect(speed, ['linked'], ['synced']);
    await publish(`${base}.speed`, 'first');
    await expect(speed, ['set', 'first']);
  });

  test('a rule "value" keeps the last event of WAMP publishers, asked for or not', async () => {
    const topic = `keep.t${count}.speed`;
    node = `/keep/t${count}`;
    await publish(topic, 'kept');
    await expect(watchValue(swim), ['linked'], ['set', 'kept'], ['synced']);
  });

  test('an event downlink receives every event, in order', async () => {
    const events = watchEvents(swim);
    await expect(events, ['linked']);
    for (let n = 0; n < 100; ++n) wamp.session.publish(`${base}.speed`, [n]);
    for (let n = 0; n < 100; ++n) await expect(events, ['event', n]);
  });

  test('a map downlink gets all retained values under its prefix, then each change', async () => {
    await publish(`${base}.7.speed`, 70, { retain: true });
    await publish(`${base}.8.speed`, { kmh: 80, moving: true }, { retain: true });
    const fleet = watchMap(swim);
    await expect(fleet, ['linked']);
    const entries = [await fleet.next(), await fleet.next()].sort();
    assert.deepEqual(entries, [['update', '7.speed', 70], ['update', '8.speed', { kmh: 80, moving: true }]]);
    await expect(fleet, ['synced']);
    await publish(`${base}.9.speed`, 90, { retain: true });
    await expect(fleet, ['update', '9.speed', 90]);
    await publish(`${base}.7.speed`, 71);
    await expect(fleet, ['update', '7.speed', 71]);
  });

  test('a wildcard map is keyed by the part that stands for the gap', async () => {
    await publish(`${base}.7.speed`, 70, { retain: true });
    const speeds = watchMap(swim, `${node}/*`, 'speed');
    await expect(speeds, ['linked'], ['update', '7', 70], ['synced']);
    await publish(`${base}.8.speed`, 80, { retain: true });
    await expect(speeds, ['update', '8', 80]);
  });

  test('values keep their kinds', async () => {
    const events = watchEvents(swim);
    await expect(events, ['linked']);
    const values = ['true', 'two words', 'ůtf-8 🐎', '"quoted" \\ and @marked', true, -7, 1.25, { a: 1, b: { c: [1, 2, 3] } }, ''];
    for (const value of values) {
      await publish(`${base}.speed`, value);
      await expect(events, ['event', value]);
    }
  });
});

describe('@swim/client, to WAMP', () => {
  test('a value that is set is published, retained, and echoed to its setter', async () => {
    const events = await subscribe(`${base}.speed`);
    const speed = watchValue(swim);
    const beside = watchValue(other);
    await expect(speed, ['linked'], ['synced']);
    await expect(beside, ['linked'], ['synced']);
    speed.link.set(33);
    assert.deepEqual([...(await events.next()).args], [33]);
    await expect(beside, ['set', 33]);
    const guest = await openAutobahn(router);
    const retained = new Inbox('the retained event');
    const receive = (args, _kwargs, details) => retained.push([args[0], details.retained]);
    await within(guest.session.subscribe(`${base}.speed`, receive, { get_retained: true }));
    assert.deepEqual(await retained.next(), [33, true]);
    await guest.close();
  });

  test('a map entry that is set is published under prefix and key', async () => {
    const events = await subscribe(`${base}.`, { match: 'prefix' });
    const fleet = watchMap(swim);
    await expect(fleet, ['linked'], ['synced']);
    fleet.link.set('7.speed', { kmh: 70 });
    const { args, details } = await events.next();
    assert.deepEqual([details.topic, args[0]], [`${base}.7.speed`, { kmh: 70 }]);
  });

  test('a command is published, with structure and all', async () => {
    const events = await subscribe(`${base}.say`);
    const bodies = ['hello', 5, { text: 'a b', list: [1, 'two', true], deep: { er: 1.5 } }];
    for (const body of bodies) {
      swim.command(node, 'say', body);
      assert.deepEqual((await events.next()).args[0], body);
    }
  });

  test('a rule "event" keeps nothing of a command', async () => {
    const topic = `pass.t${count}.say`;
    const events = await subscribe(topic);
    swim.command(`/pass/t${count}`, 'say', 'gone');
    assert.equal((await events.next()).args[0], 'gone');
    node = `/pass/t${count}`;
    await expect(watchValue(swim, 'say'), ['linked'], ['synced']);
  });

  test('a command on a procedure calls it, and a correlation id brings the result back', async () => {
    const called = new Inbox('a call');
    await within(wamp.session.register(`${base}.add`, (args) => {
      called.push([...args]);
      return args[0].a + args[0].b;
    }));
    swim.command(node, 'add', { a: 1, b: 2 });
    assert.deepEqual(await called.next(), [{ a: 1, b: 2 }]);

    const peer = new RawWebSocket(router.url('/realm1'), ['warp0']);
    await peer.open();
    const at = `(node:"${node}",lane:add)`;
    peer.send(`@link${at}`).send(`@command${at}@call(id:9){a:20,b:22}`);
    assert.equal(await peer.nextText(), `@linked${at}`);
    assert.equal(await peer.nextText('the result'), `@event${at}@result(id:9) 42`);
    peer.close();
  });
});

describe('@swim/client, where it may not or need not', () => {
  test('realms are apart: each has its own value under one name', async () => {
    const elsewhere = openSwim(router, 'realm2');
    await publish(`${base}.speed`, 'in realm1', { retain: true });
    await expect(watchValue(elsewhere), ['linked'], ['synced']);
    await expect(watchValue(swim), ['linked'], ['set', 'in realm1'], ['synced']);
    elsewhere.close();
  });

  test('a link without permission is unlinked, one with is not', async () => {
    const guarded = openSwim(router, 'guarded');
    node = '/secret/plan';
    await expect(watchValue(guarded), ['unlinked']);
    node = '/open/plan';
    await expect(watchValue(guarded), ['linked'], ['synced']);
    guarded.close();
  });

  test('a command without permission reaches nobody', async () => {
    const guarded = openSwim(router, 'guarded');
    const guest = await openAutobahn(router, {}, 'guarded');
    const received = new Inbox('an event');
    await within(guest.session.subscribe('open.plan.speed', (args) => received.push(args[0])));
    guarded.command('/secret/plan', 'speed', 'no');
    guarded.command('/open/plan', 'speed', 'yes');
    assert.equal(await received.next(), 'yes');
    assert.equal((await rejection(guest.session.subscribe('secret.plan.speed', () => {}))).error, 'wamp.error.not_authorized');
    await guest.close();
    guarded.close();
  });

  test('a realm that does not exist is refused at the handshake', async () => {
    const error = await rejection(new RawWebSocket(router.url('/nowhere'), []).open());
    assert.equal(error.status, 404);
  });
});
