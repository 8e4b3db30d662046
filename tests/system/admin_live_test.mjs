// What a realm holds now, as administrators see it and take it away: subscriptions, registrations, retained events.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AdminRouter, logIn } from './admins.mjs';
import { openAutobahn } from './peers.mjs';
import { openRealm } from './router.mjs';
import { within } from './wait.mjs';

let place, admin, kim;
before(async () => {
  place = await AdminRouter.make(openRealm('plant'));
  admin = await logIn(place.url);
  kim = await openAutobahn({ url: () => place.url }, {}, 'plant');
});
after(async () => {
  await kim?.close();
  await admin?.close();
  await place?.stop();
});

test('subscriptions', async () => {
  for (const topic of ['com.a', 'com.b', 'com.c']) await within(kim.session.subscribe(topic, () => {}));
  await within(kim.session.subscribe('com.', () => {}, { match: 'prefix' }));
  const first = await admin.call('subscription.list', ['plant'], { limit: 2, count: true });
  assert.equal(first.items.length, 2);
  assert.equal(first.total, 4);
  const rest = await admin.call('subscription.list', ['plant'], { after: first.next });
  assert.deepEqual([...first.items, ...rest.items].map((one) => one.uri).sort(), ['com.', 'com.a', 'com.b', 'com.c']);
  assert.equal(rest.next, null);
  const prefixes = await admin.call('subscription.list', ['plant'], { match: 'prefix' });
  assert.deepEqual(prefixes.items.map((one) => [one.uri, one.subscribers]), [['com.', 1]]);
  const fits = await admin.call('subscription.match', ['plant'], { uri: 'com.a' });
  assert.deepEqual(fits.items.map((one) => one.uri).sort(), ['com.', 'com.a']);
  const { id } = fits.items.find((one) => one.uri === 'com.a');
  const one = await admin.call('subscription.get', ['plant', id]);
  assert.deepEqual(one.holders.map((holder) => holder.session), [kim.session.id]);
  const removed = await admin.call('subscription.remove', ['plant', id]);
  assert.deepEqual(removed.ended, [kim.session.id]);
  assert.equal(removed.ends.subscriptions, 1);
  assert.equal((await admin.fails('subscription.get', ['plant', id])).error, 'wamp.error.no_such_subscription');
  assert.equal((await admin.fails('subscription.list', ['plant'], { after: 'x' })).errors[0].pointer, '/after');
});

test('registrations', async () => {
  await within(kim.session.register('com.add', ([a, b]) => a + b));
  const { items } = await admin.call('registration.list', ['plant']);
  assert.deepEqual(items.map((one) => [one.uri, one.callees, one.invoke]), [['com.add', 1, 'single']]);
  const [fit] = (await admin.call('registration.match', ['plant'], { uri: 'com.add' })).items;
  assert.equal(fit.id, items[0].id);
  assert.deepEqual((await admin.call('registration.match', ['plant'], { uri: 'com.no' })).items, []);
  const removed = await admin.call('registration.remove', ['plant', fit.id]);
  assert.equal(removed.ends.registrations, 1);
  const gone = await kim.session.call('com.add', [1, 2]).then(() => null, (error) => error);
  assert.equal(gone.error, 'wamp.error.no_such_procedure');
});

test('retained events', async () => {
  for (const topic of ['com.r.1', 'com.r.2', 'com.s.1'])
    await within(kim.session.publish(topic, [topic, 2.5], { unit: 'C' }, { retain: true, acknowledge: true }));
  const first = await admin.call('retained.list', ['plant'], { limit: 2 });
  assert.deepEqual(first.items.map((one) => one.topic), ['com.r.1', 'com.r.2']);
  const rest = await admin.call('retained.list', ['plant'], { after: first.next });
  assert.deepEqual(rest.items.map((one) => one.topic), ['com.s.1']);
  assert.equal(rest.next, null);
  const fits = await admin.call('retained.match', ['plant'], { uri: 'com..1', match: 'wildcard' });
  assert.deepEqual(fits.items.map((one) => one.topic), ['com.r.1', 'com.s.1']);
  const kept = await admin.call('retained.get', ['plant', 'com.r.1']);
  assert.deepEqual([kept.args, kept.kwargs], [['com.r.1', 2.5], { unit: 'C' }]);
  await admin.call('retained.remove', ['plant', 'com.r.1']);
  assert.equal((await admin.fails('retained.get', ['plant', 'com.r.1'])).error, 'heddle.error.not_found');
  assert.deepEqual((await admin.call('lane.match', ['plant'], { uri: 'com.r.2' })), {
    uri: 'com.r.2', node: '/com/r', lane: '2', kind: 'value', retained: true, callable: false });
});
