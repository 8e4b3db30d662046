// Administration over WAMP with autobahn-js: edits take hold before the call returns, outlive a restart, do not overwrite
// each other unseen, and leave no secret anywhere.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AdminRouter, adminPassword, logIn } from './admins.mjs';
import { openAutobahn } from './peers.mjs';
import { Inbox, within } from './wait.mjs';

const plant = `
[[realm]]
name = "plant"
auth = ["anonymous"]
[[realm.role]]
name = "anonymous"
permissions = [
  { match = "prefix", uri = "com.plant.", allow = ["call", "publish", "subscribe", "register"] },
  { match = "prefix", uri = "com.lab.", allow = ["publish", "subscribe"] },
]
`;

let place, admin;
before(async () => {
  place = await AdminRouter.make(plant);
  admin = await logIn(place.url);
});
after(async () => {
  await admin?.close();
  await place?.stop();
});

describe('an edit', () => {
  test('takes away what a subscriber has before its answer comes', async () => {
    const kim = await openAutobahn({ url: () => place.url }, {}, 'plant');
    const lost = new Inbox('the end of a subscription');
    const received = new Inbox('an event');
    const subscription = await within(kim.session.subscribe('com.plant.a', (args) => received.push(args)));
    const ended = [];
    const onUnsubscribed = kim.session._process_UNSUBSCRIBED;
    kim.session._process_UNSUBSCRIBED = (message) => (ended.push(message), lost.push(message), onUnsubscribed?.(message));
    assert.ok(subscription.id);
    const role = await admin.call('role.get', ['plant', 'anonymous']);
    const answer = await admin.call('permission.put', ['plant', 'anonymous'],
      { match: 'prefix', uri: 'com.plant.', allow: ['call', 'publish', 'register'], revision: String(role.permissions[0].revision) });
    assert.equal(answer.ends.subscriptions, 1, JSON.stringify(answer));
    assert.equal(answer.ends.shown[0].uri, 'com.plant.a');
    assert.equal(answer.ends.shown[0].what, 'subscription');
    const sessions = await admin.call('subscription.list', ['plant'], { uri: 'com.plant.' });
    assert.deepEqual(sessions.items, []);
    const again = await kim.session.subscribe('com.plant.a', () => {}).then(() => null, (error) => error);
    assert.equal(again?.error, 'wamp.error.not_authorized');
    const entry = (await admin.call('audit.list', [], { limit: 1 })).items[0];
    assert.equal(entry.op, 'heddle.permission.put');
    assert.equal(entry.who, 'admin');
    assert.equal(entry.realm, 'plant');
    assert.deepEqual(entry.ended, { subscriptions: 1 });
    assert.deepEqual(entry.before.allow.sort(), ['call', 'publish', 'register', 'subscribe']);
    assert.deepEqual(entry.after.allow, ['call', 'publish', 'register']);
    await kim.close();
  });

  test('is there after a restart', async () => {
    const before = await admin.call('realm.export', ['plant']);
    await admin.close();
    await place.restart();
    admin = await logIn(place.url);
    assert.deepEqual(await admin.call('realm.export', ['plant']), before);
    const kim = await openAutobahn({ url: () => place.url }, {}, 'plant');
    const refused = await kim.session.subscribe('com.plant.a', () => {}).then(() => null, (error) => error);
    assert.equal(refused?.error, 'wamp.error.not_authorized');
    await kim.close();
    await place.router.said(/realm\.differs +realm=plant/);
  });
});

