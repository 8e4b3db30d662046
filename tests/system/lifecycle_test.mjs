// Start and end of the router, and of clients that vanish in the middle of things.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { executable, openRealm, root, startRouter } from './router.mjs';
import { within } from './wait.mjs';

// Runs a program to its end.
function run(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (words += text));
  return within(new Promise((resolve) => child.on('close', (code) => resolve({ code, words }))), command);
}

test('SIGTERM: sessions receive system_shutdown, the socket file goes, the exit code is 0', async (t) => {
  const router = await startRouter({ drain: '10s' });
  t.after(() => router.kill());
  const web = new RawWebSocket(router.url('/'));
  await web.join();
  const raw = await new RawSocket(router.socket).open();
  await raw.join();
  const stopped = router.stop();
  for (const goodbye of [await web.nextMessage('GOODBYE'), await raw.nextMessage('GOODBYE')]) {
    assert.deepEqual([goodbye[0], goodbye[2]], [6, 'wamp.close.system_shutdown']);
  }
  web.send([6, {}, 'wamp.close.goodbye_and_out']);
  await raw.say([6, {}, 'wamp.close.goodbye_and_out']);
  await stopped;
  await web.end();
  await raw.closed();
  await assert.rejects(access(router.socket));
});

test('SIGTERM: GOODBYEs are spread over the drain time', async (t) => {
  const router = await startRouter({ drain: '8s' });
  t.after(() => router.kill());
  const clients = [];
  for (let i = 0; i < 100; ++i) {
    const client = await new RawSocket(router.port).open();
    await client.join();
    clients.push(client);
  }
  const stopped = router.stop();
  const first = await Promise.race(clients.map((client) => client.nextMessage('GOODBYE')));
  assert.deepEqual([first[0], first[2]], [6, 'wamp.close.system_shutdown']);
  const told = clients.filter((client) => client.received.length > 0).length;
  assert.ok(told < 50, `${told} of 100 received GOODBYE in one moment`);
  for (const client of clients) client.close();
  await stopped;
});

test('SIGTERM: new calls are refused, an open call gets its answer, GOODBYE comes after it', async (t) => {
  const router = await startRouter({ drain: '10s' });
  t.after(() => router.kill());
  const callee = await new RawSocket(router.port).open();
  await callee.join();
  await callee.say([64, 1, {}, 'slow.answer']);
  await callee.nextMessage('REGISTERED');
  const caller = await new RawSocket(router.port).open();
  await caller.join();
  await caller.say([48, 1, {}, 'slow.answer']);
  const invocation = await callee.nextMessage('INVOCATION');
  const bystander = await new RawSocket(router.port).open();
  await bystander.join();
  const stopped = router.stop();
  assert.equal((await bystander.nextMessage('GOODBYE'))[0], 6);
  await caller.say([48, 2, {}, 'slow.answer']);
  assert.deepEqual((await caller.nextMessage('ERROR')).slice(0, 5), [8, 48, 2, {}, 'wamp.error.unavailable']);
  await callee.say([70, invocation[1], {}, ['at last']]);
  assert.deepEqual(await caller.nextMessage('RESULT'), [50, 1, {}, ['at last']]);
  for (const client of [caller, callee]) {
    const goodbye = await client.nextMessage('GOODBYE');
    assert.deepEqual([goodbye[0], goodbye[2]], [6, 'wamp.close.system_shutdown']);
    await client.say([6, {}, 'wamp.close.goodbye_and_out']);
  }
  bystander.close();
  await stopped;
});

test('SIGTERM: a call that does not end is canceled within the drain time', async (t) => {
  const router = await startRouter({ drain: '2s' });
  t.after(() => router.kill());
  const callee = await new RawSocket(router.port).open();
  await callee.join();
  await callee.say([64, 1, {}, 'no.answer']);
  await callee.nextMessage('REGISTERED');
  const caller = await new RawSocket(router.port).open();
  await caller.join();
  await caller.say([48, 1, {}, 'no.answer']);
  await callee.nextMessage('INVOCATION');
  const stopped = router.stop();
  assert.deepEqual((await caller.nextMessage('ERROR')).slice(0, 5), [8, 48, 1, {}, 'wamp.error.canceled']);
  assert.equal((await caller.nextMessage('GOODBYE'))[0], 6);
  await stopped;
  caller.close();
  callee.close();
});

test('SIGTERM: an HTTP call that is open gets its answer', async (t) => {
  const router = await startRouter({ drain: '10s' });
  t.after(() => router.kill());
  const callee = await new RawSocket(router.port).open();
  await callee.join();
  await callee.say([64, 1, {}, 'slow.answer']);
  await callee.nextMessage('REGISTERED');
  const url = router.url('/realms/realm1/call', 'http');
  const body = JSON.stringify({ procedure: 'slow.answer', args: [] });
  const answer = fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const invocation = await callee.nextMessage('INVOCATION');
  const bystander = await new RawSocket(router.port).open();
  await bystander.join();
  const stopped = router.stop();
  await bystander.nextMessage('GOODBYE');
  await callee.say([70, invocation[1], {}, ['at last']]);
  const response = await within(answer, 'the answer');
  assert.equal(response.status, 200);
  assert.match(await response.text(), /at last/);
  bystander.close();
  callee.close();
  await stopped;
});

