// A realm with a user for each way to log in, as an administrator would write it: what is kept is made by `heddle hash`.
import { execFile } from 'node:child_process';
import crypto from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { executable } from './router.mjs';

export const password = 'pä ss,w=rd';
export const ticket = 'open sesame';
export const jwtSecret = 'a secret of thirty-two characters or more';

async function hash(folder, kind, secret, more = []) {
  const file = path.join(folder, `${kind}-password`);
  await writeFile(file, secret, { mode: 0o600 });
  const { stdout } = await promisify(execFile)(executable, ['hash', kind, '--password', `file:${file}`, ...more]);
  return stdout.trim();
}

const base64url = (value) => Buffer.from(value).toString('base64url');

// HS256, as any library makes it.
export function jwt(claims, secret = jwtSecret) {
  const text = `${base64url(JSON.stringify({ alg: 'HS256', typ: 'JWT' }))}.${base64url(JSON.stringify(claims))}`;
  return `${text}.${crypto.createHmac('sha256', secret).update(text).digest('base64url')}`;
}
export const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

// An Ed25519 key: its seed and its public half, as hexadecimal digits.
export function signingKey() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const last32 = (key, type) => key.export({ format: 'der', type }).subarray(-32).toString('hex');
  return { seed: last32(privateKey, 'pkcs8'), public: last32(publicKey, 'spki') };
}

const everything = 'permissions = [{ match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"] }]';

// `auth`: methods offered; `anonymous` among them comes into role guest, who may do nothing but receive "open.". `fingerprint`: of kim's
// certificate. `quick`: hashes as cheap as they may be. `only`: this user. Everything is written into `folder`.
export async function realmOfUsers(folder, options = {}) {
  const { auth, fingerprint = '', throttle = 'throttle = { attempts = 0 }', more = '', quick = true, only } = options;
  const key = signingKey();
  const token = `hdl_${'0'.repeat(15)}1_${crypto.randomBytes(32).toString('base64url')}`;
  const cheap = (...words) => (quick ? words : []);
  const [cra, weak] = [cheap('--iterations', '1000'), cheap('--iterations', '4096')];
  const small = cheap('--memory', '64KiB', '--iterations', '1');
  const users = [
    { authid: 'tina', ticket: await hash(folder, 'ticket', ticket, small) },
    { authid: 'craig', wampcra: await hash(folder, 'cra', password, cra) },
    { authid: 'clara', wampcra: 'a plain secret' },
    { authid: 'sam', scram: await hash(folder, 'scram', password, weak) },
    { authid: 'arno', scram: await hash(folder, 'scram', password, ['--kdf', 'argon2id-13', '--memory', '256KiB', '--iterations', '1']) },
    { authid: 'kim', keys: [key.public], ...(fingerprint && { certificates: [fingerprint] }) },
    { authid: 'tom', token: crypto.createHash('sha256').update(token).digest('hex') },
  ];
  const spelled = (value) => (Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]` : JSON.stringify(value));
  const pairs = (user) => Object.entries(user).map(([name, value]) => `${name} = ${spelled(value)}`).join(', ');
  const rows = users.filter(({ authid }) => !only || authid === only).map((user) => `  { role = "user", ${pairs(user)} },`);
  const jwtFile = path.join(folder, 'jwt.secret');
  await writeFile(jwtFile, jwtSecret, { mode: 0o600 });
  const realm = `
[[realm]]
name = "realm1"
auth = [${auth.map((method) => JSON.stringify(method)).join(', ')}]
${auth.includes('anonymous') ? 'anonymous_role = "guest"' : ''}
${auth.includes('jwt') ? `jwt = { keys = ${JSON.stringify(jwtFile)}, audience = "plant" }` : ''}
${throttle}
${more}
users = [
${rows.join('\n')}
]
[[realm.role]]
name = "user"
${everything}
[[realm.role]]
name = "guest"
permissions = [{ match = "prefix", uri = "open.", allow = ["subscribe"] }]
`;
  return { realm, key, token };
}
