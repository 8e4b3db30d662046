// Meta events, kills and testaments, to autobahn-js, with peers on python3-autobahn and @swim/client that come and go.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openAutobahn, openSwim } from './peers.mjs';
import { RawWebSocket } from './raw.mjs';
import { openRealm, root, ruledRealm, startRouter } from './router.mjs';
import { Inbox, rejection, until, within } from './wait.mjs';

let router, wamp;
let count = 0;
let base; // of this test alone
const peers = []; // processes in Python
before(async () => {
  const everything = '["call", "register", "publish", "subscribe"]';
  const rules = [`match = "prefix", uri = "", allow = ${everything}`, `match = "prefix", uri = "wamp.", allow = ${everything}`];
  router = await startRouter({ realms: ruledRealm('realm1', rules) + openRealm('plain') });
  wamp = await openAutobahn(router);
});
after(async () => {
  for (const peer of peers) peer.process.kill();
  await wamp?.close();
  await router?.stop();
});
beforeEach(() => (base = `meta_events.t${++count}`));

const call = (procedure, args = [], kwargs = {}) => within(wamp.session.call(procedure, args, kwargs), procedure);

// Events of these topics in one inbox, each [last part of the topic, args, kwargs]; and how to receive no more of them.
async function listen(...topics) {
  const inbox = new Inbox(topics.join(' or '));
  const held = [];
  for (const topic of topics) {
    const received = (args, kwargs) => inbox.push([topic.split('.').at(-1), args ?? [], kwargs ?? {}]);
    held.push(await within(wamp.session.subscribe(topic, received)));
  }
  return Object.assign(inbox, { stop: () => Promise.all(held.map((one) => within(one.unsubscribe()))) });
}

async function openTestator(topic) {
  const process = spawn('/usr/bin/python3', ['-B', path.join(root, 'tests/system', 'testator.py'), router.url('/ws'), topic]);
  const peer = { process, said: '' };
  peers.push(peer);
  for (const stream of [process.stdout, process.stderr]) stream.setEncoding('utf8').on('data', (text) => (peer.said += text));
  peer.until = (what) => until(() => what.exec(peer.said), `Python to say ${what}, not ${peer.said}`, process.stdout, process.stderr);
  peer.session = Number((await peer.until(/ready (\d+)\n/))[1]);
  return peer;
}

describe('meta events', () => {
  test('who joins and who leaves, WAMP and WARP', async () => {
    const received = await listen('wamp.session.on_join', 'wamp.session.on_leave');
    const other = await openAutobahn(router, { serializer: 'msgpack' });
    const [topic, [details]] = await received.next();
    assert.equal(topic, 'on_join');
    const { authid } = other.details;
    const { id } = other.session; // null once it is closed
    assert.deepEqual(details, { session: id, authid, authrole: 'anonymous', authmethod: 'anonymous', authprovider: 'static' });
    await other.close();
    assert.deepEqual(await received.next(), ['on_leave', [id, authid, 'anonymous'], {}]);
    const connection = await new RawWebSocket(router.url('/realm1'), []).open();
    const [, [warp]] = await received.next();
    assert.equal((await call('wamp.session.get', [warp.session])).authid, warp.authid);
    connection.socket.close();
    assert.deepEqual(await received.next(), ['on_leave', [warp.session, warp.authid, 'anonymous'], {}]);
    await received.stop();
  });

  test('registrations, from their making to their end', async () => {
    const received = await listen(...['create', 'register', 'unregister', 'delete'].map((what) => `wamp.registration.on_${what}`));
    const peer = await openTestator(base);
    const [topic, [session, details]] = await received.next();
    assert.deepEqual([topic, session], ['on_create', peer.session]);
    assert.deepEqual([details.uri, details.match, details.invoke], [`${base}.procedure`, 'exact', 'single']);
    assert.ok(Math.abs(Date.parse(details.created) - Date.now()) < 60_000, details.created);
    assert.deepEqual(await received.next(), ['on_register', [peer.session, details.id], {}]);
    peer.process.kill('SIGKILL');
    assert.deepEqual(await received.next(), ['on_unregister', [peer.session, details.id], {}]);
    assert.deepEqual(await received.next(), ['on_delete', [peer.session, details.id], {}]);
    await received.stop();
  });

  test('subscriptions, links of Swim clients among them', async () => {
    const received = await listen(...['create', 'subscribe', 'unsubscribe', 'delete'].map((what) => `wamp.subscription.on_${what}`));
    const swim = openSwim(router);
    const link = swim.event('/meta_events', 'lane');
    const [topic, [session, { id, uri, match }]] = await received.next();
    assert.deepEqual([topic, uri, match], ['on_create', 'meta_events.lane', 'exact']);
    assert.deepEqual(await received.next(), ['on_subscribe', [session, id], {}]);
    const own = await within(wamp.session.subscribe('meta_events.lane', () => {}));
    assert.deepEqual(await received.next(), ['on_subscribe', [wamp.session.id, id], {}]);
    await within(own.unsubscribe());
    assert.deepEqual(await received.next(), ['on_unsubscribe', [wamp.session.id, id], {}]);
    link.close();
    assert.deepEqual(await received.next(), ['on_unsubscribe', [session, id], {}]);
    assert.deepEqual(await received.next(), ['on_delete', [session, id], {}]);
    swim.close();
    await received.stop();
  });

  test('are the router\'s to publish', async () => {
    const refused = await rejection(wamp.session.publish('wamp.session.on_join', [1], {}, { acknowledge: true }));
    assert.equal(refused.error, 'wamp.error.invalid_uri');
  });
});

