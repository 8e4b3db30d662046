// Runs the parts in parts/, each a real peer, and writes docs/interop.md. Called by tools/interop.
//   node tests/interop/run.mjs [PART...]      those whose file name holds one of the words; the others keep their rows
//
// A part exports: order; peer and version (text or async function); missing(), a sentence where the peer is not to be
// had, or nothing; checks: [[what, async (t) => ...]]. `t` starts routers and programs and sees them off.
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSwim } from '../system/peers.mjs';
import { root, startRouter } from '../system/router.mjs';
import { openWamp } from '../system/uplinked.mjs';
import { Inbox, until, within } from '../system/wait.mjs';

const here = path.join(root, 'tests/interop');
const report = path.join(root, 'docs/interop.md');

class Context {
  #endings = [];
  cleanup = (work) => this.#endings.unshift(work);

  async router(options) {
    const started = await startRouter(options);
    this.cleanup(() => started.stop());
    return started;
  }
  wamp = (...of) => openWamp(this.cleanup, ...of);

  // A Swim client at a server that is not ours: Rust demands the subprotocol.
  swim(url) {
    const swim = openSwim({ url: () => url });
    swim.client.wsProtocols.set('warp0');
    this.cleanup(() => swim.close());
    return swim;
  }

  // What a Swim client's downlink says, as [what, ...values].
  told(what) {
    const inbox = new Inbox(what);
    return Object.assign(inbox, {
      value: { didSet: (value) => inbox.push(['set', value.toLike()]), didSync: () => inbox.push(['synced']) },
      map: {
        didUpdate: (key, value) => inbox.push(['update', key.toLike(), value.toLike()]),
        didRemove: (key) => inbox.push(['remove', key.toLike()]),
        didSync: () => inbox.push(['synced']),
      },
      event: { onEvent: (body) => inbox.push(['event', body.toLike()]), didLink: () => inbox.push(['linked']) },
    });
  }

  // A program; `said(pattern)` waits for its words, `stop()` ends it with SIGINT.
  async program(file, args) {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const state = { child, out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (state.out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (state.err += text));
    const ended = new Promise((resolve) => child.on('close', resolve));
    state.said = (pattern) => until(() => pattern.exec(state.out), `${path.basename(file)} to say ${pattern}`, child.stdout, child.stderr);
    state.stop = async () => {
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    };
    this.cleanup(() => state.stop());
    return state;
  }

  async end() {
    for (const work of this.#endings.splice(0)) await work();
  }
}

async function run(part) {
  const peer = `${part.peer} ${typeof part.version === 'function' ? await part.version() : part.version}`;
  const missing = await part.missing?.();
  const rows = [];
  for (const [what, check] of part.checks) {
    const context = new Context();
    let result = 'passes';
    if (missing) {
      result = `not run: ${missing}`;
    } else {
      try {
        await within(check(context), what, 60_000);
        await context.end();
      } catch (error) {
        result = 'FAILS';
        console.error(`--- ${peer}: ${what}\n${error.stack}\n`);
        await context.end().catch(() => {});
      }
    }
    console.log(`${result}: ${peer}: ${what}`);
    rows.push(`| ${what} | ${peer} | ${result} | ${new Date().toISOString().slice(0, 10)} |`);
  }
  return rows;
}

const head = `# Real peers

What \`tools/interop\` last said; it writes this page. It builds what has to be built (a server on the Rust crate \`swimos\`: some
minutes the first time) and runs the parts in \`tests/interop/parts\`. What \`./test\` runs each time against autobahn-js, autobahn-python,
wampy, \`@swim/client\` and Chromium stands in \`tests/system\`.

| what | peer | result | date |
| --- | --- | --- | --- |
`;

// The rows of an earlier run, for parts that are not run now.
async function earlier() {
  const text = await readFile(report, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line.startsWith('| ') && !/^\| (what|---) \|/.test(line));
}

const words = process.argv.slice(2);
const files = (await readdir(path.join(here, 'parts'))).filter((name) => name.endsWith('.mjs'));
const parts = await Promise.all(files.map(async (name) => ({ name, ...(await import(path.join(here, 'parts', name))) })));
parts.sort((a, b) => a.order - b.order);
const old = await earlier();
const rows = [];
for (const part of parts) {
  const chosen = words.length === 0 || words.some((word) => part.name.includes(word));
  rows.push(...(chosen ? await run(part) : old.filter((row) => row.split(' | ')[1].startsWith(part.peer))));
}
await writeFile(report, head + rows.join('\n') + '\n');
process.exit(rows.some((row) => row.includes('| FAILS |')) ? 1 : 0);
