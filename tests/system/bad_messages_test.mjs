// Messages that are malformed, out of order or in the wrong direction end the session with ABORT and close the transport
// (the receive matrix); over each transport the same. Refusals that keep the session are here beside them.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { hello, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { ruledRealm, openRealm, startRouter } from './router.mjs';
import { within } from './wait.mjs';

let router;
before(async () => {
  const closed = ruledRealm('empty', []);
  router = await startRouter({ realms: openRealm() + closed, limits: { message: '256KiB' } });
});
after(() => router.stop());
afterEach(() => stillServes(router));

const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);

const beforeHello = [
  ['a call', [48, 1, {}, 'a.b']],
  ['a publication', [16, 1, {}, 'a.b']],
  ['a goodbye', [6, {}, 'wamp.close.close_realm']],
  ['an authentication nobody asked for', [5, 'signature', {}]],
  ['a WELCOME', [2, 1, {}]],
  ['a HELLO without roles', [1, 'realm1', {}], 'wamp.error.no_such_role'],
  ['a HELLO with a number for a realm', [1, 7, { roles: { caller: {} } }]],
  ['a HELLO cut short', [1, 'realm1']],
  ['no JSON', '{[}'],
  ['an object', '{}'],
  ['an empty list', '[]'],
  ['a list cut short', '[1,"realm1",{'],
  ['two messages in one', '[1,"realm1",{"roles":{"caller":{}}}] []'],
  ['lists nested too deep', deep(5000)],
];

const inSession = [
  ['a second HELLO', hello()],
  ['an unknown type', [99, 1]],
  ['a type that is text', ['16', 1, {}, 'a.b']],
  ['a WELCOME', [2, 1, { roles: { broker: {} } }]],
  ['a CHALLENGE', [4, 'ticket', {}]],
  ['an AUTHENTICATE', [5, 'signature', {}]],
  ['a SUBSCRIBED', [33, 1, 1]],
  ['an EVENT', [36, 1, 1, {}]],
  ['a RESULT', [50, 1, {}]],
  ['a REGISTERED', [65, 1, 1]],
  ['an INVOCATION', [68, 1, 1, {}]],
  ['an INTERRUPT', [69, 1, {}]],
  ['a PUBLISHED', [17, 1, 1]],
  ['a YIELD nobody asked for', [70, 77, {}]],
  ['an ERROR of a type that callees do not answer', [8, 48, 1, {}, 'a.b']],
  ['a request id of 0', [32, 0, {}, 'a.b']],
  ['a request id above 2^53', '[32,9007199254740993,{},"a.b"]'],
  ['a request id that is text', [32, '1', {}, 'a.b']],
  ['a negative request id', [32, -1, {}, 'a.b']],
  ['options that are a list', [32, 1, [], 'a.b']],
  ['a topic that is a number', [32, 1, {}, 5]],
  ['a message with too few elements', [32, 1, {}]],
  ['a message with too many elements', [32, 1, {}, 'a.b', 5]],
  ['arguments that are no list', [16, 1, {}, 'a.b', 'text']],
  ['keyword arguments that are no dictionary', [16, 1, {}, 'a.b', [], []]],
  ['a match that does not exist', [32, 1, { match: 'fuzzy' }, 'a.b']],
  ['an acknowledge that is a number', [16, 1, { acknowledge: 1 }, 'a.b']],
  ['an exclude that is text', [16, 1, { exclude: 'all' }, 'a.b']],
  ['arguments nested too deep', `[16,1,{},"a.b",${deep(5000)}]`],
  ['arguments with broken UTF-8', Buffer.from('[16,1,{},"a.b",["\xff\xfe"]]', 'latin1')],
  ['arguments with a broken escape', '[16,1,{},"a.b",["\\x"]]'],
  ['arguments with a raw control character', '[16,1,{},"a.b",["\u0001"]]'],
  ['text after the message', '[16,1,{},"a.b"]x'],
];

const transports = {
  RawSocket: async (message, joined) => {
    const peer = await new RawSocket(router.port).open();
    if (joined) await peer.join();
    await (Buffer.isBuffer(message) ? peer.frame(message) : peer.say(message));
    const abort = await peer.nextMessage('ABORT');
    await peer.closed();
    return abort;
  },
  WebSocket: async (message, joined) => {
    const peer = new RawWebSocket(router.url('/'));
    await (joined ? peer.join() : peer.open());
    if (Buffer.isBuffer(message)) peer.socket.send(message, { binary: false });
    else peer.send(message);
    // Broken UTF-8 is WebSocket's own business: close 1007 before any message comes of it.
    const abort = Buffer.isBuffer(message) ? [3, {}, `close ${(await peer.end()).code}`] : await peer.nextMessage('ABORT');
    await peer.end();
    return abort;
  },
};

