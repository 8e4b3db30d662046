// heddle logs in: every method in the open and over TLS, secrets by reference, contexts, and what it says when it is refused.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inAnHour, jwt, password, realmOfUsers, ticket } from './accounts.mjs';
import { Certificates } from './certificates.mjs';
import { heddle } from './cli.mjs';
import { startRouter } from './router.mjs';

const methods = ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign', 'tls', 'jwt', 'token'];
let folder, certificates, router, accounts, run;
const file = (name) => path.join(folder, name);
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-cli-login-'));
  certificates = await Certificates.make();
  accounts = await realmOfUsers(folder, { auth: methods, fingerprint: await certificates.fingerprint('kim') });
  router = await startRouter({ realms: accounts.realm, tls: certificates.table('asked'), listenerMore: 'tls = "main"' });
  ({ run } = heddle(router));
  const secrets = { password, ticket, wrong: 'wrong', seed: accounts.key.seed, plain: 'a plain secret', token: accounts.token,
    jwt: jwt({ sub: 'jane', role: 'user', aud: 'plant', exp: inAnHour() }) };
  for (const [name, text] of Object.entries(secrets)) await writeFile(file(name), `${text}\n`, { mode: 0o600 });
});
after(async () => {
  await router?.stop();
  await certificates?.remove();
  await rm(folder, { recursive: true, force: true });
});

const reference = (name) => `file:${file(name)}`;
const cra = ['--auth', 'wampcra'];
// Flags, who that is, by which method.
const ways = () => ({
  anonymous: { flags: [], who: /./, method: 'anonymous' },
  ticket: { flags: ['--authid', 'tina', '--ticket', reference('ticket')], who: /^tina$/, method: 'ticket' },
  'wampcra, salted': { flags: [...cra, '--authid', 'craig', '--secret', reference('password')], who: /^craig$/, method: 'wampcra' },
  'wampcra, plain': { flags: [...cra, '--authid', 'clara', '--secret', reference('plain')], who: /^clara$/, method: 'wampcra' },
  'scram, pbkdf2': { flags: ['--authid', 'sam', '--secret', reference('password')], who: /^sam$/, method: /scram/ },
  'scram, argon2id-13': { flags: ['--authid', 'arno', '--secret', reference('password')], who: /^arno$/, method: /scram/ },
  cryptosign: { flags: ['--private-key', reference('seed')], who: /^kim$/, method: 'cryptosign' },
  jwt: { flags: ['--jwt', reference('jwt')], who: /^jane$/, method: 'jwt' },
  token: { flags: ['--ticket', reference('token')], who: /^tom$/, method: /token|ticket/ },
});
const over = (scheme) => (scheme.endsWith('ss') ? ['--url', `${scheme}://localhost:${router.port}`, '--tls-ca', certificates.file('ca.pem')]
  : ['--url', `${scheme}://127.0.0.1:${router.port}`]);
const login = (flags, options = {}) => run(['context', 'test', '-o', 'json', ...flags], options);

for (const scheme of ['ws', 'wss', 'rs', 'rss'])
  describe(`over ${scheme}`, () => {
    for (const name of ['anonymous', 'ticket', 'wampcra, salted', 'wampcra, plain', 'scram, pbkdf2', 'scram, argon2id-13',
      'cryptosign', 'jwt', 'token'])
      test(`logs in by ${name}`, async () => {
        const { flags, who, method } = ways()[name];
        const { code, stdout, stderr } = await login([...flags, ...over(scheme)]);
        assert.equal(code, 0, stderr);
        assert.equal(stderr, ''); // no warning either
        const said = JSON.parse(stdout);
        assert.match(said.authid, who);
        assert.equal(said.authrole, name === 'anonymous' ? 'guest' : 'user');
        typeof method === 'string' ? assert.equal(said.authmethod, method) : assert.match(said.authmethod, method);
      });
  });

test('the session is used: a call and an event as who logged in', async () => {
  const flags = ways()['scram, pbkdf2'].flags;
  for (const serializer of ['json', 'msgpack', 'cbor'])
    assert.equal((await run(['publish', 'any.topic', '1', '--serializer', serializer, ...flags])).code, 0);
});

