// Peers that say nothing, or stop answering, are ended by their deadline, each for its reason; nobody waits for them.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { clientRoles, RawPeer, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';

let router;
before(async () => {
  const tickets = `[[realm]]\nname = "tickets"\nauth = ["ticket"]\n[[realm.role]]\nname = "user"\npermissions = []\n`;
  const limits = { handshake: '300ms', hello: '500ms', ping_interval: '200ms', ping_missed: 2, write: '500ms' };
  router = await startRouter({ realms: openRealm() + tickets, limits });
});
after(() => router.stop());
beforeEach(() => router.forget());
afterEach(() => stillServes(router));

const silent = {
  'that says nothing at all': async () => new RawPeer(router.port).ready,
  'that stops within the RawSocket handshake': (peer) => peer.send([0x7f, 0xf1]),
  'that stops within a request': (peer) => peer.send('GET / HTTP/1.1\r\nHost: x\r\nUpgr'),
  'that drips a request': async (peer) => {
    // One header octet each time the loop turns: it never stands still, and still has one deadline.
    const drip = setInterval(() => peer.socket.writable && peer.socket.write('x'), 20);
    peer.ended.then(() => clearInterval(drip));
    await peer.send('GET /');
  },
};
for (const [name, act] of Object.entries(silent)) {
  for (const where of ['TCP', 'a Unix socket']) {
    test(`a peer ${name} is ended, over ${where}`, async () => {
      const peer = new RawPeer(where === 'TCP' ? router.port : router.socket);
      await act(peer);
      await peer.closed();
      await router.said(/handshake_timeout/);
    });
  }
}

test('no HELLO over RawSocket in time ends the connection', async () => {
  const peer = await new RawSocket(router.port).open();
  await peer.closed();
  await router.said(/hello_timeout/);
});

test('a login that is begun and not finished in time is told so', async () => {
  const peer = await new RawSocket(router.port).open();
  await peer.say([1, 'tickets', { roles: clientRoles, authmethods: ['ticket'], authid: 'tina' }]);
  assert.equal((await peer.nextMessage())[0], 4);
  assert.deepEqual(await peer.nextMessage(), [3, { message: 'the login was not finished in time' }, 'wamp.error.timeout']);
  await peer.closed();
  await router.said(/hello_timeout/);
});

test('no HELLO over WebSocket in time ends the connection', async () => {
  const peer = new RawWebSocket(router.url('/'));
  await peer.open();
  await peer.end();
});

test('a RawSocket session that does not answer pings is ended', async () => {
  const peer = await new RawSocket(router.port).open();
  await peer.join();
  const { type } = await peer.nextFrame('a PING');
  assert.equal(type, 1);
  await peer.closed();
  await router.said(/ping_timeout/);
});

test('pings are not missed by a client that has yet to read what came before them', async () => {
  const slow = await new RawSocket(router.port).open();
  await slow.join();
  await slow.say([32, 1, {}, 'before.pings']);
  assert.equal((await slow.nextMessage())[0], 33);
  slow.socket.pause();
  const other = await new RawSocket(router.port).open();
  await other.join();
  await other.say([16, 1, {}, 'before.pings', ['x'.repeat(20_000)]]); // twenty seconds at limits.write_rate
  await other.closed('the end of a client that answers no pings');
  slow.socket.resume();
  let message;
  do message = await slow.nextMessage('an event');
  while (message[0] !== 36);
  await slow.say([48, 2, {}, 'wamp.session.count']);
  assert.equal((await slow.nextMessage('RESULT'))[1], 2, 'it is there');
  slow.close();
});

test('a WebSocket session that does not answer pings is ended', async () => {
  const peer = new RawWebSocket(router.url('/'), ['wamp.2.json'], { autoPong: false });
  await peer.join();
  await peer.end();
});

test('sessions that answer stay, WARP connections that say nothing too', async () => {
  const web = new RawWebSocket(router.url('/'));
  await web.join();
  const raw = await new RawSocket(router.port).open();
  await raw.join();
  const warp = new RawWebSocket(router.url('/realm1'), []);
  await warp.open();
  // Six pings are longer than a session lives that does not answer.
  const pinged = (peer) => new Promise((resolve) => {
    let count = 0;
    peer.socket.on('ping', () => ++count === 6 && resolve());
  });
  const both = Promise.all([pinged(web), pinged(warp)]);
  for (let count = 0; count < 6; ++count) {
    const { type, payload } = await raw.nextFrame('a PING');
    assert.equal(type, 1);
    await raw.frame(payload, 2);
  }
  await both;
  web.send([32, 1, {}, 'still.alive']);
  assert.equal((await web.nextMessage())[0], 33);
  await raw.say([32, 1, {}, 'still.alive']);
  assert.equal((await raw.nextMessage())[0], 33);
  assert.match(await warp.send('@link(node:"/a",lane:b)').nextText(), /^@linked/);
  for (const peer of [web, raw, warp]) peer.close();
});

test('a reader whose socket takes no byte before the write deadline is ended', async () => {
  const stalled = await new RawSocket(router.port).open();
  await stalled.join();
  await stalled.say([32, 1, {}, 'deadline.write']);
  assert.equal((await stalled.nextMessage())[0], 33);
  stalled.socket.pause();
  const publisher = new RawWebSocket(router.url('/'));
  await publisher.join();
  for (let n = 0; n < 300; ++n) {
    publisher.send([16, n + 1, { acknowledge: true }, 'deadline.write', ['x'.repeat(64 << 10)]]);
    assert.equal((await publisher.nextMessage())[0], 17);
  }
  await router.said(/slow_consumer|ping_timeout/);
  stalled.close();
  publisher.close();
});
