// heddle call, publish, subscribe and register against a router, and against an autobahn client.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { heddle } from './cli.mjs';
import { openAutobahn } from './peers.mjs';
import { openRealm, ruledRealm, startRouter } from './router.mjs';
import { within } from './wait.mjs';

let router, run, start;
before(async () => {
  const rules = ['match = "prefix", uri = "open.", allow = ["call", "register", "publish", "subscribe"]'];
  router = await startRouter({ realms: openRealm() + ruledRealm('ruled', rules) });
  ({ run, start } = heddle(router));
});
after(() => router?.stop());

const lines = (text) => text.split('\n').filter(Boolean);

test('a call prints its result in three forms', async (t) => {
  const echo = start(t, ['register', 'cli.echo', '--echo']);
  await echo.said(/registered cli\.echo/);
  const value = ['call', 'cli.echo', '{"a": [1, 2.0, null]}'];
  assert.deepEqual(await run(value), { code: 0, stdout: '{"a": [1, 2.0, null]}\n', stderr: '' });
  assert.equal((await run([...value, '-o', 'json'])).stdout, '{"args":[{"a":[1,2.0,null]}],"kwargs":{},"details":{}}\n');
  assert.equal((await run([...value, '-o', 'raw'])).stdout, '{"a":[1,2.0,null]}');
  assert.equal((await run(['call', 'cli.echo', 'str:text', '-o', 'raw'])).stdout, 'text');
  assert.equal((await echo.interrupt()).code, 0);
});

test('values keep their type: lists, negative numbers, tags, keyword arguments', async (t) => {
  const echo = start(t, ['register', 'cli.types', '--echo']);
  await echo.said(/registered/);
  const flags = ['[1,2]', '-5', 'hello', '007', 'x=1', 'str:42', 'hex:00ff', '-k', 'unit=C', '-k', 'list=[1,[2]]', '-o', 'json'];
  const { args, kwargs } = JSON.parse((await run(['call', 'cli.types', ...flags])).stdout);
  assert.deepEqual(args, [[1, 2], -5, 'hello', '007', 'x=1', '42', '\u0000AP8=']);
  assert.deepEqual(kwargs, { unit: 'C', list: [1, [2]] });
  const whole = JSON.parse((await run(['call', 'cli.types', '--args', '[[1],2]', '--kwargs', '{"a":null}', '-o', 'json'])).stdout);
  assert.deepEqual([whole.args, whole.kwargs], [[[1], 2], { a: null }]);
});

for (const serializer of ['json', 'msgpack', 'cbor']) {
  for (const scheme of ['ws', 'rs', 'ws+unix', 'rs+unix']) {
    test(`${scheme} with ${serializer}: call, binary and big integers`, async (t) => {
      const url = scheme.endsWith('unix') ? `${scheme}:${router.socket}` : router.url('', scheme);
      const uri = `cli.${serializer}.${scheme.replace('+', '_')}`;
      const flags = ['--url', url, '--serializer', serializer];
      const echo = start(t, ['register', uri, '--echo', ...flags]);
      await echo.said(/registered/);
      const result = await run(['call', uri, 'hex:00ffa3', '9007199254740993', '1.5', '-o', 'json', ...flags]);
      assert.equal(result.stdout, '{"args":["\\u0000AP+j",9007199254740993,1.5],"kwargs":{},"details":{}}\n', result.stderr);
    });
  }
}

test('register --exec: the call on stdin, stdout as result, an exit code as error', async (t) => {
  const upper = start(t, ['register', 'cli.upper', '--exec', 'tr a-z A-Z']);
  const failing = start(t, ['register', 'cli.failing', '--exec', 'exit 3']);
  await Promise.all([upper.said(/registered/), failing.said(/registered/)]);
  const text = (await run(['call', 'cli.upper', 'abc', '-o', 'raw'])).stdout;
  assert.deepEqual(JSON.parse(text), { ARGS: ['ABC'], KWARGS: {}, DETAILS: { PROCEDURE: 'CLI.UPPER' } });
  const failed = await run(['call', 'cli.failing']);
  assert.equal(failed.code, 1);
  assert.equal(failed.stderr, 'error: refused: call cli.failing  (heddle.error.command_failed)\n  args ["exit code 3"]\n');
});

