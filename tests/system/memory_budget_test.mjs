// limits.memory: what happens as the memory of the whole process runs out, and what goes on nevertheless (docs/limits.md).
import assert from 'node:assert/strict';
import { writeFile, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { post } from './long_poll.mjs';
import { RawPeer, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';
import { get, metric as scraped } from './scrape.mjs';
import { within } from './wait.mjs';

const routers = [];
const start = async (limits, options = {}) => {
  routers.push(await startRouter({ limits: { write: '60s', ping_interval: '60s', ...limits }, ...options }));
  return routers.at(-1);
};
after(async () => {
  for (const router of routers) await router.stop();
});

const metric = (router, name) => scraped({ socketPath: router.socket }, name);
const joined = async (router) => {
  const peer = await new RawSocket(router.port).open();
  await peer.join();
  return peer;
};

test('readers that read nothing: the one for which most waits is ended first, before limits.memory is passed', async () => {
  const mib = 1 << 20;
  const router = await start({ memory: '64MiB', outbox: '32MiB', message: '1MiB' });
  const stalled = await Promise.all(['most', 'less', 'least'].map(async (topic) => {
    const reader = await joined(router);
    await reader.say([32, 1, {}, topic]);
    assert.equal((await reader.nextMessage())[0], 33);
    reader.socket.pause();
    return reader;
  }));
  const healthy = await joined(router);
  await healthy.say([32, 1, {}, 'most']);
  await healthy.nextMessage();
  const publisher = new RawWebSocket(router.url('/'));
  await publisher.join();
  const text = 'x'.repeat(mib / 4);
  let request = 0;
  const publish = async (topic) => {
    // Each payload is its own: no two readers share the memory of it.
    publisher.send([16, ++request, { acknowledge: true }, topic, [request, text]]);
    assert.equal((await publisher.nextMessage('PUBLISHED'))[0], 17);
  };
  const ended = router.said(/session\.end .*reason=memory_full/);
  let over = false;
  ended.then(() => (over = true));
  for (let round = 0; round < 200 && !over; ++round) {
    for (const topic of ['most', 'most', 'most', 'less', 'least']) await publish(topic);
    for (let i = 0; i < 3; ++i) assert.equal((await healthy.nextMessage('an event'))[0], 36);
  }
  await ended;
  const used = await Promise.all(['messages', 'input', 'rest'].map((part) => metric(router, `heddle_memory_bytes{part="${part}"}`)));
  assert.ok(used.reduce((sum, bytes) => sum + bytes) < 64 * mib, `${used}`);
  assert.equal(await metric(router, 'heddle_memory_limit_bytes'), 64 * mib);
  assert.equal(await metric(router, 'heddle_refused_total{limit="memory"}'), 1);
  assert.equal(await metric(router, 'heddle_sessions_ended_total{realm="realm1",reason="memory_full"}'), 1);
  stalled[0].socket.resume();
  await stalled[0].closed();
  for (const reader of stalled.slice(1)) {
    reader.socket.resume();
    assert.equal((await reader.nextMessage('an event'))[0], 36, 'those for which less waits are there');
    reader.close();
  }
  publisher.close();
  healthy.close();
  await stillServes(router);
});

test('without memory: no new sessions but those of administrators; health and metrics answer; more memory lets all in', async () => {
  const router = await start({});
  const inside = await joined(router);
  for (let n = 0; n < 5; ++n) {
    await inside.say([16, n + 1, { acknowledge: true, retain: true }, `topic.${n}`, ['x'.repeat(256 << 10)]]);
    assert.equal((await inside.nextMessage('PUBLISHED'))[0], 17);
  }
  const waiting = await new RawSocket(router.port).open();
  const file = path.join(router.folder, 'heddle.toml');
  const config = `${await readFile(file, 'utf8')}
[[listener]]
name = "admin"
address = "unix:${router.folder}/admin.sock"
serve = ["admin", "wamp", "health", "metrics"]
peer_admins = [${JSON.stringify(userInfo().username)}]
`;
  const reload = async (memory) => {
    router.forget();
    await writeFile(file, config.replace('[limits]', `[limits]\nmemory = "${memory}"`), { mode: 0o600 });
    router.child.kill('SIGHUP');
    await router.said(/config\.reload .*result=ok/);
  };
  await reload('1MiB'); // what is retained takes more
  await router.said(/memory\.level .*level=full/);

  // Each thread looks for itself, a moment sooner or later.
  const knock = async () => {
    for (;;) {
      await waiting.say([1, 'realm1', { roles: { caller: {} } }]);
      const answer = await waiting.nextMessage('WELCOME or ABORT');
      if (answer[0] === 3) return answer;
      await waiting.say([6, {}, 'wamp.close.close_realm']);
      assert.equal((await waiting.nextMessage('GOODBYE'))[0], 6);
    }
  };
  const abort = await within(knock(), 'a session to be refused');
  assert.equal(abort[2], 'heddle.error.limit_exceeded');
  assert.match(abort[1].message, /no memory for another session/);
  const refused = await new RawPeer(router.port).send([0x7f, 0xf1, 0, 0]);
  assert.equal((await refused.closed()).toString('hex'), '7f400000');
  assert.equal((await get({ port: router.port }, '/')).status, 503);
  assert.equal((await post(router, '/lp/open', JSON.stringify({ protocols: ['wamp.2.json'] }))).status, 503);
  for (const probe of ['/livez', '/readyz', '/metrics'])
    for (const to of [{ port: router.port }, { socketPath: router.socket }]) assert.equal((await get(to, probe)).status, 200, probe);
  assert.ok((await metric(router, 'heddle_refused_total{limit="memory"}')) >= 3);
  assert.ok((await metric(router, 'heddle_refused_total{realm="realm1",limit="memory"}')) >= 1);

  const administrator = await new RawSocket(path.join(router.folder, 'admin.sock')).open();
  await administrator.say([1, 'heddle.admin', { roles: { caller: {} }, authmethods: ['local'] }]);
  assert.equal((await administrator.nextMessage())[0], 2);
  administrator.close();
  await inside.say([48, 6, {}, 'wamp.session.count']);
  assert.equal((await inside.nextMessage('RESULT'))[0], 50, 'who is inside is served');

  await reload('1GiB');
  await router.said(/memory\.level .*level=normal/);
  const letIn = async () => {
    for (;;) {
      const peer = await joined(router).catch(() => null); // a thread that has not looked yet refuses
      if (peer) return peer;
    }
  };
  for (const peer of [inside, waiting, await within(letIn(), 'a session to be let in')]) peer.close();
});

test('what realms keep stops growing at half of limits.memory: `retain` is refused, a smaller value in its place is not', async () => {
  const router = await start({ memory: '32MiB' });
  const peer = await joined(router);
  const text = 'x'.repeat(64 << 10);
  const retain = async (request, topic, value) => {
    await peer.say([16, request, { acknowledge: true, retain: true }, topic, [value]]);
    const answer = await peer.nextMessage('PUBLISHED or ERROR');
    if (answer[0] !== 17) assert.deepEqual([answer[0], answer[4]], [8, 'heddle.error.limit_exceeded']);
    return answer[0] === 17;
  };
  let kept = 0;
  while (kept < 1_000 && (await retain(kept + 1, `topic.${kept}`, text))) ++kept;
  assert.ok(kept > 200 && kept < 300, `${kept} of 64 KiB each`);
  assert.equal(await metric(router, 'heddle_refused_total{realm="realm1",limit="memory"}'), 1);
  assert.ok(await retain(kept + 2, 'topic.0', 'short'), 'a smaller value has room');
  assert.ok((await metric(router, 'heddle_kept_bytes{realm="realm1",part="retained"}')) < 20 << 20);
  for (let i = 1; i < kept; ++i) await peer.say([16, kept + 2 + i, {}, `topic.${i}`, [], { $removed: true }]);
  const again = 2 * kept + 2;
  await within((async () => {
    for (let i = 0; !(await retain(again + i, 'topic.new', text)); ++i) await get({ socketPath: router.socket }, '/livez');
  })(), 'room again');
  peer.close();
  await stillServes(router);
});
