// A WARP reader that stops reading finds the newest state when it goes on, without everything that was in between, and costs the
// router what has changed, not each change (docs/warp.md 3, "Backpressure").
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { RawWebSocket, stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { within } from './wait.mjs';

const updates = 20_000;
const text = 'x'.repeat(2000); // 40 MB in all
const kernelBytesMax = 16 << 20; // what two sockets nobody reads take, with room to spare

let router;
before(async () => {
  const lanes = 'lanes = [{ match = "prefix", uri = "stall.", kind = "value" }]';
  router = await startRouter({ realms: openRealm('realm1', lanes), limits: { outbox: '1MiB', write: '10m', ping_interval: '10m' } });
});
after(() => router?.stop());
afterEach(() => stillServes(router));

// A sanitizer keeps what was freed for a while: then only what grows without bound would show.
const sanitized = /asan|tsan/.test(process.env.HEDDLE_PRESET ?? '');
const hasGrownLittle = (before, megabytes) => {
  const grown = (kilobytes() - before) >> 10;
  assert.ok(grown < (sanitized ? 400 : megabytes), `the router grew by ${grown} MiB`);
};
const kilobytes = () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${router.child.pid}/status`, 'utf8'))[1]);

// A link that is synced and then reads nothing until `resume`.
async function stalledLink(header, untilSynced = true) {
  const link = new RawWebSocket(router.url('/realm1'), ['warp0']);
  await link.open();
  link.send(`@sync${header}`);
  while (untilSynced && !(await link.nextText('@synced')).startsWith('@synced'));
  link.socket._socket.pause();
  return Object.assign(link, { resume: () => link.socket._socket.resume() });
}

// Publishes over WAMP, a hundred messages at a time.
async function openPublisher() {
  const peer = new RawWebSocket(router.url('/'));
  await peer.join();
  let request = 0;
  peer.publishAll = async (count, messageAt) => {
    for (let n = 0; n < count; ++n) {
      const [topic, ...args] = messageAt(n);
      const last = n % 100 === 99 || n === count - 1;
      peer.send([16, ++request, { acknowledge: last, retain: true }, topic, args]);
      if (last) assert.equal((await peer.nextMessage('PUBLISHED'))[0], 17);
    }
  };
  return peer;
}

// The link still works, and nothing more comes for it: what is answered now was asked last.
async function hasReceivedAll(link) {
  link.send('@link(node:"/fence",lane:up)');
  assert.equal(await within(link.nextText('what was asked last')), '@linked(node:"/fence",lane:up)');
}

test('20,000 updates of a value lane: a stalled reader ends on the newest, and few frames are all it gets', async () => {
  const stalled = await stalledLink('(node:"/stall",lane:value)');
  const publisher = await openPublisher();
  await publisher.publishAll(100, (n) => ['stall.value', `${n - 100}:${text}`]);
  const before = kilobytes();
  await publisher.publishAll(updates, (n) => ['stall.value', `${n}:${text}`]);
  hasGrownLittle(before, 8);

  stalled.resume();
  let frames = 0;
  for (let newest = -101; newest !== updates - 1; ++frames) {
    const number = Number(/^@event\(node:"\/stall",lane:value\) ?"(-?\d+):/.exec(await stalled.nextText('the newest value'))[1]);
    assert.ok(number > newest, `${number} after ${newest}`);
    newest = number;
  }
  await hasReceivedAll(stalled);
  assert.ok(frames * text.length < kernelBytesMax, `${frames} frames`);
  for (const peer of [stalled, publisher]) peer.close();
});

test('20,000 updates of ten keys of a map lane: each key ends on its newest', async () => {
  const stalled = await stalledLink('(node:"/stall/ten",lane:topics)');
  const publisher = await openPublisher();
  await publisher.publishAll(updates, (n) => [`stall.ten.k${n % 10}`, `${n}:${text}`]);

  stalled.resume();
  const newest = new Map();
  let frames = 0;
  const done = () => newest.size === 10 && [...newest.values()].every((number) => number >= updates - 10);
  for (; !done(); ++frames) {
    const [, key, number] = /@update\(key:(k\d)\) ?"(\d+):/.exec(await stalled.nextText('the newest of each key'));
    assert.ok(Number(number) > (newest.get(key) ?? -1), `${key}: ${number} after ${newest.get(key)}`);
    newest.set(key, Number(number));
  }
  await hasReceivedAll(stalled);
  assert.ok(frames * text.length < kernelBytesMax, `${frames} frames`);
  for (const peer of [stalled, publisher]) peer.close();
});

test('a map of 100,000 keys syncs whole to a reader that stalls, changes in between and all', async () => {
  const count = 90_000; // with the other tests' a realm's 100,000 retained events
  const publisher = await openPublisher();
  const value = (key, turn) => `${key}:${turn}:${'y'.repeat(200)}`;
  await publisher.publishAll(count, (n) => [`stall.big.k${n}`, value(n, 0)]);
  const before = kilobytes();

  const stalled = await stalledLink('(node:"/stall/big",lane:topics)', false);
  const changed = (n) => (n * 89) % count; // all over the map
  for (let turn = 1; turn <= 3; ++turn) await publisher.publishAll(500, (n) => [`stall.big.k${changed(n)}`, value(changed(n), turn)]);
  publisher.send([16, 1, { acknowledge: true }, 'stall.big.k7', [], { $removed: true }]);
  await publisher.nextMessage('PUBLISHED');
  hasGrownLittle(before, 24);

  stalled.resume();
  const map = new Map();
  let synced = 0;
  const due = new Set(Array.from({ length: 500 }, (_, n) => changed(n))); // whose last change did not come yet
  while (synced === 0 || due.size > 0 || map.size !== count - 1) {
    const frame = await stalled.nextText('the map');
    const [, key, number, turn] = /@update\(key:k(\d+)\) ?"(\d+):(\d)/.exec(frame) ?? [];
    if (key) {
      assert.equal(key, number);
      assert.ok(Number(turn) >= (map.get(key) ?? 0), `${key}: ${turn} after ${map.get(key)}`);
      map.set(key, Number(turn));
      if (turn === '3') due.delete(Number(key));
    } else if (frame.endsWith('@remove(key:k7)')) map.delete('7');
    else if (frame.startsWith('@synced')) ++synced;
    else if (!frame.startsWith('@linked') && !frame.endsWith('@clear')) assert.fail(frame.slice(0, 80));
  }
  assert.deepEqual([synced, map.has('7')], [1, false]);
  await hasReceivedAll(stalled);
  for (const peer of [stalled, publisher]) peer.close();
});
