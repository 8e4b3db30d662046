// A real table that is brought up to date in place: rows are known by key, cells change only where they differ, so focus, selection
// and scrolling stay where they are. Arrow keys move between rows, Enter opens one.
import { fill, h } from './dom.js';

// columns: { name, label, cell(row) -> text or node, key?(row) -> text that tells whether the cell changed (default: the text; for
// nodes: always), number?: right-aligned, value?(row): sortable by it, has?(row): shown where a row has it, hint? }
export class Table {
  #rows = new Map(); // key -> tr

  constructor({ columns, key, caption, onOpen, sort = null, onSort, rowClass, label }) {
    Object.assign(this, { columns, key, onOpen, sort, onSort, rowClass });
    this.body = h('tbody');
    this.head = h('tr', {}, columns.map((column) => this.#heading(column)));
    this.element = h('div.scroll', {}, h('table', { 'aria-label': label ?? caption }, caption && h('caption', {}, caption),
      h('thead', {}, this.head), this.body));
    this.body.addEventListener('keydown', (event) => this.#onKey(event));
    this.body.addEventListener('click', (event) => {
      if (event.target.closest('button, a, input, select, label, summary')) return;
      const tr = event.target.closest('tr');
      if (tr?.row && getSelection().isCollapsed) this.open(tr);
    });
  }

  #heading(column) {
    const class_ = [column.number && 'number', column.narrow && 'narrow'].filter(Boolean).join(' ');
    if (!column.value) return h('th', { scope: 'col', class: class_, title: column.hint }, column.label);
    const th = h('th', { scope: 'col', class: class_, title: column.hint },
      h('button.sort', { type: 'button', onclick: () => this.#sorted(column) }, column.label));
    th.column = column;
    this.#mark(th);
    return th;
  }

  #mark(th) {
    const [name, down] = [this.sort?.name, this.sort?.down];
    if (th.column?.name === name) th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    else th.removeAttribute('aria-sort');
  }

  #sorted(column) {
    const down = this.sort?.name === column.name ? !this.sort.down : Boolean(column.number);
    this.sort = { name: column.name, down };
    for (const th of this.head.children) this.#mark(th);
    this.update(this.shown);
    this.onSort?.(this.sort);
  }

  // The rows in this order. By the sorted column's `value`, where nobody sorts elsewhere.
  update(rows) {
    this.shown = rows;
    const column = this.sort && this.columns.find(({ name }) => name === this.sort.name);
    if (column?.value) {
      const sign = this.sort.down ? -1 : 1;
      const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b
        : String(a ?? '').localeCompare(String(b ?? ''), 'en'));
      rows = [...rows].sort((a, b) => sign * compare(column.value(a), column.value(b)));
    }
    this.columns.forEach((one, index) => {
      one.hidden = Boolean(one.has) && !rows.some((row) => one.has(row));
      this.head.children[index].hidden = one.hidden;
    });
    const seen = new Set();
    let at = this.body.firstElementChild;
    for (const row of rows) {
      const key = String(this.key(row));
      if (seen.has(key)) continue;
      seen.add(key);
      const tr = this.#rows.get(key) ?? this.#make(key);
      this.#write(tr, row);
      if (tr === at) at = at.nextElementSibling;
      else this.body.insertBefore(tr, at);
    }
    for (const [key, tr] of this.#rows) {
      if (seen.has(key)) continue;
      if (tr.contains(document.activeElement)) (tr.nextElementSibling ?? tr.previousElementSibling)?.focus();
      tr.remove();
      this.#rows.delete(key);
    }
    if (!this.body.querySelector('tr[tabindex="0"]') && this.body.firstElementChild) this.body.firstElementChild.tabIndex = 0;
    this.size = seen.size;
  }

  #make(key) {
    const tr = h('tr', { tabindex: '-1', dataset: { key } }, this.columns.map((column) =>
      h(column.header ? 'th' : 'td', { class: [column.number && 'number', column.narrow && 'narrow', column.class].filter(Boolean)
        .join(' '),
        scope: column.header && 'row', dataset: { label: column.label || undefined } })));
    tr.addEventListener('focus', () => this.#rove(tr));
    this.#rows.set(key, tr);
    return tr;
  }

  #write(tr, row) {
    tr.row = row;
    tr.className = [this.onOpen && 'opens', this.rowClass?.(row)].filter(Boolean).join(' ');
    this.columns.forEach((column, index) => {
      const cell = tr.children[index];
      cell.hidden = column.hidden;
      const content = column.key ? null : column.cell(row);
      const mark = column.key ? String(column.key(row)) : content instanceof Node ? null : String(content ?? '–');
      if (mark !== null && cell.mark === mark) return;
      cell.mark = mark;
      fill(cell, content instanceof Node ? content : column.key ? column.cell(row, tr) : mark);
    });
  }

  #rove(tr) {
    this.body.querySelector('tr[tabindex="0"]')?.setAttribute('tabindex', '-1');
    tr.tabIndex = 0;
  }

  #onKey(event) {
    const tr = event.target.closest('tr');
    if (!tr || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea')) return;
    const to = { ArrowDown: tr.nextElementSibling, ArrowUp: tr.previousElementSibling, Home: this.body.firstElementChild,
      End: this.body.lastElementChild }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      to?.focus();
    } else if (event.key === 'Enter' && event.target === tr) {
      event.preventDefault();
      this.open(tr);
    }
  }

  open(tr) {
    this.#rove(tr);
    this.onOpen?.(tr.row, tr);
  }

  focus() {
    this.body.querySelector('tr[tabindex="0"]')?.focus();
  }
}
