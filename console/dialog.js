// Forms in a dialog: labels, answers of the router beside the form, Esc and Cancel leave it.
import { button, h, nodes, problem } from './dom.js';

let serial = 0;
// A labelled field. kind: text | password | number | select | check | area. `options` of a select: texts or [value, text].
export function field({ name, label, kind = 'text', value = '', hint, options = [], required, placeholder, list, autocomplete = 'off' }) {
  const id = `field-${(serial += 1)}`;
  const common = { id, name, required, placeholder, autocomplete, 'aria-describedby': hint ? `${id}-hint` : undefined };
  const input = kind === 'select'
    ? h('select', common, options.map((option) => {
      const [key, text] = Array.isArray(option) ? option : [option, option];
      return h('option', { value: key, selected: key === value }, text);
    }))
    : kind === 'area' ? h('textarea', { ...common, rows: 4, spellcheck: 'false' }, value)
      : kind === 'check' ? h('input', { ...common, type: 'checkbox', checked: Boolean(value) })
        : h('input', { ...common, type: kind, value, list, spellcheck: 'false', autocapitalize: 'none' });
  const words = h('label', { for: id }, label);
  return h(`div.field${kind === 'check' ? '.check' : ''}`, {}, kind === 'check' ? [input, words] : [words, input],
    hint && h('p.hint', { id: `${id}-hint` }, hint));
}

export function values(form) {
  const found = {};
  for (const input of form.querySelectorAll('input[name], select[name], textarea[name]')) {
    found[input.name] = input.type === 'checkbox' ? input.checked : input.value;
  }
  return found;
}

// Shows a dialog; resolves with what `act(values)` answered once it succeeded, or null when it was left. A refusal stays inside.
export function ask({ title, text, fields = [], confirm = 'OK', danger = false, act = (found) => found, wide = false, extra,
  cancel = 'Cancel' }) {
  return new Promise((resolve) => {
    let outcome = null;
    const trouble = h('div');
    const done = confirm && h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, confirm);
    const form = h('form', { novalidate: false }, h('h2', { id: 'dialog-title' }, title), nodes([text]).map((words) =>
      (typeof words === 'string' ? h('p', {}, words) : words)), fields.map((one) => (one instanceof Node ? one : field(one))), extra,
        trouble,
    h('div.buttons', {}, h('button', { type: 'button', onclick: () => dialog.close() }, cancel), done));
    const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', class: wide ? 'wide' : '' }, form);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (done.disabled) return;
      done.disabled = true;
      trouble.replaceChildren();
      try {
        outcome = await act(values(form));
        dialog.close();
      } catch (error) {
        trouble.replaceChildren(problem(error));
      } finally {
        done.disabled = false;
      }
    });
    const before = document.activeElement;
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(outcome);
    });
    document.body.append(dialog);
    dialog.showModal();
    (form.querySelector('input, select, textarea') ?? done ?? form.querySelector('button')).focus();
  });
}

export const confirm = (title, text, button, act, more = {}) => ask({ title, text, confirm: button, danger: true,
  act: async () => (await act()) ?? true, ...more });
