// The web console in headless Chromium: the keyboard alone, colours and sizes, the content policy, a lost connection, signing out.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Administered, fine, launch, logIn, openWindow, plant, shown } from './console.mjs';
import { openAutobahn } from './peers.mjs';
import { root } from './router.mjs';
import { rejection, within } from './wait.mjs';

const rules = [
  'match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"]',
  'match = "wildcard", uri = "com.plant.valve..set", deny = ["publish"]',
];
const pages = ['overview', 'sessions', 'topics', 'procedures', 'lanes', 'roles', 'users', 'try', 'audit', 'system'];

let administered, browser, page, peer;
before(async () => {
  administered = await Administered.make(plant(rules));
  browser = await launch();
  page = await openWindow(browser);
  peer = await openAutobahn(administered.router, {}, 'plant');
  await within(peer.session.subscribe('com.plant.line1.temp', () => {}));
  await within(peer.session.register('com.plant.add', ([a, b]) => a + b));
  await within(peer.session.publish('com.plant.mode', ['night'], {}, { acknowledge: true, retain: true }));
  await logIn(page, administered, 'plant/overview');
  await shown(page, 'overview');
});
after(async () => {
  await browser?.close();
  await peer?.close();
  await administered?.stop();
});

const main = () => page.locator('main');
const visit = async (tail, name = tail.split(/[/?]/)[1]) => {
  await page.goto(administered.at(tail));
  return shown(page, name);
};
const row = (text) => main().locator('tbody tr', { hasText: text });

describe('by keyboard alone', () => {
  test('letters lead to every page, arrows and Enter through tables, Esc back, ? tells', async () => {
    await visit('plant/overview');
    const letters = { s: 'sessions', t: 'topics', p: 'procedures', l: 'lanes', r: 'roles', u: 'users', y: 'try', a: 'audit', m: 'system',
      o: 'overview' };
    for (const [letter, name] of Object.entries(letters)) {
      await page.evaluate(() => document.activeElement.blur());
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
      await shown(page, name);
    }
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await shown(page, 'roles');
    await row('operator').waitFor();
    await page.keyboard.press('ArrowDown');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /anonymous/);
    await page.keyboard.press('ArrowDown');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /operator/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'operator' }).waitFor();
    await page.keyboard.press('Escape');
    await row('operator').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await shown(page, 'sessions');
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.type), 'search');
    await page.keyboard.type('nobody');
    await main().getByText('No session fits').waitFor();
    assert.match(page.url(), /filter=nobody/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await page.getByRole('dialog').getByRole('button', { name: 'Test' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('filter of this page').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
    await fine(page);
  });

  test('whatever can be clicked can be reached, has a name, and shows the focus', async () => {
    for (const name of pages) {
      await visit(`plant/${name}`);
      const lacking = await page.evaluate(() => [...document.querySelectorAll('button, a[href], input, select, textarea')]
        .filter((element) => {
        if (element.disabled || !element.checkVisibility()) return false;
        const words = element.getAttribute('aria-label') || element.textContent.trim()
          || [...element.labels ?? []].map((one) => one.textContent).join('')
          || element.title;
        element.focus({ focusVisible: true });
        const ring = getComputedStyle(element).outlineStyle !== 'none';
        return !words || element.tabIndex < 0 || document.activeElement !== element || !ring;
      }).map((element) => element.outerHTML));
      assert.deepEqual(lacking, [], name);
    }
  });
});

