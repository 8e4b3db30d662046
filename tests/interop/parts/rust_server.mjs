// Uplinks to a server on the crate swimos: what its lanes say becomes topics, what WAMP clients say reaches its lanes.
import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../system/router.mjs';
import { retained, unit, uplinkTo } from '../../system/uplinked.mjs';
import { RawWebSocket } from '../../system/raw.mjs';

export const executable = path.join(root, 'build/interop/release/swimos-server');
export const order = 1;
export const peer = 'server on the Rust crate swimos';
export async function version() {
  const lock = await readFile(path.join(root, 'tests/interop/swimos-server/Cargo.lock'), 'utf8');
  return /name = "swimos"\nversion = "([^"]+)"/.exec(lock)[1];
}
export const missing = () => access(executable).then(() => undefined, () => 'it was not built: there is no cargo');

export async function startServer(t, address = '127.0.0.1:0', ...more) {
  const server = await t.program(executable, [address, ...more]);
  const [, bound] = await server.said(/listening on (\S+)/);
  return Object.assign(server, { address: bound, url: `warp://${bound}` });
}

// A Rust server, a router with an uplink to it, all lanes linked; `swim` is at the Rust server, `say` at the router.
async function both(t, lanes = unit) {
  const server = await startServer(t);
  const at = await t.router({ realms: uplinkTo(server.url, lanes) });
  for (const [, lane, kind] of lanes) if (kind !== 'command') await at.said(new RegExp(`uplink.linked.*lane=${lane}`));
  return { server, at, swim: t.swim(server.url), say: await t.wamp(at) };
}
const synced = (inbox) => inbox.find(([what]) => what === 'synced', 'synced');

// Payloads in all the forms that the bridge writes (docs/warp.md 6.3), as arguments and keywords.
const forms = [
  [[5]], [[-7.5]], [[1.0e21]], [['two words']], [['true']], [['false']], [[true]], [['']], [['"quoted" \\ \n\t']], [['é😀']],
  [[9007199254740991]], [[null]], [[[]]], [[{}]], [[[5]]], [[[[5]]]], [[[1, 'x', null, [], {}]]], [[['x', 1]]], [[['x', { a: 1 }]]],
  [[{ a: 1, 'b c': [true, null], true: 2 }]], [[{ '@foo': 1, $x: 2 }]], [[1, 2]], [[], { a: 1 }], [['x', 1], { k: [null], l: {} }],
  [[{ 5: 'five', '': 'empty' }]], [['\u0000binary']],
];

