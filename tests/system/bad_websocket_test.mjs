// WebSocket handshakes and frames as nobody should send them, and what a good client may do that is easily got wrong.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { hello, RawPeer, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';
import { rejection } from './wait.mjs';

let router;
before(async () => (router = await startRouter({ limits: { message: '64KiB', message_before_session: '8KiB', http_header: '4KiB' } })));
after(() => router.stop());
afterEach(() => stillServes(router));

const upgrade = (lines = {}, path = '/') => {
  const headers = {
    Host: `127.0.0.1:${router.port}`, Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol': 'wamp.2.json', ...lines,
  };
  const kept = Object.entries(headers).filter(([, value]) => value !== undefined);
  return `GET ${path} HTTP/1.1\r\n${kept.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
};
const statusOf = async (request) => {
  const peer = await new RawPeer(router.port).send(request);
  const line = await peer.takeUntil('\r\n', 'a status line');
  peer.close();
  return Number(line.split(' ')[1]);
};
// A client's frame, masked with zeros unless told otherwise.
const frame = (first, payload = Buffer.alloc(0), masked = true) => {
  const body = Buffer.from(payload);
  assert.ok(body.length < 126);
  return Buffer.concat([Buffer.from([first, (masked ? 0x80 : 0) | body.length]), masked ? Buffer.alloc(4) : Buffer.alloc(0), body]);
};
// The router's frames, none of which is masked or longer than 64 KiB here.
const framesIn = (bytes) => {
  const frames = [];
  for (let at = 0; at < bytes.length;) {
    const long = bytes[at + 1] === 126;
    const length = long ? bytes.readUInt16BE(at + 2) : bytes[at + 1];
    const begin = at + (long ? 4 : 2);
    frames.push({ opcode: bytes[at] & 15, payload: bytes.subarray(begin, begin + length) });
    at = begin + length;
  }
  return frames;
};
const openByHand = async () => {
  const peer = await new RawPeer(router.port).send(upgrade());
  assert.match(await peer.takeUntil('\r\n\r\n', 'the handshake'), /^HTTP\/1\.1 101 /);
  return peer;
};

describe('handshakes', () => {
  test('a subprotocol that nobody here speaks is refused with 400', async () => {
    assert.equal((await rejection(new RawWebSocket(router.url('/'), ['wamp.2.ubjson']).open())).status, 400);
    assert.equal(await statusOf(upgrade({ 'Sec-WebSocket-Protocol': 'chat' })), 400);
  });

  test('of several subprotocols the first that is spoken here is chosen', async () => {
    const peer = new RawWebSocket(router.url('/'), ['wamp.2.ubjson', 'wamp.2.cbor', 'wamp.2.json']);
    await peer.open();
    assert.equal(peer.socket.protocol, 'wamp.2.cbor');
    peer.close();
  });

  test('no subprotocol, or warp0, is WARP', async () => {
    for (const [protocols, chosen] of [[[], ''], [['warp0'], 'warp0']]) {
      const peer = new RawWebSocket(router.url('/realm1'), protocols);
      await peer.open();
      assert.equal(peer.socket.protocol, chosen);
      assert.equal(await peer.send('@link(node:"/a",lane:b)').nextText(), '@linked(node:"/a",lane:b)');
      peer.close();
    }
  });

  const bad = [
    ['without a key', { 'Sec-WebSocket-Key': undefined }, [400]],
    ['of a version of long ago', { 'Sec-WebSocket-Version': '7' }, [400, 426]],
    ['from a page of elsewhere', { Origin: 'https://evil.example' }, [403]],
    ['with a header above the limit', { 'X-Long': 'x'.repeat(5000) }, [400, 431]],
  ];
  for (const [name, lines, allowed] of bad) {
    test(`one ${name} is refused`, async () => {
      const status = await statusOf(upgrade(lines));
      assert.ok(allowed.includes(status), `got ${status}`);
    });
  }

  test('one from a page of the listener itself is let in', async () => {
    assert.equal(await statusOf(upgrade({ Origin: `http://127.0.0.1:${router.port}` })), 101);
  });

  for (const [name, bytes] of [['a request line of garbage', 'GARBAGE\r\n\r\n'], ['a line without end', 'G'.repeat(6000)],
                               ['a zero byte', 'GET /\0 HTTP/1.1\r\n\r\n']]) {
    test(`${name} is answered with 4xx or the end`, async () => {
      const peer = await new RawPeer(router.port).send(bytes);
      const said = (await peer.closed()).toString('latin1');
      assert.match(said, /^(HTTP\/1\.1 4\d\d |$)/);
    });
  }
});

