// Uplinks: lanes of another WARP server as topics of a realm. The server is a second router, one by hand, or a recording.
// Long because each case is a whole story of a server and a router, told in one place.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Counted } from './flow_reader.mjs';
import { RawWebSocket } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { openWamp, retained, unit, uplinkTo } from './uplinked.mjs';
import { metric } from './scrape.mjs';
import { within } from './wait.mjs';
import { RecordedServer, WarpServer } from './warp_server.mjs';

const cleanups = [];
const cleanup = (work) => cleanups.unshift(work);
afterEach(async () => {
  for (const work of cleanups.splice(0)) await work();
});

async function router(options) {
  const started = await startRouter(options);
  cleanup(() => started.stop());
  return started;
}
async function server(made = new WarpServer(), options = {}) {
  await made.listen(options);
  cleanup(() => made.stop());
  return made;
}

const wamp = (...of) => openWamp(cleanup, ...of);

describe('another heddle as the server', () => {
  test('values, maps and events go both ways, and nobody receives an echo', async () => {
    const far = await router({ realms: openRealm('realm1', 'lanes = [{ match = "exact", uri = "plant.bell", kind = "event" }]') });
    const near = await router({
      realms: uplinkTo(far.url('/realm1'), [['/plant', 'speed', 'value'], ['/plant/doors', 'topics', 'map'], ['/plant', 'bell', 'event']]),
    });
    for (const lane of ['speed', 'topics', 'bell']) await near.said(new RegExp(`uplink.linked.*lane=${lane}`));
    const here = await wamp(near, 'plant.', 'prefix'), there = await wamp(far, 'plant.', 'prefix');
    const [sayHere, sayThere] = [await wamp(near), await wamp(far)];

    await sayThere.publish('plant.speed', 5, { retain: true });
    assert.deepEqual(await there.event(), ['plant.speed', 5]);
    assert.deepEqual(await here.event(), ['plant.speed', 5]);
    await sayThere.publish('plant.doors.north', { open: true }, { retain: true });
    assert.deepEqual(await there.event(), ['plant.doors.north', { open: true }]);
    assert.deepEqual(await here.event(), ['plant.doors.north', { open: true }]);
    await sayThere.publish('plant.bell', 'ding');
    assert.deepEqual(await there.event(), ['plant.bell', 'ding']);
    assert.deepEqual(await here.event(), ['plant.bell', 'ding']);

    await sayHere.publish('plant.speed', 6, { retain: true });
    assert.deepEqual(await here.event(), ['plant.speed', 6]);
    assert.deepEqual(await there.event(), ['plant.speed', 6]);
    await sayHere.publish('plant.doors.south', [1, null], { retain: true });
    assert.deepEqual(await here.event(), ['plant.doors.south', [1, null]]);
    assert.deepEqual(await there.event(), ['plant.doors.south', [1, null]]);
    await sayHere.publish('plant.doors.north', 'gone');
    assert.deepEqual(await here.event(), ['plant.doors.north', 'gone']);
    assert.deepEqual(await there.event(), ['plant.doors.north', 'gone']);
    await sayHere.publish('plant.bell', 'dong');
    assert.deepEqual(await here.event(), ['plant.bell', 'dong']);
    assert.deepEqual(await there.event(), ['plant.bell', 'dong']);

    // Whatever came back would have come before this.
    await sayThere.publish('plant.speed', 7, { retain: true });
    assert.deepEqual(await here.event(), ['plant.speed', 7]);
    assert.deepEqual(await there.event(), ['plant.speed', 7]);
    assert.equal(here.received + there.received, 0);
    assert.deepEqual(await retained(near, 'plant.'), { 'plant.speed': 7, 'plant.doors.south': [1, null] });
    assert.deepEqual(await retained(far, 'plant.'), { 'plant.speed': 7, 'plant.doors.south': [1, null] });
  });

  test('a thousand keys', async () => {
    const far = await router(), writer = await wamp(far);
    const expected = {};
    for (let i = 0; i < 1000; ++i) {
      expected[`plant.k${i}`] = i;
      await writer.publish(`plant.k${i}`, i, { retain: true });
    }
    const near = await router({ realms: uplinkTo(far.url('/realm1'), [['/plant', 'topics', 'map']]) });
    await near.said(/uplink.linked.*lane=topics.*entries=1000/);
    assert.deepEqual(await retained(near, 'plant.'), expected);
  });
});

