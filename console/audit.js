// Who changed what, when, before and after.
import { address, go } from './place.js';
import { badge, button, code, empty, fill, h, json, moment } from './dom.js';
import { endsWords } from './role_editor.js';
import { choiceField, filterField, Pager, pageSize } from './list.js';
import { Table } from './table.js';

const short = (operation) => operation?.replace(/^heddle\./, '') ?? '';
const about = (entry) => {
  const object = entry.after ?? entry.before ?? {};
  const names = ['role', 'user', 'authid', 'name', 'session', 'match', 'uri', 'topic', 'message'].map((name) => object[name]);
  return [...new Set(names.filter((one) => one !== '' && ['string', 'number'].includes(typeof one)))].join(' · ');
};

export function open(page) {
  const none = h('div');
  const table = new Table({
    label: 'Audit', key: (entry) => entry.n, onOpen: (entry, tr) => showEntry(page, entry, tr),
    columns: [
      { name: 'n', label: 'No.', header: true, number: true, cell: (entry) => String(entry.n) },
      { name: 'ts', label: 'When', key: (entry) => entry.ts, cell: (entry) => moment(entry.ts) },
      { name: 'who', label: 'Who', cell: (entry) => entry.who },
      { name: 'via', label: 'Via', cell: (entry) => [entry.via, entry.from].filter(Boolean).join(' · ') },
      { name: 'op', label: 'Did', key: (entry) => `${entry.op} ${entry.error}`,
        cell: (entry) => h('span', {}, code(short(entry.op)), entry.error ? [' ', badge('refused', 'bad')] : '') },
      { name: 'realm', label: 'Realm', cell: (entry) => entry.realm }, { name: 'about', label: 'About', cell: about },
      { name: 'revision', label: 'Revision', number: true, cell: (entry) => entry.revision ?? '' },
      { name: 'ended', label: 'Ended', cell: (entry) => endsWords(entry.ended) },
    ],
  });
  let first = true;
  const pager = new Pager((after) => page.call('audit.list', [], {
    limit: pageSize, ...(after && { after }), ...(!page.query.get('all') && { realm: page.realm }),
      ...(page.query.get('filter') && { who: page.query.get('filter') }),
    ...(page.query.get('since') && { since: page.query.get('since') }), ...(page.query.get('op') && { operation: page.query.get('op') }),
  }), (items) => {
    table.update(items);
    table.element.hidden = !items.length;
    fill(none, !items.length && empty('No entry fits', h('p', {},
      'Every edit, kick and reload becomes an entry here, in the same transaction as the edit itself.')));
    const wanted = first && page.rest[0] && items.find((entry) => String(entry.n) === page.rest[0]);
    first = false;
    if (wanted) showEntry(page, wanted);
  });
  const follow = h('input', { type: 'checkbox', id: 'follow', checked: page.query.get('follow') !== '0',
    onchange: () => page.remember('follow', follow.checked ? '' : '0') });
  const operations = ['realm.put', 'realm.apply', 'role.put', 'role.remove', 'permission.put', 'permission.remove', 'user.put',
    'user.remove', 'user.passwd', 'user.disable', 'session.kick',
    'subscription.remove', 'registration.remove', 'retained.remove', 'token.create', 'token.revoke', 'config.reload'];
  fill(page.root, h('div.bar', {}, h('h1', {}, 'Audit'), filterField(page, { label: 'Who', changed: () => pager.reset() }),
    choiceField(page, { name: 'since', label: 'Since', options: [['', 'any time'], ['1h', 'last hour'], ['1d', 'last day'],
      ['7d', 'last 7 days']], changed: () => pager.reset() }),
    choiceField(page, { name: 'op', label: 'Operation', options: [['', 'everything'],
      ...operations.map((name) => [`heddle.${name}`, name])], changed: () => pager.reset() }),
    choiceField(page, { name: 'all', label: 'Realms', options: [['', `realm ${page.realm}`], ['1', 'all realms']],
      changed: () => pager.reset() }),
    h('label.push', { for: 'follow' }, follow, ' follow')), table.element, none, pager.element);
  const read = page.every(0, () => pager.load());
  const soon = page.soon(() => follow.checked && !pager.after && read(), 200);
  page.on('heddle.audit.on_entry', soon);
}

// Lines of both sides; what is only in one of them is marked, by a word and a colour.
function difference(before, after) {
  const [left, right] = [before, after].map((value) => (value === null || value === undefined ? [] : json(value).split('\n')));
  const [inLeft, inRight] = [new Set(left), new Set(right)];
  const side = (title, lines, other, mark, word) => h('figure', {}, h('figcaption', {}, h('strong', {}, title)),
    h('pre', {}, lines.length ? lines.map((line) => [other.has(line) ? line : h(mark, { title: word }, line), '\n']) : '(nothing)'));
  return h('div.diff', {}, side('Before', left, inRight, 'del', 'gone'), side('After', right, inLeft, 'ins', 'new'));
}

function showEntry(page, entry, tr) {
  const where = address(page.realm, 'audit', String(entry.n)) + location.search;
  history.replaceState(null, '', where);
  const close = () => dialog.close();
  const dialog = h('dialog.wide', { 'aria-labelledby': 'entry' }, h('h2', { id: 'entry', tabindex: '-1', autofocus: true },
    `No. ${entry.n}: ${short(entry.op)}`),
    h('p', {}, moment(entry.ts), ` · ${entry.who} · ${[entry.via, entry.from].filter(Boolean).join(', ')} · realm `, entry.realm ?? '–',
      entry.revision ? ` · revision ${entry.revision}` : '', endsWords(entry.ended) ? ` · ended ${endsWords(entry.ended)}` : ''),
    entry.error && h('p.problem', {}, `${entry.error}${entry.detail ? `: ${entry.detail}` : ''}`), difference(entry.before, entry.after),
    h('div.buttons', {}, entry.after?.role && entry.realm === page.realm ? h('button', { type: 'button', onclick: () => {
      close();
      go(address(page.realm, 'roles', entry.after.role));
    } }, 'Open the role') : null, button('Close', close)));
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (page.alive && location.pathname + location.search === where) history.replaceState(null, '',
      address(page.realm, 'audit') + location.search);
    if (tr?.isConnected) tr.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
