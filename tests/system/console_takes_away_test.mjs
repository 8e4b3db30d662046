// An administrator in Chromium takes away a rule that a live autobahn-js subscriber and a live Swim link depend on: both lose it before
// the console says "saved", the audit log tells it, and a restart keeps it so.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Administered, fine, launch, logIn, openWindow, plant, shown } from './console.mjs';
import { openAutobahn, openSwim } from './peers.mjs';
import { Inbox, patience, rejection, within } from './wait.mjs';

const rules = [
  'match = "prefix", uri = "com.plant.", allow = ["subscribe"]', // the one that goes
  'match = "prefix", uri = "com.", allow = ["publish"]',
  'match = "prefix", uri = "com.other.", allow = ["subscribe"]',
];

let administered, browser, page;
before(async () => {
  administered = await Administered.make(plant(rules).replace('"anonymous", "ticket"', '"anonymous"').replace(/^users.*\n/m, ''));
  browser = await launch();
  page = await openWindow(browser);
});
after(async () => {
  await browser?.close();
  await administered?.stop();
});

test('a rule is taken away in the console: its subscriber and its link lose it before "saved" is said, for good', async (t) => {
  const moments = [];
  const note = (what) => void moments.push(what);

  // Two that live from the rule, and a third that tells when there is nothing more to come.
  const subscriber = await openAutobahn(administered.router, {}, 'plant');
  const received = new Inbox('an event of autobahn-js');
  const subscription = await within(subscriber.session.subscribe('com.plant.line1.temp', ([value]) => received.push(value)));
  const revoked = subscription.on_unsubscribe.then((reason) => (note('autobahn lost it'), reason));
  await within(subscriber.session.subscribe('com.other.fence', () => received.push('fence')));
  const swim = openSwim(administered.router, 'plant');
  t.after(() => swim.close());
  const told = new Inbox('a callback of the Swim link');
  swim.event('/com/plant/line1', 'temp', {
    onEvent: (body) => told.push(['event', body.toLike()]), didLink: () => told.push(['linked']),
    didUnlink: () => {
      note('swim lost it');
      told.push(['unlinked']);
    },
  });
  assert.deepEqual(await told.find(([what]) => what === 'linked'), ['linked']);
  const publisher = await openAutobahn(administered.router, {}, 'plant');
  const publish = (topic, value) => within(publisher.session.publish(topic, [value], {}, { acknowledge: true }));
  await publish('com.plant.line1.temp', 21.5);
  assert.equal(await received.next(), 21.5);
  assert.deepEqual(await told.find(([what]) => what === 'event'), ['event', 21.5]);

  // The administrator.
  await logIn(page, administered, 'plant/roles/anonymous');
  await shown(page, 'roles');
  await page.exposeBinding('noteMoment', (_, what) => note(what));
  await page.evaluate(() => new MutationObserver((changes) => {
    const said = changes.flatMap(({ addedNodes }) => [...addedNodes]).map(({ dataset }) => dataset?.said).filter(Boolean);
    for (const words of said) window.noteMoment(`console says: ${words}`);
  }).observe(document.body, { childList: true }));
  await page.getByRole('button', { name: 'Remove prefix com.plant.', exact: true }).click();
  await page.getByText('1 subscription, 1 link').waitFor(); // what the edit would cut off now
  assert.deepEqual(moments, [], 'a draft changes nothing');
  await publish('com.plant.line1.temp', 22);
  assert.equal(await received.next(), 22);
  await page.getByRole('button', { name: 'Who?' }).click();
  const dialog = page.getByRole('dialog');
  assert.match(await dialog.textContent(), /subscription.*com\.plant\.line1\.temp.*link.*com\.plant\.line1\.temp/s);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Save: 1 change, 2 endings' }).click();
  await page.locator('.toast', { hasText: 'saved' }).waitFor();
  await within(revoked, 'autobahn-js to lose its subscription');
  assert.deepEqual(await told.find(([what]) => what === 'unlinked'), ['unlinked']);

  t.diagnostic(`order: ${moments.join(' | ')}`);
  assert.equal(moments.length, 3, moments.join());
  assert.deepEqual([...moments.slice(0, 2)].sort(), ['autobahn lost it', 'swim lost it']);
  assert.match(moments[2], /^console says: saved: revision \d+; ended 1 subscription, 1 link$/);

  // It is really gone: what is published now reaches neither of them.
  await publish('com.plant.line1.temp', 23);
  await publish('com.other.fence', 1);
  assert.equal(await received.next(), 'fence');
  assert.equal(told.size, 0);
  const refused = async (peer) => assert.equal((await rejection(peer.session.subscribe('com.plant.line1.temp', () => {}))).error,
    'wamp.error.not_authorized');
  await refused(subscriber);

  // The audit log: who, what, before, after, and what ended.
  const audited = async () => {
    await page.goto(administered.at('plant/audit?filter=admin'));
    await shown(page, 'audit');
    const row = page.locator('tbody tr', { hasText: 'role.put' }).first();
    assert.match(await row.textContent(), /admin.*console.*role\.put.*1 subscription, 1 link/s);
    await row.focus();
    await page.keyboard.press('Enter');
    const entry = page.getByRole('dialog');
    assert.match(await entry.locator('figure').nth(0).textContent(), /Before.*"com\.plant\."/s);
    assert.doesNotMatch(await entry.locator('figure').nth(1).textContent(), /"com\.plant\."/);
    assert.match(await entry.locator('figure').nth(1).textContent(), /After.*"com\.other\."/s);
    await page.keyboard.press('Escape');
  };
  await audited();
  await fine(page);

  // A restart keeps it so, though the configuration file still has the rule.
  await Promise.allSettled([subscriber.close(), publisher.close()]);
  swim.close();
  await administered.restart();
  const again = await openAutobahn(administered.router, {}, 'plant');
  await refused(again);
  await within(again.session.subscribe('com.other.fence', () => {}));
  await again.close();
  const late = openSwim(administered.router, 'plant');
  t.after(() => late.close());
  const answers = new Inbox('an answer to the Swim link');
  late.event('/com/plant/line1', 'temp', { didLink: () => answers.push('linked'), didUnlink: () => answers.push('unlinked') });
  assert.equal(await answers.next(), 'unlinked');

  const fresh = await openWindow(browser);
  fresh.setDefaultTimeout(patience);
  await logIn(fresh, administered, 'plant/roles/anonymous');
  await shown(fresh, 'roles');
  assert.deepEqual(await fresh.locator('input.uri').evaluateAll((inputs) => inputs.map(({ value }) => value)), ['com.', 'com.other.']);
  page = fresh;
  await audited();
  await fine(fresh);
});
