// What can be called, and who answers.
import { badge, count, empty, h, seconds, snippet } from './dom.js';
import { openTree } from './patterns.js';

const options = {
  noun: 'registration', page: 'procedures', title: 'Procedures', word: 'callee', holders: 'Callees', count: 'callees', action: 'call',
    fits: 'Who answers',
  extra: [
    { name: 'policy', label: 'Policy', cell: (node) => (node.leaf ? node.row.invoke ?? node.row.policy ?? 'single' : '') },
    { name: 'flight', label: 'In flight', number: true, cell: (node) => (node.leaf ? count(node.row.in_flight) : '') },
  ],
  facts: (one) => [h('dt', {}, 'Who gets a call'), h('dd', {}, badge(one.invoke ?? one.policy ?? 'single')),
    one.in_flight === undefined ? null : [h('dt', {}, 'In flight'), h('dd', {}, count(one.in_flight))],
      one.p99 ? [h('dt', {}, 'p99'), h('dd', {}, seconds(one.p99))] : null],
  snippet: (page, one) => `heddle call ${one.uri} ${page.where}`,
  teach: (page) => empty('Nobody has registered a procedure', h('p', {}, 'To have one that answers with the date, and to call it:'),
    snippet(`heddle register com.example.date --exec date ${page.where} &\nheddle call com.example.date ${page.where}`)),
};

export const open = (page) => openTree(page, options);
