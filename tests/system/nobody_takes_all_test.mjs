// Whoever takes what there is: others, administrators and those who watch the router are served all the same (docs/limits.md).
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, test } from 'node:test';
import { LongPoll, post } from './long_poll.mjs';
import { RawPeer, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { get, metric } from './scrape.mjs';

const routers = [];
const start = async (options) => {
  routers.push(await startRouter(options));
  return routers.at(-1);
};
after(async () => {
  for (const router of routers) await router.stop();
});

const counted = (router, limit, realm) =>
  metric({ port: router.port }, `heddle_refused_total{${realm ? `realm="${realm}",` : ''}limit="${limit}"}`);
const overUnix = (router) => new RawWebSocket(`ws+unix:${router.socket}:/`);
async function refusedRawSocket(router) {
  const peer = await new RawPeer(router.port).send([0x7f, 0xf1, 0, 0]);
  return (await peer.closed()).toString('hex') === '7f400000';
}

test('one peer holds every connection: administrators come in, health and metrics answer', async () => {
  const router = await start({ limits: { connections: 5 } });
  const inside = await Promise.all(Array.from({ length: 5 }, () => new RawSocket(router.port).open()));
  for (const peer of inside) await peer.join();
  assert.ok(await refusedRawSocket(router));
  for (const path of ['/livez', '/health/live', '/readyz', '/healthz', '/metrics'])
    for (const to of [{ port: router.port }, { socketPath: router.socket }]) assert.equal((await get(to, path)).status, 200, path);
  assert.equal((await get({ port: router.port }, '/')).status, 503);
  assert.ok((await counted(router, 'connections')) >= 2);
  const administrator = overUnix(router);
  await administrator.join();
  administrator.close();
  inside.forEach((peer) => peer.close());
  await router.said(/session\.end(.|\n)*session\.end(.|\n)*session\.end(.|\n)*session\.end(.|\n)*session\.end/);
  await stillServes(router);
});

test('silent connections beyond the limit do not keep health and metrics from answering', async () => {
  const router = await start({ limits: { connections: 2 } });
  const inside = [await new RawSocket(router.port).open(), await new RawSocket(router.port).open()];
  for (const peer of inside) await peer.join();
  const silent = Array.from({ length: 100 }, () => net.connect(router.port, '127.0.0.1').on('error', () => {}).resume());
  const closed = Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  for (const path of ['/livez', '/metrics']) assert.equal((await get({ socketPath: router.socket }, path)).status, 200);
  await closed;
  assert.equal((await get({ port: router.port }, '/livez')).status, 200);
  [...inside, ...silent.map((socket) => ({ close: () => socket.destroy() }))].forEach((one) => one.close());
});

test('the places of administrators have an end, too', async () => {
  const router = await start({ limits: { connections: 1, connections_reserved: 1 } });
  const inside = await new RawSocket(router.port).open();
  const first = overUnix(router);
  await first.join();
  const second = overUnix(router);
  await assert.rejects(second.open(), { status: 503 });
  first.close();
  inside.close();
});

test('few descriptors: fewer connections, with a line that says so, and a router that answers', async () => {
  const router = await start({ through: ['sh', '-c', 'ulimit -n 64; exec "$0" "$@"'] });
  const line = await router.said(/server\.descriptors +connections=(\d+) configured=100000/);
  const most = Number(line[1]);
  assert.ok(most >= 8 && most < 50, line[0]);
  const inside = await Promise.all(Array.from({ length: most }, () => new RawSocket(router.port).open()));
  for (const peer of inside) await peer.join();
  assert.ok(await refusedRawSocket(router));
  const silent = Array.from({ length: 80 }, () => net.connect(router.port, '127.0.0.1').on('error', () => {}).resume());
  const administrator = overUnix(router);
  await administrator.join();
  for (const path of ['/livez', '/readyz', '/metrics']) assert.equal((await get({ socketPath: router.socket }, path)).status, 200, path);
  assert.doesNotMatch(router.stderr, /listener\.exhausted/);
  [administrator, ...inside].forEach((peer) => peer.close());
  silent.forEach((socket) => socket.destroy());
});

test('the soft limit of descriptors is raised', async () => {
  const router = await start({ through: ['sh', '-c', 'ulimit -Sn 128; exec "$0" "$@"'], limits: { connections: 200 } });
  assert.doesNotMatch(router.stderr, /server\.descriptors/);
  const inside = await Promise.all(Array.from({ length: 200 }, () => new RawSocket(router.port).open()));
  assert.ok(await refusedRawSocket(router));
  inside.forEach((peer) => peer.close());
});

const limited = (limits) => start({ limits: { ...limits, address_exempt: [] } });

test('connections of one address are bounded; a Unix socket has no address', async () => {
  const router = await limited({ address_connections: 3 });
  const inside = [];
  for (let n = 0; n < 3; ++n) inside.push(await new RawSocket(router.port).open());
  for (const peer of inside) await peer.join();
  assert.ok(await refusedRawSocket(router));
  const local = overUnix(router);
  await local.join();
  inside[0].close();
  await router.said(/session\.end/);
  const next = await new RawSocket(router.port).open();
  await next.join();
  const refused = /connection\.refused .*limit=address_connections from=127\.0\.0\.1/;
  await router.said(refused);
  const { body } = await get({ socketPath: router.socket }, '/metrics');
  assert.match(body, /heddle_refused_total\{limit="address_connections"\} [1-9]/);
  [next, local, ...inside].forEach((peer) => peer.close());
});

test('connections before a login are bounded: who logs in makes room', async () => {
  const router = await limited({ address_connections_before_login: 2, connections_before_login: 3 });
  const [first, second] = [await new RawSocket(router.port).open(), await new RawSocket(router.port).open()];
  assert.ok(await refusedRawSocket(router));
  await first.join();
  const third = await new RawSocket(router.port).open();
  assert.ok(await refusedRawSocket(router));
  const { body } = await get({ socketPath: router.socket }, '/metrics');
  assert.match(body, /heddle_refused_total\{limit="address_connections_before_login"\} 2/);
  [first, second, third].forEach((peer) => peer.close());
});

test('a request that was let into a realm counts as a login, and so does a session over long-poll', async () => {
  const router = await limited({ address_connections_before_login: 2 });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const published = await post({ port: router.port, agent }, '/realms/realm1/publish', '{"topic":"com.a"}',
    { headers: { 'Content-Type': 'application/json' } });
  assert.equal(published.status, 200);
  const poll = new LongPoll({ port: router.port, agent });
  await poll.join();
  const peers = [await new RawSocket(router.port).open(), await new RawSocket(router.port).open()];
  assert.ok(await refusedRawSocket(router));
  agent.destroy();
  peers.forEach((peer) => peer.close());
});

test('new connections a second are bounded', async () => {
  const router = await limited({ address_accepts: 2 });
  const peers = [];
  for (let n = 0; n < 4; ++n) peers.push(await new RawSocket(router.port).open());
  assert.ok(await refusedRawSocket(router));
  const { body } = await get({ socketPath: router.socket }, '/metrics');
  assert.match(body, /heddle_refused_total\{limit="address_accepts"\} [1-9]/);
  peers.forEach((peer) => peer.close());
});

test('proxies that a listener believes are no address of their own', async () => {
  const router = await start({
    limits: { address_connections: 1, address_exempt: [] },
    listenerMore: 'client_address = { header = "X-Forwarded-For", from = ["127.0.0.1"] }',
  });
  const peers = [await new RawSocket(router.port).open(), await new RawSocket(router.port).open()];
  for (const peer of peers) await peer.join();
  peers.forEach((peer) => peer.close());
});

test('anonymous sessions of one address are bounded, and what they keep', async () => {
  const router = await start({
    limits: { address_sessions: 2, address_exempt: [] },
    realms: openRealm('realm1', 'retain = { user_events = 1 }'),
  });
  const peers = [await new RawSocket(router.port).open(), await new RawSocket(router.port).open()];
  for (const peer of peers) await peer.join();
  const third = await new RawSocket(router.port).open();
  await third.say([1, 'realm1', { roles: { caller: {} } }]);
  assert.equal((await third.nextMessage())[2], 'heddle.error.limit_exceeded');
  await peers[0].say([16, 1, { retain: true, acknowledge: true }, 'keep.a', [1]]);
  assert.equal((await peers[0].nextMessage())[0], 17);
  await peers[1].say([16, 1, { retain: true, acknowledge: true }, 'keep.b', [1]]);
  assert.deepEqual((await peers[1].nextMessage()).slice(0, 5), [8, 16, 1, {}, 'heddle.error.limit_exceeded']);
  assert.equal(await counted(router, 'address_sessions', 'realm1'), 1);
  assert.equal(await counted(router, 'user_retained', 'realm1'), 1);
  [third, ...peers].forEach((peer) => peer.close());
});

test('a page of another site that made its name point here reads nothing', async () => {
  const router = await start({ listenerMore: 'hosts = ["router.example"]' });
  const statusFor = async (host, more = '', path = '/metrics') => {
    const peer = await new RawPeer(router.port).send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`);
    const status = Number((await peer.takeUntil('\r\n')).split(' ')[1]);
    peer.close();
    return status;
  };
  for (const host of ['evil.example', `evil.example:${router.port}`, '127.0.0.1.evil.example'])
    for (const path of ['/metrics', '/livez', '/', '/api/v1/openapi.json'])
      assert.equal(await statusFor(host, '', path), 421, `${host}${path}`);
  assert.equal(await statusFor('localhost\r\nHost: evil.example'), 421);
  for (const host of ['localhost', `localhost:${router.port}`, '127.0.0.1', '[::1]', 'router.example', 'desk'])
    assert.equal(await statusFor(host), 200, host);
});
