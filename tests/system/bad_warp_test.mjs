// WARP envelopes that are malformed, in the wrong direction or too much (docs/warp.md 2): each as real Swim servers take them.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { RawWebSocket, stillServes } from './raw.mjs';
import { startRouter } from './router.mjs';

let router;
before(async () => (router = await startRouter({ limits: { message: '64KiB', links: 5 } })));
after(() => router.stop());
afterEach(() => stillServes(router));

const open = async (path = '/realm1') => {
  const peer = new RawWebSocket(router.url(path), ['warp0']);
  await peer.open();
  return peer;
};

describe('malformed frames close the connection', () => {
  const frames = {
    'no Recon': '@link(node:"/a",lane:', 'an attribute without a name': '@(node:"/a",lane:b)', 'an unfinished text': '@command(node:"/a',
    'an unfinished body': '@command(node:"/a",lane:b){', 'two values': '@command(node:"/a",lane:b) 1 2',
    'an expression': '@command(node:"/a",lane:b) 1+',
    'nothing': '', 'blanks': '   ', 'records nested too deep': `@command(node:"/a",lane:b)${'{'.repeat(5000)}${'}'.repeat(5000)}`,
    'attributes nested too deep': `@command(node:"/a",lane:b)${'@a('.repeat(5000)}${')'.repeat(5000)}`,
  };
  for (const [name, text] of Object.entries(frames)) {
    test(name, async () => {
      const peer = await open();
      peer.send(text);
      await peer.end();
    });
  }

  test('the log says why, and at which byte', async () => {
    const peer = await open();
    peer.send('@command(node:"/a",lane:b) 1+2');
    await peer.end();
    await router.said(/warp\.malformed .*what="?[^"]*expression.* at=28 /);
  });

  test('a body that is not well-formed reaches no subscriber', async () => {
    const watcher = await open();
    watcher.send('@link(node:"/warp/bad",lane:x)');
    assert.match(await watcher.nextText(), /^@linked/);
    const bad = await open();
    bad.send('@command(node:"/warp/bad",lane:x){1,');
    await bad.end();
    const good = await open();
    good.send('@command(node:"/warp/bad",lane:x) 7');
    assert.equal(await watcher.nextText(), '@event(node:"/warp/bad",lane:x) 7');
    watcher.close();
    good.close();
  });

  test('a message above the limit closes with 1009', async () => {
    const peer = await open();
    peer.send(`@command(node:"/a",lane:b)"${'x'.repeat(70_000)}"`);
    assert.equal((await peer.end()).code, 1009);
  });
});

describe('what is well-formed but out of place', () => {
  test('envelopes that only servers send are ignored', async () => {
    const peer = await open();
    for (const tag of ['event', 'linked', 'synced', 'unlinked']) peer.send(`@${tag}(node:"/a",lane:b)`);
    assert.equal(await peer.send('@link(node:"/a",lane:b)').nextText(), '@linked(node:"/a",lane:b)');
    peer.close();
  });

  test('unlink answers a link, and says nothing where there was none', async () => {
    const peer = await open();
    peer.send('@unlink(node:"/a",lane:b)');
    assert.equal(await peer.send('@link(node:"/a",lane:b)').nextText(), '@linked(node:"/a",lane:b)');
    assert.match(await peer.send('@unlink(node:"/a",lane:b)').nextText(), /^@unlinked\(node:"\/a",lane:b\)/);
    peer.close();
  });

  test('nodes that name no topic are not found', async () => {
    const peer = await open();
    for (const node of ['/a//b', '/a?x=1', '/a#f', 'swim:other', '/a.b', '/a%20b']) {
      const answer = await peer.send(`@link(node:"${node}",lane:x)`).nextText(`the answer for ${node}`);
      assert.ok(answer.startsWith('@unlinked(') && answer.endsWith('@nodeNotFound'), answer);
    }
    peer.close();
  });

  test('x and /x are one node, answered as it was spelled', async () => {
    const peer = await open();
    assert.equal(await peer.send('@link(node:"unit/1",lane:x)').nextText(), '@linked(node:"unit/1",lane:x)');
    peer.send('@command(node:"/unit/1",lane:x) 5');
    assert.equal(await peer.nextText(), '@event(node:"unit/1",lane:x) 5');
    peer.close();
  });

  test('more links than allowed are refused, and the others stay', async () => {
    const peer = await open();
    for (let n = 0; n < 5; ++n) assert.match(await peer.send(`@link(node:"/many",lane:l${n})`).nextText(), /^@linked/);
    assert.match(await peer.send('@link(node:"/many",lane:l5)').nextText(), /^@unlinked/);
    peer.send('@command(node:"/many",lane:l0) 1');
    assert.equal(await peer.nextText(), '@event(node:"/many",lane:l0) 1');
    peer.close();
  });

  test('a realm in path and query that disagree is refused', async () => {
    await assert.rejects(open('/realm1?realm=other'), (error) => error.status === 400 || error.status === 404);
  });
});
