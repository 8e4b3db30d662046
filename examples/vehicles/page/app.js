// The town over WARP, with Swim's own client: a map downlink holds where every vehicle is, a value downlink what the selected one does,
// another value downlink the tempo that all pages share. To stop a vehicle is a command; the vehicles' WAMP client gets it as a call.
import { WarpClient } from '@swim/client';
import { TownMap, drawLine } from './map.js';

const hostUri = `${location.origin.replace(/^http/, 'ws')}/town`;
const base = '/com/example/town';
const at = (id) => document.getElementById(id);
const glideMs = 230; // a little more than the time between two places
const kinds = ['bus', 'taxi', 'van', 'bike'];

const vehicles = new Map(); // id -> { x, y, heading: as drawn; from, to: places it glides between; since; kind, moving, trail }
let selected = null; // { id, link, details, speeds }
let events = 0;
const rates = [];
const client = new WarpClient();
window.town = { vehicles, get map() { return map; }, get selected() { return selected; } }; // for the curious, in the browser's console

function show(state) {
  at('state').dataset.state = state;
  at('state').textContent = state === 'lost' ? 'connection lost' : state;
}

// ---- what comes in

function onPlace(id, { x, y, heading, moving, kind }) {
  ++events;
  const to = { x, y, heading };
  const vehicle = vehicles.get(id) ?? { ...to, trail: [] };
  vehicles.set(id, vehicle);
  const from = { x: vehicle.x, y: vehicle.y, heading: vehicle.heading };
  Object.assign(vehicle, { id, kind, moving, from, to, since: performance.now() });
  vehicle.trail.push({ x: vehicle.x, y: vehicle.y });
  if (vehicle.trail.length > 50) vehicle.trail.shift();
}

function onDetails(details) {
  ++events;
  if (!selected || !details) return;
  selected.details = details;
  selected.speeds.push(details.kmh);
  if (selected.speeds.length > 60) selected.speeds.shift();
  at('card-kind').textContent = details.kind;
  at('card-id').textContent = selected.id;
  at('card-street').textContent = details.street;
  at('card-kmh').textContent = details.kmh;
  at('card-driver').textContent = details.driver;
  at('card-riders').textContent = `${details.riders} of ${details.seats}`;
  at('card-km').textContent = `${details.km.toFixed(2)} km`;
  at('drive').dataset.order = details.halted ? 'go' : 'stop';
  at('drive').textContent = details.halted ? 'Go on' : 'Stop';
  at('card').hidden = false;
}

client.downlinkMap({
  hostUri, nodeUri: `${base}/places`, laneUri: 'topics',
  didUpdate: (key, value) => onPlace(key.stringValue(''), value.toLike()),
  didRemove: (key) => vehicles.delete(key.stringValue('')),
  didSync: () => show('connected'),
  didDisconnect: () => show('lost'),
}).open();

const tempo = client.downlinkValue({
  hostUri, nodeUri: base, laneUri: 'tempo',
  didSet(value) {
    ++events;
    at('tempo').value = value.numberValue(1);
    at('tempo-shown').textContent = `${Number(at('tempo').value).toFixed(1)}×`;
  },
}).open();

// ---- what goes out

at('tempo').addEventListener('input', () => tempo.set(Number(at('tempo').value)));
at('drive').addEventListener('click', () => client.command(hostUri, `${base}/vehicle/${selected.id}`, 'drive', at('drive').dataset.order));

function select(id) {
  selected?.link.close();
  selected = null;
  at('card').hidden = true;
  if (id === null) return;
  selected = { id, details: null, speeds: [] };
  selected.link = client.downlinkValue({
    hostUri, nodeUri: `${base}/vehicle/${id}`, laneUri: 'details', didSet: (value) => onDetails(value.toLike()),
  }).open();
}
at('close').addEventListener('click', () => select(null));

// ---- the picture

const narrow = matchMedia('(max-width: 720px)');
const map = new TownMap(at('map'), () => (narrow.matches ? { right: 0, bottom: innerHeight * 0.45 } : { right: 330, bottom: 0 }));
for (const kind of kinds) {
  const item = document.createElement('li');
  item.textContent = kind;
  item.style.setProperty('--color', `var(--${kind})`);
  at('kinds').append(item);
}

function nearest(event) {
  const { x, y } = map.at(event);
  const reach = Math.max(12, 22 / map.scale);
  const near = [...vehicles.values()].map((one) => [Math.hypot(one.x - x, one.y - y), one]).sort(([a], [b]) => a - b)[0];
  return near && near[0] < reach ? near[1] : null;
}
at('map').addEventListener('click', (event) => select(nearest(event)?.id ?? null));
at('map').addEventListener('pointermove', (event) => at('map').classList.toggle('over', nearest(event) !== null));
addEventListener('keydown', ({ key }) => key === 'Escape' && select(null));

function glide(vehicle, now) {
  const part = Math.min(1, (now - vehicle.since) / glideMs);
  const turn = ((vehicle.to.heading - vehicle.from.heading + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
  vehicle.x = vehicle.from.x + (vehicle.to.x - vehicle.from.x) * part;
  vehicle.y = vehicle.from.y + (vehicle.to.y - vehicle.from.y) * part;
  vehicle.heading = vehicle.from.heading + turn * part;
}

function draw(now) {
  for (const vehicle of vehicles.values()) glide(vehicle, now);
  map.draw(vehicles.values(), selected && vehicles.get(selected.id), now);
  requestAnimationFrame(draw);
}
requestAnimationFrame(draw);

setInterval(() => {
  rates.push(events);
  events = 0;
  if (rates.length > 60) rates.shift();
  at('vehicles').textContent = vehicles.size;
  at('moving').textContent = [...vehicles.values()].filter(({ moving }) => moving).length;
  at('rate').textContent = rates.at(-1).toLocaleString();
  drawLine(at('rates'), rates, Math.max(100, ...rates), map.colors.accent);
  if (selected?.details) drawLine(at('speeds'), selected.speeds, 60, map.colors[selected.details.kind]);
}, 1000);

client.mount();
