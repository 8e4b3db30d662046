// The client of the crate swimos: an agent of its server follows lanes of a realm and commands one.
import assert from 'node:assert/strict';
import { openRealm } from '../../system/router.mjs';
import { within } from '../../system/wait.mjs';
import { missing, startServer, version } from './rust_server.mjs';

export const order = 2;
export const peer = 'client of the Rust crate swimos';
export { missing, version };

// A router, a Rust server whose agent /mirror/plant follows /plant there, and a Swim client that looks at the mirror.
async function mirrored(t) {
  const at = await t.router({ realms: openRealm('realm1', 'lanes = [{ match = "exact", uri = "plant.feed", kind = "event" }]') });
  const server = await startServer(t, '127.0.0.1:0', at.url('/').replace(/^ws/, 'warp').replace(/\/$/, ''));
  return { at, swim: t.swim(server.url), say: await t.wamp(at) };
}

export const checks = [
  ['value downlink follows a retained topic, commands of the agent are publications', async (t) => {
    const { at, swim, say } = await mirrored(t);
    await say.publish('plant.value', { speed: 5 }, { retain: true });
    const told = t.told('the mirrored value'), watch = await t.wamp(at, 'plant.value');
    assert.deepEqual(await watch.event(), ['plant.value', { speed: 5 }]);
    swim.value('/mirror/plant', 'value', told.value);
    await told.find(([what, value]) => what === 'set' && value?.speed === 5, 'the retained value');
    await say.publish('plant.value', ['a', 1, 'true'], { retain: true });
    assert.deepEqual(await told.find(([what, value]) => what === 'set' && Array.isArray(value)), ['set', ['a', 1, 'true']]);
    assert.deepEqual(await watch.event(), ['plant.value', ['a', 1, 'true']]);
    swim.command('/mirror/plant', 'send', 'from Rust');
    assert.deepEqual(await watch.event(), ['plant.value', 'from Rust']);
  }],
  ['map downlink follows the topics below a node, removals too', async (t) => {
    const { swim, say } = await mirrored(t);
    for (const key of ['a', 'b', 'c%20d']) await say.publish(`plant.${key}`, key, { retain: true });
    const told = t.told('the mirrored map');
    swim.map('/mirror/plant', 'map', told.map);
    for (const left = new Set(['a', 'b', 'c d']); left.size > 0;) left.delete((await told.find(([what]) => what === 'update'))[1]);
    await say.publish('plant.b', 'gone');
    assert.deepEqual(await told.find(([what]) => what === 'remove'), ['remove', 'b']);
  }],
  ['event downlink receives an event lane', async (t) => {
    const { swim, say } = await mirrored(t);
    const received = new Promise((resolve) => {
      swim.value('/mirror/plant', 'feed', { didSet: (value) => value.toLike() === 'ding' && resolve() });
    });
    const timer = setInterval(() => say.publish('plant.feed', 'ding'), 50); // nobody says when the agent's own link is up
    t.cleanup(() => clearInterval(timer));
    await within(received, 'an event');
  }],
];
