// Procedures across families: progressive results, cancels, and what a Swim client offers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Attr, Record, Slot } from '@swim/structure';
import { heddle } from './cli.mjs';
import { openAutobahn, openSwim } from './peers.mjs';
import { RawWebSocket } from './raw.mjs';
import { openRealm, root, ruledRealm, startRouter } from './router.mjs';
import { Inbox, rejection, until, within } from './wait.mjs';

let router, python, wamp, swim;
let count = 0;
let base, node; // of this test alone
before(async () => {
  const guarded = ruledRealm('guarded', ['match = "prefix", uri = "open.", allow = ["subscribe", "publish", "call"]']);
  router = await startRouter({ realms: openRealm() + guarded });
  python = spawn('/usr/bin/python3', ['-B', path.join(root, 'tests/system', 'progressive.py'), router.url('/ws')]);
  let said = '';
  for (const stream of [python.stdout, python.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  await until(() => said.includes('ready'), 'the peer in Python to be ready', python.stdout);
  wamp = await openAutobahn(router);
  swim = openSwim(router);
});
after(async () => {
  swim?.close();
  await wamp?.close();
  python?.kill();
  await router?.stop();
});
beforeEach(() => {
  base = `offer.t${++count}`;
  node = `/offer/t${count}`;
});

const header = (slots) => Record.of(...Object.entries(slots).map((slot) => Slot.of(...slot)));
const message = (tag, slots, ...body) => Record.of(Attr.of(tag, header(slots)), ...body);
// `[tag, header, body]` of what a link received.
const received = (body) => [body.tag, body.header(body.tag)?.toLike(), body.body().toLike()];

// A link to a lane, the words it receives, and what it says there.
async function openLane(client, at, lane) {
  const inbox = new Inbox(`an event on ${at} ${lane}`);
  const linked = new Inbox(`${at} ${lane} to be linked`);
  const link = client.event(at, lane, { didLink: () => linked.push(true), onEvent: (body) => inbox.push(received(body)) });
  await linked.next();
  return { inbox, link, say: (tag, slots = {}, ...body) => client.command(at, lane, message(tag, slots, ...body)) };
}
// A Swim client that answers calls of `lane` with the numbers up to their argument.
async function offerCount(client, at, lane) {
  const own = await openLane(client, at, lane);
  client.command(at, lane, Record.of(Attr.of('offer')));
  assert.equal((await own.inbox.next())[0], 'offered');
  const serve = async () => {
    const [tag, { id, progress }, upto] = await own.inbox.next();
    assert.equal(tag, 'invoke');
    for (let n = 1; progress && n <= upto; ++n) own.say('yield', { id, progress: true }, n);
    own.say('yield', { id }, progress ? 'done' : 'unheard');
  };
  return { ...own, serve };
}
const callWithProgress = (session, procedure, args) => {
  const pieces = [];
  const call = session.call(procedure, args, {}, { receive_progress: true });
  const result = new Promise((resolve, reject) => call.then(resolve, reject, (piece) => pieces.push(piece)));
  return { call, pieces, result: within(result.then((end) => [pieces, end]), `the result of ${procedure}`) };
};

describe('between WAMP clients', () => {
  test('autobahn-js takes progressive results of Python', async () => {
    assert.deepEqual(await callWithProgress(wamp.session, 'py.count', [3]).result, [[1, 2, 3], 'done']);
    assert.equal(await within(wamp.session.call('py.count', [3])), 'unheard');
  });

  test('a canceled call ends in Python and in autobahn-js', async () => {
    const stopped = new Inbox('py.stopped');
    await within(wamp.session.subscribe('py.stopped', ([why]) => stopped.push(why)));
    const { call, pieces, result } = callWithProgress(wamp.session, 'py.endless', []);
    const refused = rejection(result);
    await within(wamp.session.call('py.count', [0])); // a fence: the first piece was on its way before this answer
    assert.deepEqual(pieces, ['begun']);
    // With other modes autobahn-js forgets the call and fails at the ERROR that WAMP wants for it.
    call.cancel({ mode: 'kill' });
    assert.equal(await stopped.next(), 'by INTERRUPT');
    assert.equal((await refused).error, 'py.error.stopped');
  });

  test('a caller that goes away interrupts Python', async () => {
    const stopped = new Inbox('py.stopped');
    await within(wamp.session.subscribe('py.stopped', ([why]) => stopped.push(why)));
    const guest = await openAutobahn(router);
    const begun = new Inbox('the first piece');
    guest.session.call('py.endless', [], {}, { receive_progress: true }).then(null, () => {}, begun.push);
    assert.equal(await begun.next(), 'begun');
    await guest.close();
    assert.equal(await stopped.next(), 'by INTERRUPT');
  });

  test('autobahn-js gives progressive results to autobahn-js', async () => {
    await within(wamp.session.register(`${base}.counted`, ([until], kwargs, details) => {
      for (let n = 1; n <= until; ++n) details.progress([n]);
      return 'done';
    }));
    assert.deepEqual(await callWithProgress(wamp.session, `${base}.counted`, [3]).result, [[1, 2, 3], 'done']);
  });

  test('heddle call prints each piece as it comes', async () => {
    const { run } = heddle(router);
    assert.deepEqual(await run(['call', 'py.count', '3', '-p']), { code: 0, stdout: '1\n2\n3\n"done"\n', stderr: '' });
    assert.equal((await run(['call', 'py.count', '3'])).stdout, '"unheard"\n');
    const json = (await run(['call', 'py.count', '1', '-O', 'receive_progress=true', '-o', 'json'])).stdout;
    assert.equal(json, '{"args":[1],"kwargs":{},"details":{"progress":true}}\n{"args":["done"],"kwargs":{},"details":{}}\n');
    const many = (await run(['call', 'py.count', '-p', '--each', 'json'], { input: '1\n2\n' })).stdout;
    assert.equal(many, '1\n"done"\n1\n2\n"done"\n');
  });
});

test('heddle lane command prints pieces where it asks for them', async () => {
  const { run } = heddle(router);
  assert.equal((await run(['lane', 'command', '/py', 'count', '3', '-p'])).stdout, '1\n2\n3\n"done"\n');
  assert.equal((await run(['lane', 'command', '/py', 'count', '3', '--wait'])).stdout, '"unheard"\n');
});

describe('@swim/client as caller', () => {
  test('receives progressive results of Python by its correlation id', async () => {
    const lane = await openLane(swim, '/py', 'count');
    lane.say('call', { id: 'a b' }, 3);
    for (const n of [1, 2, 3]) assert.deepEqual(await lane.inbox.next(), ['progress', { id: 'a b' }, n]);
    assert.deepEqual(await lane.inbox.next(), ['result', { id: 'a b' }, 'done']);
    lane.say('call', { id: 7, progress: false }, 3);
    assert.deepEqual(await lane.inbox.next(), ['result', { id: 7 }, 'unheard']);
  });

  test('cancels a call, which Python notices', async () => {
    const stopped = new Inbox('py.stopped');
    await within(wamp.session.subscribe('py.stopped', ([why]) => stopped.push(why)));
    const lane = await openLane(swim, '/py', 'endless');
    lane.say('call', { id: 1 });
    assert.deepEqual(await lane.inbox.next(), ['progress', { id: 1 }, 'begun']);
    lane.say('cancel', { id: 1 });
    assert.deepEqual((await lane.inbox.next()).slice(0, 2), ['error', { id: 1, uri: 'wamp.error.canceled' }]);
    assert.equal(await stopped.next(), 'by INTERRUPT');
  });
});

describe('@swim/client as callee', () => {
  test('answers autobahn-js, with and without progress', async () => {
    const { serve } = await offerCount(swim, node, 'count');
    const progressive = callWithProgress(wamp.session, `${base}.count`, [3]);
    await serve();
    assert.deepEqual(await progressive.result, [[1, 2, 3], 'done']);
    const plain = wamp.session.call(`${base}.count`, [3]);
    await serve();
    assert.equal(await within(plain), 'unheard');
  });

  test('answers Python, with progress', async () => {
    const { serve } = await offerCount(swim, node, 'count');
    const collected = wamp.session.call('py.collect', [`${base}.count`, 4]);
    await serve();
    assert.deepEqual(await within(collected), [[1, 2, 3, 4], 'done']);
  });

  test('answers another Swim client, which alone learns of it', async () => {
    const { serve, inbox } = await offerCount(swim, node, 'count');
    const caller = openSwim(router);
    const lane = await openLane(caller, node, 'count');
    lane.say('call', { id: 5 }, 2);
    await serve();
    for (const said of [['progress', 1], ['progress', 2], ['result', 'done']]) {
      assert.deepEqual(await lane.inbox.next(), [said[0], { id: 5 }, said[1]]);
    }
    caller.command(node, 'count', 9); // nobody waits for the result, but it is a call
    assert.deepEqual((await inbox.next()).slice(2), [9]);
    caller.close();
  });

  test('refuses a call with an error of its own', async () => {
    const own = await offerCount(swim, node, 'no');
    const refused = rejection(wamp.session.call(`${base}.no`, [1]));
    const [, { id }] = await own.inbox.next();
    own.say('fail', { id, uri: 'com.app.no' }, 'because');
    const { error, args } = await refused;
    assert.deepEqual([error, args], ['com.app.no', ['because']]);
  });

  test('is told when a call is canceled, and its late answer harms nobody', async () => {
    const own = await offerCount(swim, node, 'slow');
    const { call, result } = callWithProgress(wamp.session, `${base}.slow`, [1]);
    const refused = rejection(result);
    const [, { id }] = await own.inbox.next();
    call.cancel({ mode: 'kill' });
    assert.deepEqual((await own.inbox.next()).slice(0, 2), ['interrupt', { id }]);
    own.say('fail', { id, uri: 'wamp.error.canceled' });
    assert.equal((await refused).error, 'wamp.error.canceled');
    own.say('yield', { id }, 'late');
    const next = wamp.session.call(`${base}.slow`, [0]);
    await own.serve();
    assert.equal(await within(next), 'unheard');
  });

  test('that closes its link ends what waits for it, and another may offer', async () => {
    const gone = openSwim(router);
    const own = await offerCount(gone, node, 'count');
    const second = await openLane(swim, node, 'count');
    swim.command(node, 'count', Record.of(Attr.of('offer')));
    assert.deepEqual((await second.inbox.next()).slice(0, 2), ['error', { uri: 'wamp.error.procedure_already_exists' }]);
    const refused = rejection(wamp.session.call(`${base}.count`, [1]));
    await own.inbox.next();
    own.link.close();
    assert.equal((await refused).error, 'wamp.error.canceled');
    gone.close();
    swim.command(node, 'count', Record.of(Attr.of('offer')));
    assert.equal((await second.inbox.next())[0], 'offered');
  });

  test('without the permission to register is told so', async () => {
    const guest = openSwim(router, 'guarded');
    const lane = await openLane(guest, '/open', 'count');
    guest.command('/open', 'count', Record.of(Attr.of('offer')));
    assert.deepEqual((await lane.inbox.next()).slice(0, 2), ['error', { uri: 'wamp.error.not_authorized' }]);
    guest.close();
  });
});

test('frames as they are: offer, invoke, yield, withdraw, and the end of the connection', async () => {
  const peer = new RawWebSocket(router.url('/realm1'), ['warp0']);
  await peer.open();
  const at = `(node:"${node}",lane:add)`;
  const dialogue = async (said, answer) => assert.equal(await peer.send(said).nextText(answer), answer);
  await dialogue(`@link${at}`, `@linked${at}`);
  await dialogue(`@command${at}@offer`, `@event${at}@offered`);
  const sum = callWithProgress(wamp.session, `${base}.add`, [20, 22]);
  assert.equal(await peer.nextText(), `@event${at}@invoke(id:1,progress:true)@wamp(args:{20,22})`);
  peer.send(`@command${at}@yield(id:1,progress:true) 20`).send(`@command${at}@yield(id:1) 42`);
  assert.deepEqual(await sum.result, [[20], 42]);
  await dialogue(`@command${at}@withdraw`, `@event${at}@withdrawn`);
  assert.equal((await rejection(wamp.session.call(`${base}.add`, []))).error, 'wamp.error.no_such_procedure');
  await dialogue(`@command${at}@offer`, `@event${at}@offered`);
  const refused = rejection(wamp.session.call(`${base}.add`, []));
  assert.equal(await peer.nextText(), `@event${at}@invoke(id:2)`);
  peer.close();
  assert.equal((await refused).error, 'wamp.error.canceled');
});
