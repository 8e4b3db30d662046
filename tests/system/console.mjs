// A router with administration and a store that outlives it, and the console of it in headless Chromium.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { Command } from './cli.mjs';
import { startRouter } from './router.mjs';
import { patience } from './wait.mjs';

export const password = '7kq4-wm2d-p9xe';

// Everybody is anonymous in `plant`, under rules that a test may edit; kim, of another role, has a ticket.
export const plant = (rules) => `
[[realm]]
name = "plant"
auth = ["anonymous", "ticket"]
users = [{ authid = "kim", role = "operator", ticket = "file:kim.ticket" }]
[[realm.role]]
name = "anonymous"
permissions = [${rules.map((rule) => `\n  { ${rule} },`).join('')}
]
[[realm.role]]
name = "operator"
permissions = [
  { match = "prefix", uri = "com.plant.", allow = ["call", "publish", "subscribe"] },
  { match = "wildcard", uri = "com.plant.valve..set", deny = ["publish"] },
]
`;

// A router that can be stopped and started again: same store, same port.
export class Administered {
  port = 0;

  static async make(realms) {
    const made = new Administered();
    made.realms = realms;
    made.folder = await mkdtemp(path.join(tmpdir(), 'heddle-console-'));
    await writeFile(path.join(made.folder, 'password'), `${password}\n`, { mode: 0o600 });
    const { stdout } = await new Command(['hash', 'ticket', '--memory', '64KiB'], { input: 'the ticket of kim\n' }).end();
    await writeFile(path.join(made.folder, 'kim.ticket'), stdout, { mode: 0o600 });
    await made.start();
    return made;
  }

  async start() {
    const config = `
store.path = "${this.folder}/heddle.db"
admin.password_file = "${this.folder}/password"
server.threads = 2
server.drain = "0s"
log.level = "debug"
[[listener]]
name = "local"
address = "127.0.0.1:${this.port}"
serve = ["wamp", "warp", "bridge", "admin", "console", "metrics", "health"]
${this.realms.replaceAll('file:', `file:${this.folder}/`)}`;
    this.router = await startRouter({ config });
    this.port = this.router.port;
  }

  at(tail) {
    return this.router.url(`/console/${tail}`, 'http');
  }

  async stop() {
    await this.router?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async restart() {
    await this.router.stop();
    await this.start();
  }
}

export const launch = () => chromium.launch({
  executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});

// A page in a window of its own. What goes wrong in it, broken content policies too, gathers in `problems`.
export async function openWindow(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(error.stack));
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => 
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  return page;
}

export async function logIn(page, administered, tail = '', secret = password) {
  await page.goto(administered.at(tail));
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Log in' }).click();
}

// Until the page has shown what the router answered.
export async function shown(page, name) {
  await page.locator(`.page.${name}[data-ready]`).waitFor();
  return page.locator('main');
}

export async function fine(page) {
  assert.deepEqual(page.problems, []);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
}
