// Roles of a realm: the list, and the way to the editor of one.
import { address, go } from './app.js';
import { ask, confirm } from './dialog.js';
import { button, count, empty, fill, h, plural, say } from './dom.js';
import { editRole } from './role_editor.js';
import { Table } from './table.js';

export function open(page) {
  if (page.rest.length) return editRole(page, page.rest[0]);
  const rules = (role) => role.permissions?.length ?? role.rules;
  const table = new Table({
    label: 'Roles', key: (role) => role.role ?? role.name, onOpen: (role) => go(address(page.realm, 'roles', role.role ?? role.name)),
    sort: { name: 'role', down: false }, onSort: () => table.update(roles),
    columns: [
      { name: 'role', label: 'Role', header: true, sort: true, value: (role) => role.role ?? role.name,
        cell: (role) => role.role ?? role.name },
      { name: 'rules', label: 'Rules', number: true, sort: true, value: rules, cell: (role) => count(rules(role)) },
      { name: 'revision', label: 'Revision of its last edit', number: true, cell: (role) => count(role.revision) },
    ],
  });
  let roles = [];
  const none = h('div');
  fill(page.root, h('div.bar', {}, h('h1', {}, 'Roles'), h('span.faint', {}, 'who may do what in realm ', page.realm),
    button('+ role', () => addRole(page), 'primary.push')), table.element, none);
  const read = page.every(10_000, async () => {
    ({ items: roles } = await page.call('role.list', [page.realm], { limit: 1000 }));
    table.update(roles);
    table.element.hidden = !roles.length;
    fill(none, !roles.length && empty('This realm has no roles', h('p', {},
      'Whoever logs in has a role; its rules say what is allowed. Without one nobody gets in.'),
      button('Add the first', () => addRole(page))));
  });
  page.on('heddle.realm.on_change', page.soon(read));
}

async function addRole(page) {
  const name = await ask({
    title: 'New role', text: 'It allows nothing until it has rules.', confirm: 'Add',
    fields: [{ name: 'role', label: 'Name', required: true, placeholder: 'operator' }],
    act: async ({ role }) => {
      await page.call('role.put', [page.realm, role], { permissions: [], revision: 'new' });
      return role;
    },
  });
  if (name) {
    say(`role ${name} saved`);
    go(address(page.realm, 'roles', name));
  }
}

export async function removeRole(page, name, revision) {
  const done = await confirm(`Remove role ${name}?`, 'Sessions that have it end, and its users cannot log in until they have another one.',
    'Remove',
    () => page.call('role.remove', [page.realm, name], { revision }));
  if (!done) return;
  const ended = Object.values(done.ends ?? {}).filter((one) => typeof one === 'number').reduce((sum, one) => sum + one, 0);
  say(`role ${name} removed${ended ? `, ${plural(ended, 'ending')}` : ''}`);
  page.unsaved = null;
  go(address(page.realm, 'roles'));
}