describe('a TLS certificate', () => {
  const flags = (name) => ['--tls-cert', certificates.file(`${name}.pem`), '--tls-key', certificates.file(`${name}.key`)];
  test('is who its owner is', async () => {
    for (const scheme of ['wss', 'rss']) {
      const { code, stdout, stderr } = await login([...flags('kim'), ...over(scheme)]);
      assert.equal(code, 0, stderr);
      assert.deepEqual([JSON.parse(stdout).authid, JSON.parse(stdout).authmethod], ['kim', 'tls']);
    }
  });
  test('needs TLS, both files, and a key of its own', async () => {
    const open = await login([...flags('kim'), ...over('ws')]);
    assert.equal(open.code, 2);
    assert.match(open.stderr, /--tls-cert: a certificate needs TLS/);
    const lonely = await login([...flags('kim').slice(0, 2), ...over('wss')]);
    assert.equal(lonely.code, 2);
    assert.match(lonely.stderr, /needs both --tls-cert and --tls-key/);
    const mixed = await login([...flags('kim').slice(0, 2), '--tls-key', certificates.file('stranger.key'), ...over('wss')]);
    assert.equal(mixed.code, 2);
  });
});

describe('channel binding', () => {
  for (const scheme of ['wss', 'rss'])
    for (const [method, type] of [['cryptosign', 'tls-exporter'], ['scram, pbkdf2', 'tls-exporter'],
      ['scram, pbkdf2', 'tls-server-end-point']])
      test(`${type} over ${scheme}, by ${method}`, async () => {
        const { code, stderr } = await login([...ways()[method].flags, '--channel-binding', type, ...over(scheme)]);
        assert.equal(code, 0, stderr);
      });
  test('of a connection that has none is wrong usage', async () => {
    const refused = await login([...ways().cryptosign.flags, '--channel-binding', 'tls-exporter', ...over('ws')]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /this connection has no tls-exporter to bind to/);
    const old = await login([...ways().cryptosign.flags, '--channel-binding', 'tls-unique', ...over('wss')]); // TLS 1.3
    assert.equal(old.code, 2);
  });
});

describe('refused', () => {
  const refusals = () => ({
    ticket: ['--authid', 'tina', '--ticket', reference('wrong')],
    'wampcra': ['--authid', 'craig', '--secret', reference('wrong'), '--auth', 'wampcra'],
    scram: ['--authid', 'sam', '--secret', reference('wrong')],
    'scram, nobody': ['--authid', 'nobody', '--secret', reference('wrong')],
  });
  for (const name of ['ticket', 'wampcra', 'scram', 'scram, nobody'])
    test(`${name}: exit 4, who was tried, where that came from, and no secret`, async () => {
      const flags = refusals()[name];
      const { code, stdout, stderr } = await run(['publish', 'a.b', '1', ...flags]);
      assert.equal(code, 4, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^error: not let in to realm realm1 at ws:.*wamp\.error\.authentication_failed/);
      assert.match(stderr, new RegExp(`tried as ${flags[1]} by `));
      assert.match(stderr, /credentials come from .*--(ticket|secret)/);
      assert.doesNotMatch(stderr, /wrong/);
    });
  test('what logged in but may not: the identity and what to ask', async () => {
    const guest = await run(['publish', 'a.b', '1']);
    assert.equal(guest.code, 4);
    assert.match(guest.stderr, /as anonymous, role guest, realm realm1\n/);
    assert.match(guest.stderr, /an administrator can ask why: heddle permission test --realm realm1 --role guest publish a\.b\n/);
  });
});

describe('secrets', () => {
  const kim = ['--authid', 'tina'];
  test('from a command, the environment, stdin', async () => {
    assert.equal((await login([...kim, '--ticket', `cmd:cat ${file('ticket')}`])).code, 0);
    assert.equal((await login([...kim, '--ticket', 'env:MINE'], { env: { MINE: ticket } })).code, 0);
    assert.equal((await login(kim, { env: { HEDDLE_TICKET: 'env:MINE', MINE: ticket } })).code, 0);
    assert.equal((await login(kim, { env: { HEDDLE_TICKET: ticket } })).stderr, '');
    assert.equal((await login([...kim, '--ticket', '-'], { input: `${ticket}\n` })).code, 0);
    assert.equal((await login([...kim, '--ticket', '-'], { input: '' })).code, 2);
  });
  test('typed as they are: they work, with a warning that does not repeat them', async () => {
    const { code, stderr } = await login([...kim, '--ticket', ticket]);
    assert.equal(code, 0);
    assert.match(stderr, /^warning: --ticket holds the secret itself/);
    assert.ok(!stderr.includes(ticket));
  });
  test('that cannot be had name the flag and the reason', async () => {
    for (const [bad, why] of [['file:/no/such', /--ticket: cannot read \/no\/such/],
      ['env:NO_SUCH_NAME', /--ticket: the environment has no/], ['cmd:exit 3', /--ticket: the command ended with 3/],
      ['cmd:true', /the command said nothing/]]) {
      const { code, stderr } = await login([...kim, '--ticket', bad]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, why);
    }
  });
  test('in a file for everybody: a warning', async () => {
    await writeFile(file('open'), ticket, { mode: 0o644 });
    assert.match((await login([...kim, '--ticket', `file:${file('open')}`])).stderr, /^warning: others on this machine may read/);
  });
  test('two at once, or none for a name, are wrong usage', async () => {
    const two = await login([...kim, '--ticket', reference('ticket'), '--jwt', reference('jwt')]);
    assert.equal(two.code, 2);
    assert.match(two.stderr, /two credentials at once: --ticket and --jwt/);
    const none = await login(kim);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /--authid tina comes without anything that proves it/);
  });
});

