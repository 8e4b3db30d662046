// WAMP in JSON over RawSocket for tests of flow control: as little between the test and the socket as can be.
import assert from 'node:assert/strict';
import net from 'node:net';
import { clientRoles } from './raw.mjs';
import { within } from './wait.mjs';

export const frameOf = (message) => {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUIntBE(body.length, 1, 3);
  return Buffer.concat([head, body]);
};

// A RawSocket session that gives each message to `on`, and reads as fast as it can.
export class Reader {
  #rest = Buffer.alloc(0);
  #waits = [];
  messages = 0;

  constructor(on = () => {}) {
    this.on = on;
  }

  async open(router, realm = 'realm1') {
    this.socket = net.connect({ port: router.port, host: '127.0.0.1' });
    this.socket.on('error', () => {});
    this.ended = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.write(Buffer.from([0x7f, 0xf1, 0, 0]));
    let greeted = false;
    this.socket.on('data', (chunk) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      if (!greeted) {
        if (this.#rest.length < 4) return;
        this.#rest = this.#rest.subarray(4);
        greeted = true;
      }
      this.#takeFrames();
    });
    const welcome = this.next((message) => message[0] === 2, 'WELCOME');
    this.say([1, realm, { roles: { ...clientRoles, callee: { features: { progressive_call_results: true } } } }]);
    await welcome;
    return this;
  }

  #takeFrames() {
    let at = 0;
    while (this.#rest.length >= at + 4) {
      const size = this.#rest.readUIntBE(at + 1, 3);
      if (this.#rest.length < at + 4 + size) break;
      if (this.#rest[at] === 0) this.#take(JSON.parse(this.#rest.toString('utf8', at + 4, at + 4 + size)));
      at += 4 + size;
    }
    if (at > 0) this.#rest = Buffer.from(this.#rest.subarray(at));
  }

  #take(message) {
    ++this.messages;
    this.on(message);
    this.#waits = this.#waits.filter(({ wanted, resolve }) => !wanted(message) || (resolve(message), false));
  }

  say(message) {
    this.socket.write(frameOf(message));
  }

  // The next message that is wanted; the end of the connection instead of it is a failure.
  next(wanted, what) {
    const met = new Promise((resolve) => this.#waits.push({ wanted, resolve }));
    const lost = this.ended.then(() => Promise.reject(new Error(`the connection ended before ${what}`)));
    return within(Promise.race([met, lost]), what, 60_000);
  }

  async subscribe(topic, options = {}) {
    const done = this.next((message) => message[0] === 33, 'SUBSCRIBED');
    this.say([32, 1, options, topic]);
    await done;
  }

  close() {
    this.socket.destroy();
  }
}

// Counts events by number, which must come without a gap.
export class Counted extends Reader {
  received = 0;
  constructor(numberOf = (args) => args[0]) {
    super((message) => {
      if (message[0] !== 36) return;
      assert.equal(numberOf(message[4]), this.received, 'no event is missing');
      ++this.received;
    });
  }
  all(count) {
    if (this.received >= count) return Promise.resolve();
    return this.next((message) => message[0] === 36 && this.received >= count, `${count} events`);
  }
}
