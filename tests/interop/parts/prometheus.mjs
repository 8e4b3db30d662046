// A real Prometheus scrapes a router under load; every expression of monitoring/ is evaluated by it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openRealm, root } from '../../system/router.mjs';

const bin = path.join(root, 'build/interop/prometheus/usr/bin');
export const order = 4;
export const peer = 'Prometheus';
const said = () => execFileSync(path.join(bin, 'prometheus'), ['--version'], { encoding: 'utf8' });
export const version = () => /version (\S+)/.exec(said())?.[1] ?? '';
const absent = "Debian's package prometheus was not to be had";
export const missing = () => access(path.join(bin, 'prometheus')).then(() => undefined, () => absent);

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

async function scraped(t) {
  const at = await t.router({ realms: openRealm('realm1') });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'heddle-prometheus-'));
  t.cleanup(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, 'prometheus.yml'), `global: { scrape_interval: 250ms }
scrape_configs: [{ job_name: heddle, static_configs: [{ targets: ["127.0.0.1:${at.port}"] }] }]
`);
  const port = await freePort();
  await t.program(path.join(bin, 'prometheus'), [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn']);
  const api = async (what) => (await fetch(`http://127.0.0.1:${port}/api/v1/${what}`)).json();
  const query = async (expression) => {
    const said = await api(`query?query=${encodeURIComponent(expression)}`);
    assert.equal(said.status, 'success', `${expression}: ${said.error}`);
    return said.data.result;
  };
  const value = async (expression) => Number((await query(expression))[0]?.value[1]);
  // Asks again until `wanted`; scrapes come four times a second.
  const becomes = async (expression, wanted) => {
    for (const end = Date.now() + 20_000; ;) {
      const seen = await value(expression).catch(() => NaN);
      if (wanted(seen)) return seen;
      assert.ok(Date.now() < end, `${expression} is ${seen}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return { at, api, query, value, becomes };
}

// Every expression of the dashboard and of the alerts, the dashboard's variables filled in.
async function expressions() {
  const dashboard = JSON.parse(await readFile(path.join(root, 'monitoring/grafana-dashboard.json'), 'utf8'));
  const panels = dashboard.panels.flatMap((panel) => panel.targets.map((target) => target.expr));
  const marks = dashboard.annotations.list.map((list) => list.expr);
  return [...panels, ...marks].map((text) => text.replaceAll('$realm', '.*').replaceAll('$__rate_interval', '5s'));
}

export const checks = [
  ['scrapes: the target is up, no sample is refused, counts are those of the clients', async (t) => {
    const { at, api, becomes } = await scraped(t);
    await becomes('up{job="heddle"}', (up) => up === 1);
    const [watch, say] = [await t.wamp(at, 'shop.', 'prefix'), await t.wamp(at)];
    for (let i = 0; i < 25; ++i) await say.publish('shop.sold', i, { acknowledge: true });
    for (let i = 0; i < 25; ++i) await watch.event();
    await becomes('heddle_events_published_total{realm="realm1"}', (count) => count === 25);
    await becomes('heddle_messages_received_total{realm="realm1",type="PUBLISH"}', (count) => count === 25);
    await becomes('heddle_messages_sent_total{realm="realm1",type="EVENT"}', (count) => count === 25);
    await becomes('heddle_publication_recipients_count{realm="realm1"}', (count) => count === 25);
    await becomes('sum(heddle_sessions{realm="realm1"})', (count) => count === 2);
    const targets = await api('targets');
    assert.deepEqual(targets.data.activeTargets.map((target) => [target.health, target.lastError]), [['up', '']]);
  }],
  ['every expression of the dashboard and each alert is understood, and none of the alerts fires at rest', async (t) => {
    const { query, becomes } = await scraped(t);
    await becomes('up{job="heddle"}', (up) => up === 1);
    for (const expression of await expressions()) await query(expression);
    execFileSync(path.join(bin, 'promtool'), ['check', 'rules', path.join(root, 'monitoring/alerts.yml')]);
    execFileSync(path.join(bin, 'promtool'), ['check', 'config', path.join(root, 'monitoring/prometheus.yml')]);
    const rules = await readFile(path.join(root, 'monitoring/alerts.yml'), 'utf8');
    const alerts = [...rules.matchAll(/expr: (?:>\s+((?:\s{10}.*\n?)+)|(.*))/g)].map((found) => (found[1] ?? found[2]).trim());
    assert.ok(alerts.length >= 8, 'the alerts are read');
    for (const alert of alerts) assert.deepEqual(await query(alert.replace(/\s+/g, ' ')), [], alert);
  }],
  ['promtool finds nothing to say about the names and help texts', async (t) => {
    const { at } = await scraped(t);
    const text = await (await fetch(`http://127.0.0.1:${at.port}/metrics`)).text();
    execFileSync(path.join(bin, 'promtool'), ['check', 'metrics'], { input: text });
  }],
];
