// @swim/client and its one socket: what it sends at once when it opens, with credentials first; refusals; coming back.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openSwim } from './peers.mjs';
import { RawWebSocket } from './raw.mjs';
import { ruledRealm, startRouter } from './router.mjs';
import { Inbox } from './wait.mjs';

let router;
// Who logs in with this may do what anybody may.
const token = `hdl_${'0'.repeat(16)}_${'A'.repeat(43)}`;
const hash = createHash('sha256').update(token).digest('hex');
const users = `auth = ["anonymous", "token"]\nusers = [{ authid = "kim", role = "anonymous", token = "${hash}" }]`;
before(async () => {
  const rules = ['match = "prefix", uri = "open.", allow = ["publish", "subscribe"]'];
  const lanes = 'lanes = [{ match = "prefix", uri = "open.value.", kind = "value" }]\n[[realm.role]]';
  const realm = ruledRealm('realm1', rules).replace('[[realm.role]]', lanes);
  router = await startRouter({ realms: realm.replace('auth = ["anonymous"]', users) });
});
after(() => router?.stop());

const toldOf = (inbox, name) => ({
  didLink: () => inbox.push(`${name} linked`), didSync: () => inbox.push(`${name} synced`), didUnlink: () => inbox.push(`${name} unlinked`),
});

test('credentials and downlinks opened at once: the answer to @auth comes first, then each link in its own order', async () => {
  const swim = openSwim(router);
  const inbox = new Inbox('the client to be told');
  swim.client.observe({
    clientDidAuthenticate: () => inbox.push('authenticated'), clientDidDeauthenticate: () => inbox.push('deauthenticated'),
  });
  swim.client.authenticate(swim.hostUri, { token });
  swim.value('/open/value', 'speed', toldOf(inbox, 'value'));
  swim.map('/open/map', 'topics', toldOf(inbox, 'map'));
  swim.event('/open/event', 'horn', toldOf(inbox, 'event'));
  swim.value('/secret', 'plan', toldOf(inbox, 'secret'));
  assert.equal(await inbox.next(), 'authenticated');
  const told = [];
  while (told.length < 6) told.push(await inbox.next());
  const of = (name) => told.filter((words) => words.startsWith(name)).map((words) => words.slice(name.length + 1));
  assert.deepEqual(of('value'), ['linked', 'synced']);
  assert.deepEqual(of('map'), ['linked', 'synced']);
  assert.deepEqual(of('event'), ['linked']);
  assert.deepEqual(of('secret'), ['unlinked']);
  swim.close();
});

test('frames that follow @auth at once are answered after it, in their order', async () => {
  const peer = new RawWebSocket(router.url('/realm1'), []);
  await peer.open();
  const lanes = Array.from({ length: 50 }, (_, n) => `(node:"/open/value/${n}",lane:x)`);
  peer.send(`@auth{token:${token}}`);
  for (const lane of lanes) peer.send(`@sync${lane}`);
  peer.send('@link(node:"/secret",lane:x)').send('@deauth').send('@link(node:"/open/last",lane:x)');
  assert.equal(await peer.nextText(), '@authed{authid:kim,authrole:anonymous}');
  for (const lane of lanes) {
    for (const frame of [`@linked${lane}`, `@event${lane}`, `@synced${lane}`]) assert.equal(await peer.nextText(frame), frame);
  }
  assert.equal(await peer.nextText(), '@unlinked(node:"/secret",lane:x)@notAuthorized');
  assert.match(await peer.nextText(), /^@deauthed/);
  // As somebody else all links are told their state again.
  const again = [];
  for (let n = 0; n < 2 * lanes.length; ++n) again.push(await peer.nextText());
  assert.deepEqual(again.sort(), lanes.flatMap((lane) => [`@event${lane}`, `@synced${lane}`]).sort());
  assert.equal(await peer.nextText(), '@linked(node:"/open/last",lane:x)');
  peer.close();
});

test('one link serves several downlinks of a lane, and ends with the last of them', async () => {
  const swim = openSwim(router);
  const [first, second] = [new Inbox('the first'), new Inbox('the second')];
  const received = (inbox) => ({ ...toldOf(inbox, 'value'), didSet: (value) => inbox.push(value.toLike()) });
  const one = swim.value('/open/value/shared', 'x', received(first));
  for (const words of ['value linked', undefined, 'value synced']) assert.equal(await first.next(), words);
  swim.value('/open/value/shared', 'x', received(second));
  swim.command('/open/value/shared', 'x', 5);
  assert.equal(await first.find((words) => words === 5), 5);
  assert.equal(await second.find((words) => words === 5), 5);
  one.close();
  swim.command('/open/value/shared', 'x', 6);
  assert.equal(await second.find((words) => words === 6), 6);
  swim.close();
});
