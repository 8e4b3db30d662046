// heddle bench against the real router: what is sent arrives, and what goes wrong is said as every command says it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { heddle } from './cli.mjs';
import { openRealm, ruledRealm, startRouter } from './router.mjs';

const lanes = `lanes = [
  { match = "wildcard", uri = "com.heddle.bench...event", kind = "event" },
  { match = "wildcard", uri = "com.heddle.bench...value", kind = "value" },
]`;
let router, run;
before(async () => {
  router = await startRouter({
    realms: openRealm('realm1', lanes) + ruledRealm('closed', ['match = "prefix", uri = "com.other.", allow = ["call", "subscribe"]']),
  });
  ({ run } = heddle(router));
});
after(() => router?.stop());

const short = ['--duration', '100ms', '--warmup', '0'];
const loads = {
  call: ['call', '--inflight', '16', '--callers', '2', ...short],
  fanout: ['fanout', '--subscribers', '7', ...short],
  pairs: ['pairs', '--pairs', '3', ...short],
  join: ['join', '--sessions', '20', '--inflight', '4', '--warmup', '0'],
  idle: ['idle', '--sessions', '20', ...short],
};

for (const transport of ['ws', 'rs', 'ws+unix', 'rs+unix']) {
  for (const serializer of ['json', 'msgpack', 'cbor']) {
    test(`nothing is lost over ${transport} with ${serializer}`, async () => {
      const url = transport.endsWith('unix') ? `${transport}:${router.socket}` : router.url('', transport);
      for (const [name, args] of Object.entries(loads)) {
        const pid = String(router.child.pid);
        const ended = await run(['bench', ...args, '--serializer', serializer, '-o', 'json', '--pid', pid], { url });
        assert.equal(ended.code, 0, ended.stderr);
        const report = JSON.parse(ended.stdout);
        assert.equal(report.scenario, name);
        assert.equal(report.serializer, serializer);
        assert.ok(report.sent > 0, ended.stdout);
        assert.equal(report.delivered, name === 'fanout' ? 7 * report.sent : report.sent, ended.stdout);
        assert.equal(report.lost + report.errors, 0, ended.stdout);
        assert.ok(report.latency_us.p50 <= report.latency_us.p99_9 && report.latency_us.p99_9 <= report.latency_us.max, ended.stdout);
        assert.equal(report.server.pid, router.child.pid);
      }
    });
  }
}

// What arrives for each thing sent; nothing is said of the few that a value lane may leave out.
const warpLoads = {
  links: [['--links', '7', ...short], 7],
  lanes: [['--links', '200', ...short], 1],
  mixed: [['--subscribers', '6', ...short], 6],
  sync: [['--links', '3', '--keys', '50', ...short], 50],
  stalled: [['--links', '6', '--stalled', '2', '--size', '4KiB', ...short], 4],
  'idle-links': [['--links', '20', ...short], 1],
};
for (const transport of ['ws', 'ws+unix']) {
  test(`nothing is lost on WARP links over ${transport}`, async () => {
    const url = transport.endsWith('unix') ? `${transport}:${router.socket}` : router.url('', transport);
    for (const [name, [args, each]] of Object.entries(warpLoads)) {
      const ended = await run(['bench', name, ...args, '-o', 'json', '--pid', String(router.child.pid)], { url });
      assert.equal(ended.code, 0, ended.stderr);
      const report = JSON.parse(ended.stdout);
      assert.equal(report.scenario, name);
      assert.equal(report.serializer, name === 'mixed' ? 'msgpack and recon' : 'recon');
      assert.ok(report.sent > 0, ended.stdout);
      assert.equal(report.expected, each * report.sent, ended.stdout);
      assert.equal(report.delivered + (report.superseded ?? 0), report.expected, ended.stdout);
      assert.equal(report.lost + report.errors, 0, ended.stdout);
    }
  });
}

test('events of a WARP publisher reach subscribers and links alike', async () => {
  const ended = await run(['bench', 'mixed', '--subscribers', '6', '--warp-publisher', ...short, '-o', 'json']);
  const report = JSON.parse(ended.stdout);
  assert.equal(report.shape.publisher, 'warp');
  assert.ok(report.sent > 0, ended.stdout);
  assert.equal(report.delivered, 6 * report.sent, ended.stdout);
});

