// Peers that speak by hand, so that they can say what a decent client would not.
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { WebSocket } from 'ws';
import { Inbox, within } from './wait.mjs';

export const clientRoles = { publisher: {}, subscriber: {}, caller: {}, callee: {} };
export const hello = (realm = 'realm1') => [1, realm, { roles: clientRoles }];

// A socket and all bytes it got. `to`: a port, a path of a Unix socket, or { port, tls: options }.
export class RawPeer {
  received = Buffer.alloc(0);
  #changed = [];

  constructor(to) {
    const options = typeof to === 'number' ? { port: to, host: '127.0.0.1' } : typeof to === 'string' ? { path: to } : null;
    this.socket = options ? net.connect({ ...options, allowHalfOpen: true })
      : tls.connect({ port: to.port, host: '127.0.0.1', ...to.tls });
    this.ready = new Promise((resolve, reject) => {
      this.socket.once(options ? 'connect' : 'secureConnect', resolve);
      this.socket.once('error', reject);
    });
    this.ready.catch(() => {});
    this.ended = new Promise((resolve) => {
      this.socket.once('end', () => resolve('end'));
      this.socket.once('close', () => resolve('close'));
    });
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#changed.splice(0).forEach((wake) => wake());
    });
  }

  async send(bytes) {
    await within(this.ready, 'a connection');
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes));
    return this;
  }

  // Takes the first n bytes, once they are there. The end of the connection instead of them is a failure.
  async take(count, what = `${count} bytes`) {
    while (this.received.length < count) {
      const more = new Promise((resolve) => this.#changed.push(resolve));
      const ended = await within(Promise.race([more, this.ended]), what);
      const got = this.received.toString('hex');
      if (ended && this.received.length < count) throw new Error(`the connection ended before ${what} (got ${got})`);
    }
    const taken = this.received.subarray(0, count);
    this.received = this.received.subarray(count);
    return taken;
  }

  // Takes text up to and with the end mark.
  async takeUntil(mark, what = JSON.stringify(mark)) {
    while (!this.received.includes(mark)) {
      const all = await this.take(this.received.length + 1, what);
      this.received = Buffer.concat([all, this.received]);
    }
    return (await this.take(this.received.indexOf(mark) + mark.length)).toString('latin1');
  }

  // Waits until the router ends the connection; gives what it said before.
  async closed(what = 'the router to close the connection') {
    await within(this.ended, what);
    const rest = this.received;
    this.close();
    return rest;
  }

  close() {
    this.socket.destroy();
  }
}

const serializerNumber = { json: 1, msgpack: 2, cbor: 3 };

// WAMP in JSON over RawSocket, by hand.
export class RawSocket extends RawPeer {
  async open({ length = 15, serializer = 'json' } = {}) {
    await this.send([0x7f, (length << 4) | serializerNumber[serializer], 0, 0]);
    const reply = await this.take(4, 'the RawSocket handshake');
    assert.equal(reply[0], 0x7f);
    assert.equal(reply[1] & 15, serializerNumber[serializer]);
    this.routerTakes = 2 ** (9 + (reply[1] >> 4));
    return this;
  }

  frame(payload, type = 0) {
    const body = Buffer.from(payload);
    const head = Buffer.from([type, body.length >> 16, (body.length >> 8) & 255, body.length & 255]);
    return this.send(Buffer.concat([head, body]));
  }

  say(message) {
    return this.frame(typeof message === 'string' ? message : JSON.stringify(message));
  }

  // The next frame: { type, payload }.
  async nextFrame(what = 'a RawSocket frame') {
    const head = await this.take(4, what);
    return { type: head[0], payload: await this.take(head.readUIntBE(1, 3), what) };
  }

  // The next message; pings of the router in between are answered.
  async nextMessage(what = 'a message') {
    for (;;) {
      const { type, payload } = await this.nextFrame(what);
      if (type === 0) return JSON.parse(payload.toString());
      if (type === 1) await this.frame(payload, 2);
    }
  }

  async join(realm = 'realm1') {
    await this.say(hello(realm));
    const answer = await this.nextMessage('WELCOME');
    assert.equal(answer[0], 2, JSON.stringify(answer));
    return answer;
  }
}

// A WebSocket whose messages are the test's own: text or bytes, as they stand on the wire.
export class RawWebSocket {
  constructor(url, protocols = ['wamp.2.json'], options = {}) {
    this.inbox = new Inbox('a WebSocket message');
    this.socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve(this));
      this.socket.once('unexpected-response', (_request, response) => {
        reject(Object.assign(new Error(`HTTP ${response.statusCode}`), { status: response.statusCode }));
        this.socket.terminate();
      });
      this.socket.once('error', reject);
    });
    this.opened.catch(() => {});
    this.socket.on('error', () => {});
    this.socket.on('message', (data, binary) => this.inbox.push(binary ? data : data.toString()));
    this.closed = new Promise((resolve) => this.socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })));
  }

  open() {
    return within(this.opened, 'the WebSocket handshake');
  }

  send(data) {
    this.socket.send(typeof data === 'string' || Buffer.isBuffer(data) ? data : JSON.stringify(data));
    return this;
  }

  async nextMessage(what = 'a message') {
    return JSON.parse(await this.nextText(what));
  }

  async nextText(what = 'a message') {
    const closed = this.closed.then(({ code, reason }) => Promise.reject(new Error(`closed (${code} ${reason}) before ${what}`)));
    closed.catch(() => {});
    return this.inbox.size ? this.inbox.next(what) : Promise.race([this.inbox.next(what), closed]);
  }

  async join(realm = 'realm1') {
    await this.open();
    const answer = await this.send(hello(realm)).nextMessage('WELCOME');
    assert.equal(answer[0], 2, JSON.stringify(answer));
    return answer;
  }

  end() {
    return within(this.closed, 'the WebSocket to close');
  }

  close() {
    this.socket.terminate();
  }
}

// Proof that nobody else was harmed: a client that joins, calls and receives an event.
export async function stillServes(router, realm = 'realm1') {
  const peer = new RawWebSocket(router.url('/'));
  await peer.join(realm);
  peer.send([32, 1, {}, 'still.here']).send([16, 2, { acknowledge: true, exclude_me: false }, 'still.here', [42]]);
  const answers = [await peer.nextMessage(), await peer.nextMessage(), await peer.nextMessage()];
  assert.deepEqual(answers.map(([code]) => code).sort(), [17, 33, 36]);
  peer.close();
}
