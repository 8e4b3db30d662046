// Long because one router, one browser and one login serve all of it.
// The web console in headless Chromium, against the real router: every page with live facts, edits and their refusals,
// what administrators do to users and sessions. Looks, keyboard and connections: console_looks_test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Administered, fine, launch, logIn, openWindow, password, plant, shown } from './console.mjs';
import { openAutobahn, openSwim } from './peers.mjs';
import { RawWebSocket } from './raw.mjs';
import { Inbox, within } from './wait.mjs';

const rules = [
  'match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"]',
  'match = "wildcard", uri = "com.plant.valve..set", deny = ["publish"]',
];

let administered, browser, page, peer, swim;
before(async () => {
  administered = await Administered.make(plant(rules));
  browser = await launch();
  page = await openWindow(browser);
  peer = await openAutobahn(administered.router, {}, 'plant');
  swim = openSwim(administered.router, 'plant');
  const linked = new Inbox('a link');
  await within(peer.session.subscribe('com.plant.line1.temp', () => {}));
  await within(peer.session.subscribe('com.plant.', () => {}, { match: 'prefix' }));
  await within(peer.session.register('com.plant.add', ([a, b]) => a + b));
  await within(peer.session.publish('com.plant.mode', ['night'], {}, { acknowledge: true, retain: true }));
  swim.value('/com/plant', 'mode', { didSync: () => linked.push('synced') });
  await linked.next();
});
after(async () => {
  swim?.close();
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

describe('logging in', () => {
  test('a stranger learns where the first password comes from; a wrong one is told so', async () => {
    await logIn(page, administered, 'plant/sessions', 'wrong');
    await page.getByRole('alert').getByText('Name or password is wrong.').waitFor();
    await page.getByText('Where does the first password come from?').waitFor();
    assert.equal(await page.locator('nav').count(), 0);
  });

  test('the right one opens the page that was asked for; a reload keeps both', async () => {
    page.problems.length = 0;
    await logIn(page, administered, 'plant/sessions');
    await shown(page, 'sessions');
    await page.getByText('administrator').first().waitFor();
    await page.reload();
    await shown(page, 'sessions');
    assert.equal(new URL(page.url()).pathname, '/console/plant/sessions');
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name === 'heddle_console');
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, 'Strict');
    assert.equal(cookie.path, '/console/');
    await fine(page);
  });

  test('another page of this host does not log the console out', async () => {
    const other = await page.context().newPage();
    await other.goto(administered.router.url('/', 'http'));
    await other.evaluate(() => new Promise((resolve) => {
      const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`, ['wamp.2.json']);
      socket.onopen = () => resolve(socket.close());
    }));
    await other.close();
    await page.reload();
    await shown(page, 'sessions');
  });
});

describe('pages show live facts', () => {
  test('overview: figures come by themselves', async () => {
    await visit('plant/overview');
    await page.locator('p.line', { hasText: /[1-9]\d* sessions/ }).waitFor();
    await page.locator('.spark .big', { hasText: /\d/ }).first().waitFor();
    await main().getByText('Nothing needs you now.').waitFor();
    const thief = new RawWebSocket(administered.router.url('/ws'));
    await thief.open();
    thief.send([1, 'plant', { roles: { caller: {} }, authid: 'kim', authmethods: ['ticket'] }]);
    await thief.nextMessage('CHALLENGE');
    thief.send([5, 'a guess', {}]);
    await thief.nextMessage('ABORT');
    await main().getByText('1 login refused just now').waitFor();
    await fine(page);
  });

  test('sessions: who is here, at once when somebody comes; one of them with what it holds', async () => {
    await visit('plant/sessions');
    await row(String(peer.session.id)).waitFor();
    const late = await openAutobahn(administered.router, { serializer: 'msgpack' }, 'plant');
    await row(String(late.session.id)).waitFor();
    assert.match(await row(String(late.session.id)).textContent(), /anonymous.*127\.0\.0\.1.*ws.*msgpack/s);
    await late.close();
    await row(String(late.session.id)).waitFor({ state: 'detached' });
    await row(String(peer.session.id)).click();
    await main().getByText('Logged in by').waitFor();
    assert.match(page.url(), new RegExp(`/console/plant/sessions/${peer.session.id}$`));
    await page.keyboard.press('Escape');
    await shown(page, 'sessions');
    await fine(page);
  });

  test('topics and procedures: trees with counts, who holds one, retained events', async () => {
    await visit('plant/topics');
    await row('line1.temp').waitFor();
    await row('mode').getByText('last event kept').waitFor();
    await row('mode').click();
    await main().getByText('"night"').waitFor();
    await visit('plant/topics?fits=com.plant.line1.temp');
    await main().getByRole('link', { name: 'com.plant.line1.temp' }).waitFor();
    await row('line1.temp').click();
    await row(String(peer.session.id)).waitFor();
    await visit('plant/procedures');
    await row('com.plant.add').click();
    await row(String(peer.session.id)).waitFor();
    await main().getByText('heddle call com.plant.add').waitFor();
    await fine(page);
  });

  test('lanes: node, lane, kind and links; what a topic is called over there', async () => {
    await visit('plant/lanes?of=com.example.vehicle.7.speed');
    assert.match(await row('/com/plant').first().textContent(), /mode.*value.*com\.plant\.mode.*1/s);
    await main().getByText('/com/example/vehicle/7').waitFor();
    await fine(page);
  });

  test('users: methods, never secrets; system: what is in force; audit: what was done', async () => {
    await visit('plant/users');
    assert.match(await row('kim').textContent(), /operator.*ticket.*may log in/s);
    await visit('plant/system');
    await main().getByRole('table', { name: 'Listeners' }).getByText('127.0.0.1').waitFor();
    await row('limits.message').first().waitFor();
    await page.getByRole('button', { name: 'What would a reload change?' }).click();
    await main().getByText('A reload would').waitFor();
    const text = await page.content();
    assert.ok(!text.includes(password));
    await visit('heddle.admin/audit');
    await main().locator('table').waitFor();
    await fine(page);
  });

  test('a realm where nothing is yet teaches how to begin', async () => {
    await visit('plant/system');
    await page.getByRole('button', { name: '+ realm' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('lab');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.locator('.toast', { hasText: 'realm lab saved' }).waitFor();
    const taught = {
      roles: 'This realm has no roles', sessions: /heddle subscribe/, topics: /heddle publish/, procedures: /heddle register/,
      lanes: /WarpClient/, users: /heddle user put/, overview: /heddle call wamp.session.count/,
    };
    for (const [name, words] of Object.entries(taught)) {
      await visit(`lab/${name}`);
      await main().getByText(words).first().waitFor();
    }
    await visit('lab/system');
    await page.getByRole('button', { name: 'Remove this realm' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.locator('.toast', { hasText: 'realm lab removed' }).waitFor();
    await page.waitForURL(/console\/plant\/overview/);
    await fine(page);
  });
});

describe('text of others', () => {
  test('an authid that is markup is text', async () => {
    const evil = '<img src=x onerror=window.hacked=1>';
    await visit('plant/users');
    await page.getByRole('button', { name: '+ user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(evil);
    await dialog.getByLabel('Role').selectOption('operator');
    await dialog.getByLabel('Password').fill('secret of evil');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.locator('.toast', { hasText: `user ${evil} saved` }).waitFor();
    const socket = new RawWebSocket(administered.router.url('/ws'));
    await socket.open();
    socket.send([1, 'plant', { roles: { subscriber: {} }, authid: evil, authmethods: ['ticket'] }]);
    await socket.nextMessage('CHALLENGE');
    socket.send([5, 'secret of evil', {}]);
    await socket.nextMessage('WELCOME');
    await visit('plant/sessions');
    await row(evil).waitFor();
    for (const at of ['plant/users', `plant/users/${encodeURIComponent(evil)}`, 'plant/audit']) {
      await visit(at);
      await main().getByText(evil).first().waitFor();
    }
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('main img').count(), 0);
    socket.close();
    await fine(page);
  });

  test('the page itself may not make markup of text', async () => {
    await assert.rejects(page.evaluate(() => { document.body.innerHTML = '<b>x</b>'; }), /TrustedHTML/);
    page.problems.length = 0;
  });
});

describe('editing a role', () => {
  test('the tester names the deciding and the beaten rule, and knows unsaved edits', async () => {
    await visit('plant/roles/operator');
    const test_ = main().getByRole('region', { name: 'Test' });
    await test_.getByRole('combobox').first().selectOption('user');
    await test_.getByPlaceholder('kim').fill('kim');
    await test_.getByLabel('Action').selectOption('publish');
    await test_.getByLabel('URI').fill('com.plant.valve.3.set');
    await test_.getByRole('button', { name: 'Test' }).click();
    await test_.locator('[data-allowed=false]').waitFor();
    assert.match(await test_.getByRole('table').textContent(), /decides.*com\.plant\.valve\.\.set.*beaten.*com\.plant\./s);
    await page.getByRole('button', { name: 'publish: deny, wildcard com.plant.valve..set' }).click(); // deny -> nothing
    await test_.locator('[data-allowed=true]').waitFor();
    await test_.getByText('with the edits that are not saved').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await test_.locator('[data-allowed=false]').waitFor();
    await fine(page);
  });

  test('a rule is added, saved and in force; leaving with unsaved edits asks', async () => {
    await visit('plant/roles/operator');
    await page.getByRole('button', { name: '+ rule' }).click();
    await main().locator('tr[data-what=new] input').fill('com.lab.');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'subscribe: says nothing, prefix com.lab.' }).click();
    await main().getByText('Ends nothing that is there now.').waitFor();
    await page.getByRole('link', { name: 'Sessions', exact: true }).click();
    await page.getByRole('dialog').getByText('Leave without saving?').waitFor();
    await page.getByRole('button', { name: 'Stay' }).click();
    await page.getByRole('button', { name: 'Save: 1 change' }).click();
    await page.locator('.toast', { hasText: /^saved: revision \d+; nothing had to end$/ }).waitFor();
    await page.reload();
    await shown(page, 'roles');
    assert.equal(await main().locator('input.uri').last().inputValue(), 'com.lab.');
    await fine(page);
  });

  test('two administrators: the second sees both versions, and loses nothing', async () => {
    const other = await openWindow(browser);
    await logIn(other, administered, 'plant/roles/operator');
    await shown(other, 'roles');
    await visit('plant/roles/operator');
    await page.getByRole('button', { name: 'register: says nothing, prefix com.lab.' }).click();
    await main().getByText('1 unsaved').waitFor();
    await other.getByRole('button', { name: 'call: says nothing, prefix com.lab.' }).click();
    await other.getByRole('button', { name: 'publish: says nothing, wildcard com.plant.valve..set' }).or(
      other.getByRole('button', { name: 'publish: deny, wildcard com.plant.valve..set' })).click();
    await other.getByRole('button', { name: /^Save: 2 changes/ }).click();
    await other.locator('.toast', { hasText: 'saved' }).waitFor();
    await page.getByText(/admin saved revision \d+ meanwhile/).waitFor(); // told at once, before Save
    const both = main().getByRole('table', { name: 'Both versions' });
    assert.match(await both.textContent(), /prefix com\.lab\. ?both.*allow subscribe.*allow call, subscribe.*allow register, subscribe/s);
    await page.getByRole('button', { name: 'Put my edits on top of theirs' }).click();
    await page.getByRole('button', { name: /^Save: 1 change/ }).click();
    await page.locator('.toast', { hasText: 'saved' }).waitFor();
    await page.reload();
    await shown(page, 'roles');
    for (const mark of ['call: says nothing', 'publish: says nothing', 'subscribe: allow', 'register: allow']) {
      await page.getByRole('button', { name: `${mark}, prefix com.lab.` }).waitFor();
    }
    assert.equal(await main().locator('button.mark').count(), 8, 'the rule that the other one took away stays away');
    await other.context().close();
    await fine(page);
  });

  test('a refusal of the router shows field and reason, and keeps the edits', async () => {
    await visit('plant/roles/operator');
    await page.getByRole('button', { name: '+ rule' }).click();
    await main().locator('tr[data-what=new] input').fill('com.lab.');
    await page.keyboard.press('Tab');
    await main().getByText('this pattern stands twice').first().waitFor();
    await page.getByRole('button', { name: 'call: says nothing, prefix com.lab.' }).last().click();
    await page.getByRole('button', { name: /^Save/ }).click();
    const problem = main().locator('.problem', { hasText: 'the same match and uri as rule' });
    assert.match(await problem.textContent(), /\/permissions\/\d/);
    await main().getByText('unsaved').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await problem.waitFor({ state: 'detached' });
  });
});

describe('what administrators do to others', () => {
  test('kick: the session ends with the reason that was typed; the audit log has it', async () => {
    const victim = await openAutobahn(administered.router, {}, 'plant');
    const { id } = victim.session;
    await visit('plant/sessions');
    await page.getByRole('button', { name: `End session ${id}` }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('key rotated');
    await page.getByRole('button', { name: 'End it' }).click();
    await page.locator('.toast', { hasText: `session ${id} ended` }).waitFor();
    const end = await within(victim.closed, 'the end of the session');
    assert.match(JSON.stringify(end), /wamp\.close\.killed|key rotated/);
    await visit('plant/audit');
    assert.match(await row('session.kick').first().textContent(), /admin.*console/s);
    await fine(page);
  });

  test('a password is set and never shown; disabling ends sessions and keeps out', async () => {
    await visit('plant/users/kim');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByRole('dialog').getByLabel('Password').fill('a new ticket');
    await page.getByRole('button', { name: 'Set', exact: true }).click();
    await page.locator('.toast', { hasText: 'password saved' }).waitFor();
    const kim = new RawWebSocket(administered.router.url('/ws'));
    await kim.open();
    kim.send([1, 'plant', { roles: { subscriber: {} }, authid: 'kim', authmethods: ['ticket'] }]);
    await kim.nextMessage('CHALLENGE');
    kim.send([5, 'a new ticket', {}]);
    await kim.nextMessage('WELCOME');
    await visit('plant/users/kim');
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.locator('.toast', { hasText: 'user kim disabled' }).waitFor();
    await kim.nextMessage('GOODBYE');
    await main().getByText('disabled').waitFor();
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.locator('.toast', { hasText: 'user enabled' }).waitFor();
    kim.close();
    assert.ok(!(await page.content()).includes('a new ticket'));
    await fine(page);
  });

  test('try: call, publish, watch, as a session of the realm, with the same command to copy', async () => {
    await visit('plant/try');
    await page.getByRole('button', { name: 'Join' }).click();
    await main().getByLabel('URI').fill('com.plant.add');
    await main().getByLabel('Arguments (JSON)').fill('[2, 3]');
    await main().getByText(`heddle call com.plant.add --args '[2, 3]'`).waitFor();
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await main().locator('pre.block', { hasText: '5' }).waitFor();
    await main().getByLabel('What', { exact: true }).selectOption('publish');
    await main().getByLabel('URI').fill('com.plant.valve.3.set');
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await main().getByRole('alert').getByText('wamp.error.not_authorized').first().waitFor();
    await main().getByLabel('What', { exact: true }).selectOption('watch');
    await main().getByLabel('URI').fill('com.watched');
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await main().getByText('0 heard').waitFor();
    for (let n = 0; n < 120; ++n) peer.session.publish('com.watched', [`value ${n}`]);
    await main().getByText('120 heard').waitFor();
    assert.ok((await main().locator('.feed tbody tr').count()) <= 100, 'at most 50 rows a second are drawn');
    await main().getByText('value 0').waitFor();
    await fine(page);
  });
});
