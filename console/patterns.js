// What is subscribed or registered, as a tree by dots; one of them with who holds it. Topics and Procedures share it.
import { address, go } from './place.js';
import { confirm } from './dialog.js';
import { badge, button, code, count, empty, fill, h, json, moment, plural, say, snippet } from './dom.js';
import { choiceField, filterField, Pager, pageSize } from './list.js';
import { Table } from './table.js';
import { treeColumn, treeOf, visible } from './tree.js';

const matchBadge = (match) => (match && match !== 'exact' ? badge(match) : '');
const matchChoices = [['', 'every match'], ['exact', 'exact'], ['prefix', 'prefix'], ['wildcard', 'wildcard']];

// options: { noun, page: its name in addresses, title, word ("subscriber"), extra: columns, also(rows) -> promise of more rows, teach }
export function openTree(page, options) {
  if (page.rest.length) return openOne(page, options);
  const folded = new Set();
  const none = h('div');
  const fits = h('div');
  let rows = [];
  const redraw = () => table.update(visible(treeOf(rows), folded));
  const table = new Table({
    label: options.title, key: (node) => node.key,
    onOpen: (node) => node.leaf && go(options.open?.(page, node.row) ?? address(page.realm, options.page, String(node.row.id))),
    columns: [treeColumn(options.title, folded, redraw),
      { name: 'match', label: 'Match', key: (node) => node.row?.match ?? '',
        cell: (node) => (node.leaf ? matchBadge(node.row.match) || 'exact' : '') },
      { name: 'holders', label: options.holders, number: true, cell: (node) =>
        (node.leaf ? count(node.row[options.count]) : `${count(node.below)} below`) },
      ...options.extra],
  });
  const pager = new Pager(async (after) => {
    const wanted = { limit: pageSize, ...(after && { after }) };
    const [uri, match] = [page.query.get('filter'), page.query.get('match')];
    Object.assign(wanted, uri && { uri }, match && { match });
    const found = await page.call(`${options.noun}.list`, [page.realm], wanted);
    return options.also ? options.also(page, found, wanted) : found;
  }, (items) => {
    rows = items;
    redraw();
    const filtered = page.query.get('filter') || page.query.get('match');
    table.element.hidden = !rows.length;
    fill(none, !rows.length && (filtered ? empty(`None begins with that`) : options.teach(page)));
  });
  const asks = h('form', { class: 'bar', 'aria-label': `Which fit a URI`, onsubmit: async (event) => {
    event.preventDefault();
    const uri = event.target.uri.value.trim();
    page.remember('fits', uri);
    if (!uri) return fill(fits);
    try {
      fill(fits, fitting(await page.call(`${options.noun}.match`, [page.realm], { uri })));
    } catch (error) {
      fill(fits, h('p.notice', {}, error.message));
    }
  } }, h('label', { for: 'fits' }, options.fits), h('input', { id: 'fits', name: 'uri', class: 'uri', spellcheck: 'false',
    placeholder: 'com.plant.a', value: page.query.get('fits') ?? '' }),
  h('button', { type: 'submit' }, 'Find'));
  const fitting = (answer) => {
    const items = answer.items ?? (answer.id ? [answer] : []);
    return items.length ? h('ul', {}, items.map((item) => h('li', {}, h('a', { href: address(page.realm, options.page, String(item.id)) },
      code(item.uri || '""')), ' ',
      matchBadge(item.match), ` ${plural(item[options.count] ?? item.count ?? 0, options.word)}`))) : h('p', {}, 'None.');
  };
  fill(page.root, h('div.bar', {}, h('h1', {}, options.title), filterField(page, { label: 'Begins with', changed: () => pager.reset() }),
    choiceField(page, { name: 'match', label: 'Match', options: matchChoices, changed: () => pager.reset() }), h('span.push'), asks), fits,
      table.element, none, pager.element);
  page.every(5000, () => pager.load());
  if (page.query.get('fits')) asks.requestSubmit();
}

function openOne(page, options) {
  const id = Number(page.rest[0]);
  page.escape = address(page.realm, options.page);
  const title = h('h1', {}, '…');
  const body = h('div.stack');
  let last = null;
  const holders = new Table({
    label: options.holders, key: (row) => row.session, onOpen: (row) => go(address(page.realm, 'sessions', String(row.session))),
    columns: [
      { name: 'session', label: 'Session', header: true, cell: (row) => String(row.session) },
      { name: 'authid', label: 'User', cell: (row) => row.authid }, { name: 'role', label: 'Role', cell: (row) => row.role },
      { name: 'do', label: '', narrow: true, key: (row) => row.session,
        cell: (row) => h('button.small', { type: 'button', 'aria-label': `Remove from session ${row.session}`,
        onclick: () => remove(row.session) }, 'Remove') },
    ],
  });
  const remove = async (session) => {
    const whom = session === undefined ? `all its ${options.word}s` : `session ${session}`;
    if (!(await confirm(`Take it away from ${whom}?`, 'They are told; nothing keeps them from asking again but a rule.', 'Take away',
      () => page.call(`${options.noun}.remove`, [page.realm, id], session === undefined ? {} : { session })))) return;
    say(`taken away from ${whom}`);
    if (session === undefined) go(page.escape);
    else again();
  };
  fill(page.root, h('div.bar', {}, h('a', { href: page.escape }, options.title), title,
    button(`Remove all ${options.word}s`, () => remove(), 'danger.push')), body, holders.element);
  const again = page.every(4000, async () => {
    const one = await page.call(`${options.noun}.get`, [page.realm, id]);
    const list = one.holders ?? [];
    fill(title, code(one.uri || '""'), ' ', matchBadge(one.match));
    page.tested = () => ({ preset: { action: options.action, uri: one.uri, match: one.match } });
    holders.update(list);
    const facts = JSON.stringify([one.uri, one.created, one.policy, one.invoke, list.length]);
    if (facts === last) return;
    last = facts;
    fill(body, h('section.card.stack', {}, h('dl.facts', {}, options.facts(one), h('dt', {}, 'Since'), h('dd', {}, moment(one.created))),
      options.snippet && snippet(options.snippet(page, one))));
  });
}

export const retainedView = (event) => h('pre.block', {}, json(event.kwargs
  && Object.keys(event.kwargs).length ? { args: event.args, kwargs: event.kwargs } : event.args));
