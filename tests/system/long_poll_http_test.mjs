// Long-poll as HTTP: paths, methods, bodies, connections and browsers; and what is refused.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { LongPoll, post } from './long_poll.mjs';
import { RawPeer, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';
import { within } from './wait.mjs';

const trusted = 'https://app.example.com';

let router, to;
before(async () => {
  router = await startRouter({
    limits: { message: '64KiB', message_before_session: '8KiB', poll_wait: '300ms', poll_idle: '5s' },
    listenerMore: `origins = ["${trusted}"]`,
  });
  to = { port: router.port };
});
after(() => router.stop());
beforeEach(() => router.forget());
afterEach(() => stillServes(router));

const open = (protocol, options) => new LongPoll(to, protocol, options).open();
const joined = async (protocol, options) => {
  const peer = new LongPoll(to, protocol, options);
  await peer.join();
  return peer;
};
const ended = (peer, reason) => new RegExp(`session\\.end .*session=${peer.session} .*reason=${reason}`);
const openWith = (body, options) => post(to, '/lp/open', body, options);

describe('refusals', () => {
  test('what is not open, receive, send or close of a transport that is there is 404', async () => {
    const peer = await joined();
    const other = await joined();
    const mixed = peer.id.slice(0, 20) + other.id.slice(20);
    for (const path of ['/lp', '/lp/', '/lp/open/', '/lp/nothing', `/lp/${peer.id}`, `/lp/${peer.id}/`, `/lp/${peer.id}/receive/`,
      `/lp/${mixed}/receive`, `/lp/${peer.id.slice(0, -1)}/receive`, `/lp/${'f'.repeat(peer.id.length)}/send`,
      `/lp/${'0'.repeat(peer.id.length)}/send`, `/lp/${peer.id.toUpperCase()}x/send`, `/lpx/${peer.id}/send`]) {
      const { status } = await post(to, path, '');
      assert.equal(status, path === '/lp' || path.startsWith('/lpx') ? 405 : 404, path);
    }
    assert.deepEqual(await peer.receive(), []);
  });

  test('other methods are answered 405 and told which one is right; HEAD without a body', async () => {
    const peer = await joined();
    for (const path of ['/lp/open', `${peer.url}/receive`]) {
      for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
        const { status, headers, body } = await post(to, path, undefined, { method });
        assert.equal(status, 405, method);
        assert.equal(headers.allow, 'POST, OPTIONS');
        if (method === 'HEAD') assert.equal(body.length, 0);
      }
    }
  });

  test('open wants a JSON dictionary with protocols, one of which is spoken here', async () => {
    const wrong = ['', 'hello', '[]', '{}', '{"protocols":"wamp.2.json"}', '{"protocols":[1]}', '{"protocols":[]}',
      '{"protocols":["wamp.2.ubjson"]}', '{"protocols":["warp0"]}', '{"protocols":["wamp.2.json"]} x', '{"protocols":["wamp.2.json"]'];
    for (const body of wrong) assert.equal((await openWith(body)).status, 400, body);
    const right = '{"x":[{}],"protocols":["wamp.2.ubjson","wamp.2.cbor","wamp.2.json"]}';
    assert.equal((await openWith(right, { headers: { 'Content-Type': 'text/plain' } })).status, 400);
    const { status, headers, body } = await openWith(right);
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^application\/json/);
    assert.equal(JSON.parse(body).protocol, 'wamp.2.cbor');
  });

  const bad = [
    ['that is no message', 'wamp.2.json', 'nonsense'],
    ['that is empty', 'wamp.2.json', ''],
    ['of two messages in a plain form', 'wamp.2.json', '[32,1,{},"a"][32,2,{},"b"]'],
    ['that is an empty batch', 'wamp.2.json.batched', ''],
    ['that is a batch without its end', 'wamp.2.json.batched', '[32,1,{},"a"]'],
    ['that is a batch cut off', 'wamp.2.msgpack.batched', Buffer.from([0, 0, 0, 9, 0x90])],
  ];
  for (const [name, protocol, body] of bad) {
    test(`a body ${name} is answered 400, and by ABORT`, async () => {
      const peer = await joined(protocol);
      assert.equal((await peer.post('send', body)).status, 400);
      const last = await peer.nextMessage();
      assert.deepEqual([last[0], last[2]], [3, 'wamp.error.protocol_violation']);
      assert.equal((await peer.post('receive')).status, 410);
      assert.equal((await peer.post('receive')).status, 404);
      await router.said(ended(peer, 'malformed_message'));
    });
  }

  test('a body above the limit of a message is answered 413 by its header alone, and the session lives on', async () => {
    const peer = await joined();
    for (const size of [(64 << 10) + 1, 1 << 30]) {
      const raw = await new RawPeer(router.port).send(`POST ${peer.url}/send HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
      assert.match(String(await raw.closed()), /^HTTP\/1\.1 413 /);
    }
    await peer.send([16, 1, { acknowledge: true }, 'poll.long', ['x'.repeat(60_000)]]);
    assert.equal((await peer.nextMessage())[0], 17);
  });

  test('a message that is not allowed in its place is accepted, and answered by ABORT', async () => {
    const peer = await open();
    await peer.send([32, 1, {}, 'too.early']);
    assert.equal((await peer.nextMessage())[2], 'wamp.error.protocol_violation');
    const again = await joined();
    await again.send([1, 'realm1', { roles: { caller: {} } }]);
    assert.equal((await again.nextMessage())[2], 'wamp.error.protocol_violation');
  });

  test('before WELCOME only small messages are taken', async () => {
    const peer = await open();
    assert.equal((await peer.post('send', `[1,"realm1",{"roles":{"caller":{}},"x":"${'y'.repeat(8 << 10)}"}]`)).status, 413);
    assert.equal((await peer.nextMessage())[0], 3);
  });

  test('a realm that is not there is refused by ABORT', async () => {
    const peer = await open();
    await peer.send([1, 'nowhere', { roles: { caller: {} } }]);
    assert.equal((await peer.nextMessage())[2], 'wamp.error.no_such_realm');
    assert.equal((await peer.post('receive')).status, 410);
  });
});

describe('HTTP', () => {
  test('one connection carries all requests of a client, also pipelined, and the query is ignored', async () => {
    const peer = await joined();
    const raw = new RawPeer(router.port);
    const asked = (verb, body = '') =>
      `POST ${peer.url}/${verb}?x=${Math.random()} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    await raw.send(asked('send', '[32,1,{},"poll.pipe"]') + asked('receive') + asked('send', '[34,2,99]') + asked('receive'));
    const statuses = [], bodies = [];
    for (let n = 0; n < 4; ++n) {
      const head = await raw.takeUntil('\r\n\r\n');
      statuses.push(Number(head.split(' ')[1]));
      bodies.push(String(await raw.take(Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0))));
    }
    assert.deepEqual(statuses, [202, 200, 202, 200]);
    assert.match(bodies[1], /^\[33,1,/);
    assert.match(bodies[3], /^\[8,34,2,/);
    raw.close();
  });

  test('a kept connection serves a client for longer than one handshake may take', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const peer = new LongPoll(to);
    await peer.join();
    for (let n = 0; n < 20; ++n) assert.deepEqual(await peer.receive({ agent }), []);
    agent.destroy();
  });

  test('a client that waits for 100 Continue gets it', async () => {
    const peer = await joined();
    const answer = await within(new Promise((resolve, reject) => {
      const asked = http.request({ host: '127.0.0.1', ...to, path: `${peer.url}/send`, method: 'POST', agent: false,
        headers: { Expect: '100-continue', 'Content-Length': 23 } }, resolve);
      asked.on('continue', () => asked.end('[32,1,{},"poll.expect"]'));
      asked.on('error', reject);
    }), 'an answer after 100 Continue');
    assert.equal(answer.statusCode, 202);
    answer.resume();
    assert.equal((await peer.nextMessage())[0], 33);
  });

  test('a browser of another origin is refused, one on the list may read the answers', async () => {
    const body = '{"protocols":["wamp.2.json"]}';
    assert.equal((await openWith(body, { headers: { Origin: 'https://evil.example.com' } })).status, 403);
    const { status, headers } = await openWith(body, { headers: { Origin: trusted } });
    assert.equal(status, 200);
    assert.equal(headers['access-control-allow-origin'], trusted);
    assert.equal(headers['access-control-allow-credentials'], 'true');
    const asked = await openWith(undefined, { method: 'OPTIONS', headers: { Origin: trusted, 'Access-Control-Request-Method': 'POST' } });
    assert.equal(asked.status, 204);
    assert.match(asked.headers['access-control-allow-headers'], /content-type/i);
    assert.equal((await openWith(undefined, { method: 'OPTIONS', headers: { Origin: 'https://evil.example.com' } })).status, 403);
    const peer = await joined('wamp.2.json', { headers: { Origin: trusted } });
    assert.equal((await peer.close()).headers['access-control-allow-origin'], trusted);
  });

  test('over a Unix socket', async () => {
    const peer = new LongPoll({ socketPath: router.socket });
    await peer.join();
    await router.said(/session\.join .*via=lp\+unix\/json/);
    assert.equal((await peer.close()).status, 202);
  });
});
