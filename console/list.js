// A list of an operation: 200 rows a page, by cursor; a filter kept in the address.
import { button, fill, h } from './dom.js';

export const pageSize = 200;

// read(after) -> { items, next }. Calls show(items) for each page that came.
export class Pager {
  #before = []; // cursors of the pages before this one
  after = null;
  next = null;

  constructor(read, show) {
    Object.assign(this, { read, show });
    this.words = h('span.faint');
    this.back = button('‹ Previous', () => this.#go(this.#before.pop() ?? null), 'small');
    this.on = h('button.small', { type: 'button', onclick: () => {
      this.#before.push(this.after);
      this.#go(this.next);
    } }, `Next ${pageSize} ›`);
    this.element = h('div.bar', {}, this.words, this.back, this.on);
    this.element.hidden = true;
  }

  async load() {
    const asked = this.after;
    const { items, next = null } = await this.read(asked);
    if (asked !== this.after) return;
    this.next = next || null;
    this.show(items);
    const number = this.#before.length;
    fill(this.words, `${number || this.next ? `rows ${number * pageSize + 1} to ${number * pageSize + items.length}`
      : `${items.length} rows`}`);
    this.back.hidden = !number;
    this.on.hidden = !this.next;
    this.element.hidden = !number && !this.next;
  }

  reset() {
    this.#before = [];
    this.after = null;
    return this.load();
  }

  #go(after) {
    this.after = after;
    this.load().then(() => scrollTo(0, 0), () => {});
  }
}

// A search field whose text is the page's query parameter `name`; `changed(text)` follows the typing.
export function filterField(page, { name = 'filter', label, placeholder, changed }) {
  let timer = 0;
  const input = h('input', {
    type: 'search', 'aria-label': label, placeholder: `${placeholder ?? label}  ( / )`, value: page.query.get(name) ?? '',
      spellcheck: 'false', autocapitalize: 'none',
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!page.alive) return;
        page.remember(name, input.value.trim());
        changed(input.value.trim());
      }, 150);
    },
  });
  return input;
}

// A select whose value is a query parameter.
export function choiceField(page, { name, label, options, changed }) {
  const value = page.query.get(name) ?? '';
  const select = h('select', { 'aria-label': label, onchange: () => {
    page.remember(name, select.value);
    changed(select.value);
  } }, options.map(([key, text]) => h('option', { value: key, selected: key === value }, text)));
  return select;
}
