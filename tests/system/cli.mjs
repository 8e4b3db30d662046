// The commands of heddle, run against a router: to their end, or until they have said something.
import { spawn } from 'node:child_process';
import { executable } from './router.mjs';
import { until, within } from './wait.mjs';

export class Command {
  stdout = '';
  stderr = '';

  constructor(args, { url, env = {}, input = '', cwd } = {}) {
    this.args = args;
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HEDDLE_')));
    const nowhere = { XDG_CONFIG_HOME: '/nowhere', XDG_RUNTIME_DIR: '/nowhere' }; // no contexts, no admin socket of this machine
    this.child = spawn(executable, args, { cwd, env: { ...own, ...nowhere, ...(url && { HEDDLE_URL: url }), ...env }, stdio: 'pipe' });
    this.child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.child.stdin.on('error', () => {}); // a command that ends early need not read on
    if (input !== null) this.child.stdin.end(input);
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(code ?? signal)));
  }

  get words() {
    return `heddle ${this.args.join(' ')}\n--- stdout\n${this.stdout}--- stderr\n${this.stderr}`;
  }

  said(pattern) {
    const { stdout, stderr } = this.child;
    return until(() => pattern.exec(this.stdout) ?? pattern.exec(this.stderr), `${pattern} of ${this.words}`, stdout, stderr);
  }

  // Exit code, stdout and stderr.
  async end() {
    const code = await within(this.ended, `the end of ${this.words}`);
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  async interrupt() {
    this.child.kill('SIGINT');
    return this.end();
  }

  kill() {
    this.child.kill('SIGKILL');
  }
}

// For tests: `heddle(router)` gives `run` (to the end) and `start` (a Command, killed with the test).
export const heddle = (router) => ({
  run: (args, options = {}) => new Command(args, { url: router?.url(''), ...options }).end(),
  start: (t, args, options = {}) => {
    const command = new Command(args, { url: router?.url(''), ...options });
    t.after(() => command.kill());
    return command;
  },
});
