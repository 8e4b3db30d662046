// Administration by heddle: what people type, what they read, how it exits. By password over WebSocket, and by the admin socket.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AdminRouter, adminPassword } from './admins.mjs';
import { heddle } from './cli.mjs';

const plant = `
[[realm]]
name = "plant"
auth = ["anonymous", "scram", "ticket"]
anonymous_role = "guest"
[[realm.role]]
name = "guest"
permissions = [{ match = "prefix", uri = "com.open.", allow = ["call", "publish", "subscribe", "register"] }]
[[realm.role]]
name = "operator"
permissions = [{ match = "prefix", uri = "com.plant.", allow = ["call", "publish", "subscribe"] }]
`;

let place, folder, secret, admin, run, start;
const file = (name) => path.join(folder, name);
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-cli-admin-'));
  await mkdir(file('run/heddle'), { recursive: true });
  const socket = `
[[listener]]
name = "socket"
address = "unix:${file('run/heddle/admin.sock')}"
serve = ["admin"]
peer_admins = [${JSON.stringify(userInfo().username)}]
`;
  place = await AdminRouter.make(plant + socket);
  secret = file('password');
  await writeFile(secret, adminPassword, { mode: 0o600 });
  ({ run, start } = heddle({ url: () => place.url }));
  const env = { HEDDLE_AUTHID: 'admin', HEDDLE_SECRET: `file:${secret}`, HEDDLE_REALM: 'plant' };
  admin = (...args) => run(args, { env });
});
after(async () => {
  await place?.stop();
  await rm(folder, { recursive: true, force: true });
});

