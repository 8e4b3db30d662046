// /metrics: two text forms, counts that are those of what clients did, labels that tell nothing of anybody, and names that the
// documents, the dashboard and the alerts agree about.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { RawWebSocket } from './raw.mjs';
import { openRealm, root, startRouter } from './router.mjs';
import { openWamp } from './uplinked.mjs';

let router;
const endings = [];
before(async () => {
  router = await startRouter({ realms: `${openRealm('realm1')}${openRealm('second')}` });
});
after(async () => {
  for (const end of endings) await end();
  await router?.stop();
});
const cleanup = (work) => endings.unshift(work);

async function scrape(accept = 'text/plain') {
  const answer = await fetch(`http://127.0.0.1:${router.port}/metrics`, { headers: { Accept: accept } });
  assert.equal(answer.status, 200);
  const text = await answer.text();
  const samples = new Map();
  const families = new Map();
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type) families.set(type[1], type[2]);
    const sample = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line);
    if (sample) samples.set(sample[1], Number(sample[2]));
  }
  return { text, samples, families, type: answer.headers.get('content-type') };
}

test('both text forms, by what the scraper accepts', async () => {
  const old = await scrape();
  assert.equal(old.type, 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(old.families.get('heddle_calls_total'), 'counter');
  const open = await scrape('application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
  assert.equal(open.type, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  assert.equal(open.families.get('heddle_calls'), 'counter');
  assert.ok(open.text.endsWith('# EOF\n'));
});

test('counts are those of what clients did, and everything that can be known is there from the start', async () => {
  const start = await scrape();
  assert.equal(start.samples.get('heddle_events_published_total{realm="second"}'), 0);
  assert.equal(start.samples.get('heddle_calls_total{realm="second",outcome="callee_lost"}'), 0);
  const watch = await openWamp(cleanup, router, 'shop.', 'prefix');
  const say = await openWamp(cleanup, router);
  for (let i = 0; i < 10; ++i) await say.publish('shop.sold', i);
  await say.publish('nobody.receives', 1);
  for (let i = 0; i < 10; ++i) await watch.event();
  const callee = new RawWebSocket(router.url('/'));
  await callee.join();
  callee.send([64, 1, {}, 'shop.price']);
  assert.equal((await callee.nextMessage())[0], 65);
  const caller = new RawWebSocket(router.url('/'));
  await caller.join();
  caller.send([48, 1, {}, 'shop.price']);
  callee.send([70, (await callee.nextMessage())[1], {}, [5]]);
  assert.equal((await caller.nextMessage())[0], 50);
  caller.send([48, 2, {}, 'shop.price']);
  callee.send([8, 68, (await callee.nextMessage())[1], {}, 'shop.error.sold_out']);
  assert.equal((await caller.nextMessage())[0], 8);
  caller.send([48, 3, {}, 'shop.unknown']);
  assert.equal((await caller.nextMessage())[0], 8);
  caller.send([48, 4, { timeout: 1 }, 'shop.price']);
  assert.equal((await caller.nextMessage())[0], 8);
  caller.send([48, 5, {}, 'shop.price']);
  await callee.nextMessage();
  await callee.nextMessage();
  const { samples } = await scrape();
  const moved = (name, labels = '') => {
    const key = `${name}{realm="realm1"${labels}}`;
    return samples.get(key) - (start.samples.get(key) ?? 0);
  };
  assert.equal(moved('heddle_events_published_total'), 11);
  assert.equal(moved('heddle_events_delivered_total'), 10);
  assert.equal(moved('heddle_publication_recipients_count'), 11);
  assert.equal(moved('heddle_publication_recipients_sum'), 10);
  assert.equal(moved('heddle_messages_received_total', ',type="PUBLISH"'), 11);
  assert.equal(moved('heddle_messages_sent_total', ',type="EVENT"'), 10);
  for (const [outcome, count] of Object.entries({ ok: 1, error: 1, no_callee: 1, timeout: 1, callee_lost: 0 }))
    assert.equal(moved('heddle_calls_total', `,outcome="${outcome}"`), count, outcome);
  assert.equal(moved('heddle_calls_in_flight'), 1);
  assert.equal(moved('heddle_call_duration_seconds_count'), 3);
  assert.equal(samples.get('heddle_sessions{realm="realm1",transport="ws",serializer="json"}'), 4);
  assert.equal(samples.get('heddle_subscriptions{realm="realm1"}'), 1);
  callee.close();
  assert.equal((await caller.nextMessage())[0], 8);
  caller.close();
  const later = await scrape();
  assert.equal(later.samples.get('heddle_calls_total{realm="realm1",outcome="callee_lost"}'), 1);
  assert.ok(later.samples.get('heddle_received_bytes_total{transport="tcp"}') > 1000);
  assert.ok(later.samples.get('process_open_fds') > 5);
});

test('no label tells of a URI, an authid, a session or an address', async () => {
  const { text } = await scrape();
  assert.doesNotMatch(text, /shop|127\.0\.0\.1|nobody/);
  const known = new Set(['version', 'name', 'listener', 'protocol', 'limit', 'transport', 'thread', 'route', 'method', 'code',
    'realm', 'serializer', 'reason', 'kind', 'part', 'state', 'type', 'le', 'outcome', 'result', 'action']);
  for (const [, label] of text.matchAll(/[{,]([a-z_]+)="/g)) assert.ok(known.has(label), label);
});

test('documents, dashboard and alerts speak of the metrics that there are', async () => {
  const { families, samples } = await scrape();
  const document = await readFile(path.join(root, 'docs/metrics.md'), 'utf8');
  const described = [...document.matchAll(/^\| `([a-z_]+)` \| (\w+) \|/gm)].map((row) => `${row[1]} ${row[2]}`);
  assert.deepEqual(described.sort(), [...families].map(([name, type]) => `${name} ${type}`).sort());
  const named = new Set([...samples.keys()].map((key) => key.replace(/\{.*/, '')));
  for (const name of families.keys()) named.add(name);
  for (const [name, type] of families) if (type === 'histogram') ['_bucket', '_sum', '_count'].forEach((tail) => named.add(name + tail));
  for (const file of ['grafana-dashboard.json', 'alerts.yml']) {
    const text = await readFile(path.join(root, 'monitoring', file), 'utf8');
    const used = [...text.matchAll(/\b((?:heddle|process)_[a-z_]+)\b/g)].map((found) => found[1]);
    assert.ok(used.length > 8, file);
    for (const name of used) assert.ok(named.has(name), `${file} speaks of ${name}`);
  }
});

test('/metrics is only where the listener serves it', async () => {
  const other = await startRouter({ listenerMore: 'serve = ["wamp", "health"]' });
  try {
    assert.equal((await fetch(`http://127.0.0.1:${other.port}/metrics`)).status, 404);
    assert.equal((await fetch(`http://127.0.0.1:${other.port}/health/live`)).status, 200);
  } finally {
    await other.stop();
  }
});
