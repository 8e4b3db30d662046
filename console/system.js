// The router itself: listeners, limits, the configuration in force and where each value came from; reload, export.
import { adminRealm } from './app.js';
import { ask } from './dialog.js';
import { badge, button, bytes, code, count, fill, h, moment, problem, say, seconds } from './dom.js';
import { stats } from './stats.js';
import { Table } from './table.js';

// A reload that changed nothing says why; else what changed, and what only a restart can.
const outcome = (answer) => {
  const list = (title, items, kind) => items?.length > 0 && h('div', {}, h('h3', {}, badge(title, kind)),
    h('ul', {}, items.map((item) => h('li', {}, item))));
  const nothing = !answer.mistakes?.length && !answer.changes?.length && !answer.kept?.length;
  return h('div.stack', {}, list('mistakes: nothing changed', answer.mistakes, 'bad'), list('changes', answer.changes, 'good'),
    list('only a restart changes', answer.kept, 'warn'),
    nothing && h('p', {}, 'The file says what is in force already.'));
};

export function open(page) {
  const result = h('div', { 'aria-live': 'polite' });
  const reload = async (dry) => {
    try {
      const answer = await page.call('config.reload', [], dry ? { dry_run: true } : {});
      fill(result, h('section.card', {}, h('h2', {}, dry ? 'A reload would' : 'Reloaded'), outcome(answer)));
      if (!dry) say('configuration reloaded');
      again();
    } catch (error) {
      fill(result, problem(error));
    }
  };
  const exported = async () => {
    try {
      const document_ = await page.call('realm.export', [page.realm]);
      const link = h('a', { href: URL.createObjectURL(new Blob([JSON.stringify(document_, null, 2)], { type: 'application/json' })),
        download: `${page.realm}.json` });
      link.click();
      URL.revokeObjectURL(link.href);
      say(`export of ${page.realm} downloaded`);
    } catch (error) {
      fill(result, problem(error));
    }
  };
  const process = h('section.card', {}, h('h2', {}, 'Process'));
  const listeners = new Table({
    label: 'Listeners', caption: 'Listeners', key: (row) => row.name,
    columns: [
      { name: 'name', label: 'Listener', header: true, cell: (row) => row.name },
        { name: 'address', label: 'Address', key: (row) => row.address, cell: (row) => code(row.address ?? '–') },
      { name: 'tls', label: 'TLS', cell: (row) => row.tls || 'none' },
        { name: 'serve', label: 'Serves', cell: (row) => [row.serve ?? []].flat().join(', ') },
      { name: 'connections', label: 'Connections', number: true, cell: (row) => count(row.connections) },
    ],
  });
  const keys = new Table({
    label: 'Configuration in force', caption: 'Configuration in force', key: (row) => row.key,
    columns: [
      { name: 'key', label: 'Key', header: true, key: (row) => row.key, cell: (row) => code(row.key) },
        { name: 'value', label: 'Value', key: (row) => row.value, cell: (row) => h('span.uri', {}, row.value) },
      { name: 'use', label: 'In use', number: true, cell: (row) => row.use ?? '' },
        { name: 'origin', label: 'From', cell: (row) => row.origin ?? '' },
    ],
  });
  fill(page.root, h('div.bar', {}, h('h1', {}, 'System'), h('span.push'), button(`Download ${page.realm}`, exported),
    button('What would a reload change?', () => reload(true)),
    h('button.primary', { type: 'button', onclick: () => ask({ title: 'Reload the configuration?', confirm: 'Reload',
      act: () => reload(false).then(() => true),
      text: 'Listeners, certificates and limits are read again from the file: all or nothing, no session is dropped.' }) }, 'Reload')),
  result, process, listeners.element, keys.element);
  page.closes(() => {});
  const again = page.every(10_000, async () => {
    const [config, now] = await Promise.all([page.call('config.get'), page.call('stats.get').catch(() => ({}))]);
    const rows = flat(config);
    listeners.update(rows.listeners);
    keys.update(rows.keys.map((row) => ({ ...row, use: useOf(row.key, now) })));
    const router = now.router ?? now.process ?? {};
    const facts = [['Version', router.version], ['Started', router.started && moment(router.started)],
      ['Up for', router.uptime !== undefined ? seconds(router.uptime) : null],
      ['Connections', router.connections !== undefined ? count(router.connections) : null],
        ['Memory', (router.resident_bytes ?? router.memory) !== undefined ? bytes(router.resident_bytes ?? router.memory) : null],
      ['Threads', router.threads], ['Last reload', router.last_reload && moment(router.last_reload)]].filter(([, value]) => value);
    process.hidden = !facts.length;
    fill(process, h('h2', {}, 'Process'), h('dl.facts', {}, facts.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])));
  });
  void adminRealm;
  void stats;
}

// config.get as rows: { listeners, keys: [{ key, value, origin }] }.
export function flat(config) {
  const keys = [];
  const walk = (value, path) => {
    if (value !== null && typeof value === 'object' && 'value' in value && 'origin' in value) {
      keys.push({ key: path, value: worded(value.value), origin: value.origin });
    } else if (Array.isArray(value) && value.some((one) => one && typeof one === 'object')) {
      value.forEach((one, index) => walk(one, `${path}[${one?.name ?? index}]`));
    } else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, path ? `${path}.${name}` : name);
    } else {
      keys.push({ key: path, value: worded(value) });
    }
  };
  walk(config.config ?? config, '');
  return { keys, listeners: config.config?.listener ?? config.listener ?? config.listeners ?? [] };
}
const worded = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
const useOf = (key, { router = {} }) => ({ 'limits.connections': router.connections }[key]);
