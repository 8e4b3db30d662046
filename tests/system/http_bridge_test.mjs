// The HTTP bridge: calls and publications as single requests, by fetch and by curl; what it answers, and what it refuses.
// Long because it is one list: all that the bridge promises.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { promisify } from 'node:util';
import autobahn from 'autobahn';
import { Beside, forms, post } from './bridge.mjs';
import { openAutobahn } from './peers.mjs';
import { RawPeer, RawWebSocket } from './raw.mjs';
import { openRealm, ruledRealm, startRouter } from './router.mjs';
import { within } from './wait.mjs';

const run = promisify(execFile);
const anything = 'allow = ["call", "register", "publish", "subscribe"]';

// Two threads: realms live on another one than some of the connections.
let router, beside;
before(async () => {
  router = await startRouter({
    realms: openRealm() + ruledRealm('narrow', [`match = "exact", uri = "com.allowed", ${anything}`]),
    listenerMore: 'origins = ["https://pages.example"]',
    limits: { message: '64KiB', http_body: '16KiB' },
  });
  beside = await new Beside().open(router);
});
after(async () => {
  await beside?.close();
  await router?.stop();
});

const call = (body, options) => post(router, '/realms/realm1/call', body, options);
const publish = (body, options) => post(router, '/realms/realm1/publish', body, options);

for (const type of Object.keys(forms)) {
  test(`${type}: a call with args and kwargs, its result, its error`, async (t) => {
    await beside.register(t, 'com.echo', (args, kwargs) => new autobahn.Result(args, kwargs));
    const payload = { args: [1, 'zwei', [3.5, null]], kwargs: { deep: { er: true } } };
    const { status, headers, body } = await call({ procedure: 'com.echo', ...payload }, { type });
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), type);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.deepEqual(body, payload);
    const failed = await call({ procedure: 'com.nobody' }, { type });
    assert.equal(failed.status, 404);
    assert.equal(failed.body.error, 'wamp.error.no_such_procedure');
    assert.equal(failed.body.args.length, 1);
    assert.deepEqual(failed.body.kwargs, {});
  });

  test(`${type}: a publication is acknowledged and arrives`, async (t) => {
    const next = await beside.subscribe(t, 'com.topic');
    const { status, body } = await publish({ topic: 'com.topic', args: [21.5], kwargs: { unit: 'C' } }, { type });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['id']);
    const event = await next();
    assert.deepEqual([event.args, { ...event.kwargs }], [[21.5], { unit: 'C' }]);
    assert.equal(Number(body.id), event.details.publication);
  });
}

test('the answer has the type that Accept asks for', async (t) => {
  await beside.register(t, 'com.five', () => 5);
  const answer = await call({ procedure: 'com.five' }, { headers: { accept: 'text/html, application/cbor' } });
  assert.equal(answer.headers.get('content-type'), 'application/cbor');
  assert.deepEqual(answer.body, { args: [5] });
  const none = await call({ procedure: 'com.five' }, { headers: { accept: 'text/html' } });
  assert.equal(none.status, 406);
});

test('binary is a string with U+0000 and base64 in JSON', async (t) => {
  const msgpack = await openAutobahn(router, { serializer: 'msgpack' });
  t.after(() => msgpack.close());
  let got;
  const take = ([bytes]) => ((got = Buffer.from(bytes)), new Uint8Array([0xff, 0]));
  await within(msgpack.session.register('com.bytes', take), 'a registration');
  const { body } = await call({ procedure: 'com.bytes', args: ['\u0000AAEC'] });
  assert.deepEqual([...got], [0, 1, 2]);
  assert.deepEqual(body, { args: ['\u0000/wA='] });
});

