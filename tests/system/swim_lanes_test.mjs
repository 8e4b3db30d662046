// @swim/client and what its downlinks can do beyond set and update: lists, whole maps, keys of any kind, rates; seen by a second
// client and by WAMP.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { openAutobahn, openSwim } from './peers.mjs';
import { openRealm, startRouter } from './router.mjs';
import { Inbox, within } from './wait.mjs';

let router, wamp, writer, reader;
let count = 0;
let node, base; // of this test alone
before(async () => {
  const lanes = `lanes = [
    { match = "wildcard", uri = "lanes..list", kind = "list" }, { match = "wildcard", uri = "lanes..value", kind = "value" } ]`;
  router = await startRouter({ realms: openRealm('realm1', lanes) });
  wamp = await openAutobahn(router);
  [writer, reader] = [openSwim(router), openSwim(router)];
});
after(async () => {
  writer?.close();
  reader?.close();
  await wamp?.close();
  await router?.stop();
});
beforeEach(() => {
  base = `lanes.t${++count}`;
  node = `/lanes/t${count}`;
});

async function receivedByWamp(topic, options) {
  const inbox = new Inbox(`an event on ${topic}`);
  const receive = (args, kwargs, details) => inbox.push([details.topic ?? topic, ...(args ?? []), kwargs ?? {}]);
  await within(wamp.session.subscribe(topic, receive, options));
  return inbox;
}
function watchMap(client) {
  const inbox = new Inbox('a map downlink to be told');
  const link = client.map(node, 'topics', {
    didUpdate: (key, value) => inbox.push(['update', key.toLike(), value.toLike()]),
    didRemove: (key) => inbox.push(['remove', key.toLike()]),
    didSync: () => inbox.push(['synced']),
  });
  return Object.assign(inbox, { link });
}
const expect = async (inbox, ...expected) => {
  for (const item of expected) assert.deepEqual(await inbox.next(`${inbox.what}: ${JSON.stringify(item)}`), item);
};

test('a list: pushed, changed, moved and removed entries stand in the same order for all, and for who comes later', async () => {
  const states = new Inbox('the list to become so');
  const seen = (link) => states.push(JSON.stringify([...Array(link.size).keys()].map((at) => link.get(at).toLike())));
  const open = (client, changed) => client.client.downlinkList({
    hostUri: client.hostUri, nodeUri: node, laneUri: 'list',
    ...Object.fromEntries(['didUpdate', 'didMove', 'didRemove', 'didClear', 'didSync'].map((name) => [name, changed])),
  }).open();
  const synced = new Inbox('the list to sync');
  const list = open(writer, () => synced.push(true));
  await synced.next();
  const received = await receivedByWamp(`${base}.list`);
  const copy = open(reader, () => seen(copy));
  assert.equal(await states.next(), '[]');
  const becomes = async (wanted) => {
    const json = JSON.stringify(wanted);
    assert.equal(await states.find((state) => state === json, `the list to become ${json}`), json);
  };
  list.push('first');
  await becomes(['first']);
  assert.equal((await received.next())[1], 'first');
  list.push('second');
  await becomes(['first', 'second']);
  list.push({ third: [1, 2] });
  await becomes(['first', 'second', { third: [1, 2] }]);
  list.set(1, 'changed');
  await becomes(['first', 'changed', { third: [1, 2] }]);
  list.move(2, 0);
  await becomes([{ third: [1, 2] }, 'first', 'changed']);
  list.splice(1, 1);
  await becomes([{ third: [1, 2] }, 'changed']);
  const guest = openSwim(router);
  const late = new Inbox('the list that comes later');
  const later = open(guest, () => late.push(later.size));
  await late.find((size) => size === 2);
  guest.close();
  list.clear();
  await becomes([]);
});

test('a whole map: clear, drop and take, told to others and to WAMP as removals', async () => {
  const map = watchMap(writer);
  const copy = watchMap(reader);
  for (const inbox of [map, copy]) await expect(inbox, ['synced']);
  for (const key of ['a', 'b', 'c', 'd', 'e']) map.link.set(key, 1);
  await expect(copy, ...['a', 'b', 'c', 'd', 'e'].map((key) => ['update', key, 1]));
  const received = await receivedByWamp(`${base}.`, { match: 'prefix' });
  map.link.drop(1);
  await expect(copy, ['remove', 'a']);
  assert.deepEqual(await received.next(), [`${base}.a`, { $removed: true }]);
  map.link.take(2);
  await expect(copy, ['remove', 'd'], ['remove', 'e']);
  map.link.clear();
  await expect(copy, ['remove', 'b'], ['remove', 'c']);
});

test('keys of any kind: a number, a text with spaces, a record; each comes back as the value it was', async () => {
  const map = watchMap(writer);
  const copy = watchMap(reader);
  for (const inbox of [map, copy]) await expect(inbox, ['synced']);
  for (const key of [5, '5', 'two words', { x: 1, y: 'b' }, true]) {
    map.link.set(key, 'v');
    await expect(copy, ['update', key, 'v']);
  }
  map.link.delete(5);
  await expect(copy, ['remove', 5]);
  const guest = openSwim(router);
  const late = watchMap(guest);
  const keys = new Set();
  for (let [what, key] = await late.next(); what !== 'synced'; [what, key] = await late.next()) keys.add(JSON.stringify(key));
  assert.deepEqual([...keys].sort(), ['"5"', '"two words"', '{"x":1,"y":"b"}', 'true'].sort());
  guest.close();
});

test('a rate holds events of one link back, newest last, and those of another not', async () => {
  const [slow, fast] = [new Inbox('the slow link'), new Inbox('the fast link')];
  reader.value(node, 'value', { rate: 5, didSet: (value) => slow.push(value.toLike()), didSync: () => slow.push('synced') });
  writer.value(node, 'value', { didSet: (value) => fast.push(value.toLike()), didSync: () => fast.push('synced') });
  for (const inbox of [slow, fast]) await inbox.find((item) => item === 'synced');
  const started = performance.now();
  for (let n = 1; n <= 200; ++n) await within(wamp.session.publish(`${base}.value`, [n], {}, { acknowledge: true }));
  await fast.find((item) => item === 200);
  const published = performance.now() - started;
  let told = 1;
  for (let item = await slow.next(); item !== 200; item = await slow.next()) ++told;
  assert.ok(told <= 3 + (published * 5) / 1000, `${told} events in ${published} ms of publishing`);
});
