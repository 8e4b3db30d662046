// WAMP over HTTP long-poll (WAMP, "HTTP Longpoll Transport"): what it promises. What it refuses: long_poll_http_test.mjs.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import autobahn from 'autobahn';
import { LongPoll, post } from './long_poll.mjs';
import { openAutobahn } from './peers.mjs';
import { RawWebSocket, stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { Inbox, within } from './wait.mjs';

const forms = ['wamp.2.json', 'wamp.2.json.batched', 'wamp.2.msgpack', 'wamp.2.msgpack.batched', 'wamp.2.cbor', 'wamp.2.cbor.batched'];

// Two threads and a connection a request: requests come by workers that are not the transport's.
let router, to;
before(async () => {
  const closing = openRealm('closing', 'slow_reader = "close"');
  router = await startRouter({
    realms: openRealm() + closing,
    limits: { message: '64KiB', message_before_session: '8KiB', outbox: '64KiB', poll_wait: '300ms', poll_idle: '1s', hello: '1s' },
  });
  to = { port: router.port };
});
after(() => router.stop());
beforeEach(() => router.forget());
afterEach(() => stillServes(router));

const open = (protocol, options) => new LongPoll(to, protocol, options).open();
const joined = async (protocol, options) => {
  const peer = new LongPoll(to, protocol, options);
  await peer.join();
  return peer;
};
const ended = (peer, reason) => new RegExp(`session\\.end .*session=${peer.session} .*reason=${reason}`);

for (const protocol of forms) {
  test(`${protocol}: joins, subscribes, receives events of others, calls and is called, says goodbye`, async () => {
    const peer = await joined(protocol);
    const other = new RawWebSocket(router.url('/'));
    await other.join();
    await peer.send([32, 1, {}, 'poll.news']);
    assert.deepEqual((await peer.nextMessage()).slice(0, 2), [33, 1]);
    other.send([16, 1, {}, 'poll.news', [1, 'two', { three: 3.5 }]]);
    const event = await peer.nextMessage();
    assert.equal(event[0], 36);
    assert.deepEqual(event[4], [1, 'two', { three: 3.5 }]);

    await peer.send([64, 2, {}, 'poll.echo']);
    assert.deepEqual((await peer.nextMessage()).slice(0, 2), [65, 2]);
    other.send([48, 2, {}, 'poll.echo', ['hi']]);
    const invocation = await peer.nextMessage();
    await peer.send([70, invocation[1], {}, invocation[4]]);
    assert.deepEqual(await other.nextMessage(), [50, 2, {}, ['hi']]);

    await peer.send([6, {}, 'wamp.close.close_realm']);
    assert.equal((await peer.nextMessage())[2], 'wamp.close.goodbye_and_out');
    assert.equal((await peer.close()).status, 202);
    await router.said(new RegExp(`session\\.join .*via=lp/${protocol.split('.')[2]} `));
    other.close();
  });
}

test('what waits comes one by one in the plain forms, in order, and all at once in the batched ones', async () => {
  const publisher = new RawWebSocket(router.url('/'));
  await publisher.join();
  const [plain, batched] = [await joined('wamp.2.json'), await joined('wamp.2.json.batched')];
  for (const peer of [plain, batched]) {
    await peer.send([32, 1, {}, 'poll.order']);
    assert.equal((await peer.nextMessage())[0], 33);
  }
  for (let n = 1; n <= 5; ++n) publisher.send([16, n, n < 5 ? {} : { acknowledge: true }, 'poll.order', [n]]);
  assert.equal((await publisher.nextMessage())[0], 17);
  for (let n = 1; n <= 5; ++n) assert.deepEqual((await plain.receive()).map((event) => event[4]), [[n]]);
  const numbers = [];
  for (let answers = 0; numbers.length < 5; ++answers) {
    assert.ok(answers < 2, 'what waited came in one batch');
    numbers.push(...(await batched.receive()).map((event) => event[4][0]));
  }
  assert.deepEqual(numbers, [1, 2, 3, 4, 5]);
  publisher.close();
});

test('messages of one batch are processed in order', async () => {
  const peer = await joined('wamp.2.msgpack.batched');
  await peer.send([32, 1, {}, 'poll.batch'], [16, 2, { exclude_me: false, acknowledge: true }, 'poll.batch', ['x']], [34, 3, 4711]);
  const codes = [];
  while (codes.length < 4) codes.push((await peer.nextMessage())[0]);
  assert.equal(codes[0], 33);
  assert.deepEqual([...codes].sort((a, b) => a - b), [8, 17, 33, 36]);
  assert.equal(codes[3], 8);
});

test('receive waits for a message; without one it is answered 204 after poll_wait, and the session lives on', async () => {
  const peer = await joined();
  assert.deepEqual(await peer.receive(), []);
  const waiting = peer.receive();
  await peer.send([32, 1, {}, 'poll.wait']);
  assert.equal((await waiting)[0][0], 33);
});

test('a second receive takes over from the first, which is answered 409', async () => {
  const peer = await joined();
  const first = peer.post('receive');
  // Both are on their way: which one is second the router says.
  const second = peer.post('receive');
  const early = await Promise.race([first, second]);
  assert.equal(early.status, 409);
  await peer.send([32, 1, {}, 'poll.twice']);
  const late = (await Promise.all([first, second])).find((answer) => answer !== early);
  assert.equal(late.status, 200);
  assert.equal(peer.form.read(late.body)[0][0], 33);
});

test('a receive whose connection dies loses nothing: the next one gets the message', async () => {
  const peer = await joined();
  for (let n = 1; n <= 5; ++n) {
    let dying;
    const sent = new Promise((resolve) => {
      peer.post('receive', undefined, { onRequest: (asked) => (dying = asked.on('finish', resolve)) }).catch(() => {});
    });
    await sent;
    await stillServes(router); // the router has had turns enough to read it
    dying.destroy();
    await stillServes(router);
    await peer.send([32, n, {}, `poll.dying.${n}`]);
    assert.deepEqual((await peer.nextMessage()).slice(0, 2), [33, n]);
  }
});

test('requests that overtake each other on different connections are taken in the order of their ids', async () => {
  const peer = await joined();
  await peer.send([32, 1, {}, 'poll.race']);
  assert.equal((await peer.nextMessage())[0], 33);
  const ids = Array.from({ length: 20 }, (_, n) => n + 2);
  const backwards = [...ids].reverse();
  const answers = backwards.map((id) => peer.post('send', peer.form.write([16, id, { exclude_me: false }, 'poll.race', [id]])));
  for (const id of ids) assert.deepEqual((await peer.nextMessage())[4], [id]);
  for (const answer of answers) assert.equal((await answer).status, 202);
});

test('a client that does not count its requests one by one is only kept waiting once', async () => {
  const peer = await joined();
  await peer.send([32, 70, {}, 'poll.gap']);
  assert.deepEqual((await peer.nextMessage()).slice(0, 2), [33, 70]);
  await peer.send([34, 7_000, 5]);
  assert.deepEqual((await peer.nextMessage()).slice(0, 3), [8, 34, 7_000]);
});

describe('endings', () => {
  test('close ends the session, sends a waiting receive home, and the id is gone', async () => {
    const peer = await joined();
    const waiting = peer.post('receive');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await peer.close()).status, 202);
    assert.ok([204, 404].includes((await waiting).status)); // 404: it came after close
    assert.equal((await peer.post('send', '[]')).status, 404);
    await router.said(ended(peer, 'goodbye'));
  });

  test('without a receive the session ends with poll_timeout, and what it held is free', async () => {
    const peer = await joined();
    await peer.send([64, 1, {}, 'poll.left']);
    await peer.nextMessage();
    await router.said(ended(peer, 'poll_timeout'));
    assert.equal((await peer.post('receive')).status, 404);
    const next = await joined();
    await next.send([64, 1, {}, 'poll.left']);
    assert.equal((await next.nextMessage())[0], 65);
  });

  test('without HELLO the transport is aborted', async () => {
    const peer = await open();
    assert.deepEqual(await peer.receive(), []);
    const last = await peer.nextMessage();
    assert.deepEqual([last[0], last[2]], [3, 'wamp.error.timeout']);
    await router.said(/hello_timeout/);
  });

  test('after GOODBYE the transport may carry another session', async () => {
    const peer = new LongPoll(to);
    const [, first] = await peer.join();
    await peer.send([6, {}, 'wamp.close.close_realm']);
    assert.equal((await peer.nextMessage())[0], 6);
    await peer.send([1, 'closing', { roles: { subscriber: {} } }]);
    const [code, second] = await peer.nextMessage();
    assert.equal(code, 2);
    assert.notEqual(first, second);
    await peer.send([32, 1, {}, 'second.life']);
    assert.deepEqual((await peer.nextMessage()).slice(0, 2), [33, 1]);
  });
});