describe('recorded servers', () => {
  for (const capture of ['java-server-probe', 'rust-server-probe']) {
    test(`${capture}: a map that the uplink fills and takes from`, async () => {
      const recorded = await server(await RecordedServer.of(capture, 3), { demand: capture.startsWith('rust') ? 'warp0' : 'none' });
      const at = await router({ realms: uplinkTo(`warp://127.0.0.1:${recorded.port}`, [['/unit/1', 'map', 'map']]) });
      await at.said(/uplink.linked.*lane=map/);
      const watch = await wamp(at, 'unit.1.map.', 'prefix'), say = await wamp(at);
      for (const [key, value] of [['a', 1], ['b', 2], ['c%20d', { x: 1 }]]) {
        await say.publish(`unit.1.map.${key}`, value, { retain: true });
        assert.deepEqual(await watch.event(), [`unit.1.map.${key}`, value]);
      }
      await say.publish('unit.1.map.a', 'gone');
      assert.deepEqual(await watch.event(), ['unit.1.map.a', 'gone']);
      // The recorded answers to all of this are on their way back; a frame behind them shows that they changed nothing.
      recorded.say('@event(node:"/unit/1",lane:map)@update(key:z) 9');
      assert.deepEqual(await watch.event(), ['unit.1.map.z', 9]);
      assert.deepEqual(await retained(at, 'unit.1.map.'), { 'unit.1.map.b': 2, 'unit.1.map.c%20d': { x: 1 }, 'unit.1.map.z': 9 });
      const unused = recorded.script.filter(({ dir }) => dir === 'c2s').map(({ data }) => data);
      assert.ok(!unused.some((frame) => /update\(key:(a|b|"c d")\)|@remove\(key:a\)/.test(frame)), `not said: ${unused}`);
    });
  }
});

