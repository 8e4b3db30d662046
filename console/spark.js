// One curve of the last 15 minutes, with its newest value and its highest in words.
import { fill, h, svg } from './dom.js';
import { kept, stats } from './stats.js';

const width = 300, height = 48;

// samples: [{ at, value }], oldest first, one a second; a young curve shows its last minute, an old one 15.
function path(samples, now, highest) {
  const span = Math.min(kept, Math.max(60, samples.length)) * 1000;
  const x = (at) => (width - ((now - at) / span) * width).toFixed(1);
  const y = (value) => (height - 2 - (value / highest) * (height - 4)).toFixed(1);
  return samples.map(({ at, value }, index) => `${index ? 'L' : 'M'}${x(at)} ${y(value)}`).join('');
}

export function spark(page, label, name, format) {
  const value = h('span.big', {}, '–');
  const peak = h('span.faint');
  const line = svg('path', { class: 'line' });
  const area = svg('path', { class: 'fill' });
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img' }, area, line);
  const element = h('section.card.spark', { 'aria-label': label }, h('div.top', {}, h('span.faint', {}, label), peak), value, drawing);
  const draw = () => {
    const samples = stats.series(page.realm, name);
    const last = samples.at(-1);
    fill(value, last ? format(last.value) : '–');
    const highest = Math.max(0, ...samples.map((one) => one.value));
    fill(peak, samples.length ? `highest ${format(highest)}` : 'waiting for figures');
    drawing.setAttribute('aria-label', 
      last ? `${label}: now ${format(last.value)}, highest ${format(highest)}` : label);
    const shape = path(samples, last?.at ?? 0, highest || 1);
    line.setAttribute('d', shape);
    area.setAttribute('d', samples.length ? `${shape}L${width} ${height}L${/M([\d.-]+)/.exec(shape)[1]} ${height}Z` : '');
  };
  draw();
  page.closes(stats.listen(draw));
  return element;
}
