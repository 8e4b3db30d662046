// Building blocks of pages. What others wrote reaches the page only as text nodes and attribute values, never as markup.

// h('a.button', { href, onclick, class, dataset, 'aria-label': .. }, children...): an element. Children: nodes, texts, lists; null and
// false are left out.
export function h(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className += ` ${value}`;
    else if (name === 'dataset') Object.assign(element.dataset, value);
    else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'selected') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...nodes(children));
  return element;
}

export const nodes = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const fill = (element, ...children) => element.replaceChildren(...nodes(children));

// --- how things are written

const whole = new Intl.NumberFormat('en');
export function count(value) {
  if (value === undefined || value === null) return '–';
  if (Math.abs(value) < 10_000) return whole.format(Number.isInteger(value)
    || Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10);
  const [size, unit] = Math.abs(value) < 999_500 ? [1e3, 'k'] : [1e6, 'M'];
  const scaled = value / size;
  return `${scaled.toFixed(Math.abs(scaled) < 100 ? 1 : 0)}${unit}`;
}
export function bytes(value) {
  if (value === undefined || value === null) return '–';
  let unit = 0;
  while (value >= 1024 && unit < 4) { value /= 1024; unit += 1; }
  return `${unit && value < 100 ? value.toFixed(1) : Math.round(value)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][unit]}`;
}
export function seconds(value) { // "1 d 3 h", "2 min 5 s", "1.1 ms"
  if (value === undefined || value === null || Number.isNaN(value)) return '–';
  if (value === 0) return '0 s';
  if (value < 0.001) return `${Math.round(value * 1e6)} µs`;
  if (value < 1) return `${(value * 1e3).toFixed(value < 0.1 ? 1 : 0)} ms`;
  if (value < 60) return `${Math.round(value)} s`;
  const [big, small, large, little] = value < 3600 ? [60, 1, 'min', 's'] : value < 86_400 ? [3600, 60, 'h', 'min']
    : [86_400, 3600, 'd', 'h'];
  const rest = Math.floor((value % big) / small);
  return `${Math.floor(value / big)} ${large}${rest ? ` ${rest} ${little}` : ''}`;
}
const local = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });
// A moment in local time; UTC when pointed at. Takes ISO text, Date, or Unix time in seconds or milliseconds.
export function moment(when) {
  if (when === undefined || when === null || when === '' || when === 0) return document.createTextNode('–');
  const date = new Date(typeof when === 'number' ? (when < 1e11 ? when * 1000 : when) : when);
  if (Number.isNaN(date.getTime())) return document.createTextNode(String(when));
  return h('time', { datetime: date.toISOString(), title: `${date.toISOString().replace('T', ' ').replace('Z', '')} UTC` },
    local.format(date));
}
export const json = (value) => (value === undefined ? '' : JSON.stringify(value, null, 2));
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

// --- pieces

export const wsUrl = location.origin.replace('http', 'ws');
export const button = (text, onclick, kind = '', more = {}) => h(`button${kind && `.${kind}`}`, { type: 'button', onclick, ...more }, text);
// Names and values; pairs whose value is missing are left out.
export const facts = (...pairs) => h('dl.facts', {}, pairs.filter((pair) => pair && pair[1] !== undefined && pair[1] !== null
  && pair[1] !== false)
  .map(([name, value]) => [h('dt', {}, name), h('dd', {}, value === '' ? '–' : value)]));

export const badge = (text, kind = '') => h(`span.badge${kind ? `.${kind}` : ''}`, {}, text);
export const code = (text) => h('code', {}, text);
export const empty = (title, ...children) => h('div.empty', {}, h('h3', {}, title), ...children);

let copied = 0;
export function snippet(text, label = 'Copy') {
  const button = h('button.small', {
    type: 'button', 'aria-label': `${label}: ${text}`,
    onclick: async () => {
      await navigator.clipboard?.writeText(text).then(() => say('copied'), () => say('the browser refused to copy'));
      const now = (copied += 1);
      button.textContent = 'Copied';
      setTimeout(() => { if (copied === now || button.isConnected) button.textContent = label; }, 1500);
    },
  }, label);
  return h('div.snippet', {}, h('pre', {}, text), button);
}

// What went wrong, from an error of a call: the sentence, then the fields with their reasons.
export function problem(error) {
  const fields = Array.isArray(error.kwargs?.errors) ? error.kwargs.errors : [];
  return h('div.problem', { role: 'alert' }, h('p', {}, error.message || String(error)),
    fields.length > 0 && h('ul', {}, fields.map(({ pointer, detail }) => h('li', {}, pointer ? [code(pointer), ' '] : null, detail))),
    error.uri && h('p.faint', {}, error.uri));
}

// --- telling: shown at once at the lower edge, read aloud at most once in 5 s (the newest message)

let spoken = 0, toSpeak = null;
export function speak(text) {
  const live = document.getElementById('live');
  if (toSpeak === null) {
    setTimeout(() => {
      spoken = Date.now();
      live.textContent = toSpeak;
      toSpeak = null;
    }, Math.max(0, spoken + 5000 - Date.now()));
  }
  toSpeak = text;
}
let toast = null, gone = 0;
export function say(text, kind = '') {
  speak(text);
  clearTimeout(gone);
  toast?.remove();
  toast = h('div.toast', { class: kind, dataset: { said: text } }, text);
  document.body.append(toast);
  gone = setTimeout(() => toast.remove(), kind === 'bad' ? 10_000 : 5000);
}
