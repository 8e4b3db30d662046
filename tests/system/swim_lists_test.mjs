// Map keys of any kind and list lanes: two Swim clients and a WAMP subscriber that keeps an equal copy.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Value } from '@swim/structure';
import { openAutobahn, openSwim } from './peers.mjs';
import { openRealm, startRouter } from './router.mjs';
import { Inbox, within } from './wait.mjs';

let router, wamp, swim, other;
before(async () => {
  const lanes = 'lanes = [{ match = "prefix", uri = "list.", kind = "list" }, { uri = "list.short.todo", kind = "list", entries = 2 }]';
  router = await startRouter({ realms: openRealm('realm1', lanes) });
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

const publish = (topic, args, kwargs, options = {}) => within(
  wamp.session.publish(topic, args, kwargs, { acknowledge: true, exclude_me: false, ...options }), 'PUBLISHED');
const expect = async (inbox, ...expected) => {
  for (const item of expected) assert.deepEqual(await inbox.next(`${inbox.what} to tell ${JSON.stringify(item)}`), item);
};

describe('maps of @swim/client', () => {
  const watch = (client, node) => {
    const inbox = new Inbox(`the map ${node}`);
    const link = client.map(node, 'topics', {
      didSync: () => inbox.push(['synced']),
      didUpdate: (key, value) => inbox.push(['update', key.toLike(), value.toLike()]),
      didRemove: (key) => inbox.push(['remove', key.toLike()]),
    });
    return Object.assign(inbox, { link });
  };
  const keys = [5, '5', -7.5, 'two words', '50%', true, { id: 1, of: 'x' }, 'größe.ü', ''];

  test('a key of any kind is the same key for all, and after a new sync', async () => {
    const here = watch(swim, '/keys/any'), there = watch(other, '/keys/any');
    await expect(here, ['synced']);
    await expect(there, ['synced']);
    for (const [n, key] of keys.entries()) {
      here.link.set(Value.fromLike(key), Value.fromLike(n));
      await expect(there, ['update', key, n]);
    }
    const later = openSwim(router);
    const map = watch(later, '/keys/any');
    const entries = [];
    for (let item; (item = await map.next())[0] !== 'synced';) entries.push(JSON.stringify([item[1], item[2]]));
    assert.deepEqual(entries.sort(), keys.map((key, n) => JSON.stringify([key, n])).sort());
    assert.equal(map.link.get(Value.fromLike(5)).toLike(), 0);
    assert.equal(map.link.get(Value.fromLike('5')).toLike(), 1);
    later.close();
  });

  test('clear takes every entry away, and WAMP learns of each', async () => {
    const here = watch(swim, '/keys/cut'), there = watch(other, '/keys/cut');
    await expect(here, ['synced']);
    await expect(there, ['synced']);
    for (const key of [1, 2, 3]) {
      here.link.set(key, key * 10);
      await expect(there, ['update', key, key * 10]);
    }
    const received = new Inbox('removals');
    const receive = (args, kwargs, details) => received.push([details.topic, args ?? [], kwargs]);
    await within(wamp.session.subscribe('keys.cut.', receive, { match: 'prefix' }));
    here.link.clear();
    const gone = (key) => [`keys.cut.%n${key}`, [], { $removed: true }];
    await expect(received, gone(1), gone(2), gone(3));
    await expect(there, ['remove', 1], ['remove', 2], ['remove', 3]);
    assert.equal(there.link.size, 0);
  });
});

describe('lists of @swim/client', () => {
  // A list downlink, and what it holds whenever it changed.
  const list = (client, node) => {
    const inbox = new Inbox(`the list ${node}`);
    const changed = () => inbox.push('changed');
    const link = client.client.downlinkList({
      hostUri: client.hostUri, nodeUri: node, laneUri: 'todo', didSync: () => inbox.push('synced'),
      didUpdate: changed, didMove: changed, didRemove: changed, didClear: changed,
    }).open();
    return { received: inbox, link, values: () => Array.from({ length: link.size }, (_, place) => link.get(place).toLike()) };
  };
  const synced = (list) => list.received.find((item) => item === 'synced', 'a sync');
  const holds = async (list, expected) => {
    while (!isDeepStrictEqual(list.values(), expected))
      await list.received.next(`${JSON.stringify(list.values())} to become ${JSON.stringify(expected)}`);
  };

  // What any WAMP subscriber can do: the words of each event, done to a copy.
  async function keepCopy(topic) {
    const copy = [], received = new Inbox('list events');
    const find = (key) => copy.findIndex((entry) => JSON.stringify(entry.key) === JSON.stringify(key));
    await within(wamp.session.subscribe(topic, ([value] = [], kwargs = {}) => {
      const { $key: key, $index: index, $moved: moved, $removed: removed } = kwargs;
      if (removed && key === undefined) copy.length = 0;
      else if (removed) copy.splice(index, 1);
      else if (moved) copy.splice(index, 0, ...copy.splice(find(key), 1));
      else if (find(key) >= 0) copy[find(key)].value = value;
      else copy.splice(index, 0, { key, value });
      received.push('changed');
    }, { get_retained: true }));
    return { received, values: () => copy.map((entry) => entry.value) };
  }

  test('push, set, move, remove and clear reach another client and a WAMP copy', async () => {
    const here = list(swim, '/list/all'), there = list(other, '/list/all');
    const copy = await keepCopy('list.all.todo');
    await synced(here);
    await synced(there);
    const settled = async (expected) => {
      for (const list of [here, there, copy]) await holds(list, expected);
    };
    // Keys of its own making (push, unshift) are bytes that @swim/client does not know again when it learns of them.
    here.link.insert(0, 'a', Value.fromLike('first'));
    await settled(['a']);
    there.link.insert(1, { b: 1 }, Value.fromLike({ id: 2 }));
    await settled(['a', { b: 1 }]);
    here.link.insert(0, 'c', Value.fromLike(3));
    await settled(['c', 'a', { b: 1 }]);
    there.link.move(0, 2);
    await settled(['a', { b: 1 }, 'c']);
    here.link.set(1, 'B');
    await settled(['a', 'B', 'c']);
    there.link.remove(0);
    await settled(['B', 'c']);
    await publish('list.all.todo', ['from WAMP'], { $index: 1 });
    await settled(['B', 'from WAMP', 'c']);
    here.link.clear();
    await settled([]);
  });

  test('what one client pushes, another and a WAMP copy hold in its order', async () => {
    const there = list(other, '/list/push');
    const copy = await keepCopy('list.push.todo');
    await synced(there);
    const here = list(swim, '/list/push');
    await synced(here);
    for (const value of ['a', 'b', 'c']) {
      const before = there.values();
      here.link.push(value);
      for (const list of [there, copy]) await holds(list, [...before, value]);
    }
  });

  test('whoever comes later gets the list in its order', async () => {
    for (const [key, index] of [['x', 0], ['y', 1], ['z', 0]]) await publish('list.late.todo', [key], { $key: key, $index: index });
    await holds(await keepCopy('list.late.todo'), ['z', 'x', 'y']);
    const late = list(other, '/list/late');
    await synced(late);
    assert.deepEqual(late.values(), ['z', 'x', 'y']);
  });

  test('what makes no sense, and what finds no room, is refused to whoever asked for an answer', async () => {
    const refused = (promise, error) => assert.rejects(promise, (thrown) => thrown.error === error);
    await refused(publish('list.bad.todo', [], { $removed: true, $key: 'nobody' }), 'wamp.error.invalid_argument');
    await refused(publish('list.bad.todo', [1], { $index: 7 }), 'wamp.error.invalid_argument');
    await publish('list.short.todo', [1]);
    await publish('list.short.todo', [2]);
    await refused(publish('list.short.todo', [3]), 'heddle.error.limit_exceeded');
  });
});
