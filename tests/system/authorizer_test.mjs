// A procedure of autobahn-js is asked for permissions where no rule speaks; autobahn-js, wampy and @swim/client are who it is about.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openAutobahn, openSwim, openWampy } from './peers.mjs';
import { startRouter } from './router.mjs';
import { Inbox, rejection, within } from './wait.mjs';

const realm = `
[[realm]]
name = "realm1"
auth = ["anonymous"]
authorizer = { procedure = "com.may", timeout = "300ms" }
[[realm.role]]
name = "anonymous"
permissions = [
  { match = "exact", uri = "com.may", allow = ["register"] },
  { match = "prefix", uri = "open.", allow = ["call", "register", "publish", "subscribe"] },
  { match = "exact", uri = "heddle.authorizer.purge", allow = ["call"] },
]
`;

let router;
before(async () => (router = await startRouter({ realms: realm })));
after(() => router?.stop());

// What the authorizer was asked, as [uri, action, options]; it answers what `says` holds for the URI, or refuses.
let asked, says, authorizer;
beforeEach(async () => {
  asked = [];
  says = {};
  authorizer = await openAutobahn(router);
  await within(
    authorizer.session.register('com.may', ([details, uri, action, options]) => {
      assert.equal(details.authrole, 'anonymous');
      asked.push([uri, action, options]);
      return uri in says ? says[uri] : false;
    }),
  );
});
const leaves = (t, peer, how = 'close') => (t.after(() => peer[how]()), peer);
const autobahn = async (t) => leaves(t, await openAutobahn(router)).session;

describe('the dynamic authorizer', { concurrency: false }, () => {
  test('lets autobahn-js and wampy have what it allows, and nothing else', async (t) => {
    t.after(() => authorizer.close());
    Object.assign(says, { 'com.topic': true, 'com.sum': { allow: true, disclose: true }, 'com.sums.': true });
    const [ann, ben] = [await autobahn(t), leaves(t, await openWampy(router), 'disconnect')];
    const received = new Inbox('an event');
    await within(ben.subscribe('com.topic', ({ argsList }) => received.push(argsList)));
    await within(ann.publish('com.topic', [1, 2], {}, { acknowledge: true }));
    assert.deepEqual(await received.next(), [1, 2]);
    let named;
    await within(ann.register('com.sum', ([a, b], _, details) => ((named = details.caller), a + b)));
    assert.deepEqual((await within(ben.call('com.sum', [2, 3]))).argsList, [5]);
    assert.equal(typeof named, 'number');
    assert.equal((await rejection(ann.subscribe('com.secret', () => {}))).error, 'wamp.error.not_authorized');
    assert.equal((await rejection(ann.publish('com.secret', [], {}, { acknowledge: true }))).error, 'wamp.error.not_authorized');
    assert.equal((await rejection(ann.call('com.may', []))).error, 'wamp.error.not_authorized');
    assert.deepEqual(asked.slice(0, 2), [['com.topic', 'subscribe', { match: 'exact' }], ['com.topic', 'publish', {}]]);
  });

  test('is asked once while an answer holds, and again after a purge', async (t) => {
    t.after(() => authorizer.close());
    says['com.nobody'] = { allow: true, cache: 60 };
    const ann = await autobahn(t);
    for (let i = 0; i < 3; ++i) assert.equal((await rejection(ann.call('com.nobody'))).error, 'wamp.error.no_such_procedure');
    assert.equal(asked.length, 1);
    assert.equal(await within(ann.call('heddle.authorizer.purge')), 1);
    says['com.nobody'] = false;
    assert.equal((await rejection(ann.call('com.nobody'))).error, 'wamp.error.not_authorized');
    assert.equal(asked.length, 2);
  });

  test('that is silent, broken or gone lets nobody in', async (t) => {
    const ann = await autobahn(t);
    const refused = async () => (await rejection(ann.publish('com.x', [], {}, { acknowledge: true }))).error;
    says['com.x'] = new Promise(() => {});
    assert.equal(await refused(), 'wamp.error.authorization_failed');
    says['com.x'] = 'of course';
    assert.equal(await refused(), 'wamp.error.authorization_failed');
    await authorizer.close();
    assert.equal(await refused(), 'wamp.error.authorization_failed');
    await within(ann.publish('open.x', [], {}, { acknowledge: true }), 'what rules allow');
  });

  test('decides about lanes of @swim/client, too', async (t) => {
    t.after(() => authorizer.close());
    Object.assign(says, { 'com.car.speed': true });
    const ann = await autobahn(t);
    await within(ann.publish('com.car.speed', [88], {}, { acknowledge: true, retain: true }));
    const swim = leaves(t, openSwim(router));
    const values = new Inbox('a value'), ends = new Inbox('an end');
    swim.value('/com/car', 'speed', { didSet: (value) => values.push(Number(value)) });
    swim.value('/com/car', 'secret', { didUnlink: () => ends.push('unlinked') });
    assert.equal(await values.next(), 88);
    assert.equal(await ends.next(), 'unlinked');
    await within(ann.publish('com.car.speed', [99], {}, { acknowledge: true, retain: true }));
    assert.equal(await values.next(), 99);
  });
});
