// WAMP over WebSocket and JSON, as much of it as a console needs: one session that comes back by itself, calls,
// subscriptions that outlive a lost connection. No dependencies; `Client` knows nothing of pages.
import { answerChallenge, checkVerifier } from './auth.js';

const HELLO = 1, WELCOME = 2, ABORT = 3, CHALLENGE = 4, AUTHENTICATE = 5, GOODBYE = 6, ERROR = 8, PUBLISH = 16, PUBLISHED = 17;
const SUBSCRIBE = 32, SUBSCRIBED = 33, UNSUBSCRIBE = 34, UNSUBSCRIBED = 35, EVENT = 36, CALL = 48, RESULT = 50;

const roles = {
  caller: { features: {} },
  publisher: { features: { publisher_exclusion: true } },
  subscriber: { features: { pattern_based_subscription: true, publisher_identification: true, event_retention: true } },
};
const retryFirst = 500, retryMax = 8_000; // ms between attempts to come back

export class WampError extends Error {
  constructor(uri, args = [], kwargs = {}) {
    super(typeof args[0] === 'string' ? args[0] : uri);
    Object.assign(this, { uri, args, kwargs });
  }
}

// The console's own path has a cookie of its own.
export const socketUrl = (path) => location.origin.replace('http', 'ws') + path;

// The router gives each connection a new cookie, which is worth nothing until somebody logs in: with it this browser is forgotten.
export const forgetCookie = () => new Promise((done) => {
  const socket = new WebSocket(socketUrl('/console/ws'), ['wamp.2.json']);
  socket.onerror = done;
  socket.onopen = () => done(socket.close());
});

export class Client {
  #socket = null;
  #request = 0;
  #waiting = new Map();       // request id -> { resolve, reject }
  #topics = new Map();        // "match topic" -> { topic, match, id, handlers }
  #byId = new Map();          // subscription id -> entry of #topics
  #credentials = null;        // in memory only, for coming back where there is no cookie
  #retry = null;
  #wait = retryFirst;
  state = 'closed';           // closed | opening | open | lost
  details = {};               // of WELCOME: authid, authrole, authmethod
  session = 0;
  onstate = () => {};         // (state, sentence): every change

  constructor({ realm, url = socketUrl('/console/ws'), agent = 'heddle-console', comeBack = true }) {
    Object.assign(this, { realm, url, agent, comeBack });
  }

  // With what the browser remembers ({}), or { authid, password }, or { anonymous: true }. Rejects with the router's reason.
  async open(credentials = {}) {
    this.#set('opening');
    try {
      await this.#join(credentials);
      this.#credentials = credentials;
    } catch (error) {
      this.#set('closed', error.message);
      throw error;
    }
  }

