// Administrators: autobahn-js in heddle.admin, by password, over WebSocket.
import autobahn from 'autobahn';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRouter } from './router.mjs';
import { within } from './wait.mjs';
import './peers.mjs';

export const adminPassword = 'j539-jbj7-e4ku-and-more';

// Opens a session by ticket (which a SCRAM verifier answers, too), WAMP-CRA or SCRAM: `method`.
export async function logIn(url, { authid = 'admin', password = adminPassword, realm = 'heddle.admin', method = 'ticket' } = {}) {
  const onchallenge = (session, asked) => {
    if (asked === 'ticket') return password;
    throw new Error(`asked for ${asked}`);
  };
  const connection = new autobahn.Connection({ url, realm, authid, authmethods: [method], onchallenge, max_retries: 0 });
  const closed = new Promise((resolve) => (connection.onclose = (reason, details) => (resolve({ reason, ...details }), true)));
  const opened = new Promise((resolve) => (connection.onopen = (session, details) => resolve({ session, details })));
  connection.open();
  const refused = closed.then((end) => Promise.reject(Object.assign(new Error(`not let in: ${JSON.stringify(end)}`), end)));
  refused.catch(() => {});
  const { session, details } = await within(Promise.race([opened, refused]), `${authid} to join ${realm}`);
  // call('role.get', ['plant', 'operator'], { revision: .. }) answers with the result's keywords.
  const call = async (name, args = [], kwargs = {}) => {
    const result = await within(session.call(`heddle.${name}`, args, kwargs), `the answer to heddle.${name}`);
    return result?.kwargs ?? result ?? {};
  };
  // The error of a call that must fail.
  const fails = async (name, args = [], kwargs = {}) => {
    try {
      await call(name, args, kwargs);
    } catch (error) {
      return { error: error.error, detail: error.args?.[0], ...error.kwargs };
    }
    throw new Error(`heddle.${name} did not fail`);
  };
  return { session, details, call, fails, closed, close: () => (connection.isOpen && connection.close(), within(closed, 'to leave')) };
}

// A router with a store of its own in a folder that outlives it; `restart` stops and starts it.
export class AdminRouter {
  port = 0;

  static async make(realms, more = '') {
    const made = new AdminRouter();
    Object.assign(made, { realms, more, folder: await mkdtemp(path.join(tmpdir(), 'heddle-admin-')) });
    made.store = path.join(made.folder, 'heddle.db');
    await writeFile(path.join(made.folder, 'password'), `${adminPassword}\n`, { mode: 0o600 });
    await made.start();
    return made;
  }

  get config() {
    return `
store.path = "${this.store}"
admin.password_file = "${this.folder}/password"
server.threads = 2
server.drain = "0s"
log.level = "trace"
${this.more}
[[listener]]
name = "local"
address = "127.0.0.1:${this.port}"
serve = ["wamp", "warp", "bridge", "admin", "health"]
${this.realms}`;
  }

  async start() {
    this.router = await startRouter({ config: this.config });
    this.port = this.router.port;
    this.logs = (this.logs ?? '');
  }

  get url() {
    return this.router.url('/ws');
  }

  // Everything that any of its processes printed.
  get said() {
    return `${this.logs}${this.router.stdout}${this.router.stderr}`;
  }

  keepLogs() {
    this.logs += this.router.stdout + this.router.stderr;
  }

  async restart() {
    this.keepLogs();
    await this.router.stop();
    await this.start();
  }

  async stop() {
    try {
      await this.router.stop();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}
