// The examples, started as a newcomer starts them: cursors and a town in a real browser, a fleet read over WARP.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { RawWebSocket } from './raw.mjs';
import { executable, root } from './router.mjs';
import { patience, until, within } from './wait.mjs';

// A program of the examples with all it says; `stop` ends it and expects 0.
function start(command, args = []) {
  const env = { ...process.env, HEDDLE_BIN: executable };
  const child = spawn(path.join(root, command), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const program = { child, words: '', ended: new Promise((resolve) => child.on('close', resolve)) };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (program.words += text));
  program.said = (pattern) => until(() => pattern.exec(program.words), `${command} to say ${pattern}`, child.stdout, child.stderr);
  program.stop = async (signal = 'SIGTERM') => {
    assert.equal(child.exitCode, null, program.words);
    child.kill(signal);
    assert.equal(await within(program.ended, `${command} to end`, 2 * patience), 0, program.words);
    assert.doesNotMatch(program.words, /Sanitizer|runtime error:/);
  };
  return program;
}

const launch = () => chromium.launch({
  executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});

// A page of the example, connected; what goes wrong in it gathers in `problems`.
async function openPage(context, address) {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
  await page.goto(address);
  await page.locator('#state[data-state="connected"]').waitFor();
  return page;
}

describe('examples/cursor', () => {
  let demo, browser, address;
  before(async () => {
    demo = start('examples/cursor/run', ['--port', '0']);
    address = `http://${(await demo.said(/127\.0\.0\.1:[1-9]\d*/))[0]}/cursor/`;
    await demo.said(/ready in/);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const open = (context) => openPage(context, address);
  // Resolves when the one box of the page stands at this part of its window, within two pixels.
  const boxAt = (page, x, y) => page.waitForFunction(([toX, toY]) => {
    const box = document.querySelector('.box:not(.gone)')?.getBoundingClientRect();
    return box && Math.hypot(box.x + box.width / 2 - toX * innerWidth, box.y + box.height / 2 - toY * innerHeight) < 2;
  }, [x, y]);
  const move = (page, x, y, options) => {
    const { width, height } = page.viewportSize();
    return page.mouse.move(x * width, y * height, options);
  };

  test("each window's box follows the other's pointer, whatever their sizes", async () => {
    const left = await open(await browser.newContext({ viewport: { width: 800, height: 600 } }));
    const right = await open(await browser.newContext({ viewport: { width: 600, height: 800 } }));
    assert.equal(await left.locator('.box').count(), 0);

    await move(left, 0.25, 0.5);
    await boxAt(right, 0.25, 0.5);
    await move(left, 0.75, 0.125, { steps: 10 });
    await boxAt(right, 0.75, 0.125);
    await left.mouse.down();
    await right.locator('.box.pressed').waitFor();
    await boxAt(right, 0.75, 0.125);
    await left.mouse.up();
    assert.equal(await left.locator('.box').count(), 0, 'a window does not follow itself');

    await move(right, 0.5, 0.875, { steps: 10 });
    await boxAt(left, 0.5, 0.875);
    await boxAt(right, 0.75, 0.125);
    assert.equal(await left.locator('#others').textContent(), '1 other window');

    await right.goto('about:blank');
    await left.locator('#others', { hasText: 'no other window' }).waitFor();
    assert.deepEqual([...left.problems, ...right.problems], []);
  });

  test('a finger moves it too', async () => {
    const phone = await open(await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }));
    const desk = await open(await browser.newContext({ viewport: { width: 800, height: 600 } }));
    await phone.touchscreen.tap(195, 211);
    await boxAt(desk, 0.5, 0.25);
    assert.deepEqual([...phone.problems, ...desk.problems], []);
  });
});

