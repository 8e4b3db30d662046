// Call, publish, watch: as a session of its own in the realm, under the very rules that everybody with its role is under.
import { Client, socketUrl } from './wamp.js';
import { field, values } from './dialog.js';
import { badge, button, count, empty, fill, h, json, problem, say, snippet, wsUrl } from './dom.js';

const rowsPerSecond = 50, rowsKept = 500, rowBytes = 64 * 1024, watchedFor = 30 * 60_000;
const quoted = (text) => (/^[\w.:/@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

// "[1, 2]", "{..}" or a single value, JSON or else plain text, as the heddle command reads it.
function parsed(text, wants) {
  const trimmed = text.trim();
  if (!trimmed) return wants === 'list' ? [] : {};
  let value;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    throw new Error(`${wants === 'list' ? 'Arguments' : 'Keywords'}: no JSON. ${error.message}`);
  }
  if (wants === 'list') return Array.isArray(value) ? value : [value];
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Error('Keywords: a JSON object is due, like {"unit": "C"}');
  return value;
}

let kept = null; // { realm, who, client }: the session stays while one moves between pages of one realm

export function open(page) {
  const who = h('div.stack');
  const rest = h('div.stack');
  fill(page.root, h('div.bar', {}, h('h1', {}, 'Try'), h('span.faint', {}, 'call, publish and watch in realm ', page.realm)), who, rest);
  page.root.dataset.ready = '';
  page.closes(() => kept && kept.realm !== page.realm && leave());
  if (kept?.realm === page.realm && kept.client.state === 'open') joined(page, who, rest);
  else notJoined(page, who, rest);
}

const leave = () => {
  kept?.client.close();
  kept = null;
};

function notJoined(page, who, rest, sentence) {
  leave();
  fill(rest);
  const trouble = h('div', {}, sentence && h('p.caution', {}, sentence));
  const form = h('form', { class: 'stack', 'aria-label': 'Who tries' },
    h('p', {}, 'What you try is done by a session of its own, under the rules of whoever it logs in as. You are an administrator '
      + 'here, not a user of realm ', page.realm,
      ': choose one of its users, or nobody. It shows on the page Sessions, and in the log, like every other.'),
    h('div.columns', {}, field({ name: 'authid', label: 'As user', placeholder: 'empty: anonymous', autocomplete: 'off' }),
      field({ name: 'password', label: 'Password or ticket', kind: 'password', autocomplete: 'off' })),
    trouble, h('div', {}, h('button.primary', { type: 'submit' }, 'Join')));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { authid, password } = values(form);
    const client = new Client({ realm: page.realm, url: socketUrl('/'), comeBack: false, agent: 'heddle-console try' });
    try {
      await client.open(authid ? { authid, password } : { anonymous: true });
      leave();
      kept = { realm: page.realm, client };
      client.onstate = (state, why) => state === 'closed' && kept?.client === client && page.alive && notJoined(page, who, rest, why);
      joined(page, who, rest);
    } catch (error) {
      fill(trouble, problem(error));
    }
  });
  fill(who, h('section.card', {}, form));
  form.authid.focus({ preventScroll: true });
}

function joined(page, who, rest) {
  const { client } = kept;
  const { authid, authrole } = client.details;
  const preset = page.query;
  fill(who, h('div.bar', {}, h('span', {}, 'as ', h('strong', {}, authid), ' ', badge(authrole), ` session ${client.session}`),
    button('Somebody else', () => notJoined(page, who, rest), 'small')));
  page.tested = () => ({ preset: { role: authrole, uri: form.uri.value,
    action: { watch: 'subscribe' }[form.what.value] ?? form.what.value } });
  const answer = h('div', { 'aria-live': 'polite' });
  const line = h('div');
  const form = h('form', { class: 'card', 'aria-label': 'What to do' },
    h('div.bar', {}, field({ name: 'what', label: h('span.unseen', {}, 'What'), kind: 'select', options: ['call', 'publish', 'watch'],
      value: preset.get('what') ?? 'call' }),
      field({ name: 'match', label: h('span.unseen', {}, 'Match'), kind: 'select', options: ['exact', 'prefix', 'wildcard'],
        value: preset.get('match') ?? 'exact' }),
      field({ name: 'uri', label: h('span.unseen', {}, 'URI'), value: preset.get('uri') ?? '', placeholder: 'com.example.add',
        required: true }),
      h('button.primary', { type: 'submit' }, 'Go')),
    h('div.split', { class: 'payload' }, field({ name: 'args', label: 'Arguments (JSON)', kind: 'area', placeholder: '[2, 3]' }),
      field({ name: 'kwargs', label: 'Keywords (JSON)', kind: 'area', placeholder: '{"unit": "C"}' })),
    field({ name: 'retain', label: 'keep as the topic’s retained event', kind: 'check' }), h('h3', {}, 'The same as a command'), line);
  const shape = () => {
    const found = values(form);
    form.match.closest('.field').hidden = found.what !== 'watch';
    form.querySelector('.payload').hidden = found.what === 'watch';
    form.retain.closest('.field').hidden = found.what !== 'publish';
    for (const name of ['what', 'uri']) page.remember(name, found[name]);
    fill(line, snippet(command(page, found, authid)));
  };
  form.addEventListener('input', shape);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const found = values(form);
    try {
      if (found.what === 'watch') return watch(page, client, found, answer);
      const [args, kwargs] = [parsed(found.args, 'list'), parsed(found.kwargs, 'map')];
      const started = performance.now();
      const said = found.what === 'call' ? await client.call(found.uri, args, kwargs)
        : await client.publish(found.uri, args, kwargs, found.retain ? { retain: true } : {});
      const took = `${(performance.now() - started).toFixed(1)} ms`;
      fill(answer, h('section.card.stack', {}, h('h2', {}, found.what === 'call' ? `Result in ${took}` : `Published in ${took}`),
        found.what === 'call' ? [h('pre.block', {}, json(said.args)), Object.keys(said.kwargs).length > 0
          && h('pre.block', {}, json(said.kwargs))] : h('p', {}, `publication ${said[0]}`)));
    } catch (error) {
      fill(answer, problem(error), error.args?.length > 0 || Object.keys(error.kwargs ?? {}).length
        ? h('pre.block', {}, json({ args: error.args, kwargs: error.kwargs })) : '');
    }
  });
  fill(rest, form, answer);
  shape();
}

