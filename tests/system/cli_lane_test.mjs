// heddle lane of, watch, command and set, beside WAMP and a real Swim client.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { heddle } from './cli.mjs';
import { openSwim } from './peers.mjs';
import { openRealm, ruledRealm, startRouter } from './router.mjs';
import { Inbox } from './wait.mjs';

let router, run, start;
before(async () => {
  const rules = ['match = "prefix", uri = "open.", allow = ["publish", "subscribe"]'];
  const lanes = 'lanes = [{ match = "prefix", uri = "cli.list.", kind = "list" }]';
  router = await startRouter({ realms: openRealm('realm1', lanes) + ruledRealm('ruled', rules) });
  ({ run, start } = heddle(router));
});
after(() => router?.stop());

const lines = (text) => text.split('\n').filter(Boolean);

test('lane of names host, node, lane and kind, and the map that holds the topic', async () => {
  const event = await run(['lane', 'of', 'cli.of.7.speed']);
  const host = `ws://127.0.0.1:${router.port}/realm1`;
  assert.equal(event.stdout, `host ${host}   node /cli/of/7   lane speed   kind event (topic holds no retained event)\n` +
    'also a key of map lane "topics" at /cli/of: key "7.speed"\n');
  await run(['publish', 'cli.of.7.speed', '1', '--retain']);
  assert.match((await run(['lane', 'of', 'cli.of.7.speed'])).stdout, /kind value \(topic holds a retained event\)/);
  assert.deepEqual(JSON.parse((await run(['lane', 'of', 'cli.of.7.speed', '-o', 'json'])).stdout),
    { host, node: '/cli/of/7', lane: 'speed', kind: 'value' });
});

test('lane of translates back, and without a router', async () => {
  assert.equal((await run(['lane', 'of', '/cli/of/7', 'speed'])).stdout, 'topic cli.of.7.speed\n');
  assert.equal((await run(['lane', 'of', '/cli/of', 'topics'])).stdout, 'prefix cli.of.   (a map lane)\n');
  const alone = await run(['lane', 'of', 'a.b.c', '--url', 'ws+unix:/no/such/socket']);
  assert.equal(alone.code, 0);
  assert.match(alone.stdout, /node \/a\/b {3}lane c {3}kind unknown/);
  assert.equal((await run(['lane', 'of', 'a..b'])).code, 1);
});

test('WAMP subscribers receive what lane set sets, and lane watch shows it', async (t) => {
  const subscriber = start(t, ['subscribe', 'cli.set.7.speed', '-n', '2', '-o', 'json']);
  await subscriber.said(/subscribed/);
  assert.deepEqual(await run(['lane', 'set', '/cli/set/7', 'speed', '30']), { code: 0, stdout: '', stderr: '' });
  assert.equal((await run(['lane', 'set', '/cli/set/7', 'speed', '{"kmh":30,"on":[1,2]}'])).code, 0);
  assert.deepEqual(lines((await subscriber.end()).stdout).map((line) => JSON.parse(line).args[0]), [30, { kmh: 30, on: [1, 2] }]);
  const watch = (...flags) => run(['lane', 'watch', '/cli/set/7', 'speed', '-n', '1', '-q', ...flags]).then(({ stdout }) => stdout);
  assert.equal(await watch(), '{"kmh": 30, "on": [1, 2]}\n');
  assert.equal(await watch('-o', 'json'), '{"node":"/cli/set/7","lane":"speed","value":{"kmh":30,"on":[1,2]}}\n');
  assert.equal(await watch('-o', 'recon'), '{kmh:30,on:{1,2}}\n');
});

test('bodies as Recon, text and JSON', async () => {
  const set = async (...value) => {
    assert.equal((await run(['lane', 'set', '/cli/body', 'b', ...value])).code, 0);
    return (await run(['lane', 'watch', '/cli/body', 'b', '-n', '1', '-q', '-o', 'recon'])).stdout;
  };
  assert.equal(await set('recon:{a:1,b:two}'), '{a:1,b:two}\n');
  assert.equal(await set('{a:2}'), '{a:2}\n');
  assert.equal(await set('two words'), '"two words"\n');
  assert.equal(await set('str:true'), '"true"\n');
  assert.equal((await run(['lane', 'set', '/cli/body', 'b', 'recon:{a'])).code, 2);
});

