// Who is in the realm: filter, sort, look closer, end a session or lock its user out.
import { address, go } from './place.js';
import { ask } from './dialog.js';
import { badge, button, bytes, code, count, empty, facts, fill, h, moment, plural, say, seconds, snippet, wsUrl } from './dom.js';
import { choiceField, filterField, Pager, pageSize } from './list.js';
import { Table } from './table.js';
import { openTester } from './tester.js';

const via = (row) => [row.transport, row.serializer].filter(Boolean).join(' / ');
// How full the outbox is, in words and as a bar.
function outbox(row) {
  if (row.outbox === undefined) return '–';
  const part = row.outbox_max ? Math.min(1, row.outbox / row.outbox_max) : 0;
  const bar = h('span.meter', { class: part > 0.5 ? 'hot' : '', 'aria-hidden': 'true' }, h('span'));
  bar.firstChild.style.width = `${Math.ceil(part * 100)}%`;
  return h('span', {}, bar, bytes(row.outbox), row.slow ? [' ', badge('slow', 'bad')] : null);
}

// A column of numbers, there where the router tells them.
const figure = (name, label, words) => ({
  name, label, number: true, value: (row) => row[name], has: (row) => row[name] !== undefined, cell: (row) => words(row[name]),
});

export function kick(page, row, done) {
  return ask({
    title: `End session ${row.session}?`, text: `${row.authid ?? 'somebody'}, role ${row.role}, from ${row.address
      || 'this machine'}. It may come back at once.`,
    confirm: 'End it', danger: true,
    fields: [{ name: 'message', label: 'Reason', hint: 'Sent to the client in GOODBYE, and kept in the audit log.',
      placeholder: 'key rotated' },
      { name: 'block', label: 'Keep the user out', kind: 'select', options: [['', 'no'], ['1m', 'one minute'], ['10m', '10 minutes'],
        ['1h', 'one hour']] }],
    act: ({ message, block }) => page.call('session.kick', [page.realm, row.session],
      { ...(message && { message }), ...(block && { block }) }),
  }).then((answer) => {
    if (!answer) return;
    say(`session ${row.session} ended`);
    done?.();
  });
}

function disable(page, row, done) {
  return ask({
    title: `Disable user ${row.authid}?`, text: 'Nobody logs in as this user until somebody enables it again; its sessions end now.',
    confirm: 'Disable', danger: true,
    act: () => page.call('user.disable', [page.realm, row.authid], { revision: '*' }),
  }).then((answer) => {
    if (!answer) return;
    say(`user ${row.authid} disabled`);
    done?.();
  });
}

