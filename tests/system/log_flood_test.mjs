// A client that connects again and again must not fill the disk of the router's machine with log lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawPeer, RawSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';

const flood = 400; // four times what is written line by line

const lines = (text, event) => text.split('\n').filter((line) => line.includes(` ${event} `));
const times = (line) => Number(/ times=(\d+)/.exec(line)?.[1] ?? 1);
const count = (all) => all.reduce((sum, line) => sum + times(line), 0);

test('a flood of anonymous sessions is folded, and no session is left out of the count', async (t) => {
  const router = await startRouter();
  t.after(() => router.kill());
  for (let i = 0; i < flood; ++i) {
    const client = await new RawSocket(router.port).open();
    await client.join();
    client.close();
  }
  await stillServes(router);
  await router.stop();
  for (const event of ['session.join', 'session.end']) {
    const found = lines(router.stderr, event);
    assert.ok(found.length < 250, `${found.length} lines of ${event}`);
    assert.ok(count(found) >= flood, `${count(found)} of ${flood} are told of by ${event}`);
  }
});

test('a flood of connections that say nonsense is folded', async (t) => {
  const router = await startRouter();
  t.after(() => router.kill());
  for (let i = 0; i < flood; ++i) {
    const client = await new RawPeer(router.port).send('nonsense that is no handshake\r\n\r\n');
    await client.closed();
  }
  await stillServes(router);
  await router.stop();
  const found = lines(router.stderr, 'connection.end');
  assert.ok(found.length < 250, `${found.length} lines`);
  assert.ok(count(found) >= flood, `${count(found)} of ${flood}`);
});