test('lane watch follows a map of topics', async (t) => {
  await run(['publish', 'cli.map.a', '1', '--retain']);
  const watch = start(t, ['lane', 'watch', '/cli/map', 'topics', '-n', '4']);
  await watch.said(/synced/);
  await run(['publish', 'cli.map.b.c', '{"x":2}', '--retain']);
  await run(['lane', 'command', '/cli/map', 'topics', '@remove(key:a)']);
  assert.deepEqual(lines((await watch.end()).stdout), ['cleared', '"a"  1', '"b.c"  {"x": 2}', '"a"  removed']);
});

test('lane watch follows a list, and lane of knows it', async (t) => {
  const say = async (body) => assert.equal((await run(['lane', 'command', '/cli/list', 'todo', body])).code, 0);
  await say('@update(index:0,key:a)1');
  assert.match((await run(['lane', 'of', 'cli.list.todo'])).stdout, /kind list \(topic holds a list of 1\)/);
  const watch = start(t, ['lane', 'watch', '/cli/list', 'todo', '--kind', 'list', '-n', '6']);
  await watch.said(/synced/);
  await run(['publish', 'cli.list.todo', '{"x":2}', '--kwargs', '{"$key":7}']);
  await say('@move(from:1,to:0)');
  await say('@remove(key:a)');
  await say('@clear');
  assert.deepEqual(lines((await watch.end()).stdout),
    ['cleared', '0 "a"  1', '1 7  {"x": 2}', '1 -> 0 7  moved', '1 "a"  removed', 'cleared']);
  await say('@update(index:0,key:b)1');
  const json = (await run(['lane', 'watch', '/cli/list', 'todo', '-n', '2', '-q', '-o', 'json'])).stdout;
  assert.deepEqual(JSON.parse(lines(json)[1]), { node: '/cli/list', lane: 'todo', change: 'update', key: 'b', index: 0, value: 1 });
});

test('lane watch --kind event receives only new events', async (t) => {
  await run(['publish', 'cli.only', '1', '--retain']);
  const watch = start(t, ['lane', 'watch', '/cli', 'only', '--kind', 'event', '-n', '1']);
  await watch.said(/linked/);
  await run(['publish', 'cli.only', '2', '--retain']);
  assert.equal((await watch.end()).stdout, '2\n');
});

test('lane command calls a procedure, and waits for its result or error', async (t) => {
  const callee = start(t, ['register', 'cli.cmd.echo', '--echo', '-n', '2']);
  await callee.said(/registered/);
  assert.equal((await run(['lane', 'command', '/cli/cmd', 'echo', '{"a":1}', '--wait'])).stdout, '{"a": 1}\n');
  assert.deepEqual(await run(['lane', 'command', '/cli/cmd', 'echo', '1']), { code: 0, stdout: '', stderr: '' });
  assert.equal((await callee.end()).code, 0);
  const nobody = await run(['lane', 'command', '/cli/cmd', 'nobody', '1', '--wait']);
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /wamp\.error\.no_such_procedure/);
});

test('a lane that may not be linked: exit 4; one that cannot be: exit 1', async () => {
  const denied = await run(['lane', 'watch', '/shut', 'a', '--realm', 'ruled']);
  assert.equal(denied.code, 4);
  assert.match(denied.stderr, /not authorized to link \/shut a/);
  const unknown = await run(['lane', 'watch', '/a//b', 'c']);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /no such node: \/a\/\/b c/);
});

test('a Swim client sees what lane set sets', async (t) => {
  const swim = openSwim(router);
  t.after(() => swim.close());
  const values = new Inbox('a value');
  swim.value('/cli/swim', 'speed', { didSet: (value) => values.push(value.toLike()) });
  assert.equal((await run(['lane', 'set', '/cli/swim', 'speed', '55'])).code, 0);
  await values.find((value) => value === 55, 'the value 55');
});
