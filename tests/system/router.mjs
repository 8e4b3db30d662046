// Starts the real executable with a configuration of the test's own, on ports the kernel picks, and sees it off again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './wait.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const executable = process.env.HEDDLE_BIN ?? path.join(root, 'build/dev/heddle');

// A realm in which anonymous may do everything; `more` is TOML for the realm's own table.
export const openRealm = (name = 'realm1', more = '') => `
[[realm]]
name = "${name}"
auth = ["anonymous"]
${more}
[[realm.role]]
name = "anonymous"
permissions = [{ match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"] }]
`;

// A realm with these rules, each a TOML inline table.
export const ruledRealm = (name, rules) => `
[[realm]]
name = "${name}"
auth = ["anonymous"]
[[realm.role]]
name = "anonymous"
permissions = [${rules.map((rule) => `\n  { ${rule} },`).join('')}
]
`;

const listener = (name, address, more) => `
[[listener]]
name = "${name}"
address = "${address}"
${more}
`;

// Options: limits {key: value as in the file}, realms (TOML), top (TOML before the tables), tls (TOML table), listenerMore; `through`:
// words of a command that runs the router.
function configuration(folder, { limits = {}, realms = openRealm(), top = '', drain = '0s', tls = '', listenerMore = '' }) {
  const spelled = (value) => (typeof value === 'number' ? value : JSON.stringify(value));
  const lines = Object.entries(limits).map(([key, value]) => `${key} = ${spelled(value)}`);
  return [
    top,
    'default_realm = "realm1"',
    `[server]\nthreads = 2\ndrain = "${drain}"`,
    '[log]\nlevel = "debug"',
    tls,
    listener('tcp', '127.0.0.1:0', listenerMore),
    listener('unix', `unix:${folder}/heddle.sock`, ''),
    `[limits]\n${lines.join('\n')}`,
    realms,
  ].join('\n');
}

export class Router {
  stdout = '';
  stderr = '';
  forgotten = 0;

  constructor(folder, child) {
    this.folder = folder;
    this.child = child;
    this.socket = path.join(folder, 'heddle.sock');
    this.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
    child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
  }

  get alive() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  url(tail = '/', scheme = 'ws') {
    return `${scheme}://127.0.0.1:${this.port}${tail}`;
  }

  // Everything it said, for messages of failing tests.
  get words() {
    return `--- stdout\n${this.stdout.slice(-4000)}\n--- stderr\n${this.stderr.slice(-8000)}`;
  }

  // Waits until its talk, or its log since the last `forget`, matches.
  said(pattern) {
    const { stdout, stderr } = this.child;
    const look = () => pattern.exec(this.stdout) ?? pattern.exec(this.stderr.slice(this.forgotten));
    return until(look, `the router to say ${pattern}`, stdout, stderr);
  }

  // What it logged so far is an earlier test's.
  forget() {
    this.forgotten = this.stderr.length;
  }

  // For a test that failed before its end; after `stop` it does nothing.
  kill() {
    this.child.kill('SIGKILL');
  }

  // The end of every test: it must still be there, leave on SIGTERM with 0, and have nothing to report.
  async stop() {
    const stillAlive = this.alive;
    if (stillAlive) this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    const { code, signal } = await this.ended;
    clearTimeout(timer);
    await rm(this.folder, { recursive: true, force: true });
    assert.ok(stillAlive, `the router had ended by itself (${code ?? signal})\n${this.words}`);
    assert.doesNotMatch(this.stderr, /Sanitizer|runtime error:|Assertion/, this.words);
    assert.equal(code, 0, `SIGTERM was answered with ${code ?? signal}\n${this.words}`);
  }
}

export async function startRouter(options = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-'));
  const file = path.join(folder, 'heddle.toml');
  await writeFile(file, options.config ?? configuration(folder, options), { mode: 0o600 });
  const command = [...(options.through ?? []), executable, 'serve', file];
  const child = spawn(command[0], command.slice(1), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const router = new Router(folder, child);
  child.on('error', (error) => (router.stderr += String(error)));
  try {
    await Promise.race([
      router.said(/ready in/),
      router.ended.then(({ code }) => Promise.reject(new Error(`heddle serve ended with ${code}`))),
    ]);
    router.port = Number(/127\.0\.0\.1:(\d+)/.exec(router.stdout)[1]);
  } catch (error) {
    child.kill('SIGKILL');
    error.message += `\n${router.words}`;
    throw error;
  }
  return router;
}
