// Clients nobody here wrote, opened and closed in one line each.
import autobahn from 'autobahn';
import { WebSocket } from 'ws';
import { WarpClient } from '@swim/client';
import { Wampy } from 'wampy';
import { JsonSerializer } from 'wampy/JsonSerializer.js';
import { MsgpackSerializer } from 'wampy/MsgpackSerializer.js';
import { CborSerializer } from 'wampy/CborSerializer.js';
import { XMLHttpRequest } from './long_poll.mjs';
import { within } from './wait.mjs';

// autobahn 26 and @swim/client use the WebSocket of browsers, which Node has since version 22; autobahn's long-poll their
// XMLHttpRequest, which it has not.
globalThis.WebSocket = WebSocket;
globalThis.XMLHttpRequest = XMLHttpRequest;

const { JSONSerializer, MsgpackSerializer: AutobahnMsgpack, CBORSerializer } = autobahn.serializer;
const autobahnSerializers = { json: JSONSerializer, msgpack: AutobahnMsgpack, cbor: CBORSerializer };

// via: { serializer } over WebSocket, or { rawsocket: 'tcp' | 'unix' } or { longpoll } (JSON is all that autobahn-js speaks there).
function autobahnTransport(router, via) {
  if (via.rawsocket === 'unix') return { type: 'rawsocket', path: router.socket };
  if (via.rawsocket === 'tcp') return { type: 'rawsocket', host: '127.0.0.1', port: router.port };
  if (via.longpoll) return { type: 'longpoll', url: router.url('/lp', 'http') };
  return { type: 'websocket', url: via.url ?? router.url('/ws'), serializers: [new autobahnSerializers[via.serializer ?? 'json']()] };
}

export async function openAutobahn(router, via = {}, realm = 'realm1') {
  const connection = new autobahn.Connection({ transports: [autobahnTransport(router, via)], realm, max_retries: 0 });
  const closed = new Promise((resolve) => {
    connection.onclose = (reason, details) => {
      resolve({ reason, ...details });
      return true; // no retry
    };
  });
  const opened = new Promise((resolve) => (connection.onopen = (session, details) => resolve({ session, details })));
  connection.open();
  const { session, details } = await within(
    Promise.race([opened, closed.then((end) => Promise.reject(new Error(`autobahn: ${end.reason} ${JSON.stringify(end)}`)))]),
    'autobahn to join',
  );
  return {
    session, details, closed,
    close: async () => {
      if (connection.isOpen) connection.close();
      return within(closed, 'autobahn to leave');
    },
  };
}

const wampySerializers = { json: JsonSerializer, msgpack: MsgpackSerializer, cbor: CborSerializer };

export async function openWampy(router, serializer = 'json', more = {}) {
  const wampy = new Wampy(more.url ?? router.url('/ws'), {
    realm: 'realm1', ws: WebSocket, autoReconnect: false, serializer: new wampySerializers[serializer](), ...more,
  });
  await within(wampy.connect(), 'wampy to join');
  return wampy;
}

// A Swim client whose downlinks are opened at this router, in this realm.
export function openSwim(router, realm = 'realm1') {
  const client = new WarpClient();
  client.mount();
  const hostUri = router.url(`/${realm}`);
  const at = (nodeUri, laneUri) => ({ hostUri, nodeUri, laneUri });
  return {
    client, hostUri,
    value: (node, lane, more = {}) => client.downlinkValue({ ...at(node, lane), ...more }).open(),
    map: (node, lane, more = {}) => client.downlinkMap({ ...at(node, lane), ...more }).open(),
    event: (node, lane, more = {}) => client.downlink({ ...at(node, lane), ...more }).open(),
    command: (node, lane, body) => client.command(hostUri, node, lane, body),
    close: () => client.unmount(),
  };
}
