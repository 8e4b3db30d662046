// Answers to challenges, by WebCrypto: WAMP-SCRAM (RFC 5802, SHA-256, PBKDF2), WAMP-CRA, ticket. Argon2id is nothing
// browsers can do: the ticket goes instead, over TLS or to this machine, else the router refuses it.
const bytes = (text) => new TextEncoder().encode(text);
const unbase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

async function hmac(key, data) {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, data));
}
async function pbkdf2(password, salt, iterations, length) {
  const key = await crypto.subtle.importKey('raw', bytes(password), 'PBKDF2', false, ['deriveBits']);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, key, length * 8));
}

async function scram(extra, proof) {
  if (extra.kdf !== 'pbkdf2') throw Object.assign(new Error(`browsers cannot make ${extra.kdf}`), { fallBack: 'ticket' });
  if (!extra.nonce?.startsWith(proof.nonce)) throw new Error('the router answered with the nonce of somebody else');
  const salted = await pbkdf2(proof.password.normalize('NFKC'), unbase64(extra.salt), extra.iterations, 32);
  const name = proof.authid.normalize('NFKC').replaceAll('=', '=3D').replaceAll(',', '=2C');
  const { nonce, salt, iterations } = extra;
  const message = bytes(`n=${name},r=${proof.nonce},r=${nonce},s=${salt},i=${iterations},c=${btoa('n,,')},r=${nonce}`);
  const clientKey = await hmac(salted, bytes('Client Key'));
  const signature = await hmac(await crypto.subtle.digest('SHA-256', clientKey), message);
  proof.expected = base64(await hmac(await hmac(salted, bytes('Server Key')), message));
  return [base64(clientKey.map((byte, at) => byte ^ signature[at])), { nonce: extra.nonce, channel_binding: null, cbind_data: null }];
}

async function cra(extra, { password }) {
  let key = bytes(password);
  if (extra.salt) key = bytes(base64(await pbkdf2(password, bytes(extra.salt), extra.iterations ?? 1000, extra.keylen ?? 32)));
  return [base64(await hmac(key, bytes(extra.challenge))), {}];
}

// [signature, extra] of AUTHENTICATE.
export async function answerChallenge(method, extra, proof) {
  if (method === 'wamp-scram' || method === 'scram') return scram(extra, proof);
  if (method === 'wampcra') return cra(extra, proof);
  if (method === 'ticket') return [proof.password, {}];
  throw new Error(`the router asks for ${method}, which this console cannot answer`);
}

// Does the router know the password's verifier, too? (Only SCRAM can tell.)
export async function checkVerifier(proof, extra) {
  if (!proof.expected) return;
  const said = String(extra?.verifier ?? extra?.scram_server_signature ?? '').replace(/^v=/, '');
  if (said !== proof.expected) throw new Error('this router does not know your password: it may not be the one you mean');
}
