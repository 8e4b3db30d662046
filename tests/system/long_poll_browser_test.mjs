// autobahn-js' long-poll client in headless Chromium, with the browser's own XMLHttpRequest: several connections at once, preflights,
// credentials. Its modules are loaded as npm delivers them; what they want of Node stays out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { openAutobahn } from './peers.mjs';
import { root, startRouter } from './router.mjs';
import { Inbox, patience, within } from './wait.mjs';

// In the page: a `require` over synchronous requests, enough for autobahn's connection, session and long-poll transport.
function loadAutobahn() {
  window.global = window; // as bundlers have it
  const loaded = {};
  const load = (where) => {
    if (loaded[where]) return loaded[where].exports;
    const module = (loaded[where] = { exports: {} });
    const asked = new XMLHttpRequest();
    asked.open('GET', where, false);
    asked.send();
    const require = (name) => {
      if (!name.startsWith('.')) throw new Error(`${name} is not for browsers`);
      return load(new URL(name, new URL(where, location)).pathname);
    };
    new Function('module', 'exports', 'require', 'process', asked.responseText)(module, module.exports, require, { browser: true });
    return module.exports;
  };
  const transports = { get: () => load('/autobahn/transport/longpoll.js').Factory };
  loaded['/autobahn/autobahn.js'] = { exports: { transports, version: 'test' } };
  window.autobahn = load('/autobahn/connection.js');
  window.openSession = (url) => new Promise((resolve, reject) => {
    const connection = new window.autobahn.Connection({
      transports: [{ type: 'longpoll', url }], realm: 'realm1', max_retries: 0,
      on_internal_error: (error) => reject(new Error(String(error))), use_es6_promises: true,
    });
    window.connection = connection;
    connection.onopen = resolve;
    connection.onclose = (reason, details) => {
      reject(new Error(`autobahn: ${reason} ${JSON.stringify(details)}`));
      window.ended = reason;
      return true;
    };
    connection.open();
  });
}

let here, there, elsewhere, browser, tab;
before(async () => {
  here = await startRouter({ listenerMore: `pages = [{ path = "/autobahn", folder = "${root}/tests/system/node_modules/autobahn/lib" }]` });
  const origin = here.url('', 'http');
  there = await startRouter({ listenerMore: `origins = ["${origin}"]` });
  elsewhere = await startRouter({ listenerMore: 'origins = ["https://app.example.com"]' });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
  tab = await browser.newPage();
  tab.setDefaultTimeout(patience);
  await tab.goto(here.url('/', 'http'));
  await tab.evaluate(loadAutobahn);
});
after(async () => {
  await browser?.close();
  for (const router of [here, there, elsewhere]) await router?.stop();
});

const where = { 'its own origin': () => here, 'another origin that lists it': () => there };
for (const [name, router] of Object.entries(where)) {
  test(`a page at ${name}: calls, answers, publishes many events in order, receives, and leaves`, async () => {
    const node = await openAutobahn(router());
    const received = new Inbox('an event of the page');
    await within(node.session.subscribe('page.count', ([number]) => received.push(number)));
    await within(node.session.register('page.add', ([a, b]) => a + b));
    const sum = await tab.evaluate(async (url) => {
      window.ended = undefined;
      window.session = await window.openSession(url);
      window.received = [];
      await window.session.subscribe('node.news', ([text]) => window.received.push(text));
      await window.session.register('page.double', ([number]) => 2 * number);
      const results = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((number) => window.session.call('page.add', [number, 1])));
      for (let n = 0; n < 30; ++n) window.session.publish('page.count', [n]);
      return results.reduce((all, one) => all + one, 0);
    }, router().url('/lp', 'http'));
    assert.equal(sum, 44);
    for (let n = 0; n < 30; ++n) assert.equal(await received.next(), n);
    assert.equal(await within(node.session.call('page.double', [21]), 'the answer of the page'), 42);
    for (let n = 0; n < 5; ++n) await within(node.session.publish('node.news', [`news ${n}`], {}, { acknowledge: true }));
    await tab.waitForFunction(() => window.received.length === 5);
    assert.deepEqual(await tab.evaluate(() => window.received), [0, 1, 2, 3, 4].map((n) => `news ${n}`));
    await tab.evaluate(() => window.connection.close());
    await tab.waitForFunction(() => window.ended === 'closed');
    await router().said(/session\.end .*reason=goodbye/);
    await node.close();
  });
}

test('a page at an origin that is not listed gets no session', async () => {
  const refused = await tab.evaluate((url) => window.openSession(url).then(() => 'open', (error) => error.message),
    elsewhere.url('/lp', 'http'));
  assert.match(refused, /unreachable|unsupported|closed|lost/);
  assert.doesNotMatch(elsewhere.stderr, /session\.join/);
});
