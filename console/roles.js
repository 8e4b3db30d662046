// Roles of a realm: the list, and the way to the editor of one.
import { address, go } from './place.js';
import { ask } from './dialog.js';
import { button, count, empty, fill, h, moment, say } from './dom.js';
import { editRole } from './role_editor.js';
import { Table } from './table.js';

export function open(page) {
  if (page.rest.length) return editRole(page, page.rest[0]);
  const table = new Table({
    label: 'Roles', key: (role) => role.name, onOpen: (role) => go(address(page.realm, 'roles', role.name)),
    sort: { name: 'role', down: false },
    columns: [
      { name: 'role', label: 'Role', header: true, value: (role) => role.name, cell: (role) => role.name },
      { name: 'rules', label: 'Rules', number: true, value: (role) => role.rules, cell: (role) => count(role.rules) },
      { name: 'users', label: 'Users', number: true, value: (role) => role.users, cell: (role) => count(role.users) },
      { name: 'edit', label: 'Last edit', key: (role) => role.revision, cell: (role) => h('span', {}, `revision ${role.revision}`,
        role.changed_by && [`, ${role.changed_by} `, moment(role.changed_at)]) },
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
