// Each window publishes where its pointer is and shows a box for every other window. The router leaves a publisher out of
// its own publication, so a window never hears itself. Positions are parts of the window's size, so that sizes may differ.
const topic = 'com.example.cursor.moved';
const me = Math.floor(Math.random() * 2 ** 32).toString(36);
const hue = (name) => [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
const at = (id) => document.getElementById(id);
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

const others = new Map(); // name -> { box, x, y: where it is shown, toX, toY: where it is to be }
let heard = 0;
let next = null; // what is to be published with the next picture: { x, y, pressed }

function show(state, text) {
  at('state').dataset.state = state;
  at('state').textContent = text;
}

function count() {
  const number = others.size;
  at('others').textContent = number === 0 ? 'no other window' : number === 1 ? '1 other window' : `${number} other windows`;
  document.body.classList.toggle('together', number > 0);
}

function boxOf(name, x, y) {
  if (!others.has(name)) {
    const box = document.createElement('div');
    box.className = 'box';
    box.dataset.name = name;
    box.style.setProperty('--hue', hue(name));
    box.textContent = name.slice(0, 3);
    at('field').append(box);
    others.set(name, { box, x, y });
    count();
  }
  return others.get(name);
}

function leave(name) {
  const other = others.get(name);
  if (!other) return;
  others.delete(name);
  other.box.classList.add('gone');
  setTimeout(() => other.box.remove(), 600);
  count();
}

function onMoved({ argsList: [name, x, y, pressed] = [] }) {
  if (typeof name !== 'string' || typeof x !== 'number' || typeof y !== 'number') return x === null ? leave(name) : undefined;
  const other = boxOf(name, x, y);
  Object.assign(other, { toX: x, toY: y, heardAt: performance.now() });
  other.box.classList.toggle('pressed', pressed === true);
  at('heard').textContent = `${(++heard).toLocaleString()} ${heard === 1 ? 'event' : 'events'} heard`;
}

function place(element, x, y) {
  element.style.translate = `${x * innerWidth}px ${y * innerHeight}px`;
}

// One picture: boxes glide to where they are to be, and our own pointer is published, at most once a picture.
function draw(wampy) {
  const now = performance.now();
  for (const [name, other] of others) {
    const step = still ? 1 : 0.35;
    other.x += (other.toX - other.x) * step;
    other.y += (other.toY - other.y) * step;
    place(other.box, other.x, other.y);
    if (now - other.heardAt > 60_000) leave(name);
  }
  if (next && wampy.getOpStatus && at('state').dataset.state === 'connected') {
    wampy.publish(topic, [me, next.x, next.y, next.pressed]).catch(() => {});
    next = null;
  }
  requestAnimationFrame(() => draw(wampy));
}

function follow(event) {
  const [x, y] = [event.clientX / innerWidth, event.clientY / innerHeight];
  next = { x, y, pressed: event.buttons > 0 };
  at('me').classList.add('here');
  place(at('me'), x, y);
}

async function start() {
  at('me').style.setProperty('--hue', hue(me));
  const url = `${location.origin.replace(/^http/, 'ws')}/ws`;
  const wampy = new Wampy(url, {
    realm: 'cursors',
    reconnectInterval: 1000,
    maxRetries: 0, // for ever
    onClose: () => show('lost', 'connection lost'),
    onReconnect: () => show('lost', 'connecting again'),
    onReconnectSuccess: () => show('connected', 'connected'),
  });
  try {
    await wampy.connect();
    await wampy.subscribe(topic, onMoved);
    show('connected', 'connected');
  } catch (error) {
    show('lost', `cannot connect: ${error.message ?? error}`);
  }
  for (const type of ['pointermove', 'pointerdown', 'pointerup']) at('field').addEventListener(type, follow);
  addEventListener('pagehide', () => wampy.publish(topic, [me, null]).catch(() => {}));
  draw(wampy);
}

start();
