// Pictures of every page of the web console with something to see on it. Called by tools/console-shots.
import path from 'node:path';
import { Administered, launch, logIn, openWindow, plant, shown } from '../tests/system/console.mjs';
import { openAutobahn, openSwim } from '../tests/system/peers.mjs';

const folder = process.argv[2];
const administered = await Administered.make(plant([
  'match = "prefix", uri = "com.plant.", allow = ["call", "register", "publish", "subscribe"]',
  'match = "wildcard", uri = "com.plant.valve..set", deny = ["publish"]',
]));
const browser = await launch();

const peers = await Promise.all(['json', 'msgpack', 'cbor'].map((serializer) =>
  openAutobahn(administered.router, { serializer }, 'plant')));
const [publisher, second] = peers.map(({ session }) => session);
for (const topic of ['line1.temp', 'line1.pressure', 'line2.temp', 'valve.3.state', 'alarm.fire']) {
  for (const { session } of peers) await session.subscribe(`com.plant.${topic}`, () => {});
  await publisher.publish(`com.plant.${topic}`, [21.5], { unit: 'C' }, { acknowledge: true, retain: true });
}
await second.subscribe('com.plant.', () => {}, { match: 'prefix' });
for (const name of ['add', 'valve.3.open', 'valve.4.open']) await publisher.register(`com.plant.${name}`, ([a = 1, b = 1]) => a + b);
const swim = openSwim(administered.router, 'plant');
await new Promise((synced) => swim.map('/com/plant/line1', 'topics', { didSync: synced }));
swim.value('/com/plant/line1', 'temp', {});
const busy = setInterval(() => {
  if (!publisher.isOpen) return;
  const amount = 20 + 15 * Math.sin(Date.now() / 3000);
  for (let n = 0; n < amount; ++n) publisher.publish('com.plant.line1.temp', [n]);
  if (Math.random() < 0.7) second.call('com.plant.add', [1, 2]);
}, 100);

// Name of the picture, address, and what is done before it is taken.
const pages = [
  ['overview', 'plant/overview', (page) => page.waitForTimeout(12_000)], // curves take their time
  ['sessions', 'plant/sessions'], ['session', `plant/sessions/${publisher.id}`], ['topics', 'plant/topics'],
  ['retained', 'plant/topics/retained/com.plant.line1.temp'], ['procedures', 'plant/procedures'],
  ['lanes', 'plant/lanes?of=com.plant.line1.temp'], ['roles', 'plant/roles'],
  ['role', 'plant/roles/anonymous', async (page) => {
    await page.getByRole('button', { name: 'subscribe: allow, prefix com.plant.' }).click();
    await page.getByText('ends now').waitFor();
    const form = page.getByRole('form', { name: 'Tester' });
    await form.getByLabel('Action').selectOption('publish');
    await form.getByLabel('URI').fill('com.plant.valve.3.set');
    await form.getByRole('button', { name: 'Test' }).click();
    await page.locator('[data-allowed]').waitFor();
  }],
  ['users', 'plant/users'], ['user', 'plant/users/kim'], ['administrators', 'heddle.admin/users'],
  ['try', 'plant/try', async (page) => {
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByLabel('URI').fill('com.plant.add');
    await page.getByLabel('Arguments (JSON)').fill('[2, 3]');
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await page.getByText('Result in').waitFor();
  }],
  ['audit', 'plant/audit?all=1'], ['entry', 'plant/audit/1?all=1'], ['system', 'plant/system'], ['nothing', 'heddle.admin/topics'],
];

for (const theme of ['light', 'dark']) {
  for (const width of [1280, 480]) {
    const page = await openWindow(browser, { colorScheme: theme, viewport: { width, height: 800 } });
    const shoot = (name) => page.screenshot({ path: path.join(folder, `${name}-${theme}-${width}.png`), fullPage: true });
    await page.goto(administered.at(''));
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await shoot('login');
    await logIn(page, administered, 'plant/overview');
    await shown(page, 'overview');
    for (const [name, address, act] of pages) {
      await page.goto(administered.at(address));
      try {
        await shown(page, address.split('/')[1].split('?')[0]);
        await act?.(page);
      } catch (error) {
        console.error(`${name}: ${error.message.split('\n')[0]}`);
      }
      await shoot(name);
      await page.evaluate(() => window.stop());
    }
    if (page.problems.length) console.error(page.problems.join('\n'));
    await page.context().close();
  }
}
clearInterval(busy);
swim.close();
await Promise.allSettled(peers.map((peer) => peer.close()));
await browser.close();
await administered.stop();
console.log(`pictures are in ${folder}`);
process.exit(0);
