// Calls of the advanced profile between clients nobody here wrote; where none of them knows a feature, one side is by hand.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openAutobahn, openWampy } from './peers.mjs';
import { RawWebSocket } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { Inbox, rejection, within } from './wait.mjs';

const disclosing = `
[[realm]]
name = "named"
auth = ["anonymous"]
call_timeout = "300ms"
[[realm.role]]
name = "anonymous"
trustlevel = 4
permissions = [
  { match = "prefix", uri = "", allow = ["call", "register"] },
  { match = "prefix", uri = "shown.", allow = ["call"], disclose = ["caller"] },
  { match = "prefix", uri = "hidden.", allow = ["call"], conceal = ["caller"] },
]
`;

let router;
let count = 0;
let base; // of this test alone
before(async () => (router = await startRouter({ realms: openRealm() + disclosing })));
after(() => router.stop());
beforeEach(() => (base = `calls.t${++count}`));

// Clients that leave when the test ends.
async function autobahn(t, realm = 'realm1', via = {}) {
  const peer = await openAutobahn(router, via, realm);
  t.after(() => peer.close());
  return peer.session;
}
async function wampy(t, more = {}) {
  const peer = await openWampy(router, 'cbor', more);
  t.after(() => peer.disconnect());
  return peer;
}
async function byHand(t, features, realm = 'realm1') {
  const peer = new RawWebSocket(router.url('/ws'));
  t.after(() => peer.close());
  await peer.open();
  const roles = { caller: { features }, callee: { features } };
  assert.equal((await peer.send([1, realm, { roles }]).nextMessage('WELCOME'))[0], 2);
  return peer;
}
async function registerByHand(peer, procedure, options = {}) {
  peer.send([64, 1, options, procedure]);
  const [code, request, registration] = await peer.nextMessage('REGISTERED');
  assert.deepEqual([code, request], [65, 1]);
  return registration;
}
const never = () => new Promise(() => {});

describe('timeouts', () => {
  test('autobahn-js is answered after the milliseconds it names', async (t) => {
    const [ann, ben] = [await autobahn(t), await autobahn(t)];
    await within(ben.register(`${base}.never`, never));
    assert.equal((await rejection(ann.call(`${base}.never`, [], {}, { timeout: 50 }))).error, 'wamp.error.timeout');
  });

  test('wampy too, and with progress each piece buys it time', async (t) => {
    const [ann, ben] = [await wampy(t), await byHand(t, { progressive_call_results: true, call_canceling: true })];
    await registerByHand(ben, base);
    const pieces = new Inbox('a piece');
    const refused = rejection(ann.call(base, [], { timeout: 200, progress_callback: ({ argsList }) => pieces.push(argsList[0]) }));
    const [, invocation, , details] = await ben.nextMessage('INVOCATION');
    assert.deepEqual(details, { receive_progress: true });
    for (const piece of [1, 2]) {
      ben.send([70, invocation, { progress: true }, [piece]]);
      assert.equal(await pieces.next(), piece);
    }
    assert.equal((await refused).errorUri, 'wamp.error.timeout');
    assert.deepEqual(await ben.nextMessage('INTERRUPT'), [69, invocation, { mode: 'killnowait' }]);
  });

  test('a callee that wants it gets the time, and the realm bounds it', async (t) => {
    const ann = await autobahn(t, 'named');
    const ben = await byHand(t, { call_timeout: true }, 'named');
    await registerByHand(ben, base, { forward_timeout: true });
    const refused = rejection(ann.call(base, [], {}, { timeout: 5000 }));
    assert.equal((await ben.nextMessage('INVOCATION'))[3].timeout, 300);
    assert.equal((await refused).error, 'wamp.error.timeout');
  });
});

describe('identities', () => {
  test('autobahn-js shows its callee who calls, if it wants to', async (t) => {
    const [ann, ben] = [await autobahn(t), await autobahn(t)];
    await within(ben.register(base, (args, kwargs, details) => [details.caller ?? null, details.caller_authrole ?? null]));
    assert.deepEqual(await within(ann.call(base)), [null, null]);
    assert.deepEqual(await within(ann.call(base, [], {}, { disclose_me: true })), [ann.id, 'anonymous']);
  });

  test('wampy is told what a rule discloses', async (t) => {
    const ann = await autobahn(t, 'named');
    const ben = await wampy(t, { realm: 'named' });
    await within(ben.register(`shown.${base}`, ({ details }) => ({ argsList: [details.caller ?? null, details.trustlevel ?? null] })));
    await within(ben.register(`open.${base}`, ({ details }) => ({ argsList: [details.caller ?? null, details.trustlevel ?? null] })));
    const told = async (procedure) => (await within(ann.call(procedure))).args;
    assert.deepEqual(await told(`shown.${base}`), [ann.id, 4]);
    assert.deepEqual(await told(`open.${base}`), [null, 4]);
  });

  test('what a rule conceals is refused', async (t) => {
    const [ann, ben] = [await autobahn(t, 'named'), await autobahn(t, 'named')];
    await within(ben.register(`hidden.${base}`, (args, kwargs, details) => details.caller ?? null, { disclose_caller: true }));
    const refused = await rejection(ann.call(`hidden.${base}`, [], {}, { disclose_me: true }));
    assert.equal(refused.error, 'wamp.error.option_disallowed.disclose_me');
    assert.equal(await within(ann.call(`hidden.${base}`)), null);
  });
});

