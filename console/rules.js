// The rules of a role as data: what changed, and one's own edits put on top of somebody else's. No page in here.
export const actions = ['call', 'publish', 'subscribe', 'register'];
export const whoms = ['caller', 'publisher'];
export const matches = ['exact', 'prefix', 'wildcard'];

export const keyOf = ({ match, uri }) => `${match} ${uri}`;
const sorted = (list) => [...(list ?? [])].sort();
// One spelling of a rule: every list there, in order.
export const plain = (rule) => ({
  match: rule.match ?? 'exact', uri: rule.uri ?? '', allow: sorted(rule.allow), deny: sorted(rule.deny), disclose: sorted(rule.disclose),
  conceal: sorted(rule.conceal),
});
// As an operation takes it: without what says nothing.
export const sent = (rule) => Object.fromEntries(Object.entries(plain(rule))
  .filter(([, value]) => typeof value === 'string' || value.length));
export const same = (a, b) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));

export const says = (rule, action) => (rule.deny?.includes(action) ? 'deny' : rule.allow?.includes(action) ? 'allow' : '');
// A copy of the rule that says `word` (allow, deny, nothing) of the action.
export function saying(rule, action, word) {
  const without = (list) => (list ?? []).filter((one) => one !== action);
  return {
    ...rule, allow: word === 'allow' ? [...without(rule.allow), action] : without(rule.allow),
    deny: word === 'deny' ? [...without(rule.deny), action] : without(rule.deny),
  };
}
export const sentence = (rule) => [
  ...['allow', 'deny', 'disclose', 'conceal'].filter((word) => rule[word]?.length).map((word) => `${word} ${rule[word].join(', ')}`),
].join('; ') || 'says nothing';

// [{ what: 'added' | 'removed' | 'changed', key, before, after }] between two lists of rules.
export function changes(before, after) {
  const old = new Map(before.map((rule) => [keyOf(rule), rule]));
  const now = new Map(after.map((rule) => [keyOf(rule), rule]));
  const found = [];
  for (const [key, rule] of now) {
    if (!old.has(key)) found.push({ what: 'added', key, after: rule });
    else if (!same(old.get(key), rule)) found.push({ what: 'changed', key, before: old.get(key), after: rule });
  }
  for (const [key, rule] of old) if (!now.has(key)) found.push({ what: 'removed', key, before: rule });
  return found;
}

// What I changed of `base`, done to `theirs`. `clashes`: rules that both changed, differently; mine stands.
export function rebase(base, mine, theirs) {
  const result = new Map(theirs.map((rule) => [keyOf(rule), rule]));
  const elsewhere = new Map(changes(base, theirs).map((change) => [change.key, change]));
  const clashes = [];
  for (const change of changes(base, mine)) {
    const other = elsewhere.get(change.key);
    const equal = other && (other.after && change.after ? same(other.after, change.after) : !other.after && !change.after);
    if (other && !equal) clashes.push(change.key);
    if (change.after) result.set(change.key, change.after);
    else result.delete(change.key);
  }
  return { rules: [...result.values()], clashes };
}

// What is surely not meant, in words; null: nothing.
export function doubt(rule, all) {
  if (all.filter((other) => keyOf(other) === keyOf(rule)).length > 1) return 'this pattern stands twice: one rule a pattern';
  if (rule.match === 'prefix' && rule.uri && !rule.uri.endsWith('.') && !rule.uri.endsWith('}')) {
    return `without a dot at its end it also fits ${rule.uri}x`;
  }
  if (rule.match === 'wildcard' && !rule.uri.split('.').includes('')) return 'a wildcard has an empty part: com..name';
  if (rule.match === 'exact' && rule.uri === '') return 'no URI yet';
  if (!['allow', 'deny'].some((word) => rule[word]?.length)) return 'it says nothing: it will not be kept';
  return null;
}