export const checks = [
  ['value lane: its value is a retained topic, publications set it', async (t) => {
    const { at, swim, say } = await both(t);
    const watch = await t.wamp(at, 'unit.1.value'), told = t.told('the value');
    swim.value('/unit/1', 'value', told.value);
    await synced(told);
    swim.command('/unit/1', 'value', { a: 1, b: ['x', 'y'] });
    assert.deepEqual(await watch.event(), ['unit.1.value', { a: 1, b: ['x', 'y'] }]);
    await say.publish('unit.1.value', 'from WAMP', { retain: true });
    assert.deepEqual(await watch.event(), ['unit.1.value', 'from WAMP']);
    await told.find(([, value]) => value === 'from WAMP', 'the value from WAMP');
    swim.command('/unit/1', 'value', 7);
    assert.deepEqual(await watch.event(), ['unit.1.value', 7], 'and no echo came before it');
    assert.deepEqual(await retained(at, 'unit.'), { 'unit.1.value': 7 });
  }],
  ['map lane: keys are topics, updates and removals go both ways', async (t) => {
    const { at, swim, say } = await both(t);
    const watch = await t.wamp(at, 'unit.1.map.', 'prefix'), told = t.told('the map');
    const map = swim.map('/unit/1', 'map', told.map);
    await synced(told);
    map.set('a', 1);
    assert.deepEqual(await watch.event(), ['unit.1.map.a', 1]);
    map.set(7, 'seven');
    assert.deepEqual(await watch.event(), ['unit.1.map.%n7', 'seven']);
    map.set('c d', { x: 1 });
    assert.deepEqual(await watch.event(), ['unit.1.map.c%20d', { x: 1 }]);
    await say.publish('unit.1.map.%n7', 'eight', { retain: true });
    await told.find(([what, key, value]) => what === 'update' && key === 7 && value === 'eight', 'key 7 from WAMP');
    await say.publish('unit.1.map.b', [1, null], { retain: true });
    await told.find(([what, key]) => what === 'update' && key === 'b', 'key b from WAMP');
    await say.publish('unit.1.map.a', 'gone');
    await told.find(([what, key]) => what === 'remove' && key === 'a', 'the removal of a');
    map.delete('c d');
    const expected = [['unit.1.map.%n7', 'eight'], ['unit.1.map.b', [1, null]], ['unit.1.map.a', 'gone'], ['unit.1.map.c%20d', 'gone']];
    for (const event of expected) assert.deepEqual(await watch.event(), event);
    assert.deepEqual(await retained(at, 'unit.'), { 'unit.1.map.%n7': 'eight', 'unit.1.map.b': [1, null] });
  }],
  ['map lane cleared by a Swim client', async (t) => {
    const { at, swim } = await both(t);
    const watch = await t.wamp(at, 'unit.1.map.', 'prefix'), told = t.told('the map');
    const map = swim.map('/unit/1', 'map', told.map);
    await synced(told);
    for (const key of ['a', 'b']) {
      map.set(key, 1);
      assert.deepEqual(await watch.event(), [`unit.1.map.${key}`, 1]);
    }
    map.clear();
    const gone = [await watch.event(), await watch.event()].map(([topic, what]) => `${topic} ${what}`).sort();
    assert.deepEqual(gone, ['unit.1.map.a gone', 'unit.1.map.b gone']);
    assert.deepEqual(await retained(at, 'unit.'), {});
  }],
  ['supply lane: events of a topic; command lane: publications reach it', async (t) => {
    const { at, swim, say } = await both(t, [...unit, ['/unit/1', 'publish', 'command']]);
    const watch = await t.wamp(at, 'unit.1.feed');
    await say.publish('unit.1.publish', { from: 'WAMP' });
    assert.deepEqual(await watch.event(), ['unit.1.feed', { from: 'WAMP' }]);
    for (let i = 0; i < 100; ++i) swim.command('/unit/1', 'publish', i);
    for (let i = 0; i < 100; ++i) assert.deepEqual(await watch.event(), ['unit.1.feed', i]);
    assert.deepEqual(await retained(at, 'unit.'), {});
  }],
  ['1,000 keys, from the server and to it', async (t) => {
    const { server, swim, say, at } = await both(t);
    const told = t.told('the map');
    swim.map('/unit/1', 'map', told.map);
    await synced(told);
    const expected = {};
    for (let i = 0; i < 1000; ++i) {
      await say.publish(`unit.1.map.k${i}`, i, { retain: true });
      expected[`unit.1.map.k${i}`] = i;
    }
    for (const left = new Set(Object.keys(expected)); left.size > 0;) {
      const [, key] = await told.find(([what]) => what === 'update', 'a key');
      left.delete(`unit.1.map.${key}`);
    }
    const second = await t.router({ realms: uplinkTo(server.url) });
    await second.said(/uplink.linked.*lane=map.*entries=1000/);
    assert.deepEqual(await retained(second, 'unit.'), expected);
    assert.deepEqual(await retained(at, 'unit.'), expected);
  }],
  ['restart of the server: reconnect, sweep of what it lost, publications of that time arrive', async (t) => {
    const { server, at, swim, say } = await both(t);
    const watch = await t.wamp(at, 'unit.1.map.', 'prefix'), filled = t.told('the map');
    const map = swim.map('/unit/1', 'map', filled.map);
    await synced(filled);
    for (const key of ['a', 'b', 'c']) {
      map.set(key, 1);
      assert.deepEqual(await watch.event(), [`unit.1.map.${key}`, 1]);
    }
    swim.close();
    at.forget();
    await server.stop();
    await at.said(/uplink.lost/);
    await say.publish('unit.1.map.b', 'meanwhile', { retain: true });
    assert.deepEqual(await watch.event(), ['unit.1.map.b', 'meanwhile']);
    assert.equal(Object.keys(await retained(at, 'unit.1.map.')).length, 3);
    const again = await startServer(t, server.address);
    const gone = [await watch.event(), await watch.event()].map(([topic, what]) => `${topic} ${what}`).sort();
    assert.deepEqual(gone, ['unit.1.map.a gone', 'unit.1.map.c gone']);
    const told = t.told('the map of the new server');
    t.swim(again.url).map('/unit/1', 'map', told.map);
    assert.deepEqual(await told.find(([what]) => what === 'update', 'what was published meanwhile'), ['update', 'b', 'meanwhile']);
  }],
  ['every payload form that the bridge writes comes back from a value lane as it was', async (t) => {
    const { server, at } = await both(t, [['/unit/1', 'value', 'value']]);
    const second = await t.router({ realms: uplinkTo(server.url, [['/unit/1', 'value', 'value']]) });
    await second.said(/uplink.linked.*lane=value/);
    const [writer, reader] = [new RawWebSocket(at.url('/')), new RawWebSocket(second.url('/'))];
    for (const peer of [writer, reader]) {
      await peer.join();
      t.cleanup(() => peer.close());
    }
    reader.send([32, 1, {}, 'unit.1.value']);
    await reader.nextMessage();
    let request = 0;
    for (const [args, kwargs = {}] of forms) {
      writer.send([16, ++request, { acknowledge: true, retain: true }, 'unit.1.value', args, kwargs]);
      assert.equal((await writer.nextMessage())[0], 17);
      const [, , , , gotArgs = [], gotKwargs = {}] = await reader.nextMessage(`the form ${JSON.stringify([args, kwargs])}`);
      assert.deepEqual([gotArgs, gotKwargs], [args, kwargs]);
    }
  }],
];
