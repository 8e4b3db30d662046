// Recon texts by the grammar of docs/warp.md 1.2, from a seed: every production, with the spaces, separators and comments
// it allows; and the same texts damaged.

// mulberry32: small, and the same everywhere.
export function randomness(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count) => Math.floor(next() * count);
  return { next, below, chance: (share) => next() < share, pick: (items) => items[below(items.length)] };
}

const words = ['a', 'b', 'x', 'node', 'lane', 'foo-bar', '_', 'ůber', '漢字', 'null', 'true', 'false', 'e9', 'Infinity', '🐎', 'a·b', 'x0'];
const insides = ['', 'a b', '/unit/1', '1', 'true', 'it', '@', '{}', '[x]', '#', 'é', '🐎', ',;:', 'a.b', '\u007f', '%AA', '(', ' '];
const escapes = ['\\"', "\\'", '\\\\', '\\/', '\\@', '\\$', '\\[', '\\]', '\\{', '\\}', '\\b', '\\f', '\\n', '\\r', '\\t'];
const numbers = ['0', '1', '-1', '42', '-0', '1.5', '-0.25', '1e3', '1E-3', '2.5e+10', '0.0', '9007199254740991', '2147483648',
  '1e-7', '0xf', '0xFFFFFFFF', '0x00ff00ff00', '- 1', '--1', '+1', '+ 2.5', '-+3', '-0x10', '+(1)', '1e309', '123456789'];
const data = ['%', '%AA==', '%AAA=', '%AAAA', '%AQIDBAUG', '%+/+/'];

export function reconTexts(random) {
  const { below, chance, pick } = random;
  const space = () => (chance(0.8) ? '' : pick([' ', '\t', '  ']));
  const blank = () => (chance(0.8) ? '' : pick([' ', '\n', '\r\n', ' # why\n', '\t', '#\n\n']));
  const repeat = (most, make) => Array.from({ length: below(most + 1) }, make);

  const string = () => {
    const quote = pick(['"', "'"]);
    const part = () => (chance(0.25) ? pick(escapes) : chance(0.1) ? pick(['\\u0041', '\\u00e9', '\\u6f22', '\\u000a']) : pick(insides));
    return quote + repeat(3, part).join('') + quote;
  };
  const raw = () => {
    const part = () => (chance(0.2) ? pick(['\\\\', '\\`', '\\n', '"', "'"]) : pick(insides));
    const inside = repeat(3, part).join('');
    return chance(0.6) ? `\`${inside}\`` : `\`\`\`${inside}${pick(['', '\n', '\t', '`x', '``x'])}\`\`\``;
  };
  const attribute = (deep) => {
    const name = chance(0.85) ? pick(words.filter((word) => word !== 'true' && word !== 'false')) : string();
    return `@${name}${deep > 0 && chance(0.5) ? `(${block(deep - 1)})` : ''}`;
  };
  const markup = (deep) => {
    const part = () => {
      const kind = below(deep > 0 ? 8 : 4);
      if (kind < 2) return pick(['hello ', 'x', ' ', 'a, b; c: d', 'é', '"', '(', '\n', 'true', '# no comment', '1 + 2']);
      if (kind < 4) return pick(escapes);
      if (kind === 4) return record(deep - 1);
      if (kind === 5) return markup(deep - 1);
      return attribute(deep - 1) + (chance(0.5) ? pick([record, markup])(deep - 1) : '');
    };
    return `[${repeat(4, part).join('')}]`;
  };
  const separator = () => space() + pick([',', ',', ',', ';', '\n', '\r\n', ' # end\n']) + blank();
  const record = (deep) => {
    const items = repeat(3, () => (chance(0.05) ? '' : item(deep - 1)));
    const end = items.length && chance(0.2) ? separator() : blank();
    return `{${blank()}${items.map((one, at) => (at ? separator() : '') + one).join('')}${end}}`;
  };
  const literal = (deep) => {
    const kind = below(deep > 0 ? 12 : 8);
    if (kind < 2) return pick(words);
    if (kind < 4) return pick(numbers);
    if (kind === 4) return string();
    if (kind === 5) return raw();
    if (kind === 6) return pick(data);
    if (kind === 7) return pick(words);
    if (kind < 10) return record(deep);
    if (kind === 10) return markup(deep);
    return `(${space()}${value(deep - 1)}${space()}${chance(0.2) ? `,${space()}${value(deep - 1)}` : ''})`;
  };
  const value = (deep) => {
    const before = chance(0.35) ? repeat(3, () => attribute(deep) + space()).join('') : '';
    const middle = before && chance(0.3) ? '' : (before && chance(0.7) ? ' ' : '') + literal(deep);
    const after = chance(0.15) ? space() + attribute(deep) + (chance(0.4) ? ` ${literal(deep)}` : '') : '';
    return before + middle + after || pick(words);
  };
  const item = (deep) => value(deep) + (chance(0.35) ? `${space()}:${space()}${chance(0.85) ? value(deep) : ''}` : '');
  function block(deep) {
    const items = Array.from({ length: chance(0.1) ? 0 : 1 + (chance(0.4) ? below(3) : 0) }, () => item(deep));
    return blank() + items.map((one, at) => (at ? separator() : '') + one).join('') + (chance(0.1) ? separator() : blank());
  }
  return () => block(below(5));
}

const pieces = ['@', '(', ')', '{', '}', '[', ']', '"', "'", '`', ':', ',', ';', '#', '\n', ' ', '-', '+', '.', '0', '1', 'x', '%', '=',
  '\\', '\\u12', '$', '/', '*', '<', '!', '?', '&', 'é', '\u0000', '\u00a0', '\u2028', 'true', '0x', '1e', '.5', '..', '=>'];

export function damage(text, random) {
  const points = [...text];
  for (let count = 1 + random.below(3); count > 0; --count) {
    const at = random.below(points.length + 1);
    const kind = random.below(5);
    if (kind === 0) points.splice(at, 1);
    else if (kind === 1) points.splice(at, 0, random.pick(pieces));
    else if (kind === 2) points.splice(at, 1, random.pick(pieces));
    else if (kind === 3) points.length = at;
    else points.splice(at, 0, ...points.slice(at, at + 1 + random.below(5)));
  }
  return points.join('');
}