describe('two administrators', () => {
  test('do not overwrite each other unseen', async () => {
    const other = await logIn(place.url);
    await admin.call('role.put', ['plant', 'reader'], { permissions: [], revision: 'new' });
    const seen = await other.call('role.get', ['plant', 'reader']);
    const rule = { match: 'prefix', uri: 'com.x.', allow: ['subscribe'] };
    const first = await admin.call('role.put', ['plant', 'reader'], { permissions: [rule], revision: String(seen.revision) });
    const late = await other.fails('role.put', ['plant', 'reader'], { permissions: [], revision: String(seen.revision) });
    assert.equal(late.error, 'heddle.error.stale_revision');
    assert.equal(late.current, first.revision);
    assert.equal(late.changed_by, 'admin');
    assert.match(late.changed_at, /^\d{4}-\d\d-\d\dT/);
    assert.equal((await other.fails('role.put', ['plant', 'reader'], {})).error, 'heddle.error.revision_required');
    assert.equal((await other.fails('role.put', ['plant', 'reader'], { revision: 'new' })).error, 'heddle.error.exists');
    await other.call('role.put', ['plant', 'reader'], { permissions: [], revision: '*' });
    assert.deepEqual((await admin.call('role.get', ['plant', 'reader'])).permissions, []);
    await other.close();
  });

  test('of whom one sees some realms only', async () => {
    await admin.call('realm.put', ['lab'], { auth: ['ticket'], revision: 'new' });
    await admin.call('user.put', ['heddle.admin', 'lea'],
      { role: 'administrator', password: 'of-lea-alone', realms: ['lab'], revision: 'new' });
    const lea = await logIn(place.url, { authid: 'lea', password: 'of-lea-alone' });
    assert.deepEqual((await lea.call('realm.list')).items.map((realm) => realm.name), ['lab']);
    assert.equal((await lea.fails('realm.get', ['plant'])).error, 'wamp.error.not_authorized');
    assert.equal((await lea.fails('user.list', ['heddle.admin'])).error, 'wamp.error.not_authorized');
    assert.equal((await lea.fails('token.create', ['mine'], { role: 'administrator' })).error, 'wamp.error.not_authorized');
    await lea.call('role.put', ['lab', 'reader'], { permissions: [], revision: 'new' });
    const audit = (await lea.call('audit.list')).items;
    assert.ok(audit.length > 0 && audit.every((entry) => entry.realm === 'lab'), JSON.stringify(audit));
    await lea.close();
  });
});

describe('users', () => {
  test('come, change their password, are disabled and go', async () => {
    const fields = { role: 'reader', password: 'first-of-kim', method: 'ticket', revision: 'new' };
    const made = await admin.call('user.put', ['lab', 'kim'], fields);
    assert.deepEqual(made.methods, ['ticket']);
    const kim = await logIn(place.url, { realm: 'lab', authid: 'kim', password: 'first-of-kim' });
    assert.equal(kim.details.authrole, 'reader');
    await admin.call('user.passwd', ['lab', 'kim'], { password: 'second-of-kim', method: 'ticket' });
    const first = { realm: 'lab', authid: 'kim', password: 'first-of-kim' };
    await assert.rejects(logIn(place.url, first), { reason: 'wamp.error.authentication_failed' });
    const again = await logIn(place.url, { realm: 'lab', authid: 'kim', password: 'second-of-kim' });
    const ended = await admin.call('user.disable', ['lab', 'kim']);
    assert.ok(ended.ends.sessions >= 1, JSON.stringify(ended));
    await within(again.closed, 'the session of a disabled user to end');
    const second = { realm: 'lab', authid: 'kim', password: 'second-of-kim' };
    await assert.rejects(logIn(place.url, second), { reason: 'wamp.error.authentication_failed' });
    await admin.call('user.disable', ['lab', 'kim'], { enable: true });
    await (await logIn(place.url, { realm: 'lab', authid: 'kim', password: 'second-of-kim' })).close();
    const { revision } = await admin.call('user.get', ['lab', 'kim']);
    await admin.call('user.remove', ['lab', 'kim'], { revision });
    assert.equal((await admin.fails('user.get', ['lab', 'kim'])).error, 'heddle.error.not_found');
    assert.equal((await admin.fails('user.put', ['lab', 'kim'], { role: 'raeder', revision: 'new' })).errors[0].pointer, '/role');
  });

  test('of heddle.admin keep one administrator', async () => {
    for (const [name, fields] of [['user.remove', { revision: '*' }], ['user.disable', {}],
      ['user.put', { role: 'viewer', revision: '*' }], ['user.put', { role: 'administrator', realms: ['lab'], revision: '*' }]]) {
      const refused = await admin.fails(name, ['heddle.admin', 'admin'], fields);
      assert.equal(refused.error, 'heddle.error.in_use', `${name}: ${JSON.stringify(refused)}`);
    }
    assert.equal((await admin.fails('realm.remove', ['heddle.admin'], { revision: '*' })).error, 'heddle.error.in_use');
  });
});

