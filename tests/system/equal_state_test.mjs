// A WAMP subscriber and a Swim client watch the same topics through many changes, from both sides, and many reconnects: in the end
// both hold what was said last, and so does who comes then.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import autobahn from 'autobahn';
import { WarpClient } from '@swim/client';
import './peers.mjs'; // gives both clients their WebSocket
import { RawWebSocket } from './raw.mjs';
import { randomness } from './recon_generator.mjs';
import { openRealm, startRouter } from './router.mjs';
import { patience, until, within } from './wait.mjs';

const seed = Number(process.env.HEDDLE_SEED ?? 20261121);
const topics = 1000;
const changes = 100_000;
const reconnects = 50;
const watched = [3, 77, 500, 998]; // by value downlinks too
const long = 6 * patience;

let router;
before(async () => {
  const lanes = 'lanes = [{ match = "prefix", uri = "eq.", kind = "value" }]';
  router = await startRouter({ realms: openRealm('realm1', lanes), limits: { outbox: '64MiB' } });
});
after(() => router?.stop());

// A door to the router through which connections can be cut, as a network does.
async function openDoor() {
  const open = new Set();
  const server = net.createServer((client) => {
    const inner = net.connect(router.port, '127.0.0.1');
    const both = [client, inner];
    const cut = () => {
      open.delete(cut);
      both.forEach((socket) => socket.destroy());
    };
    open.add(cut);
    both.forEach((socket) => socket.on('error', cut).on('close', cut));
    client.pipe(inner).pipe(client);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => [...open].forEach((cut) => cut());
  return { port: server.address().port, cutAll, close: () => (cutAll(), server.close()) };
}

// What somebody knows, by key. Says 'data' at each change and 'synced' when all that is retained has come, or begins to.
class State extends EventEmitter {
  entries = new Map();

  set(key, value) {
    this.entries.set(key, value);
    this.emit('data');
  }

  remove(key) {
    this.entries.delete(key);
    this.emit('data');
  }

  clear() {
    this.entries.clear();
  }

  get sorted() {
    return Object.fromEntries([...this.entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  // Resolves when the state has come anew.
  again(what) {
    return within(new Promise((resolve) => this.once('synced', resolve)), what, long);
  }
}

function openSubscriber(door) {
  const state = new State();
  const connection = new autobahn.Connection({
    url: `ws://127.0.0.1:${door.port}/ws`, realm: 'realm1', max_retries: -1, initial_retry_delay: 0.05, max_retry_delay: 0.2,
  });
  const receive = (args, kwargs, { topic }) => (kwargs?.$removed ? state.remove(topic.slice(3)) : state.set(topic.slice(3), args[0]));
  connection.onopen = async (session) => {
    state.clear();
    try {
      await session.subscribe('eq.', receive, { match: 'prefix', get_retained: true });
      state.emit('synced');
    } catch { /* cut meanwhile: it opens again */ }
  };
  connection.onclose = () => false; // and tries again
  connection.open();
  // A proper leave, or a cut.
  const leave = () => {
    connection.onclose = () => {
      connection.onclose = () => false;
      setImmediate(() => connection.open());
      return true;
    };
    connection.close();
  };
  const close = () => {
    connection.onclose = () => true;
    connection.close();
  };
  return { state, leave, close };
}

function openSwimReader(door) {
  const client = new WarpClient();
  client.mount();
  const state = new State();
  const values = new Map(watched.map((number) => [`t${number}`, undefined]));
  const hostUri = `ws://127.0.0.1:${door.port}/realm1`;
  client.downlinkMap({
    hostUri, nodeUri: '/eq', laneUri: 'topics',
    didUpdate: (key, value) => state.set(key.stringValue(), value.toLike()),
    didRemove: (key) => state.remove(key.stringValue()),
    didClear: () => state.clear(),
    didSync: () => state.emit('synced'),
  }).open();
  for (const lane of values.keys()) {
    const didSet = (value) => {
      values.set(lane, value.toLike());
      state.emit('data');
    };
    client.downlinkValue({ hostUri, nodeUri: '/eq', laneUri: lane, didSet }).open();
  }
  return { state, values, close: () => client.unmount() };
}

const recon = (value) => (Array.isArray(value) ? `{${value.map(recon)}}`
  : typeof value === 'object' ? `{${Object.entries(value).map(([key, inner]) => `${key}:${recon(inner)}`)}}`
    : JSON.stringify(value));

// Changes from WAMP and from WARP, in turns; each resolves when the router has seen them all.
async function openWriters() {
  const wamp = new RawWebSocket(router.url('/'));
  await wamp.join();
  const warp = new RawWebSocket(router.url('/realm1'), ['warp0']);
  await warp.open();
  let request = 0;
  const overWamp = async (list) => {
    for (const [index, { key, value }] of list.entries()) {
      const options = { retain: true, acknowledge: index % 100 === 99 || index === list.length - 1 };
      wamp.send([16, ++request, options, `eq.${key}`, ...(value === undefined ? [[], { $removed: true }] : [[value]])]);
      if (options.acknowledge) assert.equal((await wamp.nextMessage('PUBLISHED'))[0], 17);
    }
  };
  const overWarp = async (list) => {
    for (const [index, { key, value }] of list.entries()) {
      const body = value === undefined ? `@remove(key:${key})` : `@update(key:${key}) ${recon(value)}`;
      warp.send(`@command(node:"/eq",lane:topics)${body}`);
      if (index % 100 !== 99 && index !== list.length - 1) continue;
      assert.match(await warp.send('@link(node:"/fence",lane:up)').nextText('@linked'), /^@linked/);
    }
  };
  return { overWamp, overWarp, close: () => [wamp, warp].forEach((peer) => peer.close()) };
}

test(`a WAMP subscriber and a Swim client hold the same after ${changes} changes and ${reconnects} reconnects, seed ${seed}`, async () => {
  const { below, chance, pick, next } = randomness(seed);
  const model = new State();
  const [wampDoor, warpDoor] = [await openDoor(), await openDoor()];
  const [subscriber, reader] = [openSubscriber(wampDoor), openSwimReader(warpDoor)];
  await Promise.all([subscriber.state.again('the subscription'), reader.state.again('@synced')]);
  const writers = await openWriters();

  const valueOf = (n) => pick([
    n, -n, Number((next() * 1000).toFixed(3)), `text ${n}`, 'word', chance(0.5), { n, at: { x: below(9), name: 'a b' } }, [n, 'two', true],
  ]);
  const change = (n) => {
    const key = `t${below(topics)}`;
    if (chance(0.15)) {
      model.entries.delete(key);
      return { key };
    }
    const value = valueOf(n);
    model.entries.set(key, value);
    return { key, value };
  };

  const back = { wamp: null, warp: null }; // resolves when the one that was cut is back
  const part = changes / reconnects;
  for (let turn = 0; turn < reconnects; ++turn) {
    if (turn % 2) {
      await back.wamp;
      back.wamp = subscriber.state.again('the subscriber to be back');
      pick([subscriber.leave, wampDoor.cutAll])();
    } else {
      await back.warp;
      back.warp = reader.state.again('the Swim client to be back');
      warpDoor.cutAll();
    }
    const list = Array.from({ length: part }, (_, n) => change(turn * part + n));
    await pick([writers.overWamp, writers.overWarp])(list);
  }
  await Promise.all([back.wamp, back.warp]);

  const expected = model.sorted;
  const expectedValues = Object.fromEntries([...reader.values.keys()].map((key) => [key, model.entries.get(key)]));
  const same = () => JSON.stringify([subscriber.state.sorted, reader.state.sorted, Object.fromEntries(reader.values)])
    === JSON.stringify([expected, expected, expectedValues]);
  await until(same, 'equal states', subscriber.state, reader.state).catch(() => {}); // what differs is said below
  assert.deepEqual(subscriber.state.sorted, expected, 'the WAMP subscriber');
  assert.deepEqual(reader.state.sorted, expected, 'the map downlink');
  assert.deepEqual(Object.fromEntries(reader.values), expectedValues, 'the value downlinks');
  assert.ok(model.entries.size > topics / 2 && model.entries.size < topics, `${model.entries.size} topics hold a value`);

  const newcomer = openSwimReader(warpDoor);
  await newcomer.state.again('a newcomer');
  assert.deepEqual(newcomer.state.sorted, expected, 'a newcomer');
  for (const one of [newcomer, reader, subscriber, writers, wampDoor, warpDoor]) one.close();
});
