// A reload of the real executable by SIGHUP: certificates, limits and listeners are swapped under living sessions, or nothing is.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { promisify } from 'node:util';
import { RawPeer, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { openAutobahn } from './peers.mjs';
import { executable, openRealm, startRouter } from './router.mjs';
import { Inbox, within } from './wait.mjs';

const run = promisify(execFile);
let router, folder;

const certificate = async (name) => {
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30',
    '-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem'), '-subj', `/CN=${name}`,
    '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']);
  await chmod(path.join(folder, 'key.pem'), 0o600);
  return readFile(path.join(folder, 'cert.pem'));
};

const file = ({ top = '', limits = '', more = '' } = {}) => `
${top}
[server]
threads = 2
drain = "0s"
[log]
level = "info"
[[tls]]
name = "main"
certificate = "${folder}/cert.pem"
key = "${folder}/key.pem"
[[listener]]
name = "tcp"
address = "127.0.0.1:0"
tls = "main"
${more}
[limits]
${limits}
${openRealm()}
`;

// Puts a new text in the file's place, and waits for what the router says of it.
async function reload(text) {
  await writeFile(path.join(router.folder, 'heddle.toml'), text);
  router.forget();
  router.child.kill('SIGHUP');
  const [line] = await router.said(/config\.reload.*\n/);
  return line;
}

// Whose certificate a new connection is shown, by openssl's own client.
async function shown(port = router.port) {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-showcerts'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => (text += more));
  await within(new Promise((resolve) => child.on('close', resolve)), 'openssl to end');
  return /subject=CN = (\S+)/.exec(text)?.[1];
}

