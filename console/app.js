// The frame: who is logged in, the page, the keyboard, lost connections.
import { Client, forgetCookie } from './wamp.js';
import { ask } from './dialog.js';
import { badge, button, fill, h, problem, say, speak, wsUrl } from './dom.js';
import { showLogin } from './login.js';
import { address, adminRealm, app, go, leaves, readRealms } from './place.js';
import { openTester } from './tester.js';
import { stats } from './stats.js';
import * as overview from './overview.js';
import * as sessions from './sessions.js';
import * as topics from './topics.js';
import * as procedures from './procedures.js';
import * as lanes from './lanes.js';
import * as roles from './roles.js';
import * as users from './users.js';
import * as tryout from './try.js';
import * as audit from './audit.js';
import * as system from './system.js';

// key: the letter after g.
const pages = {
  overview: { title: 'Overview', key: 'o', module: overview }, sessions: { title: 'Sessions', key: 's', module: sessions },
  topics: { title: 'Topics', key: 't', module: topics }, procedures: { title: 'Procedures', key: 'p', module: procedures },
  lanes: { title: 'Lanes', key: 'l', module: lanes }, roles: { title: 'Roles', key: 'r', module: roles },
  users: { title: 'Users', key: 'u', module: users }, try: { title: 'Try', key: 'y', module: tryout },
  audit: { title: 'Audit', key: 'a', module: audit }, system: { title: 'System', key: 'm', module: system },
};

const main = document.getElementById('main');
const top = document.getElementById('top');
const banner = document.getElementById('banner');

// --- addresses: /console/<realm>/<page>/<rest..>?<query>

app.here = () => route().realm;
app.show = show;

function route() {
  const parts = location.pathname.split('/').slice(2).filter(Boolean);
  const decoded = parts.map((part) => { try { return decodeURIComponent(part); } catch { return part; } });
  const [realm, page = 'overview', ...rest] = decoded;
  return { realm, page: Object.hasOwn(pages, page) ? page : 'overview', rest, query: new URLSearchParams(location.search) };
}

// --- a page that is open: everything it starts ends with it

class Page {
  alive = true;
  unsaved = null; // () -> "2 edits", or false
  escape = null;  // what Esc leads to: an address
  #closers = [];
  #rounds = [];

  constructor({ realm, page, rest, query }) {
    Object.assign(this, { realm, name: page, rest, query });
    this.root = h('div.page', { class: page });
    this.trouble = h('div');
    this.where = `--url ${wsUrl} --realm ${realm}`; // for commands to copy
  }

  // An operation of realm heddle.admin: its result's keywords. this.call('role.get', [realm, role], { .. })
  async call(operation, args = [], kwargs = {}) {
    const { kwargs: answer } = await app.client.call(`heddle.${operation}`, args, kwargs);
    return answer;
  }

