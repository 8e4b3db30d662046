// WAMP over HTTP long-poll by hand, and the XMLHttpRequest that autobahn-js' own long-poll client wants, over node:http.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { Encoder as Cbor } from 'cbor-x';
import { Packr } from 'msgpackr';
import { hello } from './raw.mjs';
import { patience, within } from './wait.mjs';

// Ids are numbers here, whatever their length on the wire.
const msgpack = new Packr({ useRecords: false, int64AsType: 'number' });
const cbor = new Cbor({ useRecords: false, mapsAsObjects: true, int64AsNumber: true });
const codecs = {
  json: { encode: (value) => Buffer.from(JSON.stringify(value)), decode: (bytes) => JSON.parse(bytes.toString()) },
  msgpack: { encode: (value) => msgpack.pack(value), decode: (bytes) => msgpack.unpack(bytes) },
  cbor: { encode: (value) => cbor.encode(value), decode: (bytes) => cbor.decode(bytes) },
};

// The three serializers, bare and batched (WAMP, "Batched Transport").
export class Form {
  constructor(protocol) {
    const [, , name, batched] = protocol.split('.');
    Object.assign(this, { protocol, name, codec: codecs[name], batched: batched === 'batched' });
  }

  write(...messages) {
    const parts = messages.map((message) => this.codec.encode(message));
    if (!this.batched) return parts[0];
    if (this.name === 'json') return Buffer.concat(parts.flatMap((part) => [part, Buffer.from([0x1e])]));
    return Buffer.concat(parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }));
  }

  read(bytes) {
    if (!this.batched) return [this.codec.decode(bytes)];
    const messages = [];
    if (this.name === 'json') {
      assert.equal(bytes.at(-1), 0x1e);
      for (const text of bytes.toString().split('\x1e').slice(0, -1)) messages.push(JSON.parse(text));
      return messages;
    }
    while (bytes.length) {
      const length = bytes.readUInt32BE(0);
      assert.ok(bytes.length >= 4 + length);
      messages.push(this.codec.decode(bytes.subarray(4, 4 + length)));
      bytes = bytes.subarray(4 + length);
    }
    return messages;
  }
}

// One POST. `to`: { port } or { socketPath } and what else node:http takes; the answer's body is bytes.
export function post(to, path, body, { method = 'POST', headers = {}, agent = to.agent ?? false, onRequest, ...more } = {}) {
  return new Promise((resolve, reject) => {
    const asked = (to.tls ? https : http).request({ host: '127.0.0.1', ...to, path, method, headers, agent, ...more }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    onRequest?.(asked);
    asked.end(body);
  });
}

export class LongPoll {
  #received = [];

  constructor(to, protocol = 'wamp.2.json', { base = '/lp', headers = {} } = {}) {
    Object.assign(this, { to, base, headers, form: new Form(protocol) });
  }

  async open() {
    const body = JSON.stringify({ protocols: [this.form.protocol] });
    const answer = await within(post(this.to, `${this.base}/open`, body,
      { headers: { 'Content-Type': 'application/json', ...this.headers } }), 'an answer to open');
    assert.equal(answer.status, 200, answer.body.toString());
    const { protocol, transport } = JSON.parse(answer.body.toString());
    assert.equal(protocol, this.form.protocol);
    assert.match(transport, /^[0-9A-Za-z_-]{22,}$/);
    this.id = transport;
    this.url = `${this.base}/${transport}`;
    return this;
  }

  post(verb, body, options = {}) {
    return within(post(this.to, `${this.url}/${verb}`, body, { headers: this.headers, ...options }), `an answer to ${verb}`, 40_000);
  }

  async send(...messages) {
    const answer = await this.post('send', this.form.write(...messages));
    assert.equal(answer.status, 202, answer.body.toString());
    assert.equal(answer.body.length, 0);
    return this;
  }

  // The messages of one answer; none of a 204.
  async receive(options) {
    const answer = await this.post('receive', undefined, options);
    if (answer.status === 204) return [];
    assert.equal(answer.status, 200, `${answer.status} ${answer.body}`);
    return this.form.read(answer.body);
  }

  async nextMessage() {
    const until = Date.now() + patience;
    while (!this.#received.length && Date.now() < until) this.#received.push(...await this.receive());
    assert.ok(this.#received.length, 'a message came');
    return this.#received.shift();
  }

  async join(realm = 'realm1') {
    await this.open();
    const answer = await (await this.send(hello(realm))).nextMessage();
    assert.equal(answer[0], 2, JSON.stringify(answer));
    this.session = answer[1];
    return answer;
  }

  close() {
    return this.post('close');
  }
}

// What autobahn-js uses of a browser's XMLHttpRequest, one socket a request as a busy browser may have it.
export class XMLHttpRequest {
  readyState = 0;
  status = 0;
  statusText = '';
  responseText = '';
  onreadystatechange = () => {};
  ontimeout = () => {};
  timeout = 0;
  #headers = {};

  open(method, url) {
    Object.assign(this, { method, url: new URL(url) });
  }

  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }

  send(body) {
    const how = { method: this.method, headers: this.#headers, agent: false, timeout: this.timeout };
    const asked = http.request(this.url, how, (response) => {
      response.setEncoding('utf8').on('data', (text) => (this.responseText += text));
      response.on('end', () => this.#done(response.statusCode, response.statusMessage));
    });
    asked.on('timeout', () => {
      asked.destroy();
      this.ontimeout();
    });
    asked.on('error', () => this.#done(0, ''));
    asked.end(body);
  }

  #done(status, text) {
    Object.assign(this, { readyState: 4, status, statusText: text });
    this.onreadystatechange();
  }
}