  // With wamp.close.logout the router forgets the cookie that this session came with or got.
  close(reason = 'wamp.close.normal') {
    clearTimeout(this.#retry);
    this.comeBack = false;
    this.#credentials = null;
    if (this.#socket?.readyState === WebSocket.OPEN && this.state === 'open') this.#send([GOODBYE, {}, reason]);
    this.#drop();
    this.#set('closed');
  }

  call(procedure, args = [], kwargs = {}, options = {}) {
    return this.#ask((id) => [CALL, id, options, procedure, args, kwargs]);
  }

  publish(topic, args = [], kwargs = {}, options = {}) {
    return this.#ask((id) => [PUBLISH, id, { acknowledge: true, ...options }, topic, args, kwargs]);
  }

  // Calls `handler(args, kwargs, details)` until `cancel()`; after a lost connection the subscription is made again.
  async subscribe(topic, handler, { match = 'exact', ...options } = {}) {
    const key = `${match} ${topic}`;
    let entry = this.#topics.get(key);
    if (!entry) {
      entry = { topic, match, options, id: 0, handlers: new Set() };
      this.#topics.set(key, entry);
      entry.made = this.#subscribe(entry);
    }
    entry.handlers.add(handler);
    const cancel = () => {
      if (!entry.handlers.delete(handler) || entry.handlers.size) return;
      this.#topics.delete(key);
      this.#byId.delete(entry.id);
      if (this.state === 'open' && entry.id) this.#ask((id) => [UNSUBSCRIBE, id, entry.id]).catch(() => {});
    };
    try {
      await entry.made;
    } catch (error) {
      if (this.state === 'open') cancel(); // refused; after a loss it is tried again
      if (error instanceof WampError && error.uri !== 'heddle.console.lost') throw error;
    }
    return { cancel };
  }

  async #subscribe(entry) {
    const [id] = await this.#ask((request) => [SUBSCRIBE, request, { ...entry.options, match: entry.match }, entry.topic]);
    entry.id = id;
    if (this.#topics.get(`${entry.match} ${entry.topic}`) === entry) this.#byId.set(id, entry);
  }

  #ask(message) {
    if (this.state !== 'open') return Promise.reject(new WampError('heddle.console.lost', ['no connection to the router']));
    const id = ++this.#request;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send(message(id));
    });
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #set(state, sentence = '') {
    this.state = state;
    this.onstate(state, sentence);
  }

  async #join(credentials) {
    const methods = credentials.methods ?? (credentials.anonymous ? ['anonymous']
      : credentials.password === undefined ? ['cookie'] : [...(crypto.subtle ? ['wamp-scram', 'wampcra'] : []), 'ticket']);
    try {
      await this.#handshake(methods, credentials);
    } catch (error) {
      if (error.fallBack !== 'ticket') throw error;
      await this.#handshake(['ticket'], credentials); // a hash that browsers cannot make
    }
    this.#wait = retryFirst;
    this.#set('open');
  }

  // From the socket to WELCOME.
  #handshake(authmethods, { authid, password }) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(this.url, ['wamp.2.json']);
      this.#drop();
      this.#socket = socket;
      const proof = { authid, password, nonce: btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24)))) };
      const fail = (error) => {
        reject(error);
        if (this.#socket === socket) this.#drop();
      };
      socket.onopen = () => socket.send(JSON.stringify([HELLO, this.realm, {
        roles, agent: this.agent, authmethods, ...(authid && { authid }),
        ...(password !== undefined && { authextra: { nonce: proof.nonce, channel_binding: null } }),
      }]));
      socket.onerror = () => fail(new WampError('heddle.console.unreachable', ['the router cannot be reached']));
      socket.onclose = () => fail(new WampError('heddle.console.unreachable', ['the router closed the connection']));
      socket.onmessage = async ({ data }) => {
        try {
          const [type, ...rest] = JSON.parse(data);
          if (type === CHALLENGE) {
            const [signature, extra] = await answerChallenge(rest[0], rest[1], proof);
            socket.send(JSON.stringify([AUTHENTICATE, signature, extra]));
          } else if (type === ABORT) {
            fail(new WampError(rest[1], [rest[0].message ?? rest[1]]));
          } else if (type === WELCOME) {
            await checkVerifier(proof, rest[1].authextra);
            [this.session, this.details] = rest;
            this.#request = 0;
            socket.onmessage = (event) => this.#on(JSON.parse(event.data));
            socket.onclose = socket.onerror = () => this.#lost(socket);
            resolve();
          }
        } catch (error) {
          fail(error);
        }
      };
    });
  }

  #on([type, ...rest]) {
    if (type === RESULT) return this.#settle(rest[0], 'resolve', { details: rest[1], args: rest[2] ?? [], kwargs: rest[3] ?? {} });
    if (type === SUBSCRIBED || type === PUBLISHED) return this.#settle(rest[0], 'resolve', [rest[1]]);
    if (type === UNSUBSCRIBED) return this.#settle(rest[0], 'resolve', []);
    if (type === ERROR) return this.#settle(rest[1], 'reject', new WampError(rest[3], rest[4], rest[5]));
    if (type === EVENT) {
      const [id, publication, details, args = [], kwargs = {}] = rest;
      for (const handler of this.#byId.get(id)?.handlers ?? []) handler(args, kwargs, { ...details, publication });
    } else if (type === GOODBYE) {
      this.farewell = rest[0].message ?? rest[1];
      if (rest[1] !== 'wamp.close.goodbye_and_out') this.#send([GOODBYE, {}, 'wamp.close.goodbye_and_out']);
      this.#lost(this.#socket);
    }
  }

  #settle(id, how, value) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.[how](value);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      if (socket.readyState <= WebSocket.OPEN) socket.close();
    }
    this.#byId.clear();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    waiting.forEach(({ reject }) => reject(new WampError('heddle.console.lost', ['the connection was lost before the answer came'])));
  }

  #lost(socket) {
    if (this.#socket !== socket) return;
    this.#drop();
    if (!this.comeBack) return this.#set('closed', this.farewell ?? 'the connection was lost');
    this.#set('lost', this.farewell ?? '');
    this.farewell = undefined;
    this.#later();
  }

  #later() {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.retry(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, retryMax);
  }

  // Comes back: with the cookie, else with what was typed while this page was open. A refusal ends it.
  async retry() {
    clearTimeout(this.#retry);
    if (this.state !== 'lost') return;
    const given = this.#credentials;
    const unreachable = (error) => error.uri === 'heddle.console.unreachable';
    try {
      await this.#join(given?.anonymous ? given : {}).catch((error) => {
        if (unreachable(error) || given?.password === undefined) throw error;
        return this.#join(given);
      });
      await Promise.all([...this.#topics.values()].map((entry) => (entry.made = this.#subscribe(entry)).catch(() => {})));
      this.onback?.();
    } catch (error) {
      if (this.state === 'closed' || this.state === 'open') return;
      if (unreachable(error)) return this.#later();
      this.#set('closed', error.message);
    }
  }
}