describe('kills', () => {
  test('autobahn-js is told why', async () => {
    const other = await openAutobahn(router);
    const received = await listen('wamp.session.on_leave');
    const { id } = other.session;
    await call('wamp.session.kill', [id], { reason: 'com.example.banned', message: 'out with you' });
    const end = await within(other.closed, 'the killed session to end');
    assert.deepEqual([end.reason, end.message], ['com.example.banned', 'out with you']);
    assert.deepEqual((await received.next())[1], [id, other.details.authid, 'anonymous']);
    assert.ok(!(await call('wamp.session.list')).includes(id));
    await received.stop();
  });

  test('python3-autobahn is told why, and its testaments are published', async () => {
    const received = await listen(base);
    const peer = await openTestator(base);
    await call('wamp.session.kill', [peer.session], { reason: 'com.example.banned' });
    await peer.until(/left com\.example\.banned/);
    assert.deepEqual((await received.next())[1], ['first']);
    assert.deepEqual(await received.next(), [base.split('.').at(-1), ['second'], { of: peer.session }]);
    await received.stop();
  });

  test('a WARP connection is closed', async () => {
    const received = await listen('wamp.session.on_join');
    const warp = await new RawWebSocket(router.url('/realm1'), []).open();
    const [, [{ session }]] = await received.next();
    await call('wamp.session.kill', [session]);
    await within(warp.closed, 'the connection to be closed');
    await router.said(new RegExp(`session=${session} .*reason=killed`));
    await received.stop();
  });

  test('by authid and by role, but never oneself', async () => {
    const other = await openAutobahn(router);
    const { id } = other.session;
    assert.deepEqual(await call('wamp.session.kill_by_authid', [other.details.authid]), [id]);
    assert.equal((await within(other.closed)).reason, 'wamp.close.killed');
    const another = await openAutobahn(router);
    const others = (await call('wamp.session.count')) - 1; // Swim clients keep their connections for a while
    assert.equal(await call('wamp.session.kill_by_authrole', ['anonymous']), others);
    await within(another.closed);
    assert.equal(await call('wamp.session.kill_all'), 0);
    assert.equal((await rejection(call('wamp.session.kill', [wamp.session.id]))).error, 'wamp.error.no_such_session');
  });

  test('are not for those who may do everything below ""', async () => {
    const plain = await openAutobahn(router, {}, 'plain');
    assert.equal((await rejection(plain.session.call('wamp.session.kill_all'))).error, 'wamp.error.not_authorized');
    await plain.close();
  });
});

describe('testaments', () => {
  test('are published when the process of python3-autobahn dies', async () => {
    const received = await listen(base, 'wamp.session.on_leave');
    const peer = await openTestator(base);
    peer.process.kill('SIGKILL');
    assert.deepEqual((await received.next())[1], ['first']);
    assert.deepEqual((await received.next()).slice(1), [['second'], { of: peer.session }]);
    const [topic, [session]] = await received.next();
    assert.deepEqual([topic, session], ['on_leave', peer.session]);
    await received.stop();
  });
});
