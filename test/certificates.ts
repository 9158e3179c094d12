// Certificates for a test, made by openssl in a folder: a CA, a server and a client in the names that QEMU's
// tls-creds-x509 and our `dir=` know, and what must not be taken.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes them all; throws where there is no openssl. */
export function makeCertificates(folder: string): void {
  makeCa(folder, 'ca');
  makeCa(folder, 'other');
  const server = 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth';
  sign(folder, 'server', 'ca', server);
  sign(folder, 'expired', 'ca', server, -1);
  sign(folder, 'elsewhere', 'ca', 'subjectAltName=DNS:vm.example\nextendedKeyUsage=serverAuth');
  sign(folder, 'client', 'ca', 'extendedKeyUsage=clientAuth');
  sign(folder, 'stranger', 'other', 'extendedKeyUsage=clientAuth');
  openssl(
    folder,
    'pkey',
    '-in',
    'client-key.pem',
    '-aes256',
    '-passout',
    'pass:sesame',
    '-out',
    'locked-key.pem',
  );
}

function makeCa(folder: string, name: string): void {
  const use = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'];
  const files = ['-keyout', `${name}-key.pem`, '-out', `${name}-cert.pem`];
  openssl(folder, 'req', '-x509', ...KEY, '-days', '30', '-subj', `/CN=${name}`, ...use, ...files);
}

function sign(folder: string, name: string, ca: string, extensions: string, days = 30): void {
  writeFileSync(join(folder, 'extensions'), `${extensions}\nkeyUsage=digitalSignature\n`);
  openssl(folder, 'req', ...KEY, '-subj', `/CN=${name}`, '-keyout', `${name}-key.pem`, '-out', 'request');
  const by = ['-CA', `${ca}-cert.pem`, '-CAkey', `${ca}-key.pem`, '-CAcreateserial', '-days', String(days)];
  openssl(
    folder,
    'x509',
    '-req',
    '-in',
    'request',
    ...by,
    '-extfile',
    'extensions',
    '-out',
    `${name}-cert.pem`,
  );
}

function openssl(folder: string, ...args: readonly string[]): void {
  const done = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  if (done.error) throw new Error('openssl is missing: run "npm test", which installs it');
  if (done.status !== 0) throw new Error(`openssl ${args.join(' ')}: ${done.stderr}`);
}