describe('a server that comes and goes', () => {
  test('keys removed while it was away are swept, publications of that time reach it', async () => {
    const far = await server();
    far.values.set('/unit/1', '5');
    ['a', 'b', 'c'].forEach((key) => far.map('/unit/1').set(key, '1'));
    const at = await router({ realms: uplinkTo(`ws://127.0.0.1:${far.port}`) });
    for (const lane of ['value', 'map', 'feed']) await at.said(new RegExp(`uplink.linked.*lane=${lane}`));
    assert.deepEqual(await retained(at, 'unit.'), { 'unit.1.value': 5, 'unit.1.map.a': 1, 'unit.1.map.b': 1, 'unit.1.map.c': 1 });

    at.forget();
    await far.stop();
    await at.said(/uplink.lost/);
    assert.deepEqual(Object.keys(await retained(at, 'unit.')).length, 4, 'what was retained stays while the server is away');
    const say = await wamp(at);
    for (const value of [10, 11, 12]) await say.publish('unit.1.value', value, { retain: true });
    await say.publish('unit.1.map.d', 4, { retain: true });
    far.map('/unit/1').delete('b');
    far.map('/unit/1').set('c', '2');
    at.forget();
    await far.listen({ port: far.port });
    for (const lane of ['value', 'map']) await at.said(new RegExp(`uplink.linked.*lane=${lane}`));
    const newest = await far.frames.find((frame) => frame.startsWith('@command(node:"/unit/1",lane:value)'));
    assert.equal(newest, '@command(node:"/unit/1",lane:value) 12', 'the newest only');
    await far.frames.find((frame) => frame === '@command(node:"/unit/1",lane:map)@update(key:d) 4');
    assert.deepEqual(await retained(at, 'unit.'), { 'unit.1.value': 12, 'unit.1.map.a': 1, 'unit.1.map.c': 2, 'unit.1.map.d': 4 });
    assert.deepEqual([...far.map('/unit/1')], [['a', '1'], ['c', '2'], ['d', '4']]);
  });

  test('a server that stopped reading finds the newest of each key, not every change', async () => {
    const far = await server();
    const at = await router({ realms: uplinkTo(`ws://127.0.0.1:${far.port}`) });
    await at.said(/uplink.linked.*lane=map/);
    const { client } = await far.arrivals.next();
    client._socket.pause();
    const peer = new RawWebSocket(at.url('/'));
    await peer.join();
    const long = 'x'.repeat(1000);
    for (let i = 1; i <= 20_000; ++i) peer.send([16, i, {}, `unit.1.map.k${i % 10}`, [`${i} ${long}`]]);
    peer.send([16, 20_001, { acknowledge: true }, 'other', []]);
    await peer.nextMessage('PUBLISHED');
    peer.close();
    client._socket.resume();
    let commands = 0;
    for (const left = new Set([...Array(10).keys()].map((k) => 19_991 + k)); left.size > 0;) {
      const frame = await far.frames.next('the newest of each key');
      const number = /^@command.*@update\(key:k\d\)\s*"(\d+) /.exec(frame)?.[1];
      if (number) ++commands;
      left.delete(Number(number));
    }
    assert.ok(commands < 15_000, `${commands} commands`);
  });

  test('a SIGTERM does not wait for the next attempt', async () => {
    const realms = uplinkTo('ws://127.0.0.1:1', unit, 'connect = "60s"').replace('"50ms"', '"60m"').replace('"200ms"', '"60m"');
    const at = await startRouter({ realms });
    await at.said(/uplink.lost.*why="cannot connect.*retry=/);
    const begun = Date.now();
    await at.stop();
    assert.ok(Date.now() - begun < 5_000);
  });
});

describe('a server that does not do as it should', () => {
  test('one that never says a word is given up and tried again', async () => {
    let attempts = 0;
    const silent = net.createServer((socket) => {
      ++attempts;
      socket.on('error', () => {});
    });
    await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
    cleanup(() => silent.close());
    const at = await router({ realms: uplinkTo(`ws://127.0.0.1:${silent.address().port}`, unit, 'connect = "100ms"') });
    await at.said(/uplink.lost.*no connection in time[^]*uplink.lost.*no connection in time/);
    assert.ok(attempts >= 2);
  });

  test('one that answers no link is asked again', async () => {
    const far = await server();
    far.mute = true;
    const at = await router({ realms: uplinkTo(`ws://127.0.0.1:${far.port}`, [['/unit/1', 'value', 'value']], 'link = "100ms"') });
    for (let i = 0; i < 3; ++i) assert.equal(await far.frames.next(), '@sync(node:"/unit/1",lane:value)');
    await at.said(/uplink.unanswered.*node=\/unit\/1 lane=value/);
    far.mute = false;
    far.values.set('/unit/1', '7');
    await at.said(/uplink.linked.*lane=value/);
    assert.deepEqual(await retained(at, 'unit.'), { 'unit.1.value': 7 });
  });

  test('one that answers no ping is left', async () => {
    const far = await server(new WarpServer(), { autoPong: false });
    const at = await router({ realms: uplinkTo(`ws://127.0.0.1:${far.port}`, unit, 'silence = "200ms"') });
    await at.said(/uplink.lost.*the server does not answer pings/);
  });

  test('one that is no WebSocket server', async () => {
    const far = await server();
    far.server.removeAllListeners('upgrade');
    far.server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
    const at = await router({ realms: uplinkTo(`ws://127.0.0.1:${far.port}`) });
    await at.said(/uplink.lost.*HTTP status 404/);
  });

  test('messages in fragments are read, one above the limit ends the connection', async () => {
    const far = await server();
    const at = await router({ realms: uplinkTo(`ws://127.0.0.1:${far.port}`, unit, 'message = "4KiB"') });
    await at.said(/uplink.linked.*lane=feed/);
    const watch = await wamp(at, 'unit.1.feed');
    const { client } = await far.arrivals.next();
    client.send('@event(node:"/unit/1",', { fin: false });
    client.send('lane:feed) "in ', { fin: false });
    client.send('parts"', { fin: true });
    assert.deepEqual(await watch.event(), ['unit.1.feed', 'in parts']);
    client.send(`@event(node:"/unit/1",lane:feed) "${'x'.repeat(5000)}"`);
    await at.said(/uplink.lost.*message above the limit/);
  });
});

describe('credentials and TLS', () => {
  let folder;
  const pem = (name) => path.join(folder, name);
  // A certificate that vouches for itself.
  const certificate = (name, subject) => promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec',
    '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', pem(`${name}.key`), '-out', pem(`${name}.pem`),
    '-subj', '/CN=test', '-addext', `subjectAltName=${subject}`]);
  const tlsOf = async (name) => ({ cert: await readFile(pem(`${name}.pem`)), key: await readFile(pem(`${name}.key`)) });
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'heddle-uplink-'));
    const subjects = { good: 'IP:127.0.0.1,DNS:localhost', other: 'IP:127.0.0.1', elsewhere: 'DNS:elsewhere.example' };
    await Promise.all(Object.entries(subjects).map(([name, subject]) => certificate(name, subject)));
    await writeFile(pem('token'), 'the token of the plant\n');
    await chmod(pem('token'), 0o600);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('the server sees the credentials first, the log never', async () => {
    const far = await server();
    const credentials = `credentials = [{ name = "authid", value = "kim" }, { name = "token", secret = "file:${pem('token')}" }]`;
    const at = await router({ realms: uplinkTo(`swim://127.0.0.1:${far.port}/plant?x=1`, unit, credentials) });
    assert.equal(await far.frames.next(), '@auth{authid:kim,token:"the token of the plant"}');
    assert.match(await far.frames.next(), /^@sync/);
    const { url, headers } = await far.arrivals.next();
    assert.equal(url, '/plant?x=1');
    assert.equal(headers['sec-websocket-protocol'], 'warp0');
    await at.said(/uplink.linked/);
    far.say('@deauthed@denied');
    await at.said(/uplink.lost.*refused the credentials: @denied/);
    assert.ok(!at.stderr.includes('token of the plant') && !at.stdout.includes('token of the plant'), at.words);
  });

  test('a server whose certificate its own authority vouches for', async () => {
    const far = await server(new WarpServer(), { tls: await tlsOf('good') });
    far.values.set('/unit/1', 'safe');
    const at = await router({ realms: uplinkTo(`warps://127.0.0.1:${far.port}`, unit, `ca = "${pem('good.pem')}"`) });
    await at.said(/uplink.linked.*lane=value/);
    assert.deepEqual(await retained(at, 'unit.'), { 'unit.1.value': 'safe' });
    const say = await wamp(at);
    const long = 'y'.repeat(100_000); // many TLS records
    await say.publish('unit.1.value', long);
    assert.equal(await far.frames.find((frame) => frame.startsWith('@command')), `@command(node:"/unit/1",lane:value) ${long}`);
  });

  for (const [what, name, ca] of [['of an unknown authority', 'other', 'good'], ['for another host', 'elsewhere', 'elsewhere']]) {
    test(`a certificate ${what} is refused`, async () => {
      const far = await server(new WarpServer(), { tls: await tlsOf(name) });
      const at = await router({ realms: uplinkTo(`wss://127.0.0.1:${far.port}`, unit, `ca = "${pem(`${ca}.pem`)}"`) });
      await at.said(/uplink.lost.*TLS: certificate verify failed/);
      assert.equal(far.arrivals.size, 0);
    });
  }

  test('a secret that is not there keeps the router from starting', async () => {
    const credentials = 'credentials = [{ name = "token", secret = "env:HEDDLE_TEST_NO_SUCH_TOKEN" }]';
    const started = startRouter({ realms: uplinkTo('ws://127.0.0.1:1', unit, credentials) });
    await assert.rejects(started, /the environment has no HEDDLE_TEST_NO_SUCH_TOKEN/);
  });
});