test('the status says what went wrong, the body always has error, args and kwargs', async (t) => {
  await beside.register(t, 'com.fail', ([uri]) => {
    throw new autobahn.Error(uri, ['why', 7], { more: true });
  });
  await beside.register(t, 'com.never', () => new Promise(() => {}));
  const narrow = (body) => post(router, '/realms/narrow/call', body);
  const digest = { headers: { authorization: 'Digest x' } };
  const cases = [
    [404, 'wamp.error.no_such_procedure', 'no-such-procedure', call({ procedure: 'com.nope' })],
    [403, 'wamp.error.not_authorized', 'not-authorized', narrow({ procedure: 'com.forbidden' })],
    [404, 'wamp.error.no_such_realm', 'no-such-realm', post(router, '/realms/nowhere/call', { procedure: 'com.a' })],
    [504, 'wamp.error.timeout', 'timeout', call({ procedure: 'com.never', options: { timeout: 50 } })],
    [422, 'com.app.error', 'application-error', call({ procedure: 'com.fail', args: ['com.app.error'] })],
    [422, 'wamp.error.invalid_argument', 'invalid-argument', call({ procedure: 'com.fail', args: ['wamp.error.invalid_argument'] })],
    [422, 'wamp.error.invalid_uri', 'invalid-uri', call({ procedure: 'com..a b' })],
    [422, 'wamp.error.invalid_argument', 'invalid-argument', call({ procedur: 'com.a' })],
    [400, 'heddle.error.malformed', 'malformed', call(undefined, { raw: '{"procedure":' })],
    [415, 'heddle.error.no_such_media_type', 'no-such-media-type', call({ procedure: 'com.a' }, { type: 'text/plain' })],
    [405, 'heddle.error.no_such_method', 'no-such-method', call({ procedure: 'com.a' }, { method: 'PUT' })],
    [413, 'wamp.error.payload_size_exceeded', 'payload-size-exceeded', call({ procedure: 'com.a', args: ['x'.repeat(70_000)] })],
    [401, 'wamp.error.authentication_failed', 'authentication-failed', call({ procedure: 'com.a' }, digest)],
  ];
  for (const [status, error, name, asked] of cases) {
    const answer = await asked;
    assert.equal(answer.status, status, `${error}: ${answer.text}`);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.equal(answer.body.error, error);
    assert.equal(answer.body.status, status);
    assert.equal(answer.body.type, `urn:heddle:problem:${name}`);
    assert.equal(typeof answer.body.title, 'string');
    assert.ok(Array.isArray(answer.body.args), answer.text);
    assert.equal(typeof answer.body.kwargs, 'object');
    if (status === 401) assert.match(answer.headers.get('www-authenticate'), /Bearer realm="realm1"/);
  }
  const own = await call({ procedure: 'com.fail', args: ['com.app.error'] });
  assert.deepEqual([own.body.args, own.body.kwargs], [['why', 7], { more: true }]);
});

test('what is wrong with a body is named, with the nearest name', async () => {
  const wrong = async (body, pattern, pointer) => {
    const { status, body: problem, text } = await publish(body);
    assert.equal(status, 422, text);
    assert.match(problem.detail, pattern);
    assert.deepEqual(problem.errors, [{ pointer, detail: problem.detail }]);
  };
  await wrong({ topik: 'a' }, /"topik"; did you mean "topic"/, '/topik');
  await wrong({ topic: 'a', options: { retian: true } }, /"retian"; did you mean "retain"/, '/options/retian');
  await wrong({ topic: 'a', options: { retain: 'yes' } }, /options\.retain must be/, '/options/retain');
  await wrong({ topic: 'a', options: { exclude: 5 } }, /options\.exclude must be/, '/options/exclude');
  await wrong({ topic: 'a', args: {} }, /args must be a list/, '/args');
  const queried = await post(router, '/realms/realm1/publish?topic=a', { topic: 'a' });
  assert.equal(queried.status, 422);
});

test('all options of a publication count', async (t) => {
  const other = await openAutobahn(router);
  t.after(() => other.close());
  const received = { peer: [], other: [] };
  for (const [name, who] of [['peer', beside], ['other', other]]) {
    const note = ([first], kwargs, details) => received[name].push([first, details]);
    await within(who.session.subscribe('com.options', note), 'a subscription');
  }
  const send = async (n, options) => assert.equal((await publish({ topic: 'com.options', args: [n], options })).status, 200);
  await send(1, { exclude: [beside.session.id] });
  await send(2, { eligible: [beside.session.id] });
  await send(3, { exclude_authid: [beside.peer.details.authid] });
  await send(4, { eligible_authid: [beside.peer.details.authid] });
  await send(5, { exclude_authrole: ['anonymous'] });
  await send(6, { eligible_authrole: ['anonymous'] });
  await send(7, { disclose_me: true, _mine: 'x' });
  await send(8, { retain: true, acknowledge: false });
  const fence = async () => {
    await beside.session.publish('com.options', ['end'], {}, { acknowledge: true, exclude_me: false });
    const there = () => [received.peer, received.other].every((list) => list.some(([what]) => what === 'end'));
    await within((async () => { while (!there()) await new Promise(setImmediate); })(), 'events');
  };
  await fence();
  assert.deepEqual(received.peer.map(([what]) => what), [2, 4, 6, 7, 8, 'end']);
  assert.deepEqual(received.other.map(([what]) => what), [1, 3, 6, 7, 8, 'end']);
  const seven = received.other.find(([what]) => what === 7)[1];
  assert.ok(seven.publisher > 0 && seven.publisher_authrole === 'anonymous', JSON.stringify(seven));
  const late = await openAutobahn(router);
  t.after(() => late.close());
  const kept = new Promise((resolve) => late.session.subscribe('com.options', ([what]) => resolve(what), { get_retained: true }));
  assert.equal(await within(kept, 'the retained event'), 8);
});