  on(topic, handler) {
    app.client.subscribe(topic, (...said) => this.alive && handler(...said)).then(
      ({ cancel }) => (this.alive ? this.#closers.push(cancel) : cancel()),
        () => { /* a role that may not hear it: the page asks at times */ });
  }

  // Calls `act` now and `milliseconds` after it was done, while the page is open and to be seen; again at once when the connection is back.
  every(milliseconds, act) {
    const round = { timer: 0, running: false };
    round.run = async () => {
      clearTimeout(round.timer);
      if (!this.alive || round.running) return;
      round.running = true;
      try {
        if (app.client.state === 'open' && !document.hidden) {
          await act();
          if (this.alive && this.trouble.from === round) fill(this.trouble);
        }
      } catch (error) {
        if (this.alive && error.uri !== 'heddle.console.lost') {
          this.trouble.from = round;
          fill(this.trouble, problem(error));
          speak(error.message);
        }
      }
      round.running = false;
      this.root.dataset.ready = ''; // shown what there is
      if (this.alive && milliseconds) round.timer = setTimeout(round.run, milliseconds);
    };
    this.#rounds.push(round);
    this.#closers.push(() => clearTimeout(round.timer));
    round.run();
    return round.run;
  }

  // Soon, once for many reasons.
  soon(act, milliseconds = 300) {
    let timer = 0;
    this.#closers.push(() => clearTimeout(timer));
    return () => {
      clearTimeout(timer);
      timer = setTimeout(act, milliseconds);
    };
  }

  again() {
    this.#rounds.forEach(({ run }) => run());
  }

  closes(act) {
    this.#closers.push(act);
  }

  // Kept in the address, so that it survives reload and sharing.
  remember(name, value) {
    if (value) this.query.set(name, value);
    else this.query.delete(name);
    const text = this.query.toString();
    history.replaceState(null, '', location.pathname + (text ? `?${text}` : ''));
  }

  close() {
    this.alive = false;
    this.#closers.forEach((close) => close());
  }
}

function show() {
  app.page?.close();
  const where = route();
  if (!app.realms.includes(where.realm)) {
    const first = app.realms.find((name) => name !== adminRealm) ?? app.realms[0] ?? adminRealm;
    if (where.realm) say(`there is no realm ${where.realm}, or you may not see it: this is ${first}`, 'bad');
    history.replaceState(null, '', address(first, where.page, ...(where.realm ? [] : where.rest)));
    Object.assign(where, route());
  }
  const page = (app.page = new Page(where));
  document.title = `${pages[where.page].title} · ${where.realm} · heddle`;
  frame(where);
  fill(main, page.trouble, page.root);
  scrollTo(0, 0);
  pages[where.page].module.open(page);
}

// --- the bar on top

function frame(where) {
  const user = app.client.details;
  fill(top,
    h('a.brand', { href: address(where.realm, 'overview') }, 'heddle'),
    h('label.unseen', { for: 'realm' }, 'Realm'),
    h('select', { id: 'realm', onchange: ({ target }) => go(address(target.value, where.page)) },
      app.realms.map((name) => h('option', { value: name, selected: name === where.realm }, name))),
    h('nav', { 'aria-label': 'Pages' }, Object.entries(pages).map(([name, { title }]) =>
      h('a', { href: address(where.realm, name), 'aria-current': name === where.page ? 'page' : null }, title))),
    h('div.who', {},
      h('span', { title: `logged in by ${user.authmethod}` }, user.authid, ' ', badge(user.authrole)),
      h('button.quiet', { type: 'button', title: 'Dark or light', 'aria-label': 'Dark or light',
        onclick: () => say(`${switchTheme()} colours`) }, '◐'),
      h('button.quiet', { type: 'button', title: 'Keys', 'aria-label': 'Keys', onclick: showKeys }, '?'),
      button('Sign out', signOut, 'quiet')));
  top.querySelector('[aria-current]').scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
}

async function signOut() {
  if (app.page?.unsaved?.() && !(await leaves())) return;
  app.page?.close();
  app.page = null;
  stats.stop();
  app.client.close('wamp.close.logout');
  await forgetCookie();
  start('You are signed out.');
}

// --- keys

const keys = [
  ['/', 'filter of this page'], ['g then a letter', 'another page (below)'], ['t', 'may somebody do something? The tester'],
  ['↑ ↓ Home End', 'rows of a table'], ['Enter', 'open the row'], ['Esc', 'leave a field, a dialog, a detail'], ['?', 'this list'],
];
function showKeys() {
  const row = ([key, text]) => h('tr', {}, h('td', {}, h('kbd', {}, key)), h('td', {}, text));
  ask({
    title: 'Keys', confirm: null, cancel: 'Close', wide: true,
    extra: h('div.columns', {}, h('table', {}, h('tbody', {}, keys.map(row))),
      h('table', {}, h('tbody', {}, Object.values(pages).map(({ key, title }) => row([`g ${key}`, title]))))),
  });
}

let afterG = 0;
document.addEventListener('keydown', (event) => {
  if (!app.page || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector('dialog[open]')) return; // Esc there is the browser's
  const typing = event.target.matches('input, textarea, select') && !event.target.closest('dialog'); // one that just closed
  if (event.key === 'Escape') {
    if (typing) event.target.blur();
    else if (app.page.escape) go(app.page.escape);
    return;
  }
  if (typing) return;
  const g = Date.now() - afterG < 1500;
  afterG = 0;
  const page = g && Object.entries(pages).find(([, { key }]) => key === event.key);
  if (page) go(address(app.page.realm, page[0]));
  else if (event.key === 'g') afterG = Date.now();
  else if (event.key === 't') openTester(app.page, app.page.tested?.() ?? {});
  else if (event.key === '?') showKeys();
  else if (event.key === '/') main.querySelector('input[type=search]')?.focus();
  else if (event.key === 'ArrowDown' && document.activeElement === document.body) main.querySelector('tbody tr[tabindex="0"]')?.focus();
  else return;
  event.preventDefault();
});

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="/console/"]');
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
  event.preventDefault();
  go(link.getAttribute('href'));
});
addEventListener('popstate', () => app.page && show());
addEventListener('beforeunload', (event) => app.page?.unsaved?.() && event.preventDefault());
for (const [target, name] of [[window, 'online'], [document, 'visibilitychange']]) {
  target.addEventListener(name, () => !document.hidden && (app.client?.state === 'lost' ? app.client.retry() : app.page?.again()));
}

// --- logging in, losing the connection, coming back

function onState(client, state, sentence) {
  if (client !== app.client) return;
  const lost = state === 'lost';
  document.documentElement.toggleAttribute('data-stale', lost);
  banner.hidden = !lost;
  if (lost) {
    fill(banner, h('strong', {}, 'Connection lost.'), ` ${sentence ? `${sentence}. `
      : ''}What you see is from before; coming back by itself. `,
      button('Try now', () => client.retry(), 'small'));
  }
  if (state === 'closed' && app.page) { // refused on the way back
    app.page.close();
    app.page = null;
    stats.stop();
    start(sentence);
  }
}

async function enter() {
  await readRealms();
  stats.start(app.client);
  document.documentElement.removeAttribute('data-stale');
  show();
}

function newClient() {
  app.client?.close();
  const client = new Client({ realm: adminRealm });
  client.onstate = (state, sentence) => onState(client, state, sentence);
  client.onback = () => {
    say('connected again');
    app.page?.again();
  };
  app.client = client;
  return client;
}

async function start(sentence = null) {
  fill(top, h('span.brand', {}, 'heddle'));
  document.title = 'Log in · heddle';
  banner.hidden = true;
  document.documentElement.removeAttribute('data-stale');
  if (sentence === null) {
    try {
      await newClient().open(); // with the cookie
      return await enter();
    } catch (error) {
      sentence = error.uri === 'heddle.console.unreachable' ? error.message : '';
    }
  }
  showLogin(main, { sentence, login: async (authid, password) => {
    await newClient().open({ authid, password });
    await enter();
  } });
}

start();
