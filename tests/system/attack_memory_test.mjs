// Bombs and floods (docs/attacks.md, 5.6): what claims to be large, unpacks to be large, or never ends, costs the router little.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import zlib from 'node:zlib';
import { after, afterEach, before, test } from 'node:test';
import { RawPeer, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';

const sanitized = ['asan', 'tsan'].includes(process.env.HEDDLE_PRESET); // they keep what was freed
let router;
before(async () => (router = await startRouter({ limits: { handshake: '1s', hello: '1s' } })));
after(() => router?.stop());
afterEach(() => stillServes(router));

const resident = async () => 1024 * Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${router.child.pid}/status`, 'utf8'))[1]);

// Does it, and the router is no more than `most` bytes larger afterwards, nor was it meanwhile.
async function costs(most, attack) {
  const before = await resident();
  let peak = before;
  const watch = setInterval(async () => (peak = Math.max(peak, await resident())), 5);
  try {
    await attack();
    peak = Math.max(peak, await resident());
  } finally {
    clearInterval(watch);
  }
  if (!sanitized) assert.ok(peak - before <= most, `${Math.round((peak - before) / 1024)} KiB more`);
}
const mib = 1 << 20;

const upgrade = (more = '') => ['GET / HTTP/1.1', 'Host: x', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Protocol: wamp.2.json'].join('\r\n') + `\r\n${more}\r\n`;

async function opened(more) {
  const peer = await new RawPeer(router.port).send(upgrade(more));
  return { peer, head: await peer.takeUntil('\r\n\r\n') };
}
// A masked frame's head that claims `length` bytes of payload.
function head(first, length) {
  const bytes = Buffer.alloc(14);
  bytes[0] = first;
  bytes[1] = 0x80 | 127;
  bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}
// The close code of the router's last frame.
async function closeCode(peer) {
  const said = await peer.closed();
  const at = said.lastIndexOf(0x88);
  return at < 0 ? 0 : said.readUInt16BE(at + 2);
}

test('compression is offered in vain: no bomb is ever inflated', async () => {
  const offers = ['permessage-deflate', 'permessage-deflate; client_max_window_bits, permessage-deflate', 'x-webkit-deflate-frame'];
  for (const offer of offers) {
    const { peer, head: answer } = await opened(`Sec-WebSocket-Extensions: ${offer}\r\n`);
    assert.match(answer, /^HTTP\/1.1 101/);
    assert.doesNotMatch(answer, /extensions/i);
    await costs(4 * mib, async () => {
      const bomb = zlib.deflateRawSync(Buffer.alloc(64 * mib));
      await peer.send(Buffer.concat([head(0xc1, bomb.length), bomb]));
      assert.equal(await closeCode(peer), 1002);
    });
  }
});

for (const [name, first, length] of [['2^63 - 1', 0x81, 2n ** 63n - 1n], ['2^63', 0x82, 2n ** 63n], ['2^64 - 1', 0x81, 2n ** 64n - 1n],
  ['32 MiB', 0x81, 32 * mib], ['32 MiB, as a fragment', 0x01, 32 * mib]])
  test(`a frame that claims ${name} bytes takes no memory, before WELCOME and after`, async () => {
    await costs(2 * mib, async () => {
      for (let n = 0; n < 20; ++n) {
        const { peer } = await opened();
        await peer.send(head(first, length));
        assert.ok([1002, 1009].includes(await closeCode(peer)));
      }
      const session = new RawWebSocket(router.url('/'));
      await session.join();
      session.socket._socket.write(head(first, length));
      assert.ok([1002, 1009].includes((await session.end()).code));
    });
  });

test('a control frame that claims more than 125 bytes is refused', async () => {
  const { peer } = await opened();
  await peer.send(head(0x89, 126));
  assert.equal(await closeCode(peer), 1002);
});

test('a RawSocket frame that claims 16 MiB before HELLO takes no memory', async () => {
  await costs(2 * mib, async () => {
    for (let n = 0; n < 20; ++n) {
      const peer = await new RawSocket(router.port).open();
      await peer.send(Buffer.from([0, 0xff, 0xff, 0xff]));
      await peer.closed();
    }
  });
});

test('arrays that claim four thousand million elements, and a million of arrays in each other, take no memory', async () => {
  const bombs = { msgpack: ['9301a67265616c6d31ddffffffff', 'ddffffffff', 'dfffffffff', '91'.repeat(8000)],
    cbor: ['8301667265616c6d319affffffff', '9bffffffffffffffff', '81'.repeat(8000)] };
  await costs(4 * mib, async () => {
    for (const [serializer, samples] of Object.entries(bombs))
      for (const hex of samples) {
        const peer = await new RawSocket(router.port).open({ serializer });
        await peer.frame(Buffer.from(hex, 'hex'));
        await peer.closed();
      }
    const session = new RawWebSocket(router.url('/'));
    await session.join();
    session.send(`[16,1,{},"a.b",${'['.repeat(500_000)}${']'.repeat(500_000)}]`);
    assert.equal((await session.nextMessage())[0], 3);
    session.close();
  });
});

test('headers and bodies that claim to be huge are refused by their claim', async () => {
  await costs(2 * mib, async () => {
    for (const length of ['99999999999', '18446744073709551616', '-1', '0x10'])
      for (const target of ['/lp/open', '/realms/realm1/call', '/']) {
        const peer = await new RawPeer(router.port).send(`POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
        const [, status] = (await peer.takeUntil('\r\n')).split(' ');
        assert.match(status, /^4\d\d$/, `${target} ${length}`);
        peer.close();
      }
  });
});

