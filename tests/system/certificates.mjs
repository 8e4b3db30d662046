// Certificates for tests, by openssl: an authority, a server's, and clients' good and bad.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const openssl = (folder, ...words) => promisify(execFile)('openssl', words, { cwd: folder });
const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function authority(folder, name) {
  await openssl(folder, 'req', '-x509', ...ec, '-days', '2', '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`,
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign');
}

// `days` below 0: it ended before it began. `usage`: serverAuth or clientAuth.
async function certificate(folder, name, { by = 'ca', days = 2, usage = 'clientAuth', more = '', subject = `/CN=${name}` } = {}) {
  await openssl(folder, 'req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
  await writeFile(path.join(folder, `${name}.ext`), `basicConstraints=CA:FALSE\nextendedKeyUsage=${usage}\n${more}`);
  const sign = ['x509', '-req', '-in', `${name}.csr`, '-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial',
    '-extfile', `${name}.ext`, '-out', `${name}.pem`];
  await openssl(folder, ...sign, '-days', String(days));
  await chmod(path.join(folder, `${name}.key`), 0o600);
}

export class Certificates {
  static async make() {
    const made = new Certificates();
    made.folder = await mkdtemp(path.join(tmpdir(), 'heddle-certificates-'));
    await authority(made.folder, 'ca');
    await authority(made.folder, 'other-ca');
    const more = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
    await certificate(made.folder, 'server', { usage: 'serverAuth', subject: '/CN=localhost', more });
    await certificate(made.folder, 'kim');
    await certificate(made.folder, 'stranger', { by: 'other-ca', subject: '/CN=kim' });
    await certificate(made.folder, 'expired', { days: -1, subject: '/CN=kim' });
    await certificate(made.folder, 'no-client', { usage: 'serverAuth', subject: '/CN=kim' });
    made.ca = await readFile(made.file('ca.pem'));
    return made;
  }

  file(name) {
    return path.join(this.folder, name);
  }

  // What a TLS client shows, for tls.connect and for ws.
  async of(name) {
    return { ca: this.ca, cert: await readFile(this.file(`${name}.pem`)), key: await readFile(this.file(`${name}.key`)) };
  }

  // As the router's file names it: 64 hexadecimal digits.
  async fingerprint(name) {
    const { stdout } = await openssl(this.folder, 'x509', '-in', `${name}.pem`, '-noout', '-fingerprint', '-sha256');
    return stdout.split('=')[1].replaceAll(':', '').trim().toLowerCase();
  }

  // The [[tls]] of a configuration.
  table(clients = 'no') {
    const quoted = (name) => JSON.stringify(this.file(name));
    const asks = clients === 'no' ? '' : `\nclient_ca = ${quoted('ca.pem')}\nclient_certificate = "${clients}"`;
    return `[[tls]]\nname = "main"\ncertificate = ${quoted('server.pem')}\nkey = ${quoted('server.key')}${asks}`;
  }

  remove() {
    return rm(this.folder, { recursive: true, force: true });
  }
}
