// A realm with an uplink, and peers that look at what it does there.
import assert from 'node:assert/strict';
import { RawWebSocket } from './raw.mjs';
import { openRealm } from './router.mjs';

// Lanes: node, lane, kind, more TOML.
export const unit = [['/unit/1', 'value', 'value'], ['/unit/1', 'map', 'map'], ['/unit/1', 'feed', 'event']];
const laneToml = ([node, lane, kind, more = '']) => `{ node = "${node}", lane = "${lane}", kind = "${kind}"${more} }`;

// A realm whose uplink `plant` leads to `url`.
export const uplinkTo = (url, lanes = unit, more = '') => `${openRealm('realm1')}
[[realm.uplinks]]
name = "plant"
url = "${url}"
role = "anonymous"
retry_first = "50ms"
retry_most = "200ms"
lanes = [${lanes.map(laneToml).join(', ')}]
${more}
`;

// A WAMP client by hand: publishes with acknowledgement, and receives the events of its subscriptions in order.
// `cleanup` is given what ends it.
export async function openWamp(cleanup, at, topic, match = 'exact') {
  const peer = new RawWebSocket(at.url('/'));
  await peer.join();
  cleanup(() => peer.close());
  let request = 0;
  if (topic !== undefined) {
    peer.send([32, ++request, { match, get_retained: true }, topic]);
    assert.equal((await peer.nextMessage())[0], 33);
  }
  return {
    // Topic, value ('gone' where it was removed) of the next event.
    async event() {
      const [code, , , details, args, kwargs] = await peer.nextMessage('an event');
      assert.equal(code, 36);
      return [details.topic ?? topic, kwargs?.$removed ? 'gone' : args?.[0]];
    },
    async publish(to, value, options = {}) {
      const removed = value === 'gone';
      peer.send([16, ++request, { acknowledge: true, ...options }, to, removed ? [] : [value], removed ? { $removed: true } : {}]);
      assert.equal((await peer.nextMessage('PUBLISHED'))[0], 17);
    },
    // Events that nobody took yet.
    get received() { return peer.inbox.size; },
  };
}

// All that is retained below a prefix: topic to value. The answer to a second request says that it was all.
export async function retained(at, prefix) {
  const reader = new RawWebSocket(at.url('/'));
  await reader.join();
  reader.send([32, 1, { match: 'prefix', get_retained: true }, prefix]).send([32, 2, {}, 'end.of.it']);
  const found = {};
  for (;;) {
    const [code, request, , details, args] = await reader.nextMessage('retained events');
    if (code === 33 && request === 2) break;
    if (code === 36) found[details.topic] = args?.[0];
  }
  reader.close();
  return found;
}
