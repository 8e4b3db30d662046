// How the realm is doing: live figures, and what somebody should look at.
import { address } from './place.js';
import { badge, button, bytes, count, fill, h, plural, snippet } from './dom.js';
import { kick } from './sessions.js';
import { spark } from './spark.js';
import { stats } from './stats.js';

const per = (value) => `${count(value)}/s`;

export function open(page) {
  const line = h('p', { class: 'line' });
  const attention = h('ul.attention', {});
  const first = h('div');
  fill(page.root, h('div.bar', {}, h('h1', {}, 'Overview'), line),
    h('div.grid', {}, spark(page, 'Published', 'published/s', per), spark(page, 'Events out', 'delivered/s', per),
      spark(page, 'Calls', 'calls/s', per), spark(page, 'Denied', 'denied/s', per)),
    h('p.faint', {}, 'The last 15 minutes, kept in this page’s memory.'),
    h('section.card', { 'aria-labelledby': 'attention' }, h('h2', { id: 'attention' }, 'Attention'), attention), first);
  const figures = (now) => {
    if (!now) return;
    const rate = (name, word) => now[`${name}/s`] !== undefined && `${per(now[`${name}/s`])} ${word}`;
    const facts = [plural(now.sessions ?? 0, 'session'), plural(now.links ?? 0, 'link'), rate('delivered', 'events out'),
      rate('calls', 'calls'),
      plural(now.calls_in_flight ?? 0, 'call', 'calls').replace(/calls?$/, '$& open'),
        plural(now.retained ?? 0, 'event').concat(' retained'),
      rate('dropped', 'dropped')].filter(Boolean);
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
      [`${row.authid} (session ${row.session}) reads slowly: outbox ${bytes(row.outbox)}, `
      + `${plural(row.dropped ?? 0, 'event')} dropped`,
        h('a.button.small', { href: address(page.realm, 'sessions', String(row.session)) }, 'Open'),
          button('Kick', () => kick(page, row, again), 'small')]), ...await worries(page, router.store)];
    fill(attention, found.length ? found.map((one) => [one].flat()).map(([text, ...does]) =>
      h('li', {}, badge('look', 'warn'), h('span', {}, text), does))
      : h('li', {}, badge('fine', 'good'), 'Nothing needs you now.'));
  });
}

let first = null; // counters when this page was opened

// What the router's own figures say; where the listener serves no metrics: of the store alone.
async function worries(page, store = {}) {
  const system = h('a.button.small', { href: address(page.realm, 'system') }, 'System');
  const found = store.works === false ? ['the store cannot be written: edits are refused, routing goes on'] : [];
  const answer = await fetch('/metrics').catch(() => null);
  if (!answer?.ok) return found;
  const now = new Map([...(await answer.text()).matchAll(/^heddle_(\w+)\{(.*)\} (\S+)/gm)]
    .map(([, ...of]) => [of.slice(0, 2).join(' '), Number(of[2])]));
  first ??= now;
  for (const [key, value] of now) {
    const [, what, label] = /^(\w+) .*"(.*?)"$/.exec(key) ?? [];
    const more = value - (first.get(key) ?? 0);
    const days = Math.floor((value - Date.now() / 1000) / 86_400);
    if (what === 'tls_certificate_expiry_timestamp_seconds' && days < 30) found.push([`certificate ${label}: ${plural(days, 'day')} left`,
      system]);
    else if (what === 'config_reloads_total' && label !== 'ok' && value) found.push([`${plural(value, 'reload')} of the file failed`,
      system]);
    else if (what === 'refused_total' && label !== 'handshake' && more > 0) found.push(`${plural(more,
      'peer')} refused just now, limit ${label}`);
    else if (what === 'authentications_total' && label !== 'ok' && more > 0) found.push(`${plural(more,
      'login')} refused just now: ${label}`);
  }
  return found;
}