export function open(page) {
  if (page.rest.length) return openOne(page, page.rest[0]);
  const none = h('div');
  let rows = [];
  const pager = new Pager((after) => {
    const wanted = { limit: pageSize };
    const { name: by, down } = table.sort; // the largest of all, not only of these 200
    if (['outbox', 'dropped', 'sent'].includes(by) && down && !after) wanted.sort = by;
    if (after) wanted.after = after;
    const text = page.query.get('filter');
    if (text) wanted.authid = text;
    for (const name of ['role', 'transport']) if (page.query.get(name)) wanted[name] = page.query.get(name);
    if (page.query.get('slow')) wanted.slow = true;
    return page.call('session.list', [page.realm], wanted);
  }, (items) => {
    rows = items;
    table.update(rows);
    const filtered = ['filter', 'role', 'slow', 'transport'].some((name) => page.query.get(name));
    table.element.hidden = !rows.length;
    fill(none, !rows.length && (filtered ? empty('No session fits', button('Show all', () => go(address(page.realm, 'sessions'))))
      : empty('Nobody is here yet', h('p', {}, 'Clients connect to ', code(wsUrl), `, realm ${page.realm}. To see one, paste this:`),
        snippet(`heddle subscribe com. --match prefix ${page.where}`))));
  });
  const again = () => pager.load();
  const table = new Table({
    label: 'Sessions', key: (row) => row.session, onOpen: (row) => go(address(page.realm, 'sessions', String(row.session))),
    sort: { name: page.query.get('sort') ?? 'id', down: Boolean(page.query.get('down')) }, rowClass: (row) => (row.slow ? 'slow' : ''),
    onSort: ({ name, down }) => {
      page.remember('sort', name);
      page.remember('down', down ? '1' : '');
      pager.reset();
    },
    columns: [
      { name: 'id', label: 'Session', header: true, value: (row) => row.session, cell: (row) => String(row.session) },
      ...['authid User', 'role Role', 'method Method'].map((words) => {
        const [name, label] = words.split(' ');
        return { name, label, value: (row) => row[name], cell: (row) => row[name] };
      }),
      { name: 'address', label: 'From', value: (row) => row.address, cell: (row) => row.address || 'this machine' },
      { name: 'transport', label: 'Transport', value: via, cell: via },
      figure('age', 'Here for', seconds), { ...figure('sent_bytes', 'Sent', bytes), name: 'sent' },
      { ...figure('outbox', 'Outbox'), key: (row) => `${row.outbox} ${row.slow}`, cell: outbox }, figure('dropped', 'Dropped', count),
      { name: 'do', label: '', narrow: true, key: (row) => row.session, cell: (row, tr) => h('span.bar', {},
        button('Why?', () => openTester(page, { preset: { session: tr.row.session } }), 'small',
          { 'aria-label': `Why may session ${row.session} do something` }),
        button('Kick', () => kick(page, tr.row, again), 'small', { 'aria-label': `End session ${row.session}` })) },
    ],
  });
  fill(page.root, h('div.bar', {}, h('h1', {}, 'Sessions'),
    filterField(page, { label: 'User', changed: () => pager.reset() }),
    choiceField(page, { name: 'slow', label: 'Which', options: [['', 'all'], ['1', 'slow readers']], changed: () => pager.reset() })),
  table.element, none, pager.element);
  const read = page.every(5000, again);
  const soon = page.soon(read, 500);
  page.on('heddle.session.on_join', soon);
  page.on('heddle.session.on_leave', soon);
}

function openOne(page, id) {
  page.escape = address(page.realm, 'sessions');
  const body = h('div.stack');
  const heading = h('div.bar', {}, h('a', { href: page.escape }, 'Sessions'), h('h1', {}, id));
  fill(page.root, heading, body);
  const back = () => go(page.escape);
  let shown = '';
  page.tested = () => ({ preset: { session: Number(id) } });
  page.every(3000, async () => {
    const one = await page.call('session.get', [page.realm, Number(id)]);
    if (!shown) heading.append(
      h('button.push', { type: 'button', onclick: () => openTester(page, { preset: { session: one.session } }) }, 'Why may it?'),
      button('Disable user', () => disable(page, one, back)),
      button('Kick', () => kick(page, one, back), 'danger'));
    const now = JSON.stringify(one);
    if (now === shown) return;
    shown = now;
    fill(body, h('section.card', {}, facts(['User', h('a', { href: address(page.realm, 'users', one.authid) }, one.authid)],
      ['Role', h('a', { href: address(page.realm, 'roles', one.role) }, one.role)], ['Logged in by', one.method],
      ['From', one.address || 'this machine'], ['Transport', via(one)], ['Client', one.agent], ['Here for', one.age && seconds(one.age)],
      ['Since', one.since && moment(one.since)], ['Protocol', one.protocol],
      ['Sent', one.sent_bytes && bytes(one.sent_bytes)], ['Outbox', one.outbox !== undefined && outbox(one)],
      ['Events dropped', one.dropped !== undefined && count(one.dropped)])),
    ['subscriptions', 'registrations', 'links'].map((name) => Array.isArray(one[name])
      && h('section.card', {}, h('h2', {}, plural(one[name].length, name.slice(0, -1))),
      h('ul', {}, one[name].map((held) => h('li', {}, code(held.uri ?? String(held)),
        held.match && held.match !== 'exact' ? ` ${held.match}` : ''))))));
  });
}
