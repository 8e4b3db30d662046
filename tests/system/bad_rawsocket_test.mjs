// RawSocket handshakes and frames as nobody should send them (docs/design.md 3): each gets its answer, nobody else is harmed.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { RawPeer, RawSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';
import { within } from './wait.mjs';

let router;
before(async () => (router = await startRouter({ limits: { message: '64KiB' } })));
after(() => router.stop());
afterEach(() => stillServes(router));

const handshakes = [
  ['a serializer that we have not (UBJSON)', [0x7f, 0xf4, 0, 0], '7f100000'],
  ['a reserved serializer', [0x7f, 0xff, 0, 0], '7f100000'],
  ['a reserved octet that is not zero', [0x7f, 0xf1, 0, 1], '7f300000'],
];
for (const where of ['TCP', 'a Unix socket']) {
  const to = () => (where === 'TCP' ? router.port : router.socket);
  for (const [name, bytes, answer] of handshakes) {
    test(`${name} gets its error nibble over ${where}`, async () => {
      const peer = await new RawPeer(to()).send(bytes);
      assert.equal((await peer.closed()).toString('hex'), answer);
    });
  }

  test(`serializer 0 fails the connection over ${where}`, async () => {
    const peer = await new RawPeer(to()).send([0x7f, 0xf0, 0, 0]);
    assert.match((await peer.closed()).toString('hex'), /^(7f100000)?$/);
  });

  test(`a first octet of no protocol ends the connection over ${where}`, async () => {
    const peer = await new RawPeer(to()).send([0x00, 0xff, 0x80, 0x01, 0x02, 0x03]);
    await peer.closed();
  });

  test(`the router announces its own limit over ${where}, and answers PING with the same payload before and after HELLO`, async () => {
    const peer = await new RawSocket(to()).open({ length: 3 });
    assert.equal(peer.routerTakes, 64 << 10);
    for (const payload of [Buffer.from('are you there'), Buffer.alloc(0), Buffer.from([0, 1, 255])]) {
      await peer.frame(payload, 1);
      const { type, payload: echoed } = await peer.nextFrame('PONG');
      assert.deepEqual([type, echoed], [2, payload]);
    }
    await peer.join();
    await peer.frame('again', 1);
    assert.equal((await peer.nextFrame('PONG')).payload.toString(), 'again');
    peer.close();
  });
}

test('a handshake that comes one octet at a time is one', async () => {
  const peer = new RawSocket(router.port);
  for (const octet of [0x7f, 0xf1, 0]) await peer.send([octet]);
  await peer.send([0]);
  assert.equal((await peer.take(4)).toString('hex'), '7f710000');
  const text = Buffer.from(JSON.stringify([1, 'realm1', { roles: { caller: {} } }]));
  for (const octet of [0, 0, text.length >> 8, text.length & 255, ...text]) await peer.send([octet]);
  assert.equal((await peer.nextMessage())[0], 2);
  peer.close();
});

const frames = [
  ['longer than the announced limit', [0, 1, 0, 1]],
  ['of 2^24 octets', [0x08, 0, 0, 0]],
  ['of the longest length there is', [0, 255, 255, 255]],
  ['of a reserved type', [3, 0, 0, 1, 0]],
  ['of another reserved type', [7, 0, 0, 0]],
  ['with reserved bits', [0x10, 0, 0, 1, 0x5b]],
  ['that is empty, so no message', [0, 0, 0, 0]],
];
for (const [name, bytes] of frames) {
  test(`a frame ${name} ends the connection`, async () => {
    const peer = await new RawSocket(router.port).open();
    await peer.join();
    await peer.send(bytes);
    await peer.closed();
  });
}

test('a PING longer than the limit ends the connection', async () => {
  const peer = await new RawSocket(router.port).open();
  await peer.join();
  await peer.send([1, 1, 0, 1]);
  await peer.closed();
});

test('nothing above what a peer announced to take is sent to it, and its session lives on', async () => {
  const small = await new RawSocket(router.port).open({ length: 0 });
  const publisher = await new RawSocket(router.port).open();
  await small.join();
  await publisher.join();
  await small.say([32, 1, {}, 'size.news']);
  assert.equal((await small.nextMessage())[0], 33);
  await publisher.say([16, 1, {}, 'size.news', ['x'.repeat(600)]]);
  await publisher.say([16, 2, {}, 'size.news', ['short']]);
  assert.deepEqual((await small.nextMessage())[4], ['short']);
  small.close();
  publisher.close();
});

test('a peer that half-closes after its last message still gets the answers', async () => {
  const peer = await new RawSocket(router.port).open();
  await peer.join();
  await peer.say([16, 1, { acknowledge: true }, 'half.closed']);
  assert.equal((await peer.nextMessage())[0], 17);
  peer.socket.end();
  await within(peer.ended, 'the router to close its side');
  peer.close();
});