test('SIGTERM is obeyed with clients that say nothing', async (t) => {
  const router = await startRouter();
  t.after(() => router.kill());
  const idle = new RawWebSocket(router.url('/'));
  await idle.join();
  const warp = new RawWebSocket(router.url('/realm1'), []);
  await warp.open();
  await router.stop();
});

test('a port that is taken, a file that is missing, a mistake in the file: a sentence and a code, no start', async (t) => {
  const router = await startRouter();
  t.after(() => router.kill());
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-'));
  const file = path.join(folder, 'other.toml');
  const listener = `[[listener]]\nname = "a"\naddress = "127.0.0.1:${router.port}"\n`;
  await writeFile(file, listener);
  const taken = await run(executable, ['serve', file]);
  assert.notEqual(taken.code, 0);
  assert.match(taken.words, new RegExp(`${router.port}`));
  assert.match(taken.words, /in use/i);

  const missing = await run(executable, ['serve', path.join(folder, 'none.toml')]);
  assert.equal(missing.code, 2);
  assert.match(missing.words, /none\.toml/);

  await writeFile(file, `${listener}mesage = 1\n[limits]\nmessage = "5"\n`);
  const mistaken = await run(executable, ['serve', file]);
  assert.equal(mistaken.code, 6);
  assert.match(mistaken.words, /other\.toml:4:/);
  assert.match(mistaken.words, /other\.toml:6:/);
  await rm(folder, { recursive: true });
  await router.stop();
});

test('a second router on the same store does not start and names the first; kill -9 leaves no lock behind', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const top = `[store]\npath = "${folder}/heddle.db"\n`;
  const first = await startRouter({ realms: openRealm() + top });
  t.after(() => first.kill());
  const file = path.join(folder, 'other.toml');
  await writeFile(file, `[[listener]]\nname = "a"\naddress = "127.0.0.1:0"\n${top}`, { mode: 0o600 });
  const second = await run(executable, ['serve', file]);
  assert.equal(second.code, 1);
  assert.match(second.words, new RegExp(`heddle\\.db is in use by process ${first.child.pid}\\b`));
  assert.match(second.words, /stop that one first/);
  await stillServes(first);

  first.kill();
  assert.equal((await first.ended).signal, 'SIGKILL');
  await rm(first.folder, { recursive: true, force: true });
  const third = await startRouter({ realms: openRealm() + top });
  t.after(() => third.kill());
  await stillServes(third);
  await third.stop();
});

test('clients that vanish in the middle of calls and publications leave nothing behind', async (t) => {
  const router = await startRouter();
  t.after(() => router.kill());
  const caller = await new RawSocket(router.port).open();
  await caller.join();
  for (let round = 0; round < 30; ++round) {
    const guests = [new RawSocket(router.port), new RawSocket(router.socket)];
    for (const guest of guests) {
      await guest.open();
      await guest.join();
    }
    const [callee, subscriber] = guests;
    await callee.say([64, 1, {}, 'vanish.me']);
    assert.equal((await callee.nextMessage())[0], 65, 'the procedure of the one before is free again');
    await subscriber.say([32, 1, {}, 'vanish.news']);
    assert.equal((await subscriber.nextMessage())[0], 33);
    await caller.say([48, 2 * round + 1, {}, 'vanish.me']);
    assert.equal((await callee.nextMessage())[0], 68);
    await caller.say([16, 2 * round + 2, {}, 'vanish.news', ['x'.repeat(10_000)]]);
    callee.socket.resetAndDestroy();
    subscriber.socket.destroy();
    const [code, type, id, , uri] = await caller.nextMessage('the end of the call');
    assert.deepEqual([code, type, id, uri], [8, 48, 2 * round + 1, 'wamp.error.canceled']);
  }
  caller.close();
  await stillServes(router);
  await router.stop();
});

test('every configuration among the examples is free of mistakes', async () => {
  for (const file of ['dev.toml', 'cursor/heddle.toml', 'fleet/heddle.toml']) {
    const { code, words } = await run(executable, ['check', path.join(root, 'examples', file)]);
    assert.equal(code, 0, words);
  }
});

test('./run and ./test explain themselves', async () => {
  for (const [command, word] of [['run', '--port'], ['test', '--preset']]) {
    const { code, words } = await run(path.join(root, command), ['--help']);
    assert.equal(code, 0);
    assert.ok(words.includes(word));
  }
});
