// Names with dots as a tree whose single-child branches are one row; and the table that shows it.
import { h, nodes } from './dom.js';

// [{ depth, name, uri, row?, below }] in the order of a walk; `below`: rows under this name, itself among them.
// rows: anything with `uri`; the same URI may stand more than once (other match).
export function treeOf(rows) {
  const root = { name: '', path: [], children: new Map(), rows: [] };
  for (const row of rows) {
    let at = root;
    for (const part of row.uri.split('.')) {
      let child = at.children.get(part);
      if (!child) at.children.set(part, (child = { name: part, path: [...at.path, part], children: new Map(), rows: [] }));
      at = child;
    }
    at.rows.push(row);
  }
  const found = [];
  const total = (node) => node.rows.length + [...node.children.values()].reduce((sum, child) => sum + total(child), 0);
  const walk = (node, depth, before) => {
    let name = before + (node.name || '…');
    if (!node.rows.length && node.children.size === 1) return walk([...node.children.values()][0], depth, `${name}.`);
    const uri = node.path.join('.');
    if (node.children.size || node.rows.length > 1) found.push({ depth, name, uri, below: total(node), key: `branch ${uri}`, leaf: false });
    const inner = node.children.size || node.rows.length > 1 ? depth + 1 : depth;
    if (inner > depth) name = '(itself)';
    for (const row of node.rows) found.push({ depth: inner, name, uri, row, below: 1,
      key: `leaf ${row.match ?? ''} ${uri} ${row.id ?? ''}`, leaf: true });
    for (const child of [...node.children.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))) walk(child,
      depth + 1, '');
  };
  for (const child of [...root.children.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))) walk(child, 0, '');
  return found;
}

// The column that shows the tree; branches fold. `folded`: a Set of URIs, `changed` after a click.
export const treeColumn = (label, folded, changed) => ({
  name: 'uri', label, header: true, class: 'tree',
  key: (node) => `${node.depth} ${node.name} ${folded.has(node.uri)}`,
  cell: (node) => {
    const text = h('span.uri', { title: node.uri }, node.leaf ? node.name : [h('button.small.quiet', {
      type: 'button', 'aria-expanded': String(!folded.has(node.uri)), 'aria-label': `${node.uri} and below`,
      onclick: () => {
        if (!folded.delete(node.uri)) folded.add(node.uri);
        changed();
      } }, folded.has(node.uri) ? '▸' : '▾'), `${node.name}.`]);
    text.style.setProperty('--depth', node.depth);
    return text;
  },
});

// Without what lies below a folded branch.
export function visible(nodes, folded) {
  let hidden = null;
  return nodes.filter((node) => {
    if (hidden !== null && node.depth > hidden) return false;
    hidden = !node.leaf && folded.has(node.uri) ? node.depth : null;
    return true;
  });
}