describe('colours, sizes, policies', () => {
  // Contrast of every text with what is painted behind it, as the browser computed both.
  const contrasts = () => page.evaluate(() => {
    const parse = (color) => {
      const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
      return { r, g, b, a };
    };
    const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a),
      b: top.b * top.a + under.b * (1 - top.a), a: 1 });
    const light = ({ r, g, b }) => [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = (element) => {
      const layers = [];
      for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
      return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
    };
    const poor = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !element.checkVisibility()
        || element.closest('.unseen, .skip, :disabled, option, svg')) continue;
      const [a, b] = [light(ground(element)), light(over(parse(getComputedStyle(element).color), ground(element)))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} "${walker.currentNode.data.trim().slice(0, 40)}"`);
    }
    return poor;
  });

  for (const theme of ['light', 'dark']) {
    test(`${theme}: by the system's setting, every text in AA contrast, no page wider than the window at 480 px`, async () => {
      await page.emulateMedia({ colorScheme: theme });
      for (const name of [...pages, 'roles/operator', 'users/kim']) {
        await visit(`plant/${name}`, name.split('/')[0]);
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme);
        assert.deepEqual(await contrasts(), [], `${name} in ${theme}`);
        await page.setViewportSize({ width: 480, height: 800 }); // also what 200 % zoom makes of a window of 960
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is too wide`);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
      await fine(page);
    });
  }

  test('every pair of text and ground of the style sheet is in AA contrast', async () => {
    const css = await readFile(path.join(root, 'console/style.css'), 'utf8');
    const luminance = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
    const pairs = [...['text', 'faint', 'link', 'good', 'warn', 'bad'].flatMap((text) => ['ground', 'card', 'raised', 'row']
      .map((on) => [text, on])),
      ['on-accent', 'accent'], ['on-bad', 'bad'], ['text', 'new'], ['text', 'off'], ['text', 'line'], ['warn', 'new'], ['bad', 'new'],
        ['card', 'text']];
    for (const block of [/:root \{([^}]*)\}/, /data-theme=dark\] \{([^}]*)\}/]) {
      const colours = Object.fromEntries([...block.exec(css)[1].matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)]
        .map(([, name, value]) => [name, value]));
      for (const [text, on] of pairs) {
        const [a, b] = [luminance(colours[text]), luminance(colours[on])].sort((x, y) => y - x);
        assert.ok((a + 0.05) / (b + 0.05) >= 4.5, `--${text} on --${on}: ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
      }
    }
  });

  test('the switch is kept in this browser', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await visit('plant/overview');
    await page.getByRole('button', { name: 'Dark or light' }).click();
    await page.reload();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.getByRole('button', { name: 'Dark or light' }).click();
    await page.reload();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  });

  test('at most 150 KiB, all of it from this listener, under a policy that lets nothing else in', async () => {
    const folder = path.join(root, 'console');
    const files = (await readdir(folder)).filter((name) => /\.(html|js|css|svg)$/.test(name));
    const sizes = await Promise.all(files.map(async (name) => (await readFile(path.join(folder, name))).length));
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 150 * 1024);
    const asked = [];
    const fresh = await openWindow(browser);
    fresh.on('request', (request) => asked.push(request.url()));
    await fresh.goto(administered.at('plant/roles'));
    await fresh.getByRole('button', { name: 'Log in' }).waitFor();
    assert.ok(asked.length > 5);
    for (const url of asked) assert.ok(url.startsWith(administered.at('').slice(0, -1)), url);
    await fresh.context().close();
    const answer = await fetch(administered.at('plant/roles'));
    assert.match(answer.headers.get('content-security-policy'), /default-src 'none'; script-src 'self'; style-src 'self'/);
    const tag = (await fetch(administered.at('app.js'))).headers.get('etag');
    assert.equal((await fetch(administered.at('app.js'), { headers: { 'If-None-Match': tag } })).status, 304);
    assert.equal((await fetch(administered.at('nothing.js'))).status, 404);
  });
});

describe('a connection that is lost', () => {
  test('a banner, grey data, and back by itself when the router is back', async () => {
    const fresh = await openWindow(browser);
    await logIn(fresh, administered, 'plant/users');
    await shown(fresh, 'users');
    await Promise.allSettled([peer.close()]);
    await administered.router.stop();
    await fresh.locator('#banner', { hasText: 'Connection lost' }).waitFor();
    assert.equal(await fresh.evaluate(() => document.documentElement.hasAttribute('data-stale')), true);
    assert.match(await fresh.locator('main').textContent(), /kim/);
    await administered.start();
    await fresh.locator('#banner').waitFor({ state: 'hidden' });
    assert.equal(await fresh.evaluate(() => document.documentElement.hasAttribute('data-stale')), false);
    await fresh.getByRole('link', { name: 'Roles', exact: true }).click();
    await fresh.locator('tbody tr', { hasText: 'operator' }).waitFor();
    await fresh.context().close();
  });

  test('signing out makes the cookie worthless', async () => {
    const fresh = await openWindow(browser);
    await logIn(fresh, administered, 'plant/users');
    await shown(fresh, 'users');
    const stolen = (await fresh.context().cookies()).find(({ name }) => name === 'heddle_console');
    await fresh.getByRole('button', { name: 'Sign out' }).click();
    await fresh.getByText('You are signed out.').waitFor();
    await fresh.context().addCookies([stolen]);
    await fresh.reload();
    await fresh.getByRole('button', { name: 'Log in' }).waitFor();
    assert.equal(await fresh.locator('nav').count(), 0);
    await fresh.context().close();
  });

  test('whoever is no administrator gets nothing', async () => {
    const refused = await rejection(openAutobahn(administered.router, {}, 'heddle.admin'));
    assert.match(refused.message, /authenti|no_matching|authoriz/);
  });
});
