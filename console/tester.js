// May somebody do something, and which rule decides? With the edits of a page that are not saved, where there are any.
import { field, values } from './dialog.js';
import { badge, button, code, fill, h, problem, speak } from './dom.js';
import { actions, matches, sentence } from './rules.js';

const ruleRow = (words, rule) => h('tr', {}, h('td.narrow', {}, words), h('td.narrow', {}, rule.match ?? 'exact'),
  h('td', {}, h('span.uri', {}, rule.uri === '' ? '"" (every URI)' : rule.uri)), h('td', {}, sentence(rule)));

export function verdict(question, answer, drafted) {
  const deciding = answer.deciding ?? [];
  const beaten = answer.beaten ?? [];
  const who = question.user ? `user ${question.user}` : question.session ? `session ${question.session}` : `role ${question.role}`;
  return h('div.stack.verdict', { dataset: { allowed: String(answer.allowed) } },
    h('p', {}, answer.allowed ? badge('ALLOWED', 'good') : badge('DENIED', 'bad'), ' ', `${who} · ${question.action} `, code(question.uri),
      answer.role && answer.role !== question.role ? ` · role ${answer.role}` : '', answer.revision ? ` · revision ${answer.revision}` : '',
      drafted ? ' · with the edits that are not saved' : ''),
    answer.reason && h('p.faint', {}, answer.reason),
    deciding.length + beaten.length > 0 && h('div.scroll', {}, h('table', { 'aria-label': 'Rules behind the answer' }, h('tbody', {},
      deciding.map((rule) => ruleRow(badge('decides', answer.allowed ? 'good' : 'bad'), rule)),
        beaten.map((rule) => ruleRow('beaten', rule))))));
}

let serial = 0;
// The form and its answer. preset: { user | role | session, action, uri, match }; draft(role) -> rules not saved, or null.
export function testerForm(page, preset = {}, { draft = () => null, onAsked = () => {} } = {}) {
  const list = `principals-${(serial += 1)}`;
  const kind = preset.session ? 'session' : preset.user ? 'user' : 'role';
  const answer = h('div', { 'aria-live': 'polite' });
  const form = h('form', { class: 'bar', 'aria-label': 'Tester' },
    field({ name: 'kind', label: 'May', kind: 'select', options: ['user', 'role', 'session'], value: kind }),
    field({ name: 'who', label: h('span.unseen', {}, 'Who'), value: String(preset[kind] ?? ''), required: true, placeholder: 'kim', list }),
    h('datalist', { id: list }),
    field({ name: 'action', label: h('span.unseen', {}, 'Action'), kind: 'select', options: actions, value: preset.action ?? 'subscribe' }),
    field({ name: 'match', label: h('span.unseen', {}, 'Match'), kind: 'select', options: matches, value: preset.match ?? 'exact' }),
    field({ name: 'uri', label: h('span.unseen', {}, 'URI'), value: preset.uri ?? '', placeholder: 'com.plant.valve.3.set',
      required: true }),
    h('button.primary', { type: 'submit' }, 'Test'));
  const fitting = () => { form.match.disabled = !['subscribe', 'register'].includes(form.action.value); };
  form.addEventListener('change', fitting);
  fitting();
  const names = async () => {
    const noun = form.kind.value;
    try {
      const { items } = await page.call(`${noun}.list`, [page.realm], { limit: 200 });
      fill(document.getElementById(list), items.map((item) => h('option',
        { value: String(noun === 'session' ? item.session : item.authid ?? item.name) })));
    } catch { /* names are a help, no more */ }
  };
  form.kind.addEventListener('change', names);
  names();
  const run = async () => {
    const found = values(form);
    const question = { [found.kind]: found.kind === 'session' ? Number(found.who) : found.who, action: found.action, uri: found.uri };
    if (!form.match.disabled && found.match !== 'exact') question.match = found.match;
    onAsked(found);
    try {
      const drafts = await draft(question);
      const said = await page.call('permission.test', [page.realm], { ...question, ...(drafts && { with: drafts }) });
      fill(answer, verdict(question, said, Boolean(drafts)));
      speak(said.allowed ? 'allowed' : 'denied');
    } catch (error) {
      fill(answer, problem(error));
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    run();
  });
  return { element: h('div.stack', {}, form, answer), run, form, asked: () => answer.childElementCount > 0 };
}

export function openTester(page, { preset = {}, options = {} } = {}) {
  const tester = testerForm(page, preset, options);
  const dialog = h('dialog.wide', { 'aria-labelledby': 'tester-title' },
    h('h2', { id: 'tester-title' }, `May somebody do this in realm ${page.realm}, and by which rule?`), tester.element,
    h('div.buttons', {}, button('Close', () => dialog.close())));
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  tester.form.who.focus();
  if (preset.uri && (preset.user || preset.role || preset.session)) tester.run();
}
