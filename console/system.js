// The router itself: listeners, limits, the configuration in force and where each value came from; reload, export.
import { address, go, readRealms } from './place.js';
import { ask, confirm } from './dialog.js';
import { badge, button, code, count, fill, h, problem, say } from './dom.js';
import { Table } from './table.js';

// What a reload changed, and what only a restart can. Mistakes come as errors.
const outcome = (answer) => {
  const list = (title, items, kind) => items?.length > 0 && h('div', {}, h('h3', {}, badge(title, kind)),
    h('ul', {}, items.map((item) => h('li', {}, item))));
  return h('div.stack', {}, list('changes', answer.changes, 'good'), list('only a restart changes', answer.kept, 'warn'),
    !answer.changes?.length && !answer.kept?.length && h('p', {}, 'The file says what is in force already.'));
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
  const addRealm = async () => {
    const name = await ask({
      title: 'New realm', text: 'Nobody may do anything in it until it has roles and users.', confirm: 'Add',
      fields: [{ name: 'name', label: 'Name', required: true, placeholder: 'lab' },
        { name: 'auth', label: 'Ways to log in', value: 'scram ticket cryptosign cookie', required: true }],
      act: async (found) => {
        await page.call('realm.put', [found.name], { auth: found.auth.split(/[\s,]+/).filter(Boolean), revision: 'new' });
        return found.name;
      },
    });
    if (!name) return;
    say(`realm ${name} saved`);
    await readRealms();
    go(address(name, 'roles'));
  };
  const removeRealm = async () => {
    if (!(await confirm(`Remove realm ${page.realm}?`, 'Its sessions end; its roles and users go with it.', 'Remove', async () => {
      const { revision } = await page.call('realm.get', [page.realm]);
      return page.call('realm.remove', [page.realm], { revision });
    }))) return;
    say(`realm ${page.realm} removed`);
    await readRealms();
    go('/console/');
  };
  const listeners = new Table({
    label: 'Listeners', caption: 'Listeners', key: (row) => row.name,
    columns: [
      { name: 'name', label: 'Listener', header: true, cell: (row) => row.name },
      { name: 'address', label: 'Address', key: (row) => row.address, cell: (row) => code(row.address ?? '–') },
      { name: 'tls', label: 'TLS', cell: (row) => row.tls || 'none' },
      { name: 'serve', label: 'Serves', cell: (row) => [row.serve ?? []].flat().join(', ') },
    ],
  });
  const keys = new Table({
    label: 'Configuration in force', caption: 'Configuration in force', key: (row) => row.key,
    columns: [
      { name: 'key', label: 'Key', header: true, key: (row) => row.key, cell: (row) => code(row.key) },
      { name: 'value', label: 'Value', key: (row) => row.value, cell: (row) => h('span.uri', {}, row.value) },
      { name: 'use', label: `In use (${page.realm})`, number: true, cell: (row) => (row.use === undefined ? '' : count(row.use)) },
    ],
  });
  fill(page.root, h('div.bar', {}, h('h1', {}, 'System'), h('span.push'), button('+ realm', addRealm),
    button(`Download ${page.realm}`, exported),
    button('Remove this realm', removeRealm),
    button('What would a reload change?', () => reload(true)),
    h('button.primary', { type: 'button', onclick: () => ask({ title: 'Reload the configuration?', confirm: 'Reload',
      act: () => reload(false).then(() => true),
      text: 'Listeners, certificates and limits are read again from the file: all or nothing, no session is dropped.' }) }, 'Reload')),
  result, listeners.element, keys.element);
  const again = page.every(10_000, async () => {
    const [config, now] = await Promise.all([page.call('config.get'), page.call('stats.get').catch(() => ({}))]);
    listeners.update(Object.entries(config.listener ?? {}).map(([name, one]) => ({ name, ...one })));
    keys.update(flat(config).map((row) => ({ ...row, use: useOf(row.key, now.realms?.[page.realm] ?? {}) })));
  });
}

// config.get as rows.
function flat(config) {
  const rows = [];
  const walk = (value, key) => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, key ? `${key}.${name}` : name);
    } else {
      rows.push({ key, value: typeof value === 'string' ? value : JSON.stringify(value) });
    }
  };
  walk({ ...config, listener: undefined }, '');
  return rows.filter(({ value }) => value !== undefined);
}
const used = { sessions: 'sessions', topics: 'subscriptions', procedures: 'registrations', retained_events: 'retained',
  retained_bytes: 'retained_bytes' };
const useOf = (key, figures) => (key.startsWith('limits.') ? figures[used[key.slice(7)]] : undefined);