test('a request that GOODBYE has overtaken ends with its session, and does not speak in the next one', async () => {
  const peer = new LongPoll(to);
  await peer.join();
  await peer.send([32, 2, {}, 'poll.overtaken']); // waits for a first one, which never comes
  await peer.send([6, {}, 'wamp.close.close_realm']);
  assert.equal((await peer.nextMessage())[0], 6);
  await peer.send([1, 'realm1', { roles: { subscriber: {} } }]);
  assert.equal((await peer.nextMessage())[0], 2);
  await peer.send([32, 1, {}, 'poll.next']);
  assert.deepEqual((await peer.nextMessage()).slice(0, 2), [33, 1]);
});

describe('a receiver that does not come', () => {
  let own, at;
  before(async () => {
    const limits = { message: '64KiB', outbox: '64KiB', patience: '10ms', poll_idle: '30s' };
    own = await startRouter({ realms: openRealm() + openRealm('closing', 'slow_reader = "close"'), limits });
    at = { port: own.port };
  });
  after(() => own.stop());

  const fill = async (realm, peer) => {
    await peer.send([32, 1, {}, 'poll.slow']);
    assert.equal((await peer.nextMessage())[0], 33);
    await new Promise((resolve) => setTimeout(resolve, 500)); // the grace is ten times the patience after the last receive
    const publisher = new RawWebSocket(own.url('/'));
    await publisher.join(realm);
    for (let n = 1; n <= 100; ++n) publisher.send([16, n, n % 10 ? {} : { acknowledge: true }, 'poll.slow', [n, 'x'.repeat(4_000)]]);
    for (let n = 10; n <= 100; n += 10) assert.equal((await publisher.nextMessage())[0], 17);
    return publisher;
  };

  test('loses whole events beyond its outbox and goes on, in order', async () => {
    const peer = new LongPoll(at);
    await peer.join();
    const publisher = await fill('realm1', peer);
    const seen = [];
    for (let events = await peer.receive(); events.length; events = await peer.receive()) seen.push(events[0][4][0]);
    assert.equal(seen.length, 16, 'an outbox of 64 KiB takes 15 events of 4 KB, and one goes beyond it');
    assert.deepEqual(seen, seen.map((_, n) => n + 1));
    publisher.send([16, 101, {}, 'poll.slow', ['again']]);
    assert.deepEqual((await peer.nextMessage())[4], ['again']);
    publisher.close();
  });

  test('is ended with slow_consumer where the realm says "close"', async () => {
    const peer = new LongPoll(at);
    await peer.join('closing');
    const publisher = await fill('closing', peer);
    await own.said(ended(peer, 'slow_consumer'));
    assert.equal((await peer.post('receive')).status, 404);
    publisher.close();
  });
});