test('register --value answers as often as -n says, and ends', async (t) => {
  const five = start(t, ['register', 'cli.five', '--value', '5', '-n', '2']);
  await five.said(/registered/);
  assert.equal((await run(['call', 'cli.five'])).stdout, '5\n');
  assert.equal((await run(['call', 'cli.five'])).stdout, '5\n');
  assert.equal((await five.end()).code, 0);
  assert.equal((await run(['call', 'cli.five'])).code, 1);
});

test('register shares a procedure where --invoke says so, and is refused where it does not', async (t) => {
  const first = start(t, ['register', 'cli.shared', '--value', '1', '--invoke', 'roundrobin']);
  const second = start(t, ['register', 'cli.shared', '--value', '2', '--invoke', 'roundrobin']);
  await Promise.all([first.said(/registered/), second.said(/registered/)]);
  const results = [(await run(['call', 'cli.shared'])).stdout, (await run(['call', 'cli.shared'])).stdout].sort();
  assert.deepEqual(results, ['1\n', '2\n']);
  const third = await run(['register', 'cli.shared', '--echo']);
  assert.equal(third.code, 1);
  assert.match(third.stderr, /refused: register cli\.shared {2}\(wamp\.error\.procedure_already_exists\)/);
});

test('subscribe prints events: human, json, by pattern, and ends after -n', async (t) => {
  const human = start(t, ['subscribe', 'cli.news.', '--match', 'prefix', '-n', '2']);
  const json = start(t, ['subscribe', 'cli.news.a', '-n', '1', '-o', 'json']);
  await Promise.all([human.said(/subscribed/), json.said(/subscribed/)]);
  assert.equal((await run(['publish', 'cli.news.a', '21.5', '-k', 'unit=C'])).code, 0);
  assert.equal((await run(['publish', 'cli.news.b', '--no-ack'])).code, 0);
  const [first, second] = lines((await human.end()).stdout);
  assert.match(first, /^\d\d:\d\d:\d\d\.\d{3}  cli\.news\.a  21\.5  unit="C"$/);
  assert.match(second, /^\d\d:\d\d:\d\d\.\d{3}  cli\.news\.b$/);
  const { args, kwargs, details } = JSON.parse((await json.end()).stdout);
  assert.deepEqual([args, kwargs, details.topic], [[21.5], { unit: 'C' }, 'cli.news.a']);
  assert.ok(Number.isInteger(details.publication));
});

test('retained events come first, and --for ends a subscription', async () => {
  assert.equal((await run(['publish', 'cli.kept', '7', '--retain'])).code, 0);
  const kept = await run(['subscribe', 'cli.kept', '--retained', '-n', '1', '-o', 'json', '-q']);
  assert.equal(kept.stderr, '');
  assert.equal(JSON.parse(kept.stdout).details.retained, true);
  assert.deepEqual(await run(['subscribe', 'cli.kept', '--for', '100ms', '-q']), { code: 0, stdout: '', stderr: '' });
  const short = await run(['subscribe', 'cli.kept', '-n', '1', '--for', '100ms', '-q']);
  assert.equal(short.code, 5);
  assert.match(short.stderr, /0 of 1 events came within 100ms/);
});

test('subscribe --exec runs once per event, in order', async (t) => {
  const subscriber = start(t, ['subscribe', 'cli.exec', '--exec', 'cat', '-n', '3']);
  await subscriber.said(/subscribed/);
  await run(['publish', 'cli.exec', '--each', 'json'], { input: '1\n2\n3\n' });
  const received = lines((await subscriber.end()).stdout).map((line) => JSON.parse(line).args[0]);
  assert.deepEqual(received, [1, 2, 3]);
});

