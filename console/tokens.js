// Tokens of the HTTP API: users of heddle.admin whose secret the router made, and shows once.
import { ask, confirm } from './dialog.js';
import { button, h, moment, say, snippet } from './dom.js';
import { Table } from './table.js';

export function tokens(page, roles) {
  const table = new Table({
    label: 'Tokens', caption: 'Tokens of the HTTP API', key: (token) => token.name,
    columns: [
      { name: 'name', label: 'Token', header: true, cell: (token) => token.name },
        { name: 'role', label: 'Role', cell: (token) => token.role },
      { name: 'expires', label: 'Good until', key: (token) => token.expires, cell: (token) => moment(token.expires) },
      { name: 'used', label: 'Last used', key: (token) => token.last_used, cell: (token) => moment(token.last_used) },
      { name: 'do', label: '', narrow: true, key: (token) => token.name, cell: (token) => button('Revoke', async () => {
        if (await confirm(`Revoke ${token.name}?`, 'Whoever uses it is refused from now on.', 'Revoke',
          () => page.call('token.revoke', [token.name]))) {
          say(`token ${token.name} revoked`);
          read();
        }
      }, 'small', { 'aria-label': `Revoke ${token.name}` }) },
    ],
  });
  const none = h('p.faint', {}, 'None yet. Scripts send one as Authorization: Bearer hdl_..');
  const create = async () => {
    const made = await ask({
      title: 'New token', confirm: 'Make it', fields: [{ name: 'name', label: 'Name', required: true, placeholder: 'ci' },
        { name: 'role', label: 'Role', kind: 'select', options: await roles() },
          { name: 'ttl', label: 'Good for', value: '90d', required: true }],
      act: ({ name, role, ttl }) => page.call('token.create', [name], { role, ttl }),
    });
    if (!made) return;
    say(`token ${made.name} saved`);
    read();
    ask({ title: `Token ${made.name}`, text: 'This is the only time that it is shown.', confirm: null, cancel: 'Done',
      extra: snippet(made.token) });
  };
  const read = page.every(15_000, async () => {
    const { items } = await page.call('token.list', [], { limit: 1000 });
    table.update(items);
    table.element.hidden = !items.length;
    none.hidden = items.length;
  });
  return h('section.stack', {}, h('div.bar', {}, h('h2', {}, 'Tokens'), button('+ token', create, 'push')), none, table.element);
}
