// How the realm is doing: live figures, and what somebody should look at.
import { address, go } from './app.js';
import { badge, button, bytes, count, fill, h, plural, seconds, snippet } from './dom.js';
import { kick } from './sessions.js';
import { spark } from './spark.js';
import { stats } from './stats.js';

const per = (value) => `${count(value)}/s`;

export function open(page) {
  const line = h('p', { class: 'line' });
  const attention = h('ul.attention', {});
  const first = h('div');
  fill(page.root, h('div.bar', {}, h('h1', {}, 'Overview'), line),
    h('div.grid', {}, spark(page, 'Messages in', 'received_rate', per), spark(page, 'Messages out', 'sent_rate', per),
      spark(page, 'Events dropped', 'dropped_rate', per),
      spark(page, 'Calls', 'calls_rate', per)),
    h('p.faint', {}, 'The last 15 minutes, kept in this page’s memory.'),
    h('section.card', { 'aria-labelledby': 'attention' }, h('h2', { id: 'attention' }, 'Attention'), attention), first);
  const figures = (now) => {
    if (!now) return;
    const facts = [plural(now.sessions ?? 0, 'session'), plural(now.links ?? 0, 'link'),
      now.sent_rate !== undefined && `${per(now.sent_rate)} out`,
      now.calls_rate !== undefined && `${per(now.calls_rate)} calls`, now.call_p99 !== undefined && `p99 ${seconds(now.call_p99)}`,
      now.dropped_rate !== undefined && `${per(now.dropped_rate)} dropped`, plural(now.slow_readers ?? 0, 'slow reader')].filter(Boolean);
    fill(line, facts.join('  ·  '));
    fill(first, (now.sessions ?? 0) === 0 && h('section.empty', {}, h('h3', {}, 'Nobody is here yet'),
      h('p', {}, 'Any WAMP client joins at this address:'),
      snippet(`heddle call wamp.session.count ${page.where}`)));
  };
  page.closes(stats.listen(() => figures(stats.of(page.realm))));
  figures(stats.of(page.realm));
  const again = page.every(5000, async () => {
    const [slow, router] = await Promise.all([
      page.call('session.list', [page.realm], { slow: true, limit: 20 }).catch(() => ({ items: [] })),
        page.call('stats.get').catch(() => ({})),
    ]);
    const found = [...slow.items.filter((row) => row.slow).map((row) =>
      ['!', `${row.authid} (session ${row.session}) reads slowly: outbox ${bytes(row.outbox)}, `
      + `${plural(row.dropped ?? 0, 'event')} dropped`, h('a.button.small', { href: address(page.realm, 'sessions', String(row.session)) },
        'Open'),
    button('Kick', () => kick(page, row, again), 'small')]), ...worries(page, router)];
    fill(attention, found.length ? found.map(([sign, text, ...does]) =>
      h('li', {}, badge(sign === '!' ? 'look' : sign, 'warn'), h('span', {}, text), does))
      : h('li', {}, badge('fine', 'good'), 'Nothing needs you now.'));
  });
  void go;
}

// What the router's own figures say: certificates, reloads, refusals, the store.
export function worries(page, { router = {} }) {
  const found = [];
  for (const { name, expires } of router.certificates ?? []) {
    const days = Math.floor((expires - Date.now() / 1000) / 86_400);
    if (days < 30) found.push(['!', days < 0 ? `certificate ${name} has expired` : `certificate ${name}: ${plural(days, 'day')} left`,
      h('a.button.small', { href: address(page.realm, 'system') }, 'System')]);
  }
  if (router.reloads_failed) found.push(['!', `${plural(router.reloads_failed, 'reload')} of the configuration failed`,
    h('a.button.small', { href: address(page.realm, 'system') }, 'System')]);
  if (router.store_failures) found.push(['!', `the store could not be written ${plural(router.store_failures, 'time')}`]);
  for (const [reason, number] of Object.entries(router.refused ?? {})) if (number) found.push(['!',
    `${plural(number, 'connection')} refused: ${reason}`]);
  const denied = stats.of(page.realm)?.logins_failed ?? 0;
  if (denied) found.push(['!', `${plural(denied, 'login')} failed`, h('a.button.small', { href: address(page.realm, 'users') }, 'Users')]);
  return found;
}
