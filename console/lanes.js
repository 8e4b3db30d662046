// What WARP clients see: nodes, lanes, kinds, links; and how a topic is called over there.
import { badge, code, count, empty, fill, h, snippet, wsUrl } from './dom.js';
import { filterField, Pager, pageSize } from './list.js';
import { Table } from './table.js';

const kinds = {
  value: 'each link gets the retained event, then every newer one', map: 'one entry a topic under this node',
    event: 'each event once, nothing on sync',
  command: 'commands are calls', list: 'entries in an order',
};

export function open(page) {
  const none = h('div');
  const named = h('div');
  const table = new Table({
    label: 'Lanes', key: (row) => `${row.match} ${row.uri}`,
    columns: [
      { name: 'node', label: 'Node', header: true, cell: (row) => row.node ?? 'many' },
      { name: 'lane', label: 'Lane', cell: (row) => row.lane ?? 'many' },
      { name: 'kind', label: 'Kind', has: (row) => row.kind, key: (row) => row.kind,
        cell: (row) => h('span', { title: kinds[row.kind] }, badge(row.kind)) },
      { name: 'uri', label: 'Topic', key: (row) => `${row.uri} ${row.match}`,
        cell: (row) => h('span', {}, code(row.uri ?? '–'), row.match && row.match !== 'exact' ? [' ', badge(row.match)] : '') },
      { name: 'links', label: 'Links', number: true, cell: (row) => count(row.links) },
      { name: 'events', label: 'Events', number: true, cell: (row) => count(row.events) },
    ],
  });
  const pager = new Pager((after) => page.call('lane.list', [page.realm], {
    limit: pageSize, ...(after && { after }), ...(page.query.get('filter') && { node: page.query.get('filter') }),
  }), (items) => {
    table.update(items);
    table.element.hidden = !items.length;
    fill(none, !items.length && (page.query.get('filter') ? empty('No node begins with that') : empty('No lanes yet',
      h('p', {}, 'Topics and procedures of this realm are lanes of WARP (Swim) clients. With @swim/client:'),
      snippet(`const client = new WarpClient();\nclient.mount();\nclient.downlinkValue({\n  hostUri: '${wsUrl}/${page.realm}',\n`
        + `  nodeUri: '/com/example/vehicle/7', laneUri: 'speed',\n  didSet: (value) => console.log(value.toLike()),\n}).open();`))));
  });
  const asks = h('form', { class: 'bar', 'aria-label': 'How a topic looks to WARP clients', onsubmit: async (event) => {
    event.preventDefault();
    const uri = event.target.uri.value.trim();
    page.remember('of', uri);
    if (!uri) return fill(named);
    try {
      const answer = await page.call('lane.match', [page.realm], { uri });
      const lanes = answer.items ?? [answer];
      fill(named, h('section.card', {}, h('ul', {}, lanes.map((lane) =>
        h('li', {}, 'host ', code(`${wsUrl}/${page.realm}`), ' node ', code(lane.node), ' lane ',
        code(lane.lane), ' kind ', badge(lane.kind), ` ${kinds[lane.kind] ?? ''}`)))));
    } catch (error) {
      fill(named, h('p.notice', {}, error.message));
    }
  } }, h('label', { for: 'of' }, 'Lane of topic'), h('input', { id: 'of', name: 'uri', class: 'uri', spellcheck: 'false',
    placeholder: 'com.example.vehicle.7.speed', value: page.query.get('of') ?? '' }),
  h('button', { type: 'submit' }, 'Name it'));
  fill(page.root, h('div.bar', {}, h('h1', {}, 'Lanes'), filterField(page, { label: 'Node begins with', changed: () => pager.reset() }),
    h('span.push'), asks), named, table.element, none,
    pager.element);
  page.every(5000, () => pager.load());
  if (page.query.get('of')) asks.requestSubmit();
}
