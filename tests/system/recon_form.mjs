// Values of @swim/structure in the JSON form of tests/data/recon-vectors/README.md.
import { Attr, Data, Expression, Bool, Num, NegativeOperator, PositiveOperator, Record, Slot, Text, Value } from '@swim/structure';

const number = (value) => (Object.is(value, -0) ? { $num: '-0' } : Number.isFinite(value) ? value : { $num: String(value) });

export function formOf(item) {
  if (item instanceof Attr) return { [`@${item.key.value}`]: formOf(item.value) };
  if (item instanceof Slot) return { ':': [formOf(item.key), formOf(item.value)] };
  if (item instanceof Record) {
    const items = [];
    item.forEach((part) => void items.push(formOf(part)));
    return items;
  }
  if (item instanceof Text || item instanceof Bool) return item.value;
  if (item instanceof Data) return { $data: item.toBase64() };
  if (item instanceof Num) {
    if (item.isUint32()) return { $uint32: item.value };
    return item.isUint64() ? { $uint64: String(item.value) } : number(item.value);
  }
  // Held as expressions there, signed numbers to us.
  if (item instanceof PositiveOperator) return signed(item, 1);
  if (item instanceof NegativeOperator) return signed(item, -1);
  if (item === Value.extant()) return null;
  if (item === Value.absent()) return { $absent: true };
  if (item instanceof Expression) return { $expr: item.toString() };
  throw new Error(`no form of ${item}`);
}

function signed(operator, sign) {
  const form = settled(formOf(operator.operand));
  const value = form?.$num ? Number(form.$num) : form;
  return typeof value === 'number' ? number(sign * value) : { $expr: operator.toString() };
}

// What both can hold: hexadecimal numbers are numbers (JavaScript keeps no more of 64 bits), integers are exact
// to 2^53; and an attribute without value holds extant, though @swim/recon leaves it absent where a comment stands in it.
export function settled(form) {
  if (form === null || typeof form !== 'object') return form;
  if (Array.isArray(form)) return form.map(settled);
  if ('$uint32' in form) return form.$uint32;
  if ('$uint64' in form) return Number(form.$uint64);
  if ('$int' in form) return Number(form.$int);
  const part = ([key, value]) => [key, key.startsWith('$') ? value : key.startsWith('@') && value?.$absent ? null : settled(value)];
  return Object.fromEntries(Object.entries(form).map(part));
}