test('links that stop reading end on the newest value, and the report tells what became of them', async () => {
  const args = ['bench', 'stalled', '--links', '6', '--stalled', '2', '--size', '4KiB', '--duration', '300ms', '--warmup', '0'];
  const ended = await run([...args, '--pid', String(router.child.pid)]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /^stalled +1 publisher, 6 links, 2 stalled +recon over ws +/);
  assert.match(ended.stdout, /\n stalled 2 of 2 ended on the newest value after [\d,]+ frames? in all; /);
  assert.match(ended.stdout, /; 0 connections were ended; the router grew by /);
});

test('the table names the load and its counts; --save keeps the report, --floor compares with one', async () => {
  const file = path.join(router.folder, 'bench.json');
  const pid = String(router.child.pid);
  const first = await run(['bench', ...loads.fanout, '--pid', pid, '--save', file]);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^fanout +1 publisher, 7 subscribers +msgpack over ws +127\.0\.0\.1:\d+\n/);
  assert.match(first.stdout, /published [\d,]+ +delivered [\d,]+ +lost 0\n/);
  assert.match(first.stdout, / p50 +p90 +p99 +p99\.9 +max +counted from the intended send time\n event +[\d,]+\/s/);
  assert.equal(first.stderr, ''); // the progress line is for terminals
  const saved = JSON.parse(await readFile(file, 'utf8'));
  assert.equal(saved.scenario, 'fanout');
  const second = await run(['bench', ...loads.fanout, '--pid', pid, '--floor', file]);
  assert.match(second.stdout, /server +[\d.]+ us CPU per event, \d+ % of one core +floor [\d.]+ us, ratio [\d.]+\n/);
});

test('a paced load is paced', async () => {
  const paced = ['--rate', '500/s', '--duration', '200ms', '--warmup', '0'];
  const ended = await run(['bench', 'fanout', '--subscribers', '2', ...paced, '-o', 'json']);
  const report = JSON.parse(ended.stdout);
  assert.equal(report.sent + report.unsent, 100);
  assert.equal(report.delivered, 2 * report.sent);
});

test('a command that is not allowed ends with exit code 4', async () => {
  const call = await run(['bench', ...loads.call, '--realm', 'closed']);
  assert.equal(call.code, 4);
  assert.match(call.stderr, /^error: not authorized to register: wamp\.error\.not_authorized/);
  const events = await run(['bench', ...loads.fanout, '--realm', 'closed', '-o', 'json']);
  assert.equal(events.code, 4);
  assert.equal(JSON.parse(events.stderr).error, 'wamp.error.not_authorized');
  const links = await run(['bench', 'links', '--links', '2', ...short, '--realm', 'closed']);
  assert.equal(links.code, 4);
  assert.match(links.stderr, /^error: not authorized to link \(node:"\/com\/heddle\/bench\//);
  const nowhere = await run(['bench', ...loads.fanout, '--realm', 'nowhere']);
  assert.equal(nowhere.code, 4);
  assert.match(nowhere.stderr, /^error: not let in: wamp\.error\.no_such_realm/);
});

test('wrong usage is exit 2, no router exit 3', async () => {
  for (const wrong of [['--size', '5MiB'], ['--size', '8B'], ['--duration', '5'], ['--rate', '5s'], ['--url', 'wss://127.0.0.1:1']]) {
    const ended = await run(['bench', 'fanout', ...wrong]);
    assert.equal(ended.code, 2, wrong.join(' '));
    assert.match(ended.stderr, /^error: /);
  }
  assert.equal((await run(['bench'])).code, 2);
  const gone = await run(['bench', 'call'], { url: 'ws+unix:/no/such/socket' });
  assert.equal(gone.code, 3);
  assert.match(gone.stderr, /^error: cannot connect to ws\+unix:\/no\/such\/socket: no such file or directory\n/);
  assert.match(gone.stderr, /address comes from HEDDLE_URL/);
});