test('streams: lines, JSON and NUL items of stdin, repeats, in order', async (t) => {
  const echo = start(t, ['register', 'cli.stream', '--echo']);
  await echo.said(/registered/);
  const call = (flags, input) => run(['call', 'cli.stream', ...flags], { input }).then(({ stdout }) => stdout);
  assert.equal(await call(['--each', 'line'], 'a\n\n42'), '"a"\n""\n"42"\n');
  assert.equal(await call(['--each', 'json'], '{"a":1}\n\n42\n'), '{"a": 1}\n42\n');
  assert.equal(await call(['--each', 'nul'], 'a\nb\0c'), '"a\\nb"\n"c"\n');
  assert.equal(await call(['7', '--repeat', '3'], ''), '7\n7\n7\n');
  const many = Array.from({ length: 500 }, (_, i) => i).join('\n');
  assert.equal(await call(['--each', 'json'], many), many + '\n');
});

test('--rate spreads what is sent', async () => {
  const begin = Date.now();
  assert.equal((await run(['publish', 'cli.rate', '--repeat', '11', '--rate', '50/s'])).code, 0);
  assert.ok(Date.now() - begin >= 190, 'eleven at 50/s take at least 200 ms');
});

test('a stream stops at the first refusal, or goes on where told to', async () => {
  const refused = await run(['call', 'cli.nobody', '--each', 'line'], { input: '1\n2\n3\n' });
  assert.deepEqual([refused.code, lines(refused.stderr).filter((line) => line.startsWith('error:')).length], [1, 1]);
  const going = await run(['call', 'cli.nobody', '--each', 'line', '--keep-going'], { input: '1\n2\n3\n' });
  assert.deepEqual([going.code, lines(going.stderr).filter((line) => line.startsWith('error:')).length], [1, 3]);
});

test('a refused publication is seen: acknowledged unless --no-ack', async () => {
  const allowed = await run(['publish', 'open.a', '1', '--realm', 'ruled', '-o', 'json']);
  assert.ok(JSON.parse(allowed.stdout).publication > 0);
  const denied = await run(['publish', 'shut.a', '1', '--realm', 'ruled']);
  assert.equal(denied.code, 4);
  const expected = /^error: not authorized to publish shut\.a {2}\(wamp\.error\.not_authorized\)\n {2}as anonymous, realm ruled/;
  assert.match(denied.stderr, expected);
  assert.equal((await run(['publish', 'shut.a', '1', '--realm', 'ruled', '--no-ack'])).code, 0);
});

test("autobahn's procedures: one answers, a slow one is given up", async (t) => {
  const { session, close } = await openAutobahn(router);
  t.after(close);
  await within(session.register('cli.js.add', ([a, b]) => a + b));
  await within(session.register('cli.js.never', () => new Promise(() => {})));
  assert.equal((await run(['call', 'cli.js.add', '2', '3'])).stdout, '5\n');
  const late = await run(['call', 'cli.js.never', '--timeout', '200ms']);
  assert.equal(late.code, 5);
  assert.match(late.stderr, /no answer from .* in time/);
  // The router's own timeout, asked for with the call, is in milliseconds and answered by an error.
  const limited = await run(['call', 'cli.js.never', '-O', 'timeout=100']);
  assert.equal(limited.code, 1);
  assert.match(limited.stderr, /wamp\.error\.timeout/);
});

test('text from files and stdin', async (t) => {
  const echo = start(t, ['register', 'cli.files', '--echo']);
  await echo.said(/registered/);
  const file = path.join(router.folder, 'value.json');
  await writeFile(file, '{"a":\n1}\n');
  assert.equal((await run(['call', 'cli.files', `json:@${file}`])).stdout, '{"a": 1}\n');
  assert.equal((await run(['call', 'cli.files', `text:@${file}`, '-o', 'raw'])).stdout, '{"a":\n1}\n');
  assert.equal((await run(['call', 'cli.files', 'bin:@-'], { input: 'abc' })).stdout, '<3 bytes 61 62 63>\n');
});
