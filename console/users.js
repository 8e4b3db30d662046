// Users of the realm: who they are, how they log in, and what an administrator does about it. Credentials go in, never out.
import { address, adminRealm, go } from './place.js';
import { ask, confirm } from './dialog.js';
import { badge, button, code, empty, facts, fill, h, moment, plural, say, snippet } from './dom.js';
import { filterField, Pager, pageSize } from './list.js';
import { Table } from './table.js';
import { tokens } from './tokens.js';

const words = { scram: 'password', ticket: 'ticket', wampcra: 'WAMP-CRA key', cryptosign: 'keys', tls: 'certificates', token: 'token' };
const methodBadges = (user) => {
  const methods = user.methods ?? [];
  return methods.length ? h('span', {}, methods.map((method) => [badge(method, method === 'wampcra' ? 'warn' : ''), ' ']))
    : h('span.warn', {}, 'cannot log in');
};
const expired = (user) => user.expires && new Date(user.expires) < new Date();
const state = (user) => (user.disabled ? badge('disabled', 'bad') : expired(user) ? badge('expired', 'bad') : 'may log in');

async function roleNames(page) {
  const { items } = await page.call('role.list', [page.realm], { limit: 1000 });
  return items.map((role) => role.name);
}

async function addUser(page) {
  const roles = await roleNames(page).catch(() => []);
  const administrators = page.realm === adminRealm;
  const authid = await ask({
    title: `New user of ${page.realm}`, confirm: 'Add',
    fields: [
      { name: 'authid', label: 'Name', required: true, placeholder: 'kim' },
      roles.length ? { name: 'role', label: 'Role', kind: 'select', options: roles } : { name: 'role', label: 'Role', required: true },
      { name: 'password', label: 'Password', kind: 'password', autocomplete: 'new-password',
        hint: 'May stay empty: keys and certificates come afterwards. Stored as a SCRAM verifier only.' },
      ...(administrators ? [{ name: 'realms', label: 'Only these realms', placeholder: 'plant lab',
        hint: 'Empty: all realms, these users too.' }] : []),
    ],
    act: async ({ authid: name, role, password, realms }) => {
      const confined = realms?.split(/[\s,]+/).filter(Boolean) ?? [];
      await page.call('user.put', [page.realm, name], { role, revision: 'new', ...(password && { password }),
        ...(confined.length && { realms: confined }) });
      return name;
    },
  });
  if (authid) {
    say(`user ${authid} saved`);
    go(address(page.realm, 'users', authid));
  }
}

export function open(page) {
  if (page.rest.length) return openOne(page, page.rest[0]);
  const none = h('div');
  const pager = new Pager((after) => page.call('user.list', [page.realm], { limit: pageSize, ...(after && { after }) }), (items) => {
    const text = (page.query.get('filter') ?? '').toLowerCase();
    const shown = items.filter((user) => !text || user.authid.toLowerCase().includes(text) || user.role.toLowerCase().includes(text));
    table.update(shown);
    table.element.hidden = !shown.length;
    fill(none, !shown.length && (items.length ? empty('No user fits on this page')
      : empty('Nobody has an account here', h('p', {},
        'Users log in with a password, a key or a certificate, and have a role. On the command line:'),
        snippet(`heddle user put kim --realm ${page.realm} --role operator --scram`), button('Add the first', () => addUser(page)))));
  });
  const table = new Table({
    label: 'Users', key: (user) => user.authid, onOpen: (user) => go(address(page.realm, 'users', user.authid)),
    columns: [
      { name: 'authid', label: 'User', header: true, cell: (user) => user.authid },
      { name: 'role', label: 'Role', cell: (user) => user.role },
      { name: 'methods', label: 'Logs in by', key: (user) => String(user.methods), cell: methodBadges },
      { name: 'state', label: 'State', key: (user) => `${user.disabled} ${user.expires}`, cell: state },
      { name: 'realms', label: page.realm === adminRealm ? 'Realms' : '',
        cell: (user) => (page.realm === adminRealm ? (user.realms?.join(', ') || 'all') : '') },
    ],
  });
  fill(page.root, h('div.bar', {}, h('h1', {}, page.realm === adminRealm ? 'Administrators' : 'Users'),
    filterField(page, { label: 'Name or role', changed: () => pager.load() }),
    button('+ user', () => addUser(page), 'primary.push')), table.element, none, pager.element,
    page.realm === adminRealm && tokens(page, () => roleNames(page)));
  const read = page.every(10_000, () => pager.load());
  page.on('heddle.realm.on_change', page.soon(read));
}

