// What is heard and what is retained, as one tree.
import { address, go } from './place.js';
import { confirm } from './dialog.js';
import { badge, button, code, empty, fill, h, plural, say, snippet } from './dom.js';
import { openTree, retainedView } from './patterns.js';

const subscribeLine = (page, uri, match) => `heddle subscribe ${uri || '""'}${match
  && match !== 'exact' ? ` --match ${match}` : ''} ${page.where}`;

const options = {
  noun: 'subscription', page: 'topics', title: 'Topics', word: 'subscriber', holders: 'Subscribers', count: 'subscribers',
    action: 'subscribe', fits: 'Who hears',
  extra: [{ name: 'retained', label: 'Retained', key: (node) => String(Boolean(node.row?.retained)),
    cell: (node) => (node.row?.retained ? badge('last event kept', 'good') : '') }],
  // Retained events stand in the tree beside subscriptions, on their first page.
  async also(page, found, wanted) {
    if (wanted.after || (wanted.match && wanted.match !== 'exact')) return found;
    const { items } = await page.call('retained.list', [page.realm], { limit: wanted.limit, ...(wanted.uri && { uri: wanted.uri }) });
    const known = new Map(found.items.filter(({ match }) => (match ?? 'exact') === 'exact').map((item) => [item.uri, item]));
    const more = [];
    for (const { topic, uri = topic } of items) {
      if (known.has(uri)) known.get(uri).retained = true;
      else more.push({ uri, match: 'exact', subscribers: 0, retained: true });
    }
    return { ...found, items: [...found.items, ...more] };
  },
  open: (page, row) => (row.id === undefined || row.retained ? address(page.realm, 'topics', 'retained', row.uri) : null),
  facts: (one) => [h('dt', {}, 'Heard by'), h('dd', {}, plural(one.count ?? 0, 'subscriber'))],
  snippet: (page, one) => subscribeLine(page, one.uri, one.match),
  teach: (page) => empty('Nobody listens to anything yet', h('p', {},
    'A topic is there while somebody subscribes to it, or its last event is kept. To see one:'),
    snippet(`${subscribeLine(page, 'com.example.', 'prefix')} &\nheddle publish com.example.hello 1 --retain ${page.where}`)),
};

export function open(page) {
  if (page.rest[0] === 'retained' && page.rest[1] !== undefined) return openRetained(page, page.rest[1]);
  openTree(page, options);
}

function openRetained(page, topic) {
  page.escape = address(page.realm, 'topics');
  page.tested = () => ({ preset: { action: 'subscribe', uri: topic } });
  const body = h('div.stack');
  let shown = '';
  const clear = async () => {
    if (!(await confirm('Forget the retained event?', `Whoever subscribes to ${topic} next finds nothing.`, 'Forget it',
      () => page.call('retained.remove', [page.realm, topic])))) return;
    say('forgotten');
    go(page.escape);
  };
  fill(page.root, h('div.bar', {}, h('a', { href: page.escape }, 'Topics'), h('h1', {}, code(topic)),
    button('Forget retained event', clear, 'danger.push')), body);
  page.every(3000, async () => {
    const event = await page.call('retained.get', [page.realm, topic]);
    const heard = await page.call('subscription.match', [page.realm], { uri: topic }).catch(() => ({ items: [] }));
    const now = JSON.stringify([event, heard]);
    if (now === shown) return;
    shown = now;
    fill(body, h('section.card.stack', {}, h('h2', {}, 'Retained event'), retainedView(event),
      h('p.faint', {}, `publication ${event.publication}`)),
    h('section.card.stack', {}, h('h2', {}, 'Heard through'), heard.items?.length ? h('ul', {}, heard.items.map((one) => h('li', {},
      h('a', { href: address(page.realm, 'topics', String(one.id)) }, code(one.uri || '""')),
        one.match && one.match !== 'exact' ? [' ', badge(one.match)] : '',
      ` ${plural(one.count ?? 0, 'subscriber')}`))) : h('p', {}, 'nobody'), snippet(subscribeLine(page, topic))));
  });
}