function command(page, { what, uri, args, kwargs, match, retain }, authid) {
  const words = ['heddle', { call: 'call', publish: 'publish', watch: 'subscribe' }[what], quoted(uri || 'com.example.add')];
  if (what === 'watch' && match !== 'exact') words.push('--match', match);
  if (what !== 'watch' && args.trim()) words.push('--args', quoted(args.trim()));
  if (what !== 'watch' && kwargs.trim()) words.push('--kwargs', quoted(kwargs.trim()));
  if (what === 'publish' && retain) words.push('--retain');
  return [...words, '--url', wsUrl, '--realm', page.realm, ...(kept.client.details.authmethod === 'anonymous' ? []
    : ['--authid', quoted(authid), '--secret', '-'])].join(' ');
}

// Events as they come: at most 50 rows a second are drawn and the rest counted, 64 KiB a row, and it ends after 30 minutes.
async function watch(page, client, { uri, match }, answer) {
  const body = h('tbody');
  const counts = h('span', { 'aria-live': 'off' });
  const pause = h('button.small', { type: 'button', 'aria-pressed': 'false', onclick: () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    pause.textContent = paused ? 'Go on' : 'Pause';
  } }, 'Pause');
  const stop = button('Stop', () => end('stopped'), 'small');
  let paused = false, heard = 0, skipped = 0, second = 0, drawn = 0, subscription = null, timer = 0;
  const none = empty('Waiting for the first event', snippet(`heddle publish ${quoted(uri)} 1 ${page.where}`));
  const end = (why) => {
    if (!subscription) return;
    subscription.cancel();
    subscription = null;
    clearTimeout(timer);
    pause.disabled = stop.disabled = true;
    say(`watching ${uri}: ${why}`);
  };
  const tell = () => fill(counts, `${count(heard)} heard, ${count(skipped)} not drawn`);
  subscription = await client.subscribe(uri, (args, kwargs, details) => {
    heard += 1;
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) [second, drawn] = [now, 0];
    if (paused || (drawn += 1) > rowsPerSecond) {
      skipped += 1;
      return tell();
    }
    let text = JSON.stringify(Object.keys(kwargs).length ? { args, kwargs } : args);
    if (text.length > rowBytes) text = `${text.slice(0, rowBytes)} … (${count(text.length)} characters)`;
    none.remove();
    body.prepend(h('tr', {}, h('td.narrow', {}, new Date().toLocaleTimeString()), h('td', {}, h('span.uri', {}, details.topic ?? uri)),
      h('td', {}, h('span.uri', {}, text)),
      h('td.narrow', {}, details.retained ? badge('retained') : '')));
    while (body.childElementCount > rowsKept) body.lastElementChild.remove();
    return tell();
  }, { match, get_retained: true });
  timer = setTimeout(() => end('30 minutes are over'), watchedFor);
  page.closes(() => end('left the page'));
  tell();
  fill(answer, h('section.stack', { 'aria-label': `Events of ${uri}` },
    h('div.bar', {}, h('h2', {}, `Events of ${uri}`), badge(match), counts, h('span.push'), pause, stop),
    h('div.scroll.feed', {}, h('table', {}, h('thead', {}, h('tr', {},
      ['When', 'Topic', 'Payload', ''].map((head) => h('th', { scope: 'col' }, head)))), body)), none));
}