describe('autobahn-js', () => {
  test('comes back by itself when its transport is gone, and subscribes again', async () => {
    const sessions = new Inbox('autobahn to join');
    const connection = new autobahn.Connection({
      transports: [{ type: 'longpoll', url: router.url('/lp', 'http') }], realm: 'realm1', max_retries: 5, initial_retry_delay: 0.01,
    });
    connection.onopen = sessions.push;
    connection.onclose = () => false; // retry
    connection.open();
    const first = await sessions.next();
    assert.equal((await post(to, `${new URL(first._socket.info.url).pathname}/close`)).status, 202);
    const second = await sessions.next();
    assert.notEqual(first.id, second.id);
    const received = new Inbox('an event');
    await within(second.subscribe('poll.back', ([number]) => received.push(number)), 'SUBSCRIBED');
    await within(second.publish('poll.back', [7], {}, { exclude_me: false, acknowledge: true }), 'PUBLISHED');
    assert.equal(await received.next(), 7);
    connection.onclose = () => true;
    connection.close();
  });

  test('stays connected through receives without messages', async () => {
    const client = await openAutobahn(router, { longpoll: true });
    const publisher = await open('wamp.2.json');
    await publisher.send([1, 'realm1', { roles: { publisher: {} } }]);
    await publisher.nextMessage();
    const received = new Inbox('an event');
    await within(client.session.subscribe('poll.rare', ([number]) => received.push(number)), 'SUBSCRIBED');
    for (let n = 1; n <= 3; ++n) {
      assert.deepEqual(await publisher.receive(), []); // poll_wait passes
      await publisher.send([16, n, {}, 'poll.rare', [n]]);
      assert.equal(await received.next(), n);
    }
    await client.close();
  });
});