test('a call\'s options count: disclose_me, and a timeout that the callee learns of', async (t) => {
  let details;
  await beside.register(t, 'com.who', (args, kwargs, about) => ((details = about), 1));
  await call({ procedure: 'com.who', options: { disclose_me: true } });
  assert.ok(details.caller > 0);
  assert.equal(details.caller_authrole, 'anonymous');
});

test('progressive results come line by line', async (t) => {
  let waits;
  let waiting = new Promise((resolve) => (waits = resolve));
  await beside.register(t, 'com.steps', async (args, kwargs, details) => {
    details.progress([1]);
    await new Promise((proceed) => waits(proceed));
    details.progress([2], { more: true });
    return 3;
  });
  const answer = await fetch(router.url('/realms/realm1/call', 'http'), {
    method: 'POST', body: '{"procedure":"com.steps"}', headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
  const reader = answer.body.getReader();
  let text = Buffer.from((await within(reader.read(), 'the first line')).value).toString();
  assert.equal(text, '{"progress":true,"args":[1]}\n', 'it comes before the call is over');
  (await within(waiting, 'the callee'))();
  waiting = new Promise((resolve) => (waits = resolve));
  for (;;) {
    const { value, done } = await within(reader.read(), 'more lines');
    if (done) break;
    text += Buffer.from(value).toString();
  }
  assert.equal(text, '{"progress":true,"args":[1]}\n{"progress":true,"args":[2],"kwargs":{"more":true}}\n{"args":[3]}\n');
  const asked = call({ procedure: 'com.steps', options: { receive_progress: true } });
  (await within(waiting, 'the callee'))();
  assert.equal((await asked).text, text, 'the option asks for the same');
  const plain = await call({ procedure: 'com.nope' }, { headers: { accept: 'application/x-ndjson' } });
  assert.equal(plain.status, 404);
});

test('an error after progressive results is the last line', async (t) => {
  await beside.register(t, 'com.breaks', (args, kwargs, details) => {
    details.progress([1]);
    throw new autobahn.Error('com.broken', ['so']);
  });
  const { status, text } = await call({ procedure: 'com.breaks' }, { headers: { accept: 'application/x-ndjson' } });
  assert.equal(status, 200);
  const [first, last] = text.trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(first, { progress: true, args: [1] });
  assert.deepEqual([last.error, last.args, last.status], ['com.broken', ['so'], 422]);
});

test('HTTP/1.0 gets the lines until the connection ends', async (t) => {
  await beside.register(t, 'com.old', (args, kwargs, details) => (details.progress([1]), 2));
  const body = '{"procedure":"com.old"}';
  const raw = await new RawPeer(router.port).send(
    'POST /realms/realm1/call HTTP/1.0\r\nContent-Type: application/json\r\nAccept: application/x-ndjson\r\n' +
    `Content-Length: ${body.length}\r\n\r\n${body}`);
  const text = (await raw.closed()).toString();
  assert.match(text, /\r\n\r\n\{"progress":true,"args":\[1\]\}\n\{"args":\[2\]\}\n$/);
  assert.doesNotMatch(text, /chunked/i);
});

test('a client that goes away cancels its call', async (t) => {
  // autobahn-js does not learn of interrupts: a callee by hand does.
  const callee = new RawWebSocket(router.url('/'));
  t.after(() => callee.close());
  await callee.open();
  callee.send([1, 'realm1', { roles: { callee: { features: { call_canceling: true } } } }]);
  assert.equal((await callee.nextMessage())[0], 2);
  callee.send([64, 1, {}, 'com.long']);
  assert.equal((await callee.nextMessage())[0], 65);
  const aborting = new AbortController();
  const asked = fetch(router.url('/realms/realm1/call', 'http'), {
    method: 'POST', body: '{"procedure":"com.long"}', headers: { 'content-type': 'application/json' }, signal: aborting.signal,
  }).catch((error) => error.name);
  const invocation = await callee.nextMessage();
  assert.equal(invocation[0], 68);
  aborting.abort();
  assert.equal(await asked, 'AbortError');
  const interrupt = await callee.nextMessage();
  assert.deepEqual(interrupt.slice(0, 2), [69, invocation[1]]);
});

test('a lost callee is 502', async () => {
  const callee = await openAutobahn(router);
  await within(callee.session.register('com.lost', () => new Promise(() => {
    callee.close();
  })), 'a registration');
  const { status, body } = await call({ procedure: 'com.lost' });
  assert.equal(status, 502, JSON.stringify(body));
  assert.equal(body.error, 'wamp.error.canceled');
});

test('requests are no sessions: no meta events, no list shows them', async (t) => {
  const joins = await beside.subscribe(t, 'wamp.session.on_join');
  const listed = await call({ procedure: 'wamp.session.list' });
  assert.ok(listed.body.args[0].includes(beside.session.id));
  const counted = await call({ procedure: 'wamp.session.count' });
  assert.equal(counted.body.args[0], listed.body.args[0].length);
  const fence = await openAutobahn(router);
  assert.equal((await joins()).args[0].session, fence.session.id, 'the first to join since is a session');
  await fence.close();
});

test('one connection carries many requests, also pipelined, one after the other', async (t) => {
  await beside.register(t, 'com.twice', ([n]) => 2 * n);
  const one = (n) => {
    const body = JSON.stringify({ procedure: 'com.twice', args: [n] });
    const head = 'POST /realms/realm1/call HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  };
  const raw = await new RawPeer(router.port).send(Array.from({ length: 50 }, (_, n) => one(n)).join(''));
  for (let n = 0; n < 50; ++n) {
    const head = await raw.takeUntil('\r\n\r\n');
    const body = await raw.take(Number(/content-length: *(\d+)/i.exec(head)[1]));
    assert.equal(body.toString(), `{"args":[${2 * n}]}`);
  }
  raw.close();
});

test('many clients at once, over all threads', async (t) => {
  await beside.register(t, 'com.sum', (numbers) => numbers.reduce((a, b) => a + b, 0));
  const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => call({ procedure: 'com.sum', args: [n, 1] })));
  assert.deepEqual(answers.map(({ body }) => body.args[0]), answers.map((_, n) => n + 1));
});

test('pages of the listener\'s origins may call, others may not', async (t) => {
  await beside.register(t, 'com.page', () => 1);
  const from = (origin, more = {}) => call({ procedure: 'com.page' }, { headers: { origin }, ...more });
  const good = await from('https://pages.example');
  assert.equal(good.status, 200);
  assert.equal(good.headers.get('access-control-allow-origin'), 'https://pages.example');
  assert.equal(good.headers.get('access-control-allow-credentials'), 'true');
  assert.equal(good.headers.get('vary'), 'Origin');
  for (const origin of ['https://evil.example', 'null', 'https://pages.example.evil', 'http://pages.example']) {
    const bad = await from(origin);
    assert.equal(bad.status, 403, origin);
    assert.equal(bad.headers.get('access-control-allow-origin'), null);
  }
  const asks = {
    origin: 'https://pages.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type',
  };
  const preflight = await call(undefined, { method: 'OPTIONS', type: '', headers: asks });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-methods'), 'POST');
  assert.match(preflight.headers.get('access-control-allow-headers'), /Authorization, Content-Type/);
});

test('curl, over TCP and over the Unix socket', async (t) => {
  await beside.register(t, 'com.curl', ([a, b]) => a + b);
  const file = path.join(router.folder, 'call.json');
  await writeFile(file, '{"procedure":"com.curl","args":[2,3]}');
  const asked = ['-sS', '--fail-with-body', '--json', `@${file}`];
  assert.equal((await run('curl', [...asked, router.url('/realms/realm1/call', 'http')])).stdout, '{"args":[5]}');
  const unix = await run('curl', [...asked, '--unix-socket', router.socket, 'http://localhost/realms/realm1/call']);
  assert.equal(unix.stdout, '{"args":[5]}');
});