// Exit 0, and what it printed.
async function says(...args) {
  const { code, stdout, stderr } = await admin(...args);
  assert.equal(code, 0, `heddle ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}
// That exit code, and what it said about it.
async function fails(code, ...args) {
  const ended = await admin(...args);
  assert.equal(ended.code, code, `heddle ${args.join(' ')}\n${ended.stdout}${ended.stderr}`);
  assert.match(ended.stderr, /^error: /);
  return ended.stderr;
}

describe('roles and rules', () => {
  test('a role is put, shown, listed; its revision is read where none is given', async () => {
    const rules = [{ match: 'prefix', uri: 'com.lab.', allow: ['subscribe'] }];
    const put = ['role', 'put', 'viewer', '--permissions', JSON.stringify(rules)];
    assert.match(await says(...put), /^role viewer {3}realm plant {3}revision \d+\n$/);
    assert.match(await says(...put, '--trustlevel', '2'), /^role viewer/);
    const shown = await says('role', 'get', 'viewer');
    assert.match(shown, /^name +viewer\ntrustlevel +2\n[^]*permissions\n {2}match +uri +allow +.*\n {2}prefix +com\.lab\. +subscribe/);
    assert.match(await says('role', 'list'), /^name +rules +users +.*\n(guest|operator|viewer) +1 /);
    const read = JSON.parse(await says('role', 'get', 'viewer', '-o', 'json'));
    assert.match(await fails(7, 'role', 'put', 'viewer', '--revision', String(read.revision - 1)), /stale_revision[^]*--revision '\*'/);
    assert.match(await fails(1, 'role', 'put', 'viewer', '--revision', 'new'), /exists/);
    assert.match(await says('role', 'remove', 'viewer', '--if-match', String(read.revision)), /gone/);
  });
  test('allow, deny and clear change one rule and keep the rest of it', async () => {
    assert.match(await says('permission', 'allow', 'operator', 'publish,subscribe', 'com.a.', '--match', 'prefix'),
      /^role operator {3}prefix {3}com\.a\. {2}allow \[publish subscribe\] {3}realm plant {3}revision \d+\n$/);
    const denied = await says('permission', 'deny', 'operator', 'publish', 'com.a.', '--match', 'prefix');
    assert.match(denied, /allow \[subscribe\] {2}deny {2}\[publish\]/);
    assert.match(await says('permission', 'list', 'operator'), /^prefix +com\.a\. +subscribe +publish /m);
    await says('permission', 'clear', 'operator', 'com.a.', '--match', 'prefix');
    assert.doesNotMatch(await says('permission', 'list', 'operator'), /com\.a\./);
    await fails(1, 'permission', 'clear', 'operator', 'com.a.', '--match', 'prefix');
  });
  test('an edit says what it ended', async () => {
    const listener = start({ after() {} }, ['subscribe', 'com.open.x'], { env: { HEDDLE_REALM: 'plant' } });
    await listener.said(/subscribed/);
    assert.match(await says('permission', 'deny', 'guest', 'subscribe', 'com.open.x'), /^ended 1 subscription/m);
    await says('permission', 'clear', 'guest', 'com.open.x');
    listener.kill();
    await listener.ended;
  });
});

describe('permission test', () => {
  test('names the deciding and the beaten rules; exit 1 is denied', async () => {
    await says('permission', 'deny', 'operator', 'publish', 'com.plant.valve..set', '--match', 'wildcard');
    const denied = await admin('permission', 'test', '--role', 'operator', 'publish', 'com.plant.valve.3.set');
    assert.equal(denied.code, 1);
    assert.match(denied.stdout, /^denied {3}publish com\.plant\.valve\.3\.set +role operator, revision \d+$/m);
    assert.match(denied.stdout, /^ {2}rule {3}deny {2}wildcard com\.plant\.valve\.\.set +\[publish\] +decides: narrower than the next$/m);
    assert.match(denied.stdout, /^ {2}beaten allow prefix {3}com\.plant\. +\[call publish subscribe\]$/m);
    assert.match(await says('permission', 'test', '--role', 'operator', 'publish', 'com.plant.a'), /^allowed {2}publish com\.plant\.a/);
    const silent = await admin('permission', 'test', '--role', 'operator', 'call', 'org.other');
    assert.equal(silent.code, 1);
    assert.match(silent.stdout, /no rule of role operator speaks of it/);
    await fails(1, 'permission', 'test', '--user', 'nobody', 'call', 'a.b');
    assert.match(await fails(2, 'permission', 'test', '--role', 'operator', 'publsh', 'a.b'), /did you mean "publish"/);
  });
});

describe('users', () => {
  test('are made with a password that stays here, log in, change it, are disabled', async () => {
    await writeFile(file('kim'), 'pencil', { mode: 0o600 });
    await writeFile(file('kim2'), 'crayon', { mode: 0o600 });
    assert.match(await says('user', 'put', 'kim', '--role', 'operator', '--password-file', file('kim')),
      /^user kim {3}realm plant {3}role operator {3}methods scram {3}revision \d+\n$/);
    const login = (name) => run(['context', 'test', '--realm', 'plant', '--authid', 'kim', '--secret', `file:${file(name)}`]);
    assert.match((await login('kim')).stdout, /^ok {3}kim, role operator, realm plant by/);
    assert.match(await says('user', 'passwd', 'kim', '--password', `file:${file('kim2')}`), /^user kim/);
    assert.equal((await login('kim')).code, 4);
    assert.equal((await login('kim2')).code, 0);
    assert.match(await says('user', 'put', 'kim'), /role operator/); // keeps what is not named
    assert.match(await says('user', 'list'), /^kim +operator +scram/m);
    assert.match(await says('user', 'disable', 'kim'), /disabled yes/);
    assert.equal((await login('kim2')).code, 4);
    await says('user', 'disable', 'kim', '--enable');
    assert.equal((await login('kim2')).code, 0);
  });
  test('keys: from a file of keygen, and what is none is refused here', async () => {
    await run(['keygen', file('key')]);
    assert.match(await says('user', 'key', 'kim', '--pubkey', file('key.pub')), /^user kim {3}realm plant {3}role operator/);
    assert.match(await fails(2, 'user', 'key', 'kim', '--pubkey', file('none')), /^error: --pubkey: cannot read .*none/);
    assert.match(await fails(2, 'user', 'key', 'kim', 'zz'), /KEY: no Ed25519 public key/);
    assert.match(await fails(2, 'user', 'key', 'kim'), /one of KEY and --pubkey FILE/);
  });
  test('a new one needs a role that is there', async () => {
    assert.match(await fails(2, 'user', 'put', 'new'), /--role is needed/);
    assert.match(await fails(1, 'user', 'put', 'new', '--role', 'opertor'), /has no role "opertor"/);
    await fails(1, 'user', 'remove', 'nobody');
  });
  test('by --scram with a verifier made elsewhere', async () => {
    const { stdout } = await run(['hash', 'scram', '--password', `file:${file('kim')}`]);
    await writeFile(file('kim.scram'), stdout, { mode: 0o600 });
    await says('user', 'put', 'lee', '--role', 'operator', `--scram=file:${file('kim.scram')}`);
    assert.equal((await run(['context', 'test', '--realm', 'plant', '--authid', 'lee', '--secret', `file:${file('kim')}`])).code, 0);
  });
});

describe('documents', () => {
  test('export is what apply reads: nothing differs; a change is shown, then made', async () => {
    const toml = await says('realm', 'export', 'plant');
    await writeFile(file('plant.toml'), toml);
    assert.match(await says('apply', file('plant.toml'), '--dry-run'), /= nothing differs/);
    await writeFile(file('plant.toml'), toml.replace('name = "plant"', 'name = "plant"\ncall_timeout = "7s"'));
    const dry = await admin('apply', file('plant.toml'), '--dry-run');
    assert.equal(dry.code, 9, dry.stderr);
    assert.match(dry.stdout, /^realm plant {3}revision \d+\n {2}\+ call_timeout +7s\n/);
    assert.match(await fails(2, 'apply', file('plant.toml')), /--yes/);
    assert.match(await says('apply', file('plant.toml'), '--yes'), /call_timeout/);
    assert.match(await says('realm', 'get', 'plant'), /^call_timeout +7s$/m);
    await writeFile(file('bad.toml'), '[[realm]]\nname = "plant"\ncal_timeout = "7s"\n');
    const bad = await fails(6, 'apply', file('bad.toml'), '--yes');
    assert.match(bad, /bad\.toml:3:1: unknown key "cal_timeout"/);
    assert.match(bad, /did you mean "call_timeout"\?/);
  });
  test('realms come and go', async () => {
    assert.match(await says('realm', 'put', 'lab', '--auth', 'scram,ticket', '--call-timeout', '20s'), /^realm lab {3}revision 1\n$/);
    assert.match(await says('realm', 'list'), /^lab +/m);
    assert.match(await fails(2, 'realm', 'put', 'lab', '--auth', 'scrm'), /did you mean "scram"/);
    assert.match(await says('realm', 'remove', 'lab'), /gone/);
    await fails(1, 'realm', 'get', 'lab');
  });
});

describe('what is there now', () => {
  test('sessions are listed and kicked', async () => {
    const other = start({ after() {} }, ['register', 'com.open.echo', '--echo'], { env: { HEDDLE_REALM: 'plant' } });
    await other.said(/registered/);
    assert.match(await says('registration', 'list'), /^\d+ +exact +com\.open\.echo +1 /m);
    assert.match(await says('registration', 'match', 'com.open.echo'), /com\.open\.echo/);
    const session = JSON.parse((await says('session', 'list', '-o', 'json')).split('\n')[0]);
    assert.match(await says('session', 'get', String(session.session)), new RegExp(`^session +${session.session}$`, 'm'));
    assert.match(await says('session', 'kick', String(session.session), '--reason', 'key rotated'), /./);
    const kicked = await other.end();
    assert.equal(kicked.code, 3);
    assert.match(kicked.stderr, /key rotated/);
    assert.equal(await says('lane', 'list'), ''); // no links: none
    await fails(1, 'session', 'kick', '1');
    assert.match(await fails(2, 'session', 'kick', 'kim'), /SESSION is a whole number, not kim/);
  });
  test('numbers, configuration, reload, health', async () => {
    assert.match(await says('stats', 'get'), /^name +sessions +links.*\nheddle\.admin +\d+ /);
    assert.match(await says('top', '-n', '2', '--every', '100ms', '--realm', 'plant'), /^realm +sess +links.*\nplant +/);
    assert.match(await says('config', 'get', 'limits'), /^message +1MiB$/m);
    assert.match(await says('reload', '--dry-run'), /^nothing would change\n$/);
    assert.match(await says('reload'), /^reloaded; nothing differs\n$/);
    assert.match(await says('check', path.join(place.router.folder, 'heddle.toml'), '--online'), /: ok [^]*nothing would change\n$/);
    assert.match(await says('health'), /^live {3}ok\nready {2}ok {3}.*listeners/);
  });
  test('the audit log tells all of it', async () => {
    const log = await says('audit', 'list', '--realm', 'plant', '--all');
    assert.match(log, /admin +cli +heddle\.user\.put +plant #\d+/);
    assert.match(log, /\n {9}after {2}\{.*"permissions"/);
    assert.doesNotMatch(log, /pencil|crayon|scram\$/);
    const one = (await admin('audit', 'list', '--limit', '1', '-o', 'json')).stdout.trim().split('\n');
    assert.equal(one.length, 1);
    assert.ok(JSON.parse(one[0]).n > 5);
    const env = { HEDDLE_AUTHID: 'admin', HEDDLE_SECRET: `file:${secret}` };
    const follower = start({ after() {} }, ['audit', 'list', '--limit', '1', '--follow'], { env });
    await follower.said(/there are more/);
    await says('permission', 'allow', 'guest', 'call', 'com.followed');
    await follower.said(/heddle\.permission\.put[^]*com\.followed/);
    assert.equal((await follower.interrupt()).code, 0);
  });
});

test('tokens are shown once and are good at once', async () => {
  const made = await says('token', 'create', 'ci', '--role', 'viewer');
  const [token] = /hdl_[0-9a-f]{16}_\S+/.exec(made);
  const env = { HEDDLE_TICKET: token };
  assert.match((await run(['realm', 'list'], { env })).stdout, /^plant /m);
  const denied = await run(['role', 'remove', 'guest', '--realm', 'plant', '--revision', '*'], { env });
  assert.equal(denied.code, 4, denied.stderr);
  assert.match(denied.stderr, /^error: not authorized to .*\n {2}as ci, role viewer, realm heddle\.admin/);
  assert.ok(!(await says('token', 'list')).includes(token));
  await says('token', 'revoke', 'ci');
  assert.equal((await run(['realm', 'list'], { env })).code, 4);
});

test('the admin socket is found by itself and trusts who we are', async () => {
  const options = { url: '', env: { XDG_RUNTIME_DIR: file('run') } };
  const listed = await run(['realm', 'list'], options);
  assert.equal(listed.code, 0, listed.stderr);
  assert.match(listed.stdout, /^plant /m);
  const { stdout } = await run(['session', 'list', '--realm', 'heddle.admin', '-o', 'json'], options);
  const who = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  assert.ok(who.some((session) => session.authid === userInfo().username), JSON.stringify(who));
});

test('without a name nobody administers, and it says what to do', async () => {
  const { code, stderr } = await run(['realm', 'list']);
  assert.equal(code, 4);
  assert.match(stderr, /administrators are users of the realm heddle\.admin: --authid admin --secret -/);
});

test('completion, man pages: made from the commands', async () => {
  const bash = (await run(['completion', 'bash'])).stdout;
  const offers = (...words) => {
    const typed = words.map((word) => `'${word}'`).join(' ');
    const script = `${bash}\nCOMP_WORDS=(heddle ${typed}); COMP_CWORD=${words.length}; _heddle; echo "\${COMPREPLY[*]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim();
  };
  assert.equal(offers('permission', ''), 'list put remove test allow deny clear');
  assert.equal(offers('--url', 'ws://x:1', 'user', 'pass'), 'passwd');
  assert.equal(offers('role', 'get', '-o', 'j'), 'json');
  assert.equal(offers('user', 'put', '--pass'), '--password --password-file');
  for (const shell of ['zsh', 'fish']) assert.match((await run(['completion', shell])).stdout, /permission/);
  assert.equal((await admin('completion', 'values', 'realms')).stdout, 'heddle.admin\nplant\n');
  assert.match((await admin('completion', 'values', 'roles')).stdout, /^guest\noperator\n/);
  const page = (await run(['man'])).stdout;
  for (const words of ['heddle user put', 'heddle permission test', 'heddle apply', 'EXIT STATUS'])
    assert.ok(page.replaceAll('\\-', '-').includes(words), words);
  assert.match((await run(['man', 'heddle.toml'])).stdout, /\.SH \[limits\]/);
});
