// The vehicles, over WAMP:  node publisher.mjs ws://127.0.0.1:8080/ [ROUNDS]     (no rounds: for ever)
// Each drives round its own circle and publishes com.example.fleet.<number>.speed and .position five times a second.
import { Wampy } from 'wampy';
import { WebSocket } from 'ws';

const [url = 'ws://127.0.0.1:8080/', rounds = 'Infinity'] = process.argv.slice(2);
const numbers = [7, 12, 23, 31];
const wampy = new Wampy(url, { realm: 'fleet', ws: WebSocket, autoReconnect: false, onClose: () => process.exit(0) });

const round3 = (number) => Math.round(number * 1000) / 1000;
const vehicle = (number, tick) => ({
  speed: round3(50 + 20 * Math.sin(tick / 9 + number)),
  position: { lat: round3(52.5 + 0.05 * Math.sin(tick / 40 + number)), lon: round3(13.4 + 0.08 * Math.cos(tick / 40 + number)) },
});

async function drive(tick) {
  for (const number of numbers) {
    for (const [what, value] of Object.entries(vehicle(number, tick))) {
      await wampy.publish(`com.example.fleet.${number}.${what}`, [value]);
    }
  }
  if (tick + 1 < Number(rounds)) setTimeout(drive, 200, tick + 1);
}

await wampy.connect();
await drive(0);
