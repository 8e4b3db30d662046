// autobahn-js against the router: every behaviour over each transport and serializer that it has.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import autobahn from 'autobahn';
import { openAutobahn } from './peers.mjs';
import { startRouter } from './router.mjs';
import { Inbox, rejection, within } from './wait.mjs';

const ways = [
  ['WebSocket and JSON', { serializer: 'json' }],
  ['WebSocket and MessagePack', { serializer: 'msgpack' }],
  ['WebSocket and CBOR', { serializer: 'cbor' }],
  ['RawSocket over TCP', { rawsocket: 'tcp' }],
  ['RawSocket over a Unix socket', { rawsocket: 'unix' }],
  ['HTTP long-poll', { longpoll: true }],
];
const acknowledged = { acknowledge: true };

let router;
before(async () => (router = await startRouter()));
after(() => router.stop());

for (const [name, via] of ways) {
  describe(`autobahn-js, ${name}`, () => {
    let ann, ben;
    before(async () => ([ann, ben] = [await openAutobahn(router, via), await openAutobahn(router, via)]));
    after(() => Promise.all([ann.close(), ben.close()]));

    const subscribe = async (who, topic, options) => {
      const inbox = new Inbox(`an event on ${topic}`);
      const subscription = await within(
        who.session.subscribe(topic, (args, kwargs, details) => inbox.push({ args, kwargs, details }), options), 'SUBSCRIBED');
      return { inbox, subscription };
    };

    test('is told who it is and what the router can do', () => {
      assert.equal(ann.details.realm, 'realm1');
      assert.equal(ann.details.authrole, 'anonymous');
      const { broker, dealer } = ann.details.roles;
      for (const feature of ['publisher_exclusion', 'subscriber_blackwhite_listing', 'pattern_based_subscription', 'event_retention']) {
        assert.equal(broker.features[feature], true, feature);
      }
      for (const feature of ['pattern_based_registration', 'shared_registration', 'progressive_call_results', 'call_canceling']) {
        assert.equal(dealer.features[feature], true, feature);
      }
      assert.ok(ann.session.id >= 1 && ann.session.id <= 2 ** 53);
      assert.notEqual(ann.session.id, ben.session.id);
    });

    test('calls a procedure of another client, with positional and keyword arguments', async () => {
      const registration = await within(ben.session.register('test.echo', (args, kwargs) => ({ args: [...args], kwargs: { ...kwargs } })));
      const values = [1, -7, 2.5, 'žluťoučký 🐎', true, null, [1, [2]], { deep: { er: [3] } }];
      const result = await within(ann.session.call('test.echo', values, { a: 1, b: 'two' }), 'a result');
      assert.deepEqual(result, { args: values, kwargs: { a: 1, b: 'two' } });
      await within(ben.session.unregister(registration));
      const error = await rejection(ann.session.call('test.echo', []));
      assert.equal(error.error, 'wamp.error.no_such_procedure');
    });

    test('gets results with several values, and none', async () => {
      const several = await within(ben.session.register('test.several', () => new autobahn.Result([1, 2], { c: 3 })));
      const result = await within(ann.session.call('test.several'));
      assert.deepEqual([[...result.args], { ...result.kwargs }], [[1, 2], { c: 3 }]);
      await within(ben.session.unregister(several));
    });

    test("gets a callee's error with its URI and arguments", async () => {
      const refuse = () => { throw new autobahn.Error('com.example.no', ['because', 7], { more: true }); };
      const registration = await within(ben.session.register('test.refuse', refuse));
      const error = await rejection(ann.session.call('test.refuse'));
      assert.equal(error.error, 'com.example.no');
      assert.deepEqual([[...error.args], { ...error.kwargs }], [['because', 7], { more: true }]);
      await within(ben.session.unregister(registration));
    });

    test('may register a procedure once', async () => {
      const registration = await within(ben.session.register('test.once', () => 1));
      assert.equal((await rejection(ann.session.register('test.once', () => 2))).error, 'wamp.error.procedure_already_exists');
      await within(ben.session.unregister(registration));
      await within(ann.session.unregister(await within(ann.session.register('test.once', () => 2))));
    });

    test('answers pipelined calls each with its own result', async () => {
      const registration = await within(ben.session.register('test.double', ([n]) => n * 2));
      const results = await within(Promise.all(Array.from({ length: 200 }, (_, n) => ann.session.call('test.double', [n]))), '200 results');
      assert.deepEqual(results, Array.from({ length: 200 }, (_, n) => n * 2));
      await within(ben.session.unregister(registration));
    });

    test('receives what another publishes, in order, and nothing after it unsubscribed', async () => {
      const { inbox, subscription } = await subscribe(ann, 'test.news');
      const fence = await subscribe(ann, 'test.news.fence');
      for (let n = 0; n < 50; ++n) ben.session.publish('test.news', [n], { text: `number ${n}` });
      for (let n = 0; n < 50; ++n) {
        const { args, kwargs } = await inbox.next();
        assert.deepEqual([[...args], { ...kwargs }], [[n], { text: `number ${n}` }]);
      }
      await within(ann.session.unsubscribe(subscription));
      await within(ben.session.publish('test.news', ['too late'], {}, acknowledged), 'PUBLISHED');
      await within(ben.session.publish('test.news.fence', [], {}, acknowledged), 'PUBLISHED');
      await fence.inbox.next('the fence');
      assert.equal(inbox.size, 0);
      await within(ann.session.unsubscribe(fence.subscription));
    });

    test('does not receive its own events unless it asks to', async () => {
      const { inbox, subscription } = await subscribe(ann, 'test.self');
      await within(ann.session.publish('test.self', ['silent'], {}, acknowledged));
      await within(ann.session.publish('test.self', ['received'], {}, { acknowledge: true, exclude_me: false }));
      assert.deepEqual((await inbox.next()).args[0], 'received');
      await within(ann.session.unsubscribe(subscription));
    });

    test('is left out by exclude, and chosen by eligible', async () => {
      const one = await subscribe(ann, 'test.chosen');
      const two = await subscribe(ben, 'test.chosen');
      const publisher = await openAutobahn(router, via);
      publisher.session.publish('test.chosen', ['not for ann'], {}, { exclude: [ann.session.id] });
      publisher.session.publish('test.chosen', ['for ann'], {}, { eligible: [ann.session.id] });
      publisher.session.publish('test.chosen', ['for nobody'], {}, { eligible: [] });
      publisher.session.publish('test.chosen', ['for all']);
      assert.equal((await one.inbox.next()).args[0], 'for ann');
      assert.equal((await one.inbox.next()).args[0], 'for all');
      assert.equal((await two.inbox.next()).args[0], 'not for ann');
      assert.equal((await two.inbox.next()).args[0], 'for all');
      await publisher.close();
      await within(ann.session.unsubscribe(one.subscription));
      await within(ben.session.unsubscribe(two.subscription));
    });

    test('receives prefix and wildcard subscriptions, with the topic named', async () => {
      const prefix = await subscribe(ann, 'test.pattern.', { match: 'prefix' });
      const wildcard = await subscribe(ann, 'test..end', { match: 'wildcard' });
      const exact = await subscribe(ann, 'test.pattern.end');
      const publication = await within(ben.session.publish('test.pattern.end', ['x'], {}, acknowledged));
      for (const { inbox } of [prefix, wildcard]) {
        const { args, details } = await inbox.next();
        assert.deepEqual([args[0], details.topic, details.publication], ['x', 'test.pattern.end', publication.id]);
      }
      assert.equal((await exact.inbox.next()).details.publication, publication.id);
      await within(ben.session.publish('test.other.end', ['y'], {}, acknowledged));
      assert.equal((await wildcard.inbox.next()).details.topic, 'test.other.end');
      assert.equal(prefix.inbox.size, 0);
      for (const { subscription } of [prefix, wildcard, exact]) await within(ann.session.unsubscribe(subscription));
    });

    test('calls patterns by precedence: exact, then the longest prefix, then wildcard', async () => {
      const register = (uri, name, options) => {
        const answer = (_args, _kwargs, details) => `${name} ${details.procedure ?? ''}`.trim();
        return within(ben.session.register(uri, answer, options));
      };
      const registrations = [
        await register('match.a.b.c', 'exact'),
        await register('match.a.', 'short prefix', { match: 'prefix' }),
        await register('match.a.b.', 'long prefix', { match: 'prefix' }),
        await register('match..b', 'wildcard', { match: 'wildcard' }),
      ];
      const answers = {};
      for (const uri of ['match.a.b.c', 'match.a.b.d', 'match.a.x', 'match.z.b']) answers[uri] = await within(ann.session.call(uri), uri);
      assert.match(answers['match.a.b.c'], /^exact/);
      assert.equal(answers['match.a.b.d'], 'long prefix match.a.b.d');
      assert.equal(answers['match.a.x'], 'short prefix match.a.x');
      assert.equal(answers['match.z.b'], 'wildcard match.z.b');
      assert.equal((await rejection(ann.session.call('match.z.c'))).error, 'wamp.error.no_such_procedure');
      for (const registration of registrations) await within(ben.session.unregister(registration));
    });

    test('shares a registration in turn', async () => {
      const mine = await within(ann.session.register('test.shared', () => 'ann', { invoke: 'roundrobin' }));
      const theirs = await within(ben.session.register('test.shared', () => 'ben', { invoke: 'roundrobin' }));
      const answers = [];
      for (let n = 0; n < 4; ++n) answers.push(await within(ann.session.call('test.shared')));
      assert.deepEqual(answers, ['ann', 'ben', 'ann', 'ben']);
      await within(ann.session.unregister(mine));
      assert.equal(await within(ann.session.call('test.shared')), 'ben');
      await within(ben.session.unregister(theirs));
    });

    test('gets the retained event when it asks for it', async () => {
      const topic = `test.retained.${Math.random().toString(36).slice(2)}`;
      await within(ben.session.publish(topic, ['first'], {}, { acknowledge: true, retain: true }));
      await within(ben.session.publish(topic, ['newest'], { unit: 'C' }, { acknowledge: true, retain: true }));
      const asks = await subscribe(ann, topic, { get_retained: true });
      const { args, kwargs, details } = await asks.inbox.next('the retained event');
      assert.deepEqual([[...args], { ...kwargs }], [['newest'], { unit: 'C' }]);
      assert.equal(details.retained, true);
      await within(ann.session.unsubscribe(asks.subscription));
    });

    test('is refused politely: bad URIs and unknown subscriptions', async () => {
      assert.equal((await rejection(ann.session.subscribe('not a uri', () => {}))).error, 'wamp.error.invalid_uri');
      assert.equal((await rejection(ann.session.call('a..b'))).error, 'wamp.error.invalid_uri');
      assert.equal((await rejection(ann.session.publish('#no', [], {}, acknowledged))).error, 'wamp.error.invalid_uri');
      ann.session.publish('#no', ['unacknowledged: no answer at all']);
      assert.equal((await rejection(ann.session.register('wamp.mine', () => 1))).error.startsWith('wamp.error.'), true);
      assert.equal((await rejection(ann.session.call('test.nobody'))).error, 'wamp.error.no_such_procedure');
    });

    test('ends the calls of a callee that leaves', async () => {
      const callee = await openAutobahn(router, via);
      const invoked = new Inbox('an invocation');
      await within(callee.session.register('test.never', () => { invoked.push(1); return new Promise(() => {}); }));
      const call = rejection(ann.session.call('test.never'));
      await invoked.next();
      await callee.close();
      assert.equal((await call).error, 'wamp.error.canceled');
    });

    test('says goodbye and is answered', async () => {
      const guest = await openAutobahn(router, via);
      const end = await guest.close();
      assert.equal(end.reason, 'wamp.close.goodbye_and_out');
    });
  });
}

test('autobahn-js is told that a realm does not exist', async () => {
  const error = await rejection(openAutobahn(router, {}, 'nowhere'));
  assert.match(error.message, /no_such_realm/);
});
