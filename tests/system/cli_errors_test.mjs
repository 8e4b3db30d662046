// What heddle says when something is wrong, and with which exit code.
import assert from 'node:assert/strict';
import { writeFile, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { heddle } from './cli.mjs';
import { root, ruledRealm, startRouter } from './router.mjs';
import { within } from './wait.mjs';

let router, run, start;
before(async () => {
  router = await startRouter();
  ({ run, start } = heddle(router));
});
after(() => router?.stop());

// A port where nobody listens, and a server that accepts and never answers.
async function silentServer(t) {
  const sockets = new Set();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await within(new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server.address().port;
}
async function closedPort() {
  const server = createServer();
  await within(new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  const { port } = server.address();
  await within(new Promise((resolve) => server.close(resolve)));
  return port;
}

test('nobody listens: exit 3, the address, where it came from, what to try', async () => {
  const url = `ws://127.0.0.1:${await closedPort()}`;
  const refused = await run(['call', 'a.b'], { url });
  assert.equal(refused.code, 3);
  assert.equal(refused.stderr, `error: cannot connect to ${url}: connection refused\n` +
    '  address comes from HEDDLE_URL; is a router running? try: heddle health; other address: --url or HEDDLE_URL\n');
  assert.equal((await run(['health'], { url })).code, 1);
  const json = await run(['subscribe', 'a.b', '--url', `rs://127.0.0.1:${await closedPort()}`, '-o', 'json']);
  assert.equal(json.code, 3);
  assert.equal(JSON.parse(json.stderr).exit, 3);
  assert.equal((await run(['call', 'a.b', '--url', 'ws+unix:/no/such/socket'])).code, 3);
});

for (const scheme of ['ws', 'rs']) {
  test(`a server that says nothing over ${scheme}: exit 5 after --timeout`, async (t) => {
    const silent = await run(['call', 'a.b', '--url', `${scheme}://127.0.0.1:${await silentServer(t)}`, '--timeout', '200ms']);
    assert.equal(silent.code, 5);
    assert.match(silent.stderr, /no answer in time/);
  });
}

test('a realm that is not there: exit 4', async () => {
  const refused = await run(['call', 'a.b', '--realm', 'nowhere']);
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /^error: not let in to realm nowhere .*wamp\.error\.no_such_realm/);
});

test('nobody registered: exit 1 and the WAMP error', async () => {
  const refused = await run(['call', 'a.b']);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^error: refused: call a\.b {2}\(wamp\.error\.no_such_procedure\)/);
  const json = JSON.parse((await run(['call', 'a.b', '-o', 'json'])).stderr);
  assert.deepEqual([json.error, json.exit], ['wamp.error.no_such_procedure', 1]);
});

const usage = [
  [[], /subcommand is required/i],
  [['cal', 'a.b'], /unknown command cal\n.*did you mean "call"/],
  [['call'], /URI is required/],
  [['call', 'a.b', '--context', 'plant'], /no context plant \(--context\)/],
  [['call', 'a.b', '-Z'], /unknown option -Z/],
  [['call', 'a.b', '--ticket', 'env:PATH'], /method ticket needs --authid/],
  [['call', 'a.b', '--tickt', 'x'], /unknown option --tickt\n.*did you mean --ticket\?/],
  [['call', 'a.b', '--url', 'http://a:1'], /not an address: http:\/\/a:1/],
  [['call', 'a.b', '--timeout', '5'], /needs a unit/],
  [['call', 'a.b', '-O', 'timout=1'], /did you mean "timeout"/],
  [['call', 'a.b', 'json:{'], /not JSON/],
  [['call', 'a.b', '-o', 'xml'], /xml/],
  [['call', 'a.b', '-o', 'recon'], /-o recon is for lane watch/],
  [['call', 'a.b', '--serializer', 'ubjson'], /ubjson/],
  [['publish', 'a.b', '--rate', '5'], /--rate needs a unit/],
  [['subscribe', 'a.b', '--match', 'prefx'], /did you mean "prefix"/],
  [['register', 'a.b'], /one of --exec CMD, --value V, --echo/],
  [['register', 'a.b', '--echo', '--value', '1'], /one of --exec CMD, --value V, --echo/],
  [['lane', 'wach', '/a', 'b'], /unknown command lane wach\n.*did you mean "watch"/],
  [['lane', 'set', '/a', 'b', '1', '--url', 'rs://127.0.0.1:1'], /lanes need WebSocket/],
  [['serve', '/no/such/file.toml'], /cannot read \/no\/such\/file\.toml/],
  [['config', 'keys', 'nonsense'], /no key begins with "nonsense"/],
];
for (const [args, expected] of usage) {
  test(`wrong usage: heddle ${args.join(' ')}`, async () => {
    const { code, stdout, stderr } = await run(args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^error: /);
    assert.match(stderr, expected);
  });
}

test('flags come from the environment too, and a flag beats it', async () => {
  const env = { HEDDLE_REALM: 'nowhere', HEDDLE_OUTPUT: 'json', HEDDLE_TIMEOUT: '3s', HEDDLE_SERIALIZER: 'cbor' };
  const refused = await run(['call', 'a.b'], { env });
  assert.deepEqual([refused.code, JSON.parse(refused.stderr).error], [4, 'wamp.error.no_such_realm']);
  assert.equal((await run(['call', 'a.b', '--realm', 'realm1'], { env })).code, 1);
});

test('help ends with two examples, for every command', async () => {
  const commands = ['', 'serve', 'check', 'config', 'call', 'publish', 'subscribe', 'register', 'health', 'lane', 'context', 'hash',
    'keygen', 'realm', 'role', 'permission', 'user', 'token', 'session', 'subscription', 'registration', 'retained', 'audit', 'apply',
    'reload', 'top', 'completion', 'man'];
  for (const command of commands) {
    const { code, stdout } = await run([...(command ? [command] : []), '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /examples:\n {2}heddle .*\n {2}.*heddle .*\n$/, command);
    assert.ok(stdout.split('\n').length <= 40, `${command}: ${stdout.split('\n').length} lines`);
  }
  assert.match((await run(['--version'])).stdout, /^heddle \d+\.\d+\.\d+\n$/);
});

test('check: all mistakes at once with exit 6, or ok with what the file holds', async () => {
  const file = path.join(router.folder, 'check.toml');
  await writeFile(file, '[limits]\nmax_mesage = "1MiB"\noutbox = 5\n');
  const bad = await run(['check', file]);
  assert.equal(bad.code, 6);
  assert.ok(bad.stderr.includes(`check.toml:2:1: unknown key "max_mesage" in [limits]
 2 | max_mesage = "1MiB"
   | ^^^^^^^^^^ did you mean "message"? all: config keys limits
`), bad.stderr);
  assert.match(bad.stderr, /check\.toml:3:10: "outbox" in \[limits\] is a size and needs a unit/);
  assert.match(bad.stderr, /3 mistakes\n$/); // and no listener
  const good = await run(['check', path.join(root, 'examples/dev.toml')]);
  assert.match(good.stdout, /examples\/dev\.toml: ok {3}1 listener, 0 certificates, 1 realm, 1 role, 2 rules\n$/);
  const effective = await run(['check', path.join(root, 'examples/dev.toml'), '--effective'], { env: { HEDDLE_LIMITS__MESSAGE: '2MiB' } });
  assert.match(effective.stdout, /^limits\.message = "2MiB" +# HEDDLE_LIMITS__MESSAGE$/m);
});

test('config default is a file that check accepts, config keys names its keys', async () => {
  const file = path.join(router.folder, 'default.toml');
  const { stdout } = await run(['config', 'default']);
  await writeFile(file, stdout);
  assert.equal((await run(['check', file])).code, 0);
  assert.match((await run(['config', 'keys', 'limits'])).stdout, /^limits\.message +size +default "1MiB"$/m);
});

test('serve --dev: this machine only, one realm, anonymous may do everything; --ready-file holds the address', async (t) => {
  const ready = path.join(router.folder, 'ready');
  const dev = start(t, ['serve', '--dev', '--port', '0', '--ready-file', ready, '--set', 'log.format=json']);
  const [, port] = await dev.said(/listening {2}127\.0\.0\.1:(\d+)[^]*ready in \d+ ms/);
  assert.match(dev.stdout, /^ {2}realm1 +anonymous may call, register, publish, subscribe +loopback only$/m);
  const url = `ws://127.0.0.1:${port}`;
  assert.match((await run(['health', '--url', url])).stdout, /^live {3}ok\nready {2}ok {3}1 listener, 2 realms/);
  assert.equal((await run(['publish', 'any.thing', '1', '--url', url])).code, 0);
  assert.equal(await readFile(ready, 'utf8'), `127.0.0.1:${port}\n`);
  const taken = await run(['serve', '--dev', '--port', port]);
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /^error: .*in use/im);
  dev.child.kill('SIGTERM');
  assert.equal((await dev.end()).code, 0);
});

test('serve with --set over the file, and with a mistake in it', async () => {
  const file = path.join(root, 'examples/dev.toml');
  const mistaken = await run(['serve', file, '--port', '0', '--set', 'log.levle=debug']);
  assert.equal(mistaken.code, 6);
  assert.match(mistaken.stderr, /^--set log\.levle: unknown key "levle" in \[log\]\n {2}did you mean "level"\?/);
});

test('a subscription outlives its router: notice, and events of the next one', async (t) => {
  const first = await startRouter();
  const realm = ruledRealm('realm1', ['match = "prefix", uri = "", allow = ["publish", "subscribe"]']);
  const address = { config: `[[listener]]\nname = "a"\naddress = "127.0.0.1:${first.port}"\n${realm}` };
  const url = first.url('');
  const subscriber = start(t, ['subscribe', 'cli.again', '-n', '2', '-o', 'raw'], { url });
  await subscriber.said(/subscribed/);
  await run(['publish', 'cli.again', 'one '], { url });
  await first.stop();
  await subscriber.said(/lost: .*; again in 1s/);
  const second = await startRouter(address);
  t.after(() => second.stop());
  await subscriber.said(/subscribed[^]*subscribed/);
  await run(['publish', 'cli.again', 'two'], { url });
  const { code, stdout } = await subscriber.end();
  assert.deepEqual([code, stdout], [0, 'one two']);
});

test('a registration ends with its router: exit 3', async (t) => {
  const other = await startRouter();
  const callee = start(t, ['register', 'cli.lost', '--echo'], { url: other.url('') });
  await callee.said(/registered/);
  await other.stop();
  const { code, stderr } = await callee.end();
  assert.equal(code, 3);
  assert.match(stderr, /connection to .* lost: .*wamp\.close\.system_shutdown/);
});
