// More connections than the router may have: the surplus is told so in its own protocol, those inside notice nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RawPeer, RawSocket } from './raw.mjs';
import { startRouter } from './router.mjs';

let router;
let inside;
before(async () => {
  router = await startRouter({ limits: { connections: 1 } });
  inside = await new RawSocket(router.port).open();
  await inside.join();
});
after(() => router.stop());

test('RawSocket gets error nibble 4', async () => {
  const peer = await new RawPeer(router.port).send([0x7f, 0xf1, 0, 0]);
  assert.equal((await peer.closed()).toString('hex'), '7f400000');
});

const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
for (const more of ['', upgrade]) {
  test(`HTTP gets 503${more && ' instead of its upgrade'}`, async () => {
    const peer = await new RawPeer(router.port).send(`GET / HTTP/1.1\r\nHost: h\r\n${more}\r\n`);
    assert.match((await peer.closed()).toString(), /^HTTP\/1.1 503 /);
  });
}

test('the one inside is served all the while, and its place is free when it has left', async () => {
  await inside.frame('are you there', 1);
  assert.equal((await inside.nextFrame('PONG')).payload.toString(), 'are you there');
  inside.close();
  await router.said(/session\.end/);
  const next = await new RawSocket(router.port).open();
  await next.join();
  next.close();
});
