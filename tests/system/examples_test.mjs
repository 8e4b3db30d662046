// The examples, started as a newcomer starts them: cursors in a real browser, a fleet read over WARP.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import path from 'node:path';
import { chromium } from 'playwright-core';
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

describe('examples/cursor', () => {
  let demo, browser, address;
  before(async () => {
    demo = start('examples/cursor/run', ['--port', '0']);
    address = `http://${(await demo.said(/127\.0\.0\.1:[1-9]\d*/))[0]}/cursor/`;
    await demo.said(/ready in/);
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const open = async (context) => {
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    page.problems = [];
    page.on('pageerror', (error) => page.problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
    await page.goto(address);
    await page.locator('#state[data-state="connected"]').waitFor();
    return page;
  };
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
