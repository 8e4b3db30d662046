// The client of the PyPI package swimos against a realm: value, map and event downlinks, and what it commands.
import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { openRealm, root } from '../../system/router.mjs';
import { Inbox } from '../../system/wait.mjs';

const python = path.join(root, 'build/interop/python/bin/python');
export const order = 3;
export const peer = 'client of the PyPI package swimos';
export const version = '1.6.0a0';
export const missing = () => access(python).then(() => undefined, () => 'python3 could not install it');

async function client(t) {
  const at = await t.router({ realms: openRealm('realm1', 'lanes = [{ match = "exact", uri = "interop.feed", kind = "event" }]') });
  const program = await t.program(python, [path.join(root, 'tests/interop/swimos_client.py'), at.url('/realm1')]);
  const received = new Inbox('a line of the Python client');
  let rest = '';
  program.child.stdout.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach((line) => received.push(JSON.parse(line)));
  });
  return {
    at, say: await t.wamp(at), watch: await t.wamp(at, 'interop.', 'prefix'),
    tell: (...what) => program.child.stdin.write(`${JSON.stringify(what)}\n`),
    nextMessage: (...first) => received.find((line) => first.every((part, i) => line[i] === part), first.join(' ')),
  };
}

export const checks = [
  ['value downlink: receives the retained value and each new one, sets it', async (t) => {
    const { say, watch, tell, nextMessage } = await client(t);
    await nextMessage('value synced');
    await say.publish('interop.value', 5, { retain: true });
    assert.deepEqual(await nextMessage('value'), ['value', 5]);
    await say.publish('interop.value', 'two words', { retain: true });
    assert.deepEqual(await nextMessage('value'), ['value', 'two words']);
    assert.deepEqual([await watch.event(), await watch.event()], [['interop.value', 5], ['interop.value', 'two words']]);
    tell('set', 'from Python');
    assert.deepEqual(await watch.event(), ['interop.value', 'from Python']);
    assert.deepEqual(await nextMessage('value', 'from Python'), ['value', 'from Python']);
  }],
  ['map downlink: receives updates and removals, puts and removes', async (t) => {
    const { say, watch, tell, nextMessage } = await client(t);
    await nextMessage('map synced');
    await say.publish('interop.a', 1, { retain: true });
    assert.deepEqual(await nextMessage('update', 'a'), ['update', 'a', 1]);
    await say.publish('interop.a', 'gone');
    assert.deepEqual(await nextMessage('remove'), ['remove', 'a']);
    await watch.event(), await watch.event();
    tell('put', 'b', 'from Python');
    assert.deepEqual(await watch.event(), ['interop.b', 'from Python']);
    tell('remove', 'b');
    assert.deepEqual(await watch.event(), ['interop.b', 'gone']);
  }],
  ['event downlink and command', async (t) => {
    const { say, watch, tell, nextMessage } = await client(t);
    await nextMessage('value synced');
    await nextMessage('map synced');
    tell('command', 'feed', 'mine');
    assert.deepEqual(await watch.event(), ['interop.feed', 'mine']);
    await say.publish('interop.feed', 'ding');
    assert.deepEqual(await nextMessage('event', 'ding'), ['event', 'ding']);
  }],
];
