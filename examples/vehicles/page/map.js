// The picture: the town drawn once for each size and colour scheme, the vehicles over it sixty times a second.
import { blocks, height, junctions, noise, parkOutline, riverY, streets, width } from './town.js';

const sizes = { bus: [19, 7], taxi: [12.5, 6], van: [14.5, 6.6], bike: [8, 3.6] };
const colorOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const mix = (a, b, part) => a + (b - a) * part;

function polygon(pen, points) {
  pen.beginPath();
  for (const { x, y } of points) pen.lineTo(x, y);
  pen.closePath();
}

// A point within a block: u across, v down, both from 0 to 1.
function within([a, b, c, d], u, v) {
  return { x: mix(mix(a.x, b.x, u), mix(d.x, c.x, u), v), y: mix(mix(a.y, b.y, u), mix(d.y, c.y, u), v) };
}

function drawHouses(pen, { outline, seed }) {
  const rows = 2;
  const columns = 3 + Math.floor(noise(seed, 1) * 2);
  for (let row = 0; row < rows; ++row) {
    for (let column = 0; column < columns; ++column) {
      const random = (salt) => noise(seed * 31 + row * 7 + column, salt);
      if (random(2) < 0.12) continue; // a yard
      const left = 0.15 + (column / columns) * 0.76;
      const right = 0.13 + ((column + 0.86 - 0.2 * random(3)) / columns) * 0.76;
      const top = 0.2 + (row / rows) * 0.64;
      const bottom = 0.2 + ((row + 0.82 - 0.25 * random(4)) / rows) * 0.64;
      polygon(pen, [[left, top], [right, top], [right, bottom], [left, bottom]].map(([u, v]) => within(outline, u, v)));
      pen.fill();
    }
  }
}

function drawStreets(pen, extra, color, which) {
  pen.strokeStyle = color;
  pen.lineCap = 'round';
  for (const street of streets.filter(which)) {
    pen.lineWidth = (street.name.endsWith('Avenue') || street.name === 'Warp Street' ? 19 : 16) + extra;
    pen.beginPath();
    pen.moveTo(junctions[street.from].x, junctions[street.from].y);
    pen.lineTo(junctions[street.to].x, junctions[street.to].y);
    pen.stroke();
  }
}

// Each street's name, once, along its middle part.
function drawNames(pen) {
  const parts = Map.groupBy ? Map.groupBy(streets, ({ name }) => name) : new Map(streets.map((one) => [one.name, [one]]));
  pen.fillStyle = colorOf('label');
  pen.font = '600 7.5px system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  for (const [name, all] of parts) {
    const along = all.filter(({ length, bridge }) => length > 60 && !bridge);
    const street = (along.length ? along : all)[Math.floor(noise(name.length, name.charCodeAt(0)) * (along.length || all.length))];
    const [a, b] = [junctions[street.from], junctions[street.to]];
    pen.save();
    pen.translate((a.x + b.x) / 2, (a.y + b.y) / 2);
    pen.rotate(Math.atan2(b.y - a.y, b.x - a.x));
    pen.fillText(name, 0, 0.4);
    pen.restore();
  }
}

export function drawTown(pen) {
  pen.fillStyle = colorOf('block');
  for (const { outline } of blocks) {
    polygon(pen, outline);
    pen.fill();
  }
  pen.fillStyle = colorOf('house');
  for (const block of blocks) drawHouses(pen, block);
  pen.fillStyle = colorOf('park');
  polygon(pen, parkOutline);
  pen.fill();
  pen.fillStyle = colorOf('tree');
  for (let tree = 0; tree < 46; ++tree) {
    const { x, y } = within(parkOutline, 0.07 + 0.86 * noise(tree, 1), 0.16 + 0.68 * noise(tree, 2));
    pen.beginPath();
    pen.arc(x, y, 2.6 + 3.4 * noise(tree, 3), 0, 7);
    pen.fill();
  }
  pen.fillStyle = colorOf('river');
  const pond = within(parkOutline, 0.52, 0.52);
  pen.beginPath();
  pen.ellipse(pond.x, pond.y, 30, 13, 0.1, 0, 7);
  pen.fill();
  pen.strokeStyle = colorOf('river');
  pen.lineWidth = 40;
  pen.beginPath();
  for (let x = -2 * width; x <= 3 * width; x += 10) pen.lineTo(x, riverY(x));
  pen.stroke();
  drawStreets(pen, 2.5, colorOf('edge'), () => true);
  drawStreets(pen, 0, colorOf('street'), () => true);
  drawNames(pen);
}

