// Cross-checks with clients nobody here wrote: what one library sends, another takes, each feature both ways.
// What one library does alone is in the file of that library.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openAutobahn, openWampy } from './peers.mjs';
import { root, startRouter } from './router.mjs';
import { Inbox, rejection, until, within } from './wait.mjs';

let router, js, python;
before(async () => {
  router = await startRouter();
  python = spawn('/usr/bin/python3', ['-B', path.join(root, 'tests/system', 'progressive.py'), router.url('/ws')]);
  let said = '';
  for (const stream of [python.stdout, python.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  await until(() => said.includes('ready'), 'the peer in Python to be ready', python.stdout);
  js = await openAutobahn(router, { serializer: 'cbor' });
});
after(async () => {
  await js?.close();
  python?.kill();
  await router?.stop();
});

for (const serializer of ['json', 'msgpack', 'cbor']) {
  describe(`wampy with ${serializer}, and the autobahns`, () => {
    let wampy, base;
    before(async () => {
      wampy = await openWampy(router, serializer);
      base = `cross.${serializer}`;
    });
    after(() => wampy?.disconnect());

    test('wampy takes the progressive results of Python, and none that it did not ask for', async () => {
      const pieces = [];
      const asked = { progress_callback: ({ argsList }) => pieces.push(argsList[0]) };
      const result = await within(wampy.call('py.count', [3], asked));
      assert.deepEqual([pieces, result.argsList], [[1, 2, 3], ['done']]);
      assert.deepEqual((await within(wampy.call('py.count', [3]))).argsList, ['unheard']);
    });

    test('wampy cancels a call that Python works on, which is interrupted', async () => {
      const stopped = new Inbox('py.stopped');
      await within(wampy.subscribe('py.stopped', ({ argsList }) => stopped.push(argsList[0])));
      for (const [mode, error] of [['kill', 'py.error.stopped'], ['killnowait', 'wamp.error.canceled']]) {
        const begun = new Inbox('the first piece');
        const call = rejection(wampy.call('py.endless', [], { progress_callback: begun.push }));
        const { reqId } = wampy.getOpStatus();
        await begun.next();
        wampy.cancel(reqId, { mode });
        assert.equal((await call).errorUri, error, mode);
        assert.equal(await stopped.next(), 'by INTERRUPT');
      }
      await within(wampy.unsubscribe('py.stopped'));
    });

    test('wampy answers patterns that autobahn-js calls, with the procedure named', async () => {
      const handler = ({ details }) => ({ argsList: [details.procedure] });
      await within(wampy.register(`${base}.answers`, handler, { match: 'prefix' }));
      await within(wampy.register(`${base}..any`, handler, { match: 'wildcard' }));
      assert.equal(await within(js.session.call(`${base}.answers.one`)), `${base}.answers.one`);
      assert.equal(await within(js.session.call(`${base}.other.any`)), `${base}.other.any`);
    });

    // wampy 8 checks the option `retain` and never sends it.
    test('wampy gets what autobahn-js retained, by pattern', async () => {
      const inbox = new Inbox('a retained event');
      for (const topic of ['b', 'a']) {
        await within(js.session.publish(`${base}.kept.${topic}`, [topic], {}, { acknowledge: true, retain: true }));
      }
      await within(wampy.subscribe(`${base}.kept`, ({ argsList, details }) => inbox.push([argsList[0], details.topic, details.retained]),
        { match: 'prefix', get_retained: true }));
      const got = [await inbox.next(), await inbox.next()];
      assert.deepEqual(got, [['a', `${base}.kept.a`, true], ['b', `${base}.kept.b`, true]]);
    });

    test('wampy is told by the meta API what autobahn-js registered and subscribed', async () => {
      const registration = await within(js.session.register(`${base}.looked.up`, () => 1));
      const subscription = await within(js.session.subscribe(`${base}.looked`, () => {}, { match: 'prefix' }));
      const ask = async (procedure, ...args) => (await within(wampy.call(procedure, args))).argsList[0];
      const me = Number(wampy.getSessionId());
      const numbers = (list) => list.map(Number);
      assert.ok(numbers(await ask('wamp.session.list')).includes(me));
      assert.equal(Number((await ask('wamp.session.get', js.session.id)).session), js.session.id);
      assert.equal(Number(await ask('wamp.registration.match', `${base}.looked.up`)), registration.id);
      assert.equal(await ask('wamp.registration.lookup', `${base}.looked.up`, { match: 'prefix' }), null);
      assert.deepEqual(numbers(await ask('wamp.registration.list_callees', registration.id)), [js.session.id]);
      assert.deepEqual(numbers(await ask('wamp.subscription.match', `${base}.looked.at`)), [subscription.id]);
      assert.equal((await ask('wamp.subscription.get', subscription.id)).match, 'prefix');
      const error = await rejection(wampy.call('wamp.registration.get', [registration.id + 1_000_000]));
      assert.equal(error.errorUri, 'wamp.error.no_such_registration');
    });
  });
}
