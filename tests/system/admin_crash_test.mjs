// kill -9 while edits are acknowledged, again and again: none that was acknowledged is lost, and the audit log has no gap.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AdminRouter, logIn } from './admins.mjs';

const rounds = Number(process.env.HEDDLE_CRASH_ROUNDS ?? 25);
const plant = `
[[realm]]
name = "plant"
auth = ["ticket"]
`;
const sorts = 4;  // of edits, in turns

let place;
before(async () => (place = await AdminRouter.make(plant)));
after(async () => place?.stop());

// A generator of its own, so that a failing round can be played again: HEDDLE_CRASH_SEED.
let state = Number(process.env.HEDDLE_CRASH_SEED ?? Date.now() % 2 ** 31);
const random = (below) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % below;
};

// What the store must hold: role name -> rules, as acknowledged.
const known = new Map();
let number = 0;

// One edit; what is known changes only when its answer came.
async function edit(admin) {
  const sort = number++ % sorts;
  const name = `r${number}`;
  const some = [...known.keys()];
  const old = some[random(some.length || 1)];
  if (sort === 0 || !old) {
    await admin.call('role.put', ['plant', name], { permissions: [], revision: 'new' });
    known.set(name, 0);
  } else if (sort === 1) {
    await admin.call('permission.put', ['plant', old], { uri: `com.u${number}`, allow: ['call'], revision: 'new' });
    known.set(old, known.get(old) + 1);
  } else if (sort === 2) {
    await admin.call('role.put', ['plant', old], { permissions: [], revision: '*' });
    known.set(old, 0);
  } else {
    await admin.call('role.remove', ['plant', old], { revision: '*' });
    known.delete(old);
  }
}

async function all(admin, name, args, kwargs = {}) {
  const items = [];
  for (let next; next !== null;) {
    const page = await admin.call(name, args, { limit: 1000, ...kwargs, ...(next ? { after: next } : {}) });
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

test(`${rounds} times kill -9 (seed ${state})`, { timeout: 300_000 }, async () => {
  let acknowledged = 0;
  for (let round = 0; round < rounds; ++round) {
    const admin = await logIn(place.url);
    const roles = await all(admin, 'role.list', ['plant']);
    const stored = new Map(roles.map((role) => [role.name, role.rules]));
    if (round > 0) {
      // The edit that was under way when the router was killed may be there or not, as a whole.
      const names = new Set([...known.keys(), ...stored.keys()]);
      const differing = [...names].filter((name) => known.get(name) !== stored.get(name));
      assert.ok(differing.length <= 1, `round ${round}: stored and acknowledged differ in ${differing}`);
      known.clear();
      for (const [name, rules] of stored) known.set(name, rules);
    }
    const audit = await all(admin, 'audit.list', [], { order: 'oldest' });
    assert.deepEqual(audit.map((entry) => entry.n), audit.map((_, i) => i + 1), `round ${round}: numbers have a gap`);
    const { edits } = await admin.call('realm.get', ['plant']);
    const counted = audit.filter((entry) => entry.realm === 'plant' && entry.revision !== null);
    assert.deepEqual(counted.map((entry) => entry.revision), counted.map((_, i) => i + 1), `round ${round}: revisions`);
    assert.equal(edits, counted.length);
    assert.ok(counted.length >= acknowledged, `round ${round}: ${acknowledged} acknowledged, ${counted.length} in the audit log`);
    acknowledged = counted.length;

    const target = 5 + random(40);
    const killAfter = random(6);  // milliseconds into an edit
    let failed;
    const work = (async () => {
      for (let i = 0; ; ++i) {
        if (i === target) setTimeout(() => place.router.kill(), killAfter);
        await edit(admin);
        ++acknowledged;
      }
    })().catch((error) => (failed = error));
    await place.router.ended;
    admin.close().catch(() => {});
    await Promise.race([work, admin.closed]);
    assert.ok(!failed?.error?.startsWith?.('heddle.error.store'), String(failed?.detail ?? failed));
    place.keepLogs();
    await place.start();
  }
  assert.ok(acknowledged >= rounds * 5, 'the rounds did something');
});
