// Requests to the HTTP bridge, in each of its types, and an autobahn-js beside it that is called and receives.
import autobahn from 'autobahn';
import { openAutobahn } from './peers.mjs';
import { within } from './wait.mjs';

const { MsgpackSerializer, CBORSerializer } = autobahn.serializer;
const [msgpack, cbor] = [new MsgpackSerializer(), new CBORSerializer()];
// type: { write, read }; CBOR's are async.
export const forms = {
  'application/json': { write: (value) => JSON.stringify(value), read: (bytes) => JSON.parse(bytes) },
  'application/msgpack': { write: (value) => msgpack.serialize(value), read: (bytes) => msgpack.unserialize(bytes) },
  'application/cbor': { write: (value) => cbor.serialize(value), read: (bytes) => cbor.unserialize(bytes) },
};

// `raw`: bytes of the body instead of a value in the form of `type`.
export async function post(router, where, value, { type = 'application/json', method = 'POST', raw, headers = {} } = {}) {
  const form = forms[type] ?? forms['application/json'];
  const body = raw ?? (value === undefined ? undefined : Buffer.from(await form.write(value)));
  const asked = fetch(router.url(where, 'http'), { method, body, headers: { ...(type && { 'content-type': type }), ...headers } });
  const answer = await within(asked, `an answer of ${where}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const came = forms[answer.headers.get('content-type')?.replace('problem+json', 'json')];
  return {
    status: answer.status, headers: answer.headers, text: bytes.toString(),
    body: came && bytes.length ? await came.read(bytes) : null,
  };
}

// What a test registers and subscribes is gone at its end.
export class Beside {
  async open(router) {
    this.peer = await openAutobahn(router);
    return this;
  }

  get session() {
    return this.peer.session;
  }

  async register(t, procedure, endpoint) {
    const registration = await within(this.session.register(procedure, endpoint), 'a registration');
    t.after(() => within(this.session.unregister(registration), 'the end of a registration'));
  }

  // Gives a function that waits for the next event.
  async subscribe(t, topic, options) {
    const events = [];
    let wake;
    const subscription = await within(this.session.subscribe(topic, (args, kwargs, details) => {
      events.push({ args, kwargs, details });
      wake?.();
    }, options), 'a subscription');
    t.after(() => within(this.session.unsubscribe(subscription), 'the end of a subscription'));
    return async () => {
      while (events.length === 0) await within(new Promise((resolve) => (wake = resolve)), 'an event');
      return events.shift();
    };
  }

  close() {
    return this.peer?.close();
  }
}
