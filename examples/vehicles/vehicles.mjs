// The vehicles, over WAMP:  node vehicles.mjs ws://127.0.0.1:8080/ws [COUNT]
// Each drives through the town of page/town.js and publishes where it is five times a second, and what it does once a second.
// They hear of the town's tempo, a topic that any page may set, and they offer one procedure to all who may call it.
import { Wampy } from 'wampy';
import { WebSocket } from 'ws';
import { junctions, leaving, noise } from './page/town.js';

const [url = 'ws://127.0.0.1:8080/ws', count = '60'] = process.argv.slice(2);
const base = 'com.example.town';
const tickSeconds = 0.2;
const kinds = [ // share of all, top speed in units a second (a unit is about a metre), how many can ride
  { kind: 'bus', share: 0.2, speed: 30, seats: 60 },
  { kind: 'taxi', share: 0.35, speed: 44, seats: 4 },
  { kind: 'van', share: 0.25, speed: 36, seats: 2 },
  { kind: 'bike', share: 0.2, speed: 20, seats: 1 },
];
const names = ['Ada', 'Basile', 'Chiara', 'Dunja', 'Emil', 'Farah', 'Goran', 'Hana', 'Ivo', 'Jarla', 'Kofi', 'Lucie', 'Mirek', 'Noor'];

const kindOf = (share) => kinds.find((one) => (share -= one.share) < 0) ?? kinds[0];
const round = (number, digits) => Number(number.toFixed(digits));

function newVehicle(number) {
  const { kind, speed, seats } = kindOf((number + 0.5) / Number(count));
  const from = Math.floor(noise(number, 3) * junctions.length);
  const out = leaving[from][Math.floor(noise(number, 5) * leaving[from].length)];
  return {
    id: `${number}`, kind, seats, top: speed * (0.85 + 0.3 * noise(number)), driver: names[Math.floor(noise(number, 9) * names.length)],
    from, ...out, gone: out.street.length * noise(number, 4), riders: 1 + Math.floor(noise(number, 2) * seats),
    speed: 0, driven: 0, halted: false,
  };
}

// At a junction: any street but the one it came from, more often straight on.
function turn(vehicle) {
  const heading = ({ x, y }, to) => Math.atan2(to.y - y, to.x - x);
  const before = heading(junctions[vehicle.from], junctions[vehicle.to]);
  const ways = leaving[vehicle.to].filter(({ to }) => to !== vehicle.from);
  const straightness = ({ to }) => Math.cos(heading(junctions[vehicle.to], junctions[to]) - before) + 2.2 * Math.random();
  const way = (ways.length ? ways : leaving[vehicle.to]).map((one) => [straightness(one), one]).sort(([a], [b]) => b - a)[0][1];
  Object.assign(vehicle, { from: vehicle.to, to: way.to, street: way.street, gone: 0 });
  if (Math.random() < 0.3) vehicle.riders = Math.floor(Math.random() * (vehicle.seats + 1)) || 1;
}

function drive(vehicle, tempo) {
  const left = vehicle.street.length - vehicle.gone;
  const wanted = vehicle.halted ? 0 : vehicle.top * tempo * Math.min(1, 0.35 + Math.min(left, vehicle.gone) / 40); // slower at junctions
  vehicle.speed += (wanted - vehicle.speed) * 0.35;
  if (vehicle.speed < 0.2) vehicle.speed = 0;
  const way = vehicle.speed * tickSeconds;
  vehicle.driven += way;
  vehicle.gone += way;
  if (vehicle.gone >= vehicle.street.length) turn(vehicle);
}

// Where it is, on the right-hand side of its street.
function place({ from, to, street, gone, speed, kind }) {
  const [a, b] = [junctions[from], junctions[to]];
  const [dx, dy] = [(b.x - a.x) / street.length, (b.y - a.y) / street.length];
  const side = 4.2;
  return {
    x: round(a.x + dx * gone - dy * side, 1), y: round(a.y + dy * gone + dx * side, 1),
    heading: round(Math.atan2(dy, dx), 2), moving: speed > 0, kind,
  };
}

const details = ({ kind, driver, street, speed, riders, seats, driven, halted }) => ({
  kind, driver, street: street.name, kmh: round(speed * 1.2, 0), riders, seats, km: round(driven / 1000, 2), halted,
});

const vehicles = Array.from({ length: Number(count) }, (_, number) => newVehicle(number + 1));
const wampy = new Wampy(url, { realm: 'town', ws: WebSocket, autoReconnect: false, onClose: () => process.exit(0) });
const publish = (topic, value) => wampy.publish(`${base}.${topic}`, [value]).catch(() => {});
const tell = (vehicle) => publish(`vehicle.${vehicle.id}.details`, details(vehicle));

let tempo = 1;
await wampy.connect();
await wampy.subscribe(`${base}.tempo`, ({ argsList: [value] = [] }) => {
  if (typeof value === 'number') tempo = Math.min(3, Math.max(0, value));
}, { get_retained: true });

// One registration for all vehicles: com.example.town.vehicle.7.drive and so on, called with "stop" or "go".
await wampy.register(`${base}.vehicle..drive`, ({ argsList: [order] = [], details: { procedure } }) => {
  const vehicle = vehicles.find(({ id }) => procedure === `${base}.vehicle.${id}.drive`);
  if (!vehicle || !['stop', 'go'].includes(order)) throw new Error(`no vehicle, or neither "stop" nor "go": ${procedure} ${order}`);
  vehicle.halted = order === 'stop';
  tell(vehicle);
  return { result: { argsList: [details(vehicle)] } };
}, { match: 'wildcard' });

let ticks = 0;
function tick() {
  for (const [index, vehicle] of vehicles.entries()) {
    const stood = vehicle.speed === 0 && vehicle.told;
    drive(vehicle, tempo);
    if (stood && vehicle.speed === 0) continue; // it is where it was
    publish(`places.${vehicle.id}`, place(vehicle));
    vehicle.told = true;
    if ((ticks + index) % 5 === 0 || vehicle.speed === 0) tell(vehicle);
  }
  ++ticks;
}
for (const vehicle of vehicles) tell(vehicle);
tick();
setInterval(tick, tickSeconds * 1000);
console.log(`${vehicles.length} vehicles on their way`);