for (const [transport, provoke] of Object.entries(transports)) {
  describe(`over ${transport}, ABORT and the end follow`, () => {
    for (const [state, joined, messages] of [['before HELLO', false, beforeHello], ['in a session', true, inSession]]) {
      for (const [name, message, uri = 'wamp.error.protocol_violation'] of messages) {
        test(`${name} ${state}`, async () => {
          const [code, , reason] = await provoke(message, joined);
          const expected = transport === 'WebSocket' && Buffer.isBuffer(message) ? 'close 1007' : uri;
          assert.deepEqual([code, reason], [3, expected]);
        });
      }
    }

    test('a realm that does not exist', async () => {
      assert.equal((await provoke(hello('nowhere'), false))[2], 'wamp.error.no_such_realm');
    });
  });
}

describe('MessagePack and CBOR that are none', () => {
  const broken = {
    msgpack: ['c1', '93', '9301a67265616c', 'dfffffffff', 'dd7fffffff', 'c6ffffffff', '91'.repeat(5000), '9301d9ff'],
    cbor: ['ff', '83', '830166726561', '9bffffffffffffffff', 'bbffffffffffffffff', '5bffffffffffffffff', '81'.repeat(5000), '1c', '9f'],
  };
  for (const [serializer, samples] of Object.entries(broken)) {
    for (const hex of samples) {
      test(`${serializer} ${hex.slice(0, 24)}${hex.length > 24 ? '...' : ''}`, async () => {
        const peer = await new RawSocket(router.port).open({ serializer });
        await peer.frame(Buffer.from(hex, 'hex'));
        const { payload } = await peer.nextFrame('ABORT');
        assert.equal(payload[1], 3);
        assert.ok(payload.includes('wamp.error.protocol_violation'));
        await peer.closed();
      });
    }
  }
});

describe('refusals that keep the session', () => {
  const ask = async (message, realm = 'realm1') => {
    const peer = await new RawSocket(router.port).open();
    await peer.join(realm);
    await peer.say(message);
    const answer = await peer.nextMessage();
    await peer.say([6, {}, 'wamp.close.close_realm']);
    assert.equal((await peer.nextMessage('GOODBYE'))[2], 'wamp.close.goodbye_and_out');
    peer.close();
    return answer;
  };
  const errors = [
    ['a subscription that is not held', [34, 1, 12345], 'wamp.error.no_such_subscription'],
    ['a registration that is not held', [66, 1, 12345], 'wamp.error.no_such_registration'],
    ['a procedure that nobody has', [48, 1, {}, 'no.body'], 'wamp.error.no_such_procedure'],
    ['a URI with a space', [32, 1, {}, 'a b'], 'wamp.error.invalid_uri'],
    ['an empty URI part in a call', [48, 1, {}, 'a..b'], 'wamp.error.invalid_uri'],
    ['a URI longer than the limit', [32, 1, {}, 'a'.repeat(256)], 'wamp.error.invalid_uri'],
    ['an acknowledged publication to a bad topic', [16, 1, { acknowledge: true }, '#'], 'wamp.error.invalid_uri'],
  ];
  for (const [name, message, uri] of errors) {
    test(name, async () => {
      const [code, type, request, , error] = await ask(message);
      assert.deepEqual([code, type, request, error], [8, message[0], 1, uri]);
    });
  }
  for (const message of [[48, 1, {}, 'a.b'], [64, 1, {}, 'a.b'], [32, 1, {}, 'a.b'], [16, 1, { acknowledge: true }, 'a.b']]) {
    test(`message ${message[0]} without permission`, async () => {
      const [code, type, , , error] = await ask(message, 'empty');
      assert.deepEqual([code, type, error], [8, message[0], 'wamp.error.not_authorized']);
    });
  }

  test('an unacknowledged publication gets no answer, however wrong', async () => {
    const peer = await new RawSocket(router.port).open();
    await peer.join('empty');
    await peer.say([16, 1, {}, 'not allowed']);
    await peer.say([16, 2, {}, 'a.b']);
    await peer.say([48, 3, {}, 'a.b']);
    assert.deepEqual((await peer.nextMessage()).slice(0, 3), [8, 48, 3]);
    peer.close();
  });

  test('a new HELLO after GOODBYE is a new session on the same transport', async () => {
    const peer = await new RawSocket(router.port).open();
    const first = (await peer.join())[1];
    await peer.say([6, {}, 'wamp.close.close_realm']);
    assert.equal((await peer.nextMessage())[0], 6);
    const second = (await peer.join())[1];
    assert.notEqual(first, second);
    peer.close();
  });

  test('an ABORT from the client ends its session without an answer', async () => {
    const peer = await new RawSocket(router.port).open();
    await peer.join();
    await peer.say([3, {}, 'wamp.close.normal']);
    assert.equal((await within(peer.closed(), 'the end')).length, 0);
  });
});