function openOne(page, authid) {
  page.escape = address(page.realm, 'users');
  page.tested = () => ({ preset: { user: authid } });
  const body = h('div.stack');
  let user = null;
  const read = () => page.call('user.get', [page.realm, authid]).then((found) => {
    if (JSON.stringify(found) === JSON.stringify(user)) return;
    user = found;
    show();
  });
  const again = page.every(10_000, read);
  page.on('heddle.realm.on_change', page.soon(again));
  // An edit: what the router answers is what is said.
  const edit = (dialog, operation, args, done) => ask({
    ...dialog, act: (found) => page.call(operation, [page.realm, authid, ...args(found).places ?? []],
      { revision: user.revision, ...args(found).fields }),
  }).then((answer) => {
    if (!answer) return;
    say(done);
    again();
  });
  const password = () => edit({
    title: `New password for ${authid}`, confirm: 'Set', text: 'The old one stops working; sessions that are open stay.',
    fields: [{ name: 'password', label: 'Password', kind: 'password', required: true, autocomplete: 'new-password' }],
  }, 'user.passwd', ({ password: secret }) => ({ fields: { password: secret } }), 'password saved');
  const key = () => edit({
    title: `Public key of ${authid}`, confirm: 'Add',
    text: 'Ed25519, 64 hexadecimal digits, as heddle keygen prints it. The private one stays with its owner.',
    fields: [{ name: 'key', label: 'Public key', required: true }],
  }, 'user.key', ({ key: text }) => ({ places: [text.trim()] }), 'key saved');
  const role = async () => edit({ title: `Role of ${authid}`, confirm: 'Save', text: 'What the new role forbids ends at once.',
    fields: [{ name: 'role', label: 'Role', kind: 'select', options: await roleNames(page), value: user.role }] },
  'user.put', ({ role: name }) => ({ fields: { role: name } }), 'role saved');
  const enable = () => page.call('user.disable', [page.realm, authid], { enable: true, revision: user.revision })
    .then(() => { say('user enabled'); again(); }, (error) => say(error.message, 'bad'));
  const disable = () => edit({ title: `Disable ${authid}?`, text: 'Every session of theirs ends now.', confirm: 'Disable', danger: true },
    'user.disable', () => ({}), `user ${authid} disabled`);
  const remove = async () => {
    if (!(await confirm(`Remove ${authid}?`, 'Sessions of theirs end now.', 'Remove',
      () => page.call('user.remove', [page.realm, authid], { revision: user.revision })))) return;
    say(`user ${authid} removed`);
    go(page.escape);
  };
  const show = () => fill(body, h('section.card', {}, facts(
    ['Role', [h('a', { href: address(page.realm, 'roles', user.role) }, user.role), ' ', button('Change', role, 'small')]],
    ['State', [state(user), ' ', user.disabled && button('Enable', enable, 'small')]], ['Good until', user.expires && moment(user.expires)],
    page.realm === adminRealm && ['Realms', user.realms?.join(', ') || 'all'], ['Revision', String(user.revision)])),
  h('section.card.stack', {}, h('h2', {}, 'Logs in by'), (user.methods ?? []).length
    ? h('ul', {}, user.methods.map((method) => h('li', {}, badge(method), ` ${words[method] ?? ''}`,
    method === 'wampcra' ? h('span.warn', {}, ' — the stored key is worth the password: treat the store so') : null)))
      : h('p.warn', {}, 'Nothing yet: this user cannot log in.'),
  (user.keys ?? []).length > 0 && h('div', {}, h('h3', {}, plural(user.keys.length, 'public key')),
    h('ul', {}, user.keys.map((one) => h('li', {}, code(one.key ?? one))))),
  (user.certificates ?? []).length > 0 && h('div', {}, h('h3', {}, plural(user.certificates.length, 'certificate')),
    h('ul', {}, user.certificates.map((one) => h('li', {}, code(one))))),
  h('div.bar', {}, button('Set password', password), button('Add key', key))));
  fill(page.root, h('div.bar', {}, h('a', { href: page.escape }, 'Users'), h('h1', {}, authid),
    h('a.button.push', { href: `${address(page.realm, 'sessions')}?filter=${encodeURIComponent(authid)}` }, 'Sessions'),
    button('Disable', disable), button('Remove', remove, 'danger')), body);
}
