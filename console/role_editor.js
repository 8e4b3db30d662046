// The rules of one role: edits are a draft until Save; what they would cut off now stands beside them; somebody else's edit in between
// is shown next to one's own, which stay.
import { address, go } from './place.js';
import { ask, confirm } from './dialog.js';
import { badge, button, count, fill, h, moment, plural, problem, say } from './dom.js';
import { actions, changes, doubt, keyOf, matches, plain, rebase, same, saying, says, sent, sentence, whoms } from './rules.js';
import { testerForm } from './tester.js';

const kinds = ['sessions', 'subscriptions', 'registrations', 'links'];
export const endsWords = (ends) => kinds.filter((name) => ends?.[name] > 0).map((name) => plural(ends[name], name.slice(0, -1), name))
  .join(', ');
const endsTotal = (ends) => kinds.reduce((sum, name) => sum + (ends?.[name] ?? 0), 0);

const naming = [['', '–'], ...['disclose', 'conceal'].flatMap((word) => [...whoms, 'both']
  .map((who) => [`${word} ${who}`, `${word} ${who}`]))];
const namingOf = (rule) => {
  const word = rule.disclose?.length ? 'disclose' : rule.conceal?.length ? 'conceal' : '';
  return word && `${word} ${rule[word].length > 1 ? 'both' : rule[word][0]}`;
};
const withNaming = (rule, chosen) => {
  const [word, who] = chosen.split(' ');
  const list = who === 'both' ? [...whoms] : who ? [who] : [];
  return { ...rule, disclose: word === 'disclose' ? list : [], conceal: word === 'conceal' ? list : [] };
};

class Editor {
  base = [];        // as stored, at `revision`
  draft = [];       // [{ rule, gone, id }]
  revision = null;
  rest = {};        // of the role: trustlevel
  ends = null;      // of the draft, as the router foresees it; null: not known
  #serial = 0;

