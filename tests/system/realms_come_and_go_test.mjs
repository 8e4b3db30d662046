// Realms are made and removed by an administrator while clients of all kinds are in them: who is there is told, who comes later
// finds none, and everybody else notices nothing.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openAutobahn } from './peers.mjs';
import { clientRoles, RawSocket, RawWebSocket, stillServes } from './raw.mjs';
import { openRealm, startRouter } from './router.mjs';
import { Inbox, within } from './wait.mjs';

let router, admin;
let requests = 0;

// Whoever runs the router is its administrator over the Unix socket.
async function administrator() {
  const peer = await new RawSocket(router.socket).open();
  await peer.say([1, 'heddle.admin', { roles: clientRoles, authmethods: ['local'] }]);
  const welcome = await peer.nextMessage();
  assert.equal(welcome[0], 2, JSON.stringify(welcome));
  assert.equal(welcome[2].authrole, 'administrator');
  return peer;
}

async function operate(procedure, args, kwargs = {}) {
  await admin.say([48, ++requests, {}, procedure, args, kwargs]);
  const answer = await admin.nextMessage(`an answer to ${procedure}`);
  assert.equal(answer[0], 50, JSON.stringify(answer));
  return answer[4];
}

const role = [{ match: 'prefix', uri: '', allow: ['call', 'register', 'publish', 'subscribe'] }];
async function make(name) {
  await operate('heddle.realm.put', [name], { revision: 'new', auth: [] });
  await operate('heddle.role.put', [name, 'anonymous'], { revision: 'new', permissions: role });
  await operate('heddle.realm.put', [name], { revision: '*', auth: ['anonymous'], anonymous_role: 'anonymous' });
}
const remove = (name) => operate('heddle.realm.remove', [name], { revision: '*' });

const config = (more) => `
server.threads = 3
server.drain = "0s"
[[listener]]
name = "tcp"
address = "127.0.0.1:0"
${more}
[[listener]]
name = "socket"
address = "unix:./heddle.sock"
peer_admins = ["root"]
${openRealm()}`;

before(async () => {
  router = await startRouter({ config: config('') });
  admin = await administrator();
});
after(async () => {
  admin?.close();
  await router?.stop();
});
afterEach(() => stillServes(router));

const refused = async (name) => {
  const peer = new RawWebSocket(router.url('/'));
  await peer.open();
  peer.send([1, name, { roles: clientRoles }]);
  const answer = await peer.nextMessage();
  assert.equal(answer[0], 3);
  assert.equal(answer[2], 'wamp.error.no_such_realm');
  peer.close();
};

test('a new realm is there for all kinds of clients once the answer came', async () => {
  await refused('lab');
  await make('lab');
  for (let i = 0; i < 4; ++i) {
    const { session, close } = await openAutobahn(router, {}, 'lab');
    assert.ok(session.id > 0);
    await close();
  }
  const link = new RawWebSocket(router.url('/lab'), []);
  await link.open();
  assert.match(await link.send('@link(node:"/a",lane:b)').nextText(), /^@linked/);
  link.close();
  await remove('lab');
});

test('who is in a realm that is removed is told before the answer, and others stay', async () => {
  await make('lab');
  const there = await openAutobahn(router, {}, 'lab');
  const raw = await new RawSocket(router.port).open();
  await raw.join('lab');
  const link = new RawWebSocket(router.url('/lab'), []);
  await link.open();
  assert.match(await link.send('@link(node:"/a",lane:b)').nextText(), /^@linked/);
  const beside = await openAutobahn(router);
  const received = new Inbox('events');
  await beside.session.subscribe('still.here', ([n]) => received.push(n), {});

  await remove('lab');
  assert.deepEqual(await raw.nextMessage(), [6, {}, 'wamp.close.close_realm']);
  raw.close();
  assert.equal((await within(there.closed, 'autobahn to learn of it')).reason, 'wamp.close.close_realm');
  await link.end();
  await refused('lab');
  const gone = new RawWebSocket(router.url('/lab'), []);
  await assert.rejects(gone.open(), /404/);

  await beside.session.publish('still.here', [7], {}, { exclude_me: false, acknowledge: true });
  assert.equal(await received.next(), 7);
  await beside.close();
});

test('a realm of the same name is a new one', async () => {
  for (let round = 0; round < 5; ++round) {
    await make('lab');
    const { session, close } = await openAutobahn(router, { serializer: 'msgpack' }, 'lab');
    await session.publish('lab.state', [round], {}, { acknowledge: true, retain: true });
    const late = new Inbox('retained');
    await session.subscribe('lab.state', ([n]) => late.push(n), { get_retained: true });
    assert.equal(await late.next(), round);
    await close();
    await remove('lab');
  }
});

test('heddle.admin is only where admin is served', async () => {
  const outside = await startRouter({ config: config('serve = ["wamp", "warp", "health"]') });
  try {
    const peer = await new RawSocket(outside.port).open();
    await peer.say([1, 'heddle.admin', { roles: clientRoles, authmethods: ['wamp-scram'], authid: 'admin' }]);
    const answer = await peer.nextMessage();
    assert.equal(answer[0], 3);
    assert.equal(answer[2], 'wamp.error.no_such_realm');
    peer.close();
    const link = new RawWebSocket(outside.url('/heddle.admin'), []);
    await assert.rejects(link.open(), /404/);
  } finally {
    await outside.stop();
  }
});