describe('sessions', () => {
  test('are listed, kicked and kept out', async () => {
    const kim = await openAutobahn({ url: () => place.url }, {}, 'plant');
    const { id } = kim.session;
    const { items } = await admin.call('session.list', ['plant']);
    assert.deepEqual(items.map((one) => one.session), [id]);
    assert.equal(items[0].transport, 'ws');
    assert.equal(items[0].method, 'anonymous');
    assert.match(items[0].address, /^127\.0\.0\.1:/);
    assert.deepEqual(await admin.call('session.get', ['plant', id]), items[0]);
    const kicked = await admin.call('session.kick', ['plant', id], { message: 'key rotated', reason: 'com.test.out' });
    assert.deepEqual(kicked.ended, [id]);
    const end = await within(kim.closed, 'the end of the session');
    assert.match(JSON.stringify(end), /com\.test\.out/);
    assert.equal((await admin.fails('session.kick', ['plant', id])).error, 'wamp.error.no_such_session');
    await admin.call('user.put', ['lab', 'bo'], { role: 'reader', password: 'of-bo-alone', method: 'ticket', revision: 'new' });
    const bo = await logIn(place.url, { realm: 'lab', authid: 'bo', password: 'of-bo-alone' });
    await admin.call('session.kick', ['lab'], { authid: 'bo', block: '10m' });
    await within(bo.closed, 'the end of the session');
    await assert.rejects(logIn(place.url, { realm: 'lab', authid: 'bo', password: 'of-bo-alone' }), { message: /keeps you out/ });
  });
});

describe('events in heddle.admin', () => {
  test('tell of edits and sessions', async () => {
    const received = new Inbox('an event of heddle.');
    const on = (topic) => admin.session.subscribe(topic, (args, kwargs) => received.push({ topic, ...kwargs }));
    const subscriptions = [];
    for (const topic of ['heddle.audit.on_entry', 'heddle.realm.on_change', 'heddle.stats.on_update', 'heddle.session.on_join'])
      subscriptions.push(await within(on(topic)));
    await admin.call('role.put', ['plant', 'watched'], { permissions: [], revision: 'new' });
    const find = async (topic) => {
      for (;;) {
        const event = await received.next();
        if (event.topic === topic) return event;
      }
    };
    assert.equal((await find('heddle.audit.on_entry')).op, 'heddle.role.put');
    assert.equal((await find('heddle.realm.on_change')).realm, 'plant');
    const stats = await find('heddle.stats.on_update');
    assert.ok('plant' in stats.realms, JSON.stringify(stats));
    const kim = await openAutobahn({ url: () => place.url }, {}, 'plant');
    const joined = await find('heddle.session.on_join');
    assert.equal(joined.realm, 'plant');
    assert.equal(joined.session, kim.session.id);
    await kim.close();
    for (const subscription of subscriptions) await admin.session.unsubscribe(subscription);
  });
});

test('no secret is in log, audit, answers or the open part of the store', async () => {
  const token = await admin.call('token.create', ['ci'], { role: 'viewer', ttl: '1d' });
  assert.match(token.token, /^hdl_/);
  await admin.fails('user.put', ['lab', 'eve'], { role: 'nobody', password: 'never-to-be-seen', revision: 'new' });
  await admin.fails('user.passwd', ['lab', 'nobody'], { password: 'never-to-be-seen' });
  const secrets = [adminPassword, 'of-lea-alone', 'first-of-kim', 'second-of-kim', 'of-bo-alone', 'never-to-be-seen', token.token,
    token.token.slice(-43)];
  let texts = JSON.stringify(await admin.call('audit.list', [], { limit: 1000 }));
  for (const realm of ['plant', 'lab', 'heddle.admin']) {
    texts += JSON.stringify([await admin.call('realm.export', [realm]), await admin.call('user.list', [realm])]);
  }
  texts += JSON.stringify([await admin.call('token.list'), await admin.call('config.get')]);
  assert.doesNotMatch(texts, /argon2id|scram\$|cra\$/);
  for (const name of await readdir(place.folder))
    if (name !== 'password') texts += await readFile(path.join(place.folder, name), 'latin1');
  for (const secret of secrets) {
    assert.ok(!texts.includes(secret), `"${secret}" is in answers or the store`);
    assert.ok(!place.said.includes(secret), `"${secret}" was logged`);
  }
});