  constructor(page, name) {
    Object.assign(this, { page, name });
    this.state = h('span.faint');
    this.edits = h('span', { 'aria-live': 'polite' });
    this.notice = h('div');
    this.body = h('tbody');
    this.none = h('div');
    this.footer = h('div.bar');
    this.save_ = button('Save', () => this.save(), 'primary');
    this.discard_ = button('Discard', () => this.discard());
    const heads = ['Match', 'URI pattern', ...actions, 'Names', ''];
    this.table = h('div.scroll', {}, h('table', { 'aria-label': `Rules of role ${name}` },
      h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head || h('span.unseen', {}, 'Row'))))), this.body));
    this.foresight = page.soon(() => this.foresee(), 400);
    this.tester = testerForm(page, { role: name }, { draft: () => this.testedWith() });
    page.unsaved = () => (this.count() ? plural(this.count(), 'edit') : false);
    page.tested = () => ({ preset: { role: name }, options: { draft: () => this.testedWith() } });
    page.escape = address(page.realm, 'roles');
    fill(page.root,
      h('div.bar', {}, h('a', { href: page.escape }, 'Roles'), h('h1', {}, name), this.state, this.edits,
        button('+ rule', () => this.add(), 'push'),
        button('Remove role', () => removeRole(page, name, this.revision))),
      this.notice, this.table, this.none, this.footer,
      h('section.card', { 'aria-labelledby': 'test' }, h('h2', { id: 'test' }, 'Test'), this.tester.element));
  }

  // A rule that says nothing is not kept.
  rules = () => this.draft.filter(({ gone, rule }) => !gone && (rule.allow.length || rule.deny.length)).map(({ rule }) => rule);
  count = () => changes(this.base, this.rules()).length;

  // What is stored now. Somebody else's edit under unsaved ones is a matter for the two of us.
  async read() {
    const stored = await this.page.call('role.get', [this.page.realm, this.name]);
    const rules = (stored.permissions ?? []).map(plain);
    if (this.revision !== null && stored.revision === this.revision) return;
    if (this.revision !== null && this.count()) return this.compare(rules, stored);
    this.take(rules, stored);
  }

  take(rules, { revision, permissions, changed_by, changed_at, ...rest }, mine = rules) {
    this.base = rules;
    this.revision = revision;
    this.rest = rest.trustlevel === undefined ? {} : { trustlevel: rest.trustlevel };
    const kept = new Set(mine.map(keyOf));
    this.draft = [...mine.map((rule) => ({ rule, id: ++this.#serial })),
      ...rules.filter((rule) => !kept.has(keyOf(rule))).map((rule) => ({ rule, gone: true, id: ++this.#serial }))];
    fill(this.state, `revision ${revision}`, changed_by ? [`, last edit ${changed_by} `, moment(changed_at)] : null);
    fill(this.notice);
    this.show();
  }

  discard() {
    this.draft = this.base.map((rule) => ({ rule, id: ++this.#serial }));
    fill(this.notice);
    this.show();
    this.read();
  }

  add() {
    this.draft.push({ rule: plain({ match: 'prefix', uri: '' }), id: ++this.#serial });
    this.show();
    this.body.lastElementChild.querySelector('input').focus();
  }

  // --- the table

  show() {
    const focus = document.activeElement?.closest('[data-part]');
    const at = focus && this.body.contains(focus) ? [focus.closest('tr').dataset.id, focus.dataset.part] : null;
    fill(this.body, this.draft.map((row) => this.#row(row)));
    if (at) this.body.querySelector(`tr[data-id="${at[0]}"] [data-part="${at[1]}"]`)?.focus();
    this.table.hidden = !this.draft.length;
    fill(this.none, !this.draft.length && this.revision !== null && h('div.empty', {},
      h('h3', {}, 'Nobody with this role may do anything yet'),
      h('p', {}, 'A rule fits URIs exactly, by prefix (com.plant.) or with gaps (com..set), and says of each action: '
        + 'allow or deny. A rule yields only to '
        + 'one whose set lies inside its own; a deny that is left over wins; nothing left means denied.'),
      button('Add a rule', () => this.add(), 'primary')));
    this.changed();
  }

  #row(row) {
    const { rule, gone } = row;
    const before = this.base.find((other) => keyOf(other) === keyOf(rule));
    const what = gone ? 'removed' : !before ? 'new' : same(before, rule) ? '' : 'changed';
    const name = `${rule.match} ${rule.uri || '""'}`;
    const set = (next) => {
      row.rule = plain(next);
      this.show();
    };
    const mark = (action) => {
      const word = says(rule, action);
      const next = { '': 'allow', allow: 'deny', deny: '' }[word];
      return h('td.cell-edit', {}, h('button.mark', {
        type: 'button', class: word && `mark-${word}`, disabled: gone, dataset: { part: action },
          'aria-label': `${action}: ${word || 'says nothing'}, ${name}`,
        title: 'none, allow, deny', onclick: () => set(saying(rule, action, next)) }, word === 'deny' ? 'DENY' : word || '–'));
    };
    const caution = !gone && doubt(rule, this.draft.filter((one) => !one.gone).map((one) => one.rule));
    return h('tr', { class: what && (what === 'removed' ? 'removed' : 'new'), dataset: { id: row.id, what } },
      h('td', {}, h('select', { 'aria-label': `Match of ${name}`, disabled: gone, dataset: { part: 'match' },
        onchange: ({ target }) => set({ ...rule, match: target.value }) },
        matches.map((match) => h('option', { value: match, selected: match === rule.match }, match)))),
      h('td.uri-cell', {}, gone ? h('span.uri', {}, rule.uri) : h('input', {
        class: 'uri', 'aria-label': 'URI pattern', value: rule.uri, spellcheck: 'false', autocapitalize: 'none', placeholder: 'every URI',
          dataset: { part: 'uri' },
        onchange: ({ target }) => set({ ...rule, uri: target.value.trim() }) }), caution && h('p.hint.warn', {}, caution)),
      actions.map(mark),
      h('td', {}, h('select', { 'aria-label': `Names, ${name}`, disabled: gone, dataset: { part: 'names' },
        onchange: ({ target }) => set(withNaming(rule, target.value)) },
        naming.map(([value, text]) => h('option', { value, selected: value === namingOf(rule) }, text)))),
      h('td.narrow', {}, what && badge(what, 'warn'), ' ', h('button.small', {
        type: 'button', dataset: { part: 'remove' }, 'aria-label': `${gone ? 'Keep' : 'Remove'} ${name}`,
        onclick: () => {
          if (what === 'new') this.draft.splice(this.draft.indexOf(row), 1);
          else row.gone = !gone;
          this.show();
        } }, gone ? 'Keep' : 'Remove')));
  }

  // --- what the draft would do

  changed() {
    const number = this.count();
    this.ends = null;
    fill(this.edits, number ? badge(`${number} unsaved`, 'warn') : null);
    this.#foot();
    if (number) this.foresight();
    if (this.tester.asked()) this.tester.run();
  }

  #foot() {
    const number = this.count();
    const total = endsTotal(this.ends ?? {});
    this.save_.textContent = number ? `Save: ${plural(number, 'change')}${this.ends && total ? `, ${plural(total, 'ending')}` : ''}`
      : 'Save';
    this.save_.disabled = !number || this.saving;
    this.discard_.disabled = !number || this.saving;
    const words = !number ? 'Edits take hold, and end what they forbid, when you save them.'
      : this.foreseen instanceof Error ? null : this.ends === null ? 'Asking the router what this would end …'
        : total ? [badge('ends now', 'bad'), ` ${endsWords(this.ends)} `, button('Who?', () => showEnds(this.ends), 'small')]
          : 'Ends nothing that is there now.';
    fill(this.footer, h('span', { class: 'impact', 'aria-live': 'polite' }, words ?? problem(this.foreseen)),
      h('span.push'), this.discard_, this.save_);
  }

  async foresee() {
    const asked = JSON.stringify(this.rules());
    try {
      const { revision, name, ...document } = await this.page.call('realm.export', [this.page.realm]);
      const role = (document.role ?? []).map((one) => (one.name === this.name ? { ...one, permissions: this.rules().map(sent) } : one));
      const answer = await this.page.call('realm.apply', [this.page.realm], { ...document, role, dry_run: true });
      if (asked !== JSON.stringify(this.rules())) return;
      this.foreseen = null;
      this.ends = answer.ends ?? {};
    } catch (error) {
      if (asked !== JSON.stringify(this.rules())) return;
      this.foreseen = error;
    }
    this.#foot();
  }

  put() {
    return this.page.call('role.put', [this.page.realm, this.name], { permissions: this.rules().map(sent), ...this.rest,
      revision: this.revision });
  }

  testedWith() {
    return this.count() ? { role: [{ name: this.name, permissions: this.rules().map(sent) }] } : null;
  }

  // --- saving

  // "saved" is said when the router has answered: then it is stored, in force, and what it forbids has ended.
  async save() {
    this.saving = true;
    this.#foot();
    try {
      const answer = await this.put();
      const ended = endsWords(answer.ends);
      this.saving = false;
      this.take(this.rules().map(plain), { ...answer, trustlevel: this.rest.trustlevel });
      say(`saved: revision ${answer.revision}${ended ? `; ended ${ended}` : '; nothing had to end'}`);
      await this.read();
    } catch (error) {
      this.saving = false;
      this.#foot();
      if (error.uri === 'heddle.error.stale_revision') {
        say('not saved: somebody else was faster', 'bad');
        await this.read().catch(() => {});
      } else if (error.uri === 'heddle.console.lost') {
        fill(this.notice, h('p.caution', {},
          'The connection was lost before the answer came: whether this was saved shows when you are connected again.'));
      } else {
        fill(this.notice, problem(error));
      }
    }
  }

  // Both versions side by side; mine stay the draft.
  compare(theirs, stored) {
    if (JSON.stringify(theirs.map(plain).sort(byKey)) === JSON.stringify(this.rules().map(plain).sort(byKey))) return this.take(theirs,
      stored);
    const { rules: joined, clashes } = rebase(this.base, this.rules(), theirs);
    const keys = [...new Set([...changes(this.base, theirs), ...changes(this.base, this.rules())].map(({ key }) => key))];
    const at = (rules, key) => {
      const rule = rules.find((one) => keyOf(one) === key);
      return rule ? sentence(rule) : '(no such rule)';
    };
    fill(this.notice, h('section.caution', { 'aria-labelledby': 'both', class: 'stack compare' },
      h('h2', { id: 'both' }, `${stored.changed_by ?? 'Somebody'} saved revision ${stored.revision} meanwhile`),
      h('p', {}, stored.changed_at ? [moment(stored.changed_at), '. '] : null,
        `Your edits are still here, made on revision ${this.revision}. `,
        clashes.length ? `${plural(clashes.length, 'rule')} you both changed.` : 'They do not touch the same rules.'),
      h('div.scroll', {}, h('table', { 'aria-label': 'Both versions' }, h('thead', {}, h('tr', {},
        ['Rule', `Before (${this.revision})`, `Theirs (${stored.revision})`, 'Yours'].map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, keys.map((key) => h('tr', { class: clashes.includes(key) && 'removed-by' },
        h('th', { scope: 'row' }, h('span.uri', {}, key),
        clashes.includes(key) && [' ', badge('both', 'warn')]), [this.base, theirs, this.rules()]
          .map((rules) => h('td', {}, at(rules, key)))))))),
      h('div.buttons', {}, button('Take theirs, drop mine', () => this.take(theirs, stored)),
        button('Put my edits on top of theirs', () => this.take(theirs, stored, joined), 'primary'))));
  }
}

const byKey = (a, b) => keyOf(a).localeCompare(keyOf(b), 'en');

export function showEnds(ends) {
  const shown = ends.shown ?? ends.items ?? [];
  const more = endsTotal(ends) - shown.length;
  return ask({
    title: 'What would end now', confirm: null, cancel: 'Close', wide: true,
    extra: [h('p', {}, endsWords(ends)), shown.length > 0 && h('div.scroll', {}, h('table', {}, h('thead', {}, h('tr', {},
      ['What', 'User', 'Session', 'URI'].map((head) => h('th', { scope: 'col' }, head)))), h('tbody', {}, shown.map((one) => h('tr', {},
      h('td', {}, one.what), h('td', {}, one.authid), h('td', {}, String(one.session)), h('td', {}, h('span.uri', {}, one.uri ?? ''),
        one.match && one.match !== 'exact' ? ` (${one.match})` : '')))))),
          shown.length > 0 && more > 0 && h('p', {}, `and ${plural(more, 'other')}`)],
  });
}

export function editRole(page, name) {
  const editor = new Editor(page, name);
  page.every(15_000, () => editor.read());
  page.on('heddle.realm.on_change', page.soon(() => editor.read().catch(() => {})));
}

async function removeRole(page, name, revision) {
  const done = await confirm(`Remove role ${name}?`, 'Sessions that have it end, and its users cannot log in until they have another one.',
    'Remove',
    () => page.call('role.remove', [page.realm, name], { revision }));
  if (!done) return;
  const ended = endsTotal(done.ends);
  say(`role ${name} removed${ended ? `, ${plural(ended, 'ending')}` : ''}`);
  page.unsaved = null;
  go(address(page.realm, 'roles'));
}