const answered = async (peer, request) => {
  await peer.send([16, request, { acknowledge: true }, 'still.here']);
  assert.equal((await peer.nextMessage())[0], 17);
};

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-reload-'));
  await certificate('first');
  router = await startRouter({ config: file() });
});
after(async () => {
  await router?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => stillServes(router));

test('a new certificate is shown to who comes; who is there stays', async () => {
  const ca = await readFile(path.join(folder, 'cert.pem'));
  const old = new RawWebSocket(router.url('/', 'wss'), ['wamp.2.json'], { ca });
  await old.join();
  assert.equal(await shown(), 'first');
  const next = await certificate('second');
  assert.match(await reload(file()), /result=ok changes="tls main: another certificate"/);
  assert.equal(await shown(), 'second');
  await answered(old, 1);
  const later = new RawWebSocket(router.url('/', 'wss'), ['wamp.2.json'], { ca: next });
  await later.join();
  old.send([32, 2, {}, 'tls.news']);
  await old.nextMessage();
  later.send([16, 1, {}, 'tls.news', ['x'.repeat(100_000)]]);
  assert.equal((await old.nextMessage())[4][0].length, 100_000);
  old.close();
  later.close();
});

test('a key that does not belong to the certificate changes nothing, and the log says which', async () => {
  const was = await shown();
  const key = await readFile(path.join(folder, 'key.pem'));
  const good = await readFile(path.join(folder, 'cert.pem'));
  await certificate('third');
  await writeFile(path.join(folder, 'key.pem'), key);
  const line = await reload(file({ limits: 'outbox = "1MiB"' }));
  assert.match(line, /result=failed mistakes=1 why=".*heddle\.toml:10:15: cannot use key .*key\.pem: .*key values mismatch"/);
  assert.equal(await shown(), was);
  await writeFile(path.join(folder, 'cert.pem'), good);
  assert.match(await reload(file()), /result=ok changes="" /);
});

test('a bad file changes nothing, and the log says where', async () => {
  const peer = new RawWebSocket(router.url('/'));
  await peer.join();
  const line = await reload(file({ limits: 'message = "2MiB"\nmax_mesage = "1MiB"' }));
  assert.match(line, /result=failed mistakes=1 why=".*heddle\.toml:\d+:1: unknown key \\"max_mesage\\" in \[limits\]"/);
  await answered(peer, 1);
  assert.match(await reload(file()), /result=ok changes="" /);
  peer.close();
});

test('limits take hold for living connections', async () => {
  const peer = new RawWebSocket(router.url('/'));
  await peer.join();
  await answered(peer, 1);
  assert.match(await reload(file({ limits: 'message = "4KiB"' })), /changes="limits\.message: \\"1MiB\\" to \\"4KiB\\""/);
  peer.send([16, 2, { acknowledge: true }, 'too.big', ['x'.repeat(5_000)]]);
  assert.equal((await peer.end()).code, 1009);
  await reload(file());
  const again = new RawWebSocket(router.url('/'));
  await again.join();
  again.send([16, 1, { acknowledge: true }, 'too.big', ['x'.repeat(5_000)]]);
  assert.equal((await again.nextMessage())[0], 17);
  again.close();
});

test('a listener is opened, and closed under connections that live on', async () => {
  assert.match(await reload(file({ more: '[[listener]]\nname = "second"\naddress = "127.0.0.1:0"' })), /listener second: added/);
  const port = Number((await router.said(/listener\.open .*address=127\.0\.0\.1:(\d+)/))[1]);
  const peer = await new RawSocket(port).open();
  await peer.join();
  assert.match(await reload(file()), /listener second: removed/);
  await assert.rejects(new RawPeer(port).ready);
  await peer.say([16, 1, { acknowledge: true }, 'still.here']);
  assert.equal((await peer.nextMessage())[0], 17);
  peer.close();
});

test('an HTTP connection asks its next request under the new settings', async () => {
  const peer = await new RawPeer(router.port).send('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(await peer.takeUntil('ok"}\n'), /200 OK/);
  await reload(file());
  await peer.send('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(await peer.takeUntil('ok"}\n'), /Connection: close/);
  await peer.closed();
});

test('a hundred reloads under load lose no session and no event', async () => {
  const { session, close } = await openAutobahn(router);
  const received = new Inbox('events');
  await session.subscribe('load.events', ([n]) => received.push(n));
  const publisher = await openAutobahn(router, { serializer: 'msgpack' });
  let stop = false;
  let sent = 0;
  const load = (async () => {
    for (; !stop; ++sent) await publisher.session.publish('load.events', [sent], {}, { acknowledge: true });
  })();
  for (let i = 0; i < 100; ++i) {
    const more = i % 2 ? `[[listener]]\nname = "extra${i}"\naddress = "127.0.0.1:0"` : '';
    assert.match(await reload(file({ limits: `outbox = "${1 + (i % 5)}MiB"`, more })), /result=ok/);
  }
  stop = true;
  await load;
  for (let n = 0; n < sent; ++n) assert.equal(await received.next(), n);
  assert.ok(sent > 100, `${sent} events`);
  await publisher.close();
  await close();
  await reload(file());
});

test('systemd receives that it is ready, reloads, and stops', async () => {
  const own = await mkdtemp(path.join(tmpdir(), 'heddle-notify-'));
  // Node has no datagram sockets of Unix: python3 is the manager.
  const manager = spawn('/usr/bin/python3', ['-u', '-c',
    'import socket,sys\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint("bound")\n' +
    'while True: print(repr(s.recv(4096).decode()))',
    path.join(own, 'notify')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = new Inbox('a notification');
  let rest = '';
  manager.stdout.setEncoding('utf8').on('data', (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop();
    parts.forEach(lines.push);
  });
  try {
    assert.equal(await lines.next(), 'bound');
    const good = `server.drain = "0s"\n[[listener]]\nname = "a"\naddress = "127.0.0.1:0"\n${openRealm()}`;
    await writeFile(path.join(own, 'heddle.toml'), good);
    const env = { ...process.env, NOTIFY_SOCKET: path.join(own, 'notify') };
    const child = spawn(executable, ['serve', 'heddle.toml'], { cwd: own, stdio: 'ignore', env });
    const ended = new Promise((resolve) => child.on('close', resolve));
    assert.match(await lines.next(), /^'READY=1\\nSTATUS=serving/);
    child.kill('SIGHUP');
    assert.match(await lines.next(), /^'RELOADING=1\\nMONOTONIC_USEC=\d+'$/);
    assert.equal(await lines.next(), "'READY=1\\nSTATUS=reloaded'");
    await writeFile(path.join(own, 'heddle.toml'), 'nonsense = 1');
    child.kill('SIGHUP');
    assert.match(await lines.next(), /RELOADING/);
    assert.match(await lines.next(), /^'READY=1\\nSTATUS=reload failed: heddle.toml:1:1: unknown key "nonsense"/);
    child.kill('SIGTERM');
    assert.match(await lines.next(), /^'STOPPING=1/);
    assert.equal(await within(ended, 'the router to end'), 0);
  } finally {
    manager.kill();
    await rm(own, { recursive: true, force: true });
  }
});
