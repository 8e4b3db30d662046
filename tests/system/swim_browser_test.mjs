// @swim/client in headless Chromium, as npm delivers it, from a page that the router serves: there the client keeps its socket in a
// worker of its own.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { openAutobahn } from './peers.mjs';
import { openRealm, root, startRouter } from './router.mjs';
import { Inbox, patience, within } from './wait.mjs';

const modules = ['codec', 'collections', 'component', 'recon', 'structure', 'uri', 'util', 'warp', 'client'];
const imports = {
  ...Object.fromEntries(modules.map((name) => [`@swim/${name}`, `/swim/${name}/dist/swim-${name}.mjs`])),
  '@swim/client/webworker': '/swim/client/dist/swim-client-webworker.min.mjs',
  tslib: '/tslib/tslib.es6.mjs', ws: '/page/nothing.js', os: '/page/nothing.js', // the last two are Node's
};
const page = `<!doctype html><title>test</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import { WarpClient } from '@swim/client';
  window.told = { value: [], map: [], event: [] };
  const tell = (name, ...words) => window.told[name].push(words);
  const client = new WarpClient();
  client.mount();
  const hostUri = location.origin.replace('http', 'ws') + '/realm1';
  const at = (name, nodeUri, laneUri) => ({ hostUri, nodeUri, laneUri,
    didLink: () => tell(name, 'linked'), didSync: () => tell(name, 'synced'), didUnlink: () => tell(name, 'unlinked') });
  Object.assign(window, {
    client, hostUri,
    value: (node, lane) => client.downlinkValue({ ...at('value', node, lane),
      didSet: (value) => tell('value', 'set', value.toLike()) }).open(),
    map: (node, lane) => client.downlinkMap({ ...at('map', node, lane),
      didUpdate: (key, value) => tell('map', 'update', key.toLike(), value.toLike()),
      didRemove: (key) => tell('map', 'remove', key.toLike()) }).open(),
    event: (node, lane) => client.downlink({
      ...at('event', node, lane), onEvent: (body) => tell('event', 'received', body.toLike()),
    }).open(),
  });
</script>`;

let folder, router, browser, wamp, tab;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-page-'));
  await writeFile(path.join(folder, 'index.html'), page);
  await writeFile(path.join(folder, 'nothing.js'), 'export default {};\n');
  const installed = `${root}/tests/system/node_modules`;
  const pages = [['/page', folder], ['/swim', `${installed}/@swim`], ['/tslib', `${installed}/tslib`]];
  router = await startRouter({
    realms: openRealm(), listenerMore: `pages = [${pages.map(([at, from]) => `{ path = "${at}", folder = "${from}" }`)}]`,
  });
  wamp = await openAutobahn(router);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
  tab = await browser.newPage();
  tab.setDefaultTimeout(patience);
  tab.problems = [];
  tab.on('pageerror', (error) => tab.problems.push(String(error)));
  tab.on('console', (message) => message.type() === 'error' && tab.problems.push(message.text()));
  await tab.goto(router.url('/page/', 'http'));
  await tab.waitForFunction(() => window.hostUri);
});
after(async () => {
  await browser?.close();
  await wamp?.close();
  await router?.stop();
  if (folder) await rm(folder, { recursive: true });
});

const publish = (topic, args, options = {}, kwargs = {}) => within(
  wamp.session.publish(topic, args, kwargs, { acknowledge: true, ...options }), 'PUBLISHED');
async function subscribe(topic, options) {
  const inbox = new Inbox(`an event on ${topic}`);
  await within(wamp.session.subscribe(topic, (args, kwargs, details) => inbox.push([details.topic ?? topic, args?.[0], kwargs]), options));
  return inbox;
}
// What this kind of downlink was told, exactly and in this order.
async function told(name, ...expected) {
  const enough = ([of, count]) => window.told[of].length >= count && window.told[of].splice(0);
  assert.deepEqual(await (await tab.waitForFunction(enough, [name, expected.length])).jsonValue(), expected);
  assert.deepEqual(tab.problems, []);
}

describe('@swim/client in a browser', () => {
  test('a value downlink: what WAMP publishes, and a set that WAMP receives', async () => {
    const events = await subscribe('web.car.speed');
    await publish('web.car.speed', [21.5], { retain: true });
    await tab.evaluate(() => void (window.speed = value('/web/car', 'speed')));
    await told('value', ['linked'], ['set', 21.5], ['synced']);
    await publish('web.car.speed', [{ kmh: 30, on: [1, 'two', true] }], { retain: true });
    await told('value', ['set', { kmh: 30, on: [1, 'two', true] }]);
    await tab.evaluate(() => void window.speed.set('two words'));
    assert.deepEqual((await events.next()).slice(0, 2), ['web.car.speed', 'two words']);
    await told('value', ['set', 'two words'], ['set', 'two words']); // at once, and as the router's echo
    await tab.evaluate(() => void window.speed.close());
  });

  test('a map downlink: entries, changes and removals, in both directions', async () => {
    await publish('web.fleet.7.speed', [70], { retain: true });
    await tab.evaluate(() => void (window.fleet = map('/web/fleet', 'topics')));
    await told('map', ['linked'], ['update', '7.speed', 70], ['synced']);
    await publish('web.fleet.8.speed', ['é 🐎'], { retain: true });
    await publish('web.fleet.7.speed', [], {}, { $removed: true });
    await told('map', ['update', '8.speed', 'é 🐎'], ['remove', '7.speed']);
    const events = await subscribe('web.fleet.', { match: 'prefix' });
    await tab.evaluate(() => void window.fleet.set('9.speed', { kmh: 90 }));
    assert.deepEqual((await events.next()).slice(0, 2), ['web.fleet.9.speed', { kmh: 90 }]);
    await tab.evaluate(() => void window.fleet.delete('8.speed'));
    const [topic, , kwargs] = await events.next();
    assert.deepEqual([topic, kwargs], ['web.fleet.8.speed', { $removed: true }]);
    await tab.evaluate(() => void window.fleet.close());
  });

  test('an event downlink: every event in order; a command reaches WAMP', async () => {
    await tab.evaluate(() => void event('/web/car', 'horn'));
    await told('event', ['linked']);
    for (const tone of [1, 2, 3]) await publish('web.car.horn', [tone]);
    await told('event', ['received', 1], ['received', 2], ['received', 3]);
    const received = await subscribe('web.car.lights');
    await tab.evaluate(() => void client.command(hostUri, '/web/car', 'lights', { high: true }));
    assert.deepEqual((await received.next()).slice(0, 2), ['web.car.lights', { high: true }]);
  });
});