test('a server that sends more than a slow reader takes is not read on until the reader has caught up: nothing is lost', async () => {
  const far = await server();
  const at = await router({ realms: uplinkTo(`ws://127.0.0.1:${far.port}`, [['/unit/1', 'feed', 'event']]), limits: { patience: '2s' } });
  await at.said(/uplink.linked.*lane=feed/);
  const reader = await new Counted(([value]) => value[0]).open(at);
  cleanup(() => reader.close());
  await reader.subscribe('unit.1.feed');
  reader.socket.pause();
  const many = 300; // 30 MB: more than an outbox with what may be under way
  const all = reader.all(many);
  for (let n = 0; n < many; ++n) far.say(`@event(node:"/unit/1",lane:feed) {${n},${'x'.repeat(100_000)}}`);
  const held = async () => {
    while ((await metric({ port: at.port }, 'heddle_reading_paused_total')) === 0);
  };
  await within(held(), 'the router to stop reading from the server');
  reader.socket.resume();
  await all;
  far.say(`@event(node:"/unit/1",lane:feed) {${many},last}`);
  await reader.all(many + 1);
});

test('the uplink may do what its role may, and no more', async () => {
  const far = await server();
  far.values.set('/unit/1', '1');
  const realms = uplinkTo(`ws://127.0.0.1:${far.port}`, [['/unit/1', 'value', 'value'], ['/unit/2', 'value', 'value']])
    .replace('role = "anonymous"\nretry', 'role = "plant"\nretry')
    .replace('[[realm.uplinks]]', `[[realm.role]]
name = "plant"
permissions = [{ match = "prefix", uri = "unit.1.", allow = ["publish", "subscribe"] }]
[[realm.uplinks]]`);
  const at = await router({ realms });
  await at.said(/session.join.*role=plant.*via=uplink/);
  await at.said(/uplink.denied.*node=\/unit\/2.*not_authorized/);
  far.values.set('/unit/2', '2');
  far.say('@event(node:"/unit/2",lane:value) 2');
  await at.said(/uplink.trouble.*node=\/unit\/2.*publish: wamp.error.not_authorized/);
  assert.deepEqual(await retained(at, 'unit.'), { 'unit.1.value': 1 });
});
