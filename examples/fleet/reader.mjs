// The control room, over WARP:  node reader.mjs ws://127.0.0.1:8080
// A map lane shows the whole fleet, a value lane one vehicle's speed. On a terminal it draws a table, elsewhere one line a change.
import { WarpClient } from '@swim/client';
import { WebSocket } from 'ws';

globalThis.WebSocket ??= WebSocket; // Node has one since version 22

const [url = 'ws://127.0.0.1:8080'] = process.argv.slice(2);
const watched = '7';
const fleet = new Map(); // number -> { speed, position }
const client = new WarpClient();
client.mount();

const onTerminal = process.stdout.isTTY;
function line(...words) {
  if (!onTerminal) console.log(...words);
}

// Every topic below com.example.fleet, as entries of one map: key "7.speed" for com.example.fleet.7.speed.
client.downlinkMap({
  hostUri: `${url}/fleet`, nodeUri: '/com/example/fleet', laneUri: 'topics',
  didUpdate(key, value) {
    const [number, what] = key.stringValue('').split('.');
    fleet.set(number, { ...fleet.get(number), [what]: value.toLike() });
    line('map', key.stringValue(''), JSON.stringify(value.toLike()));
  },
  didSync: () => line('map synced'),
}).open();

// One topic as one value.
let speed = null;
client.downlinkValue({
  hostUri: `${url}/fleet`, nodeUri: `/com/example/fleet/${watched}`, laneUri: 'speed',
  didSet(value) {
    speed = value.numberValue(null);
    line('value', watched, speed);
  },
  didSync: () => line('value synced'),
}).open();

function table() {
  const rows = [...fleet].sort(([a], [b]) => a - b).map(([number, { speed: kmh, position }]) => {
    const bar = '█'.repeat(Math.round((kmh ?? 0) / 4)).padEnd(18, '·');
    const place = position ? `${position.lat.toFixed(3)} N  ${position.lon.toFixed(3)} E` : '';
    return `  ${number.padStart(4)}   ${(kmh ?? 0).toFixed(1).padStart(5)} km/h  ${bar}  ${place}`;
  });
  const title = `\x1b[1mfleet\x1b[0m   map lane "topics" of /com/example/fleet`;
  const single = `value lane "speed" of /com/example/fleet/${watched}: ${speed === null ? '-' : `${speed.toFixed(1)} km/h`}`;
  process.stdout.write(`\x1b[H\x1b[J${title}\n\n${rows.join('\n')}\n\n${single}\n\nCtrl-C ends it\n`);
}
if (onTerminal) setInterval(table, 200);
