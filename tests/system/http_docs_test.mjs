// The commands of docs/http.md, run as they stand there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { openAutobahn } from './peers.mjs';
import { root, startRouter } from './router.mjs';

const run = promisify(execFile);
let router, folder, client;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-docs-'));
  const file = path.join(folder, 'password');
  await writeFile(file, 'correct-horse-9\n', { mode: 0o600 });
  router = await startRouter({ tls: `[admin]\npassword_file = ${JSON.stringify(file)}` });
  client = await openAutobahn(router); // the one session that the first command counts
});
after(async () => {
  await client?.close();
  await router?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('every command in docs/http.md does what it says', async () => {
  const lines = (await readFile(path.join(root, 'docs/http.md'), 'utf8')).split('\n');
  const commands = lines.flatMap((line, at) => (line.startsWith('$ ') ? [{ command: line.slice(2), expected: lines[at + 1] }] : []));
  assert.ok(commands.length >= 9);
  const env = { ...process.env, URL: router.url('', 'http'), ADMIN: 'admin:correct-horse-9' };
  for (const { command, expected } of commands) {
    const { stdout } = await run('bash', ['-c', command], { env });
    const said = stdout.trim();
    if (expected.startsWith('{')) assert.equal(said.replace(/"id":\d+/, '"id":0'), expected.replace(/"id":\d+/, '"id":0'), command);
    else assert.doesNotMatch(said, /urn:heddle:problem/, `${command}\n${said}`);
  }
});