// A map that fits its window; `shift` leaves room for the panel. What is drawn between asks for nothing but the vehicles.
export class TownMap {
  constructor(canvas, roomFor) {
    this.canvas = canvas;
    this.pen = canvas.getContext('2d');
    this.roomFor = roomFor;
    const again = () => this.fit();
    addEventListener('resize', again);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
    this.fit();
  }

  fit() {
    const dots = devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.canvas;
    const { right, bottom } = this.roomFor();
    this.scale = Math.max(0.2, Math.min((clientWidth - right) / width, (clientHeight - bottom) / height));
    this.left = (clientWidth - right - width * this.scale) / 2;
    this.top = (clientHeight - bottom - height * this.scale) / 2;
    this.canvas.width = clientWidth * dots;
    this.canvas.height = clientHeight * dots;
    this.town = new OffscreenCanvas(this.canvas.width, this.canvas.height);
    this.place = (pen) => pen.setTransform(dots * this.scale, 0, 0, dots * this.scale, dots * this.left, dots * this.top);
    const pen = this.town.getContext('2d');
    this.place(pen);
    drawTown(pen);
    this.colors = Object.fromEntries(['bus', 'taxi', 'van', 'bike', 'glow', 'casing', 'accent'].map((name) => [name, colorOf(name)]));
  }

  // From the window to the town.
  at(event) {
    return { x: (event.clientX - this.left) / this.scale, y: (event.clientY - this.top) / this.scale };
  }

  draw(vehicles, selected, now) {
    const { pen } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.drawImage(this.town, 0, 0);
    this.place(pen);
    if (selected) this.drawTrail(selected, now);
    for (const vehicle of vehicles) this.drawVehicle(vehicle);
  }

  drawTrail({ trail, x, y, kind }, now) {
    const { pen } = this;
    pen.lineCap = 'butt';
    pen.strokeStyle = this.colors[kind];
    pen.lineWidth = 3.5;
    trail.forEach((point, index) => {
      const to = trail[index + 1] ?? { x, y };
      pen.globalAlpha = 0.75 * (index / trail.length) ** 1.5;
      pen.beginPath();
      pen.moveTo(point.x, point.y);
      pen.lineTo(to.x, to.y);
      pen.stroke();
    });
    const pulse = (now % 1600) / 1600;
    for (const [radius, alpha] of [[11, 0.9], [11 + 14 * pulse, 0.6 * (1 - pulse)]]) {
      pen.globalAlpha = alpha;
      pen.strokeStyle = this.colors.accent;
      pen.lineWidth = 2;
      pen.beginPath();
      pen.arc(x, y, radius, 0, 7);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  drawVehicle({ x, y, heading, kind, moving }) {
    const { pen } = this;
    const [long, wide] = sizes[kind] ?? sizes.van;
    pen.save();
    pen.translate(x, y);
    pen.rotate(heading);
    if (moving && this.colors.glow !== 'transparent') { // headlights at night
      const beam = pen.createRadialGradient(long / 2, 0, 0, long / 2, 0, 20);
      beam.addColorStop(0, '#fff6');
      beam.addColorStop(1, '#fff0');
      pen.fillStyle = beam;
      pen.beginPath();
      pen.moveTo(long / 2, 0);
      pen.arc(long / 2, 0, 20, -0.45, 0.45);
      pen.fill();
    }
    pen.fillStyle = this.colors[kind];
    pen.strokeStyle = this.colors.casing;
    pen.lineWidth = 1.2;
    pen.globalAlpha = moving ? 1 : 0.55;
    pen.beginPath();
    pen.roundRect(-long / 2, -wide / 2, long, wide, Math.min(2.2, wide / 2));
    pen.fill();
    pen.stroke();
    pen.restore();
  }
}

// A line of the last values, newest at the right.
export function drawLine(canvas, values, top, color) {
  const dots = devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * dots;
  const tall = (canvas.height = canvas.clientHeight * dots);
  const pen = canvas.getContext('2d');
  const points = values.map((value, index) => [
    (canvas.width * index) / (values.length - 1 || 1), tall - 2 * dots - (tall - 4 * dots) * Math.min(1, value / top)]);
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.strokeStyle = color;
  pen.lineWidth = 1.8 * dots;
  pen.lineJoin = 'round';
  pen.stroke();
  pen.lineTo(canvas.width, tall);
  pen.lineTo(0, tall);
  pen.globalAlpha = 0.14;
  pen.fillStyle = color;
  pen.fill();
}