describe('frames', () => {
  const hi = JSON.stringify(hello());
  const wrong = [
    ['that is not masked', () => frame(0x81, hi.slice(0, 100), false), 1002],
    ['of a reserved opcode', () => frame(0x83, 'x'), 1002],
    ['with reserved bits', () => frame(0xc1, 'x'), 1002],
    ['that is a fragmented ping', () => frame(0x09, 'x'), 1002],
    ['that continues nothing', () => frame(0x80, 'x'), 1002],
    ['of text that is not UTF-8', () => frame(0x81, Buffer.from([0xff, 0xfe])), 1007],
  ];
  for (const [name, bytes, code] of wrong) {
    test(`one ${name} closes with ${code}`, async () => {
      const peer = await openByHand();
      await peer.send(bytes());
      const said = framesIn(await peer.closed());
      // Of a WAMP connection the first is ABORT; the last is the close with its code.
      assert.deepEqual(said.map(({ opcode }) => opcode), [1, 8]);
      assert.equal(JSON.parse(said[0].payload)[2], 'wamp.error.protocol_violation');
      assert.equal(said[1].payload.readUInt16BE(0), code);
    });
  }

  test('a message above the limit closes with 1009', async () => {
    const peer = new RawWebSocket(router.url('/'));
    await peer.join();
    peer.send([16, 1, {}, 'a.b', ['x'.repeat(70_000)]]);
    assert.equal((await peer.end()).code, 1009);
  });

  test('before WELCOME the limit is lower', async () => {
    const peer = new RawWebSocket(router.url('/'));
    await peer.open();
    peer.send([1, 'realm1', { roles: { caller: {} }, agent: 'x'.repeat(9000) }]);
    assert.equal((await peer.end()).code, 1009);
  });

  test('fragments above the limit close with 1009 before the last one', async () => {
    const peer = new RawWebSocket(router.url('/'));
    await peer.join();
    for (let n = 0; n < 5; ++n) peer.socket.send('x'.repeat(20_000), { fin: false });
    assert.equal((await peer.end()).code, 1009);
  });

  test('bytes where text is spoken, and text where bytes are, end the session', async () => {
    for (const [protocol, data] of [['wamp.2.json', Buffer.from(hi)], ['wamp.2.msgpack', hi], ['wamp.2.cbor', hi]]) {
      const peer = new RawWebSocket(router.url('/'), [protocol]);
      await peer.open();
      peer.send(data);
      await peer.end();
    }
  });

  test('a message in three fragments with a ping between them is one message', async () => {
    const peer = new RawWebSocket(router.url('/'));
    await peer.open();
    const pong = new Promise((resolve) => peer.socket.once('pong', (data) => resolve(String(data))));
    peer.socket.send(hi.slice(0, 5), { fin: false });
    peer.socket.send(hi.slice(5, 9), { fin: false });
    peer.socket.ping('between');
    peer.socket.send(hi.slice(9), { fin: true });
    assert.equal((await peer.nextMessage())[0], 2);
    assert.equal(await pong, 'between');
    peer.close();
  });

  test('a close is answered with a close', async () => {
    const peer = new RawWebSocket(router.url('/'));
    await peer.join();
    peer.socket.close(1000, 'bye');
    assert.equal((await peer.end()).code, 1000);
  });
});

describe('batched subprotocols', () => {
  test('wamp.2.json.batched takes several messages in one frame, each ended by 0x1e', async () => {
    const peer = new RawWebSocket(router.url('/'), ['wamp.2.json.batched']);
    await peer.open();
    const messages = [hello(), [32, 1, {}, 'batch.me'], [16, 2, { acknowledge: true, exclude_me: false }, 'batch.me', [1]]];
    peer.send(messages.map((message) => JSON.stringify(message) + '\x1e').join(''));
    const codes = [];
    while (codes.length < 4) {
      const text = await peer.nextText();
      assert.ok(text.endsWith('\x1e'));
      codes.push(...text.split('\x1e').slice(0, -1).map((one) => JSON.parse(one)[0]));
    }
    assert.deepEqual([codes[0], ...codes.slice(1).sort()], [2, 17, 33, 36]);
    peer.close();
  });

  test('wamp.2.msgpack.batched puts a length before each message', async () => {
    const peer = new RawWebSocket(router.url('/'), ['wamp.2.msgpack.batched']);
    await peer.open();
    const message = Buffer.from('9301a67265616c6d3181a5726f6c657381a663616c6c657280', 'hex');
    peer.send(Buffer.concat([Buffer.from([0, 0, 0, message.length]), message]));
    const answer = await peer.inbox.next();
    assert.equal(answer.readUInt32BE(0), answer.length - 4);
    assert.equal(answer[5], 2);
    peer.close();
  });

  test('an empty batch fails the transport', async () => {
    const peer = new RawWebSocket(router.url('/'), ['wamp.2.json.batched']);
    await peer.open();
    peer.send('');
    await peer.end();
  });
});