describe('contexts', () => {
  const home = () => ({ env: { XDG_CONFIG_HOME: folder }, url: undefined });
  test('keep flags under a name, show who said what, log in', async () => {
    const own = home();
    const bare = (args) => run(args, { ...own, url: '' });
    const added = await bare(['context', 'add', 'plant', '--url', router.url(''), '--authid', 'tina', '--ticket', reference('ticket')]);
    assert.equal(added.code, 0, added.stderr);
    assert.match(added.stderr, /^added plant, in use; try: heddle context test\n$/);
    assert.equal((await stat(path.join(folder, 'heddle/contexts.toml'))).mode & 0o777, 0o600);
    assert.ok(!(await readFile(path.join(folder, 'heddle/contexts.toml'), 'utf8')).includes(ticket));
    const tested = await bare(['context', 'test']);
    assert.match(tested.stdout, /^ok {3}tina, role user, realm realm1 by ticket\n {5}ws:.* ms to log in, .* ms round trip\n$/);
    const shown = await bare(['context', 'show', '--realm', 'other']);
    assert.match(shown.stdout, /^realm +other +--realm$/m);
    assert.match(shown.stdout, /^authid +tina +context plant$/m);
    assert.match((await bare(['context', 'list'])).stdout, /^\* +plant +ws:.* realm1 +tina by ticket$/m);
    const refused = await bare(['context', 'add', 'lab', '--url', 'ws://lab:1', '--ticket', ticket]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--ticket: ticket must be a reference in a context/);
    assert.equal((await bare(['context', 'use', 'plnt'])).code, 2);
    assert.equal((await bare(['context', 'remove', 'plant'])).code, 0);
    assert.equal((await bare(['context', 'show', 'plant'])).code, 2);
  });
});

test('keygen and hash: what they make is taken; a key is never overwritten', async () => {
  const made = await run(['keygen', file('made.key')]);
  assert.equal(made.code, 0, made.stderr);
  assert.equal((await stat(file('made.key'))).mode & 0o777, 0o600);
  assert.match(await readFile(file('made.key.pub'), 'utf8'), /^[0-9a-f]{64}\n$/);
  assert.equal((await run(['keygen', file('made.key')])).code, 2);
  const unknown = await login(['--private-key', file('made.key')]); // a path will do for a key; nobody has it
  assert.equal(unknown.code, 4, unknown.stderr);
  for (const [words, form] of [[['scram'], /^scram\$pbkdf2\$i=600000\$/],
    [['scram', '--kdf', 'argon2id13'], /^scram\$argon2id13\$i=2,m=19456\$/], [['ticket'], /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/],
    [['cra'], /^cra\$i=100000,l=32\$/]])
    assert.match((await run(['hash', ...words, '--password', reference('password')])).stdout, form);
  assert.equal((await run(['hash', 'scrm', '--password', reference('password')])).code, 2);
  assert.equal((await run(['hash', 'ticket', '--memory', '5'])).code, 2);
});

test('lanes: by ticket and jwt, not by password', async () => {
  const node = ['/cli/login', 'lane'];
  assert.equal((await run(['lane', 'set', ...node, '30', ...ways().ticket.flags])).code, 0);
  const watched = await run(['lane', 'watch', ...node, '-n', '1', '-q', ...ways().jwt.flags]);
  assert.equal(watched.stdout, '30\n', watched.stderr);
  assert.equal((await run(['lane', 'watch', ...node, '-n', '1', '-q', ...ways().token.flags])).code, 0);
  const wrong = await run(['lane', 'watch', ...node, '--authid', 'tina', '--ticket', reference('wrong')]);
  assert.equal(wrong.code, 4, wrong.stderr);
  assert.match(wrong.stderr, /^error: not let in to realm realm1 at ws:.*: deauthed\n/);
  const secret = await run(['lane', 'watch', ...node, ...ways()['scram, pbkdf2'].flags]);
  assert.equal(secret.code, 2);
  assert.match(secret.stderr, /^error: lanes log in by --ticket or --jwt/);
  assert.equal((await run(['lane', 'watch', ...node])).code, 4);
});