test('two lengths, or a length and chunks, are refused: nobody smuggles a request', async () => {
  const chunked = 'Transfer-Encoding: chunked';
  for (const lines of ['Content-Length: 5\r\nContent-Length: 6', `Content-Length: 5\r\n${chunked}`, `${chunked}, identity`]) {
    const request = `POST /lp/open HTTP/1.1\r\nHost: x\r\n${lines}\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`;
    const peer = await new RawPeer(router.port).send(request);
    const said = (await peer.closed()).toString();
    assert.match(said, /^HTTP\/1.1 4\d\d /);
    assert.equal(said.match(/HTTP\/1\.1 /g).length, 1, said);
  }
});

test('500 connections that say nothing, half a handshake, or HELLO letter by letter are gone in time', async () => {
  const began = [];
  for (let n = 0; n < 500; ++n) {
    const socket = net.connect(router.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(['', 'GET / HTTP/1.1\r\nHo', upgrade(), Buffer.from([0x7f, 0xf1, 0, 0]), Buffer.from([0x16, 3, 1])][n % 5]);
    began.push(new Promise((resolve) => socket.on('close', resolve)));
    socket.resume();
  }
  const peer = new RawWebSocket(router.url('/')); // who comes meanwhile is served
  await peer.join();
  await Promise.all(began);
  peer.close();
});

test('text that is not UTF-8 reaches nobody, in any place of a message', async () => {
  const receives = await new RawSocket(router.port).open({ serializer: 'json' });
  await receives.join();
  await receives.say([32, 1, { match: 'prefix' }, 'bad.']);
  await receives.nextMessage();
  for (const message of ['[16,1,{},"bad.\xff"]', '[16,1,{},"bad.a",["\xc3"]]',
    '[16,1,{},"bad.a",[],{"\xed\xa0\x80":1}]', '[16,1,{"exclude_authid":["\xff"]},"bad.a"]']) {
    const peer = await new RawSocket(router.port).open();
    await peer.join();
    await peer.frame(Buffer.from(message, 'latin1'));
    assert.equal((await peer.nextMessage())[0], 3);
    peer.close();
  }
  const good = await new RawSocket(router.port).open();
  await good.join();
  await good.say([16, 1, {}, 'bad.fence', ['ok']]);
  assert.deepEqual((await receives.nextMessage())[4], ['ok']);
  receives.close();
  good.close();
});

test('reserved names are refused with an answer, and end nothing', async () => {
  const peer = await new RawSocket(router.port).open();
  await peer.join();
  let request = 0;
  for (const topic of ['wamp.session.on_join', 'wamp.error.x', 'swim.meta.x', '$SYS.a', '$SYS',
    'heddle.audit.on_entry', '#', '+', '..', '.', '']) {
    await peer.say([16, ++request, { acknowledge: true }, topic]);
    const [type] = await peer.nextMessage();
    assert.ok(type === 8 || type === 17, topic);
  }
  peer.close();
});