describe('shared procedures', () => {
  const policies = {
    roundrobin: ['a', 'b', 'c', 'a', 'b', 'c'],
    first: ['a', 'a', 'a', 'a', 'a', 'a'],
    last: ['c', 'c', 'c', 'c', 'c', 'c'],
  };
  for (const [invoke, expected] of Object.entries(policies)) {
    test(`${invoke} among autobahn-js and wampy`, async (t) => {
      const [ann, a, b, c] = [await autobahn(t), await autobahn(t), await wampy(t), await autobahn(t)];
      await within(a.register(base, () => 'a', { invoke }));
      await within(b.register(base, () => ['b'], { invoke }));
      await within(c.register(base, () => 'c', { invoke }));
      const answers = [];
      for (let n = 0; n < 6; ++n) answers.push(await within(ann.call(base)));
      assert.deepEqual(answers, expected);
      assert.equal((await rejection(ann.register(base, () => 0))).error, 'wamp.error.procedure_already_exists');
    });
  }

  test('a callee that is not available hands the call on', async (t) => {
    const [ann, ben] = [await autobahn(t), await autobahn(t)];
    const away = await byHand(t, { call_reroute: true });
    const registration = await registerByHand(away, base, { invoke: 'first' });
    await within(ben.register(base, ([what]) => `ben: ${what}`, { invoke: 'first' }));
    const called = ann.call(base, ['hello']);
    assert.deepEqual(await away.nextMessage('INVOCATION'), [68, 1, registration, {}, ['hello']]);
    away.send([8, 68, 1, {}, 'wamp.error.unavailable']);
    assert.equal(await within(called), 'ben: hello');
  });
});

describe('wampy', () => {
  test('cancels in each mode what cannot be interrupted', async (t) => {
    const [ann, ben] = [await wampy(t), await wampy(t)];
    await within(ben.register(base, never));
    for (const mode of ['skip', 'kill', 'killnowait']) {
      const refused = rejection(ann.call(base));
      ann.cancel(ann.getOpStatus().reqId, { mode });
      assert.equal((await refused).errorUri, 'wamp.error.canceled', mode);
    }
  });

  test('passes payloads through that the router cannot read, and attributes of its own', async (t) => {
    const [ann, ben] = [await wampy(t), await openWampy(router, 'json')];
    t.after(() => ben.disconnect());
    const sealed = { ppt_scheme: 'x_calls', ppt_serializer: 'json' };
    const invoked = new Inbox('an invocation');
    await within(ben.register(base, ({ argsList, argsDict, details }) => {
      invoked.push(details);
      return { argsList: [argsList, argsDict], options: { ...sealed, _answer: { n: 2 } } };
    }));
    const payload = { argsList: [1, 'two'], argsDict: { three: 3 } };
    const { argsList, details } = await within(ann.call(base, payload, { ...sealed, _trace: [7, 'x'] }));
    assert.deepEqual(argsList, [[1, 'two'], { three: 3 }]);
    assert.deepEqual(await invoked.next(), { ...sealed, _trace: [7, 'x'] });
    assert.deepEqual(details, { ...sealed, _answer: { n: 2 } });
  });

  test('is told when the callee knows no passthru mode', async (t) => {
    const [ann, ben] = [await wampy(t), await autobahn(t)];
    await within(ben.register(base, () => 'unread'));
    const refused = await rejection(ann.call(base, [1], { ppt_scheme: 'x_calls', ppt_serializer: 'json' }));
    assert.equal(refused.errorUri, 'wamp.error.feature_not_supported');
  });

  // wampy has progressive calls and does not announce them, which the specification makes a violation.
  const announced = (peer) => {
    peer._wamp_features.roles.caller.features.progressive_call_invocations = true;
    return peer;
  };

  test('sends a call in pieces to one callee', async (t) => {
    const { Wampy } = await import('wampy');
    const { WebSocket } = await import('ws');
    const ann = announced(new Wampy(router.url('/ws'), { realm: 'realm1', ws: WebSocket, autoReconnect: false }));
    await within(ann.connect(), 'wampy to join');
    t.after(() => ann.disconnect());
    const features = { progressive_call_invocations: true, call_canceling: true };
    const [ben, cat] = [await byHand(t, features), await byHand(t, features)];
    const registration = await registerByHand(ben, base, { invoke: 'roundrobin' });
    await registerByHand(cat, base, { invoke: 'roundrobin' });
    const { result, sendData } = ann.progressiveCall(base, [1]);
    sendData([2]);
    sendData([3], { progress: false });
    const received = [await ben.nextMessage('INVOCATION'), await ben.nextMessage('INVOCATION'), await ben.nextMessage('INVOCATION')];
    const piece = (details, args) => [68, 1, registration, details, args];
    assert.deepEqual(received, [piece({ progress: true }, [1]), piece({ progress: true }, [2]), piece({}, [3])]);
    ben.send([70, 1, {}, [6]]);
    assert.deepEqual((await within(result)).argsList, [6]);
  });

  test('is told when the callee cannot take pieces', async (t) => {
    const { Wampy } = await import('wampy');
    const { WebSocket } = await import('ws');
    const ann = announced(new Wampy(router.url('/ws'), { realm: 'realm1', ws: WebSocket, autoReconnect: false }));
    await within(ann.connect(), 'wampy to join');
    t.after(() => ann.disconnect());
    const ben = await autobahn(t);
    await within(ben.register(base, () => 'unasked'));
    const { result, sendData } = ann.progressiveCall(base, [1]);
    sendData([2], { progress: false }); // too late, and answered by nothing
    assert.equal((await rejection(result)).errorUri, 'wamp.error.feature_not_supported');
    assert.deepEqual((await within(ann.call('wamp.session.count'))).argsList.length, 1);
  });
});