describe('examples/vehicles', () => {
  let demo, browser, address;
  before(async () => {
    demo = start('examples/vehicles/run', ['--port', '0']);
    address = (await demo.said(/The map: (http:\S+)/))[1];
    await demo.said(/60 vehicles on their way/);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  const open = async () => openPage(await browser.newContext({ viewport: { width: 1000, height: 640 } }), address);
  const click = async (page, id) => {
    const { x, y } = await page.evaluate((name) => {
      const [vehicle, { scale, left, top }] = [town.vehicles.get(name), town.map];
      return { x: vehicle.x * scale + left, y: vehicle.y * scale + top };
    }, id);
    return page.mouse.click(x, y);
  };

  test('every page shows a vehicle where a WAMP client publishes it, and moves it there', async () => {
    const pages = [await open(), await open()];
    const wamp = new RawWebSocket(`${new URL(address).origin.replace('http', 'ws')}/ws`);
    await wamp.join('town');
    for (const page of pages) await page.waitForFunction(() => town.vehicles.size >= 60);
    for (const [request, x, y] of [[1, 250, 300], [2, 400, 320]]) {
      wamp.send([16, request, {}, 'com.example.town.places.test', [{ x, y, heading: 0, moving: true, kind: 'bus' }]]);
      const there = ([toX, toY]) => Math.hypot(town.vehicles.get('test')?.x - toX, town.vehicles.get('test')?.y - toY) < 0.01;
      await Promise.all(pages.map((page) => page.waitForFunction(there, [x, y])));
    }
    await pages[0].waitForFunction(() => Number(document.getElementById('rate').textContent) > 60);
    wamp.send([16, 3, {}, 'com.example.town.places.test', [], { $removed: true }]);
    for (const page of pages) await page.waitForFunction(() => !town.vehicles.has('test'));
    for (const page of pages) assert.deepEqual(page.problems, []);
    wamp.close();
    for (const page of pages) await page.context().close();
  });

  test('a vehicle that is selected shows what it does, and stops for everybody when told', async () => {
    const [left, right] = [await open(), await open()];
    await left.waitForFunction(() => town.vehicles.has('3'));
    await left.locator('#tempo').fill('0'); // so that it can be clicked
    await right.locator('#tempo-shown', { hasText: '0.0×' }).waitFor();
    await left.waitForFunction(() => [...town.vehicles.values()].every(({ moving }) => !moving));
    // One that stands apart, where no other one and no panel takes the click.
    const id = await left.evaluate(() => {
      const all = [...town.vehicles.values()];
      const apart = (one) => Math.min(...all.filter((other) => other !== one).map(({ x, y }) => Math.hypot(x - one.x, y - one.y)));
      return all.sort((a, b) => apart(b) - apart(a))[0].id;
    });
    for (const page of [left, right]) {
      await page.waitForFunction((name) => town.vehicles.get(name)?.moving === false, id);
      await click(page, id);
      await page.locator('#card-id', { hasText: new RegExp(`^${id}$`) }).waitFor();
      await page.locator('#drive', { hasText: 'Stop' }).waitFor();
    }
    await left.locator('#drive').click();
    await right.locator('#drive', { hasText: 'Go on' }).waitFor();
    await right.locator('#tempo').fill('1');
    await left.waitForFunction(() => [...town.vehicles.values()].filter(({ moving }) => moving).length === 59);
    assert.equal(await left.evaluate((name) => town.vehicles.get(name).moving, id), false);
    await right.locator('#drive').click();
    await left.locator('#drive', { hasText: 'Stop' }).waitFor();
    await left.waitForFunction((name) => town.vehicles.get(name).moving, id);
    for (const page of [left, right]) assert.deepEqual(page.problems, []);
  });
});

describe('examples/fleet', () => {
  test('what the vehicles publish over WAMP arrives as map and value lanes over WARP', async () => {
    const fleet = start('examples/fleet/run', ['--rounds', '10']);
    const lastSpeed = (number) => Math.round((50 + 20 * Math.sin(9 / 9 + number)) * 1000) / 1000;
    await fleet.said(/^map synced$/m);
    await fleet.said(/^value synced$/m);
    await fleet.said(new RegExp(`^value 7 ${lastSpeed(7)}$`, 'm'));
    for (const number of [7, 12, 23, 31]) {
      await fleet.said(new RegExp(`^map ${number}\\.speed ${lastSpeed(number)}$`, 'm'));
      await fleet.said(new RegExp(`^map ${number}\\.position \\{"lat":52\\.\\d+,"lon":13\\.\\d+\\}$`, 'm'));
    }
    await fleet.stop('SIGINT');
  });
});
