// A monitor behind TLS: QEMU's tls-creds-x509 on a chardev. Its certificate is verified, always.
import { existsSync, readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport, TransportListener } from '../qmp/transport.ts';
import { safe } from '../text/safe.ts';
import type { Address } from './address.ts';
import { type ConnectOptions, dial } from './dial.ts';
import { readNamed } from './files.ts';
import { SocketTransport } from './socket.ts';
import { connectError } from './unreached.ts';

type TlsAddress = Address & { kind: 'tls' };

/**
 * Connects and shakes hands. Rejects with a QmpshError: `usage` where a file cannot be used, `connect` where the other side
 * is not who it should be or nobody answers, `interrupted`.
 */
export async function connectTls(to: TlsAddress, options: ConnectOptions): Promise<Transport> {
  const files = filesOf(to);
  const pre = to.psk === undefined ? undefined : keyIn(to.psk, to.user);
  let reached = false;
  const start = (): Socket => {
    try {
      const socket = tlsConnect({
        host: to.host,
        port: to.port,
        ...(pre ? withKey(pre) : partsOf(files)),
        // A name for an address made of numbers is none that TLS knows.
        ...(isIP(to.name ?? to.host) ? {} : { servername: to.name ?? to.host }),
      });
      socket.once('connect', () => {
        reached = true;
      });
      return socket.setNoDelay(true);
    } catch (error) {
      throw badFiles(files, error);
    }
  };
  try {
    const connected = await dial(start, placeOf(to), { ...options, event: 'secureConnect' });
    return new TlsTransport(connected, to, files);
  } catch (error) {
    throw failureOf(to, files, error, reached, pre?.identity);
  }
}

/** Whether TLS is spoken there: it answers the first message of a handshake with one. */
export function speaksTls(host: string, port: number, limit: number): Promise<boolean> {
  return new Promise(resolve => {
    // (Nothing but the handshake is sent, so nothing is to be verified.)
    const socket = tlsConnect({ host, port, rejectUnauthorized: false });
    const settle = (speaks: boolean) => {
      clearTimeout(timer);
      resolve(speaks);
      socket.destroy();
    };
    const timer = setTimeout(() => settle(false), limit);
    socket.once('secureConnect', () => settle(true));
    socket.once('error', error => settle(/ALERT/.test(codeOf(error) ?? '')));
    socket.once('close', () => settle(false));
  });
}

interface Files {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The files that are named, and those of the folder in the names that QEMU's tls-creds-x509 has for a client's. */
function filesOf({ dir, ca, cert, key }: TlsAddress): Files {
  if (dir === undefined) return given({ ca, cert, key });
  if (!existsSync(dir)) throw new QmpshError('usage', `there is no folder ${safe(dir)}`);
  const inFolder = (name: string) => (existsSync(join(dir, name)) ? join(dir, name) : undefined);
  const isOwn = cert !== undefined;
  return given({
    ca: ca ?? join(dir, 'ca-cert.pem'),
    cert: isOwn ? cert : inFolder('client-cert.pem'),
    key: isOwn ? key : inFolder('client-key.pem'),
  });
}

function given(files: { readonly [K in keyof Files]: string | undefined }): Files {
  return Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
}

function partsOf({ ca, cert, key }: Files): { ca?: string; cert?: string; key?: string } {
  return {
    ...(ca === undefined ? {} : { ca: certificate(ca, 'the certificates of the CA') }),
    ...(cert === undefined ? {} : { cert: certificate(cert, 'the certificate') }),
    ...(key === undefined ? {} : { key: readNamed(key, 'the private key') }),
  };
}

function certificate(file: string, what: string): string {
  const text = readNamed(file, what);
  if (text.includes('-----BEGIN ') && text.includes('CERTIFICATE-----')) return text;
  throw new QmpshError('usage', `${safe(file)} holds no certificate`, {
    advice: 'It begins with -----BEGIN CERTIFICATE----- (PEM).',
  });
}

interface SharedKey {
  readonly identity: string;
  readonly psk: Buffer;
}

/** The key of a user in a file as QEMU's tls-creds-psk has it: rows of a user's name, a colon and the key in hexadecimal. */
function keyIn(file: string, user: string | undefined): SharedKey {
  const rows = readNamed(file, 'the keys').split('\n');
  const keys = new Map<string, Buffer>();
  for (const row of rows) {
    const [, name, key] = /^([^#:]+):((?:[0-9a-fA-F]{2})+)\s*$/.exec(row) ?? [];
    if (name !== undefined && key !== undefined) keys.set(name, Buffer.from(key, 'hex'));
  }
  const names = safe([...keys.keys()].join(', '));
  const make = (message: string, advice: string) => new QmpshError('usage', message, { advice });
  if (keys.size === 0)
    throw make(
      `${safe(file)} holds no key`,
      'Its rows are USER:KEY, the key in hexadecimal, as psktool writes them.',
    );
  const [first = ''] = keys.keys();
  if (user === undefined && keys.size > 1)
    throw make(`${safe(file)} has keys of ${names}`, `Say whose: ,user=${safe(first)}`);
  const identity = user ?? first;
  const psk = keys.get(identity);
  if (!psk) throw make(`${safe(file)} has no key of ${safe(identity)}`, `It has ${names}.`);
  return { identity, psk };
}

/** Only who has the key finishes the handshake; a certificate in its place is not taken, whoever has signed it. */
function withKey(key: SharedKey) {
  return {
    ciphers: 'PSK',
    pskCallback: () => key,
    checkServerIdentity: (_: string, { subject }: { readonly subject?: unknown }) =>
      subject === undefined ? undefined : new Error('it shows a certificate'),
  };
}

function badFiles({ cert, key }: Files, cause: unknown): unknown {
  if (cause instanceof QmpshError || key === undefined) return cause;
  const text = readFileSync(key, 'utf8');
  const make = (message: string, advice: string) => new QmpshError('usage', message, { advice, cause });
  if (codeOf(cause) === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH')
    return make(
      `${safe(cert ?? '')} and ${safe(key)} are not of one pair`,
      'Name the key of this certificate.',
    );
  if (/ENCRYPTED/.test(text))
    return make(
      `${safe(key)} is locked by a password`,
      `Make a copy without one, for your user alone: openssl pkey -in ${safe(key)} -out client-key.pem`,
    );
  return make(`${safe(key)} holds no private key`, 'It begins with -----BEGIN PRIVATE KEY----- (PEM).');
}

const UNSIGNED =
  /^(?:UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT)$/;
const NO_TLS = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|HTTP_REQUEST)$/;

function failureOf(to: TlsAddress, { ca }: Files, cause: unknown, reached: boolean, user?: string): unknown {
  const code = codeOf(cause) ?? 'tls';
  const place = safe(placeOf(to));
  const make = (message: string, advice: string) =>
    new QmpshError('connect', message, { code, advice, cause });
  if (code === 'ETIMEDOUT' && cause instanceof QmpshError && reached)
    return make(
      cause.message.replace(/did not answer within/, 'did not finish the TLS handshake within'),
      'A monitor serves one client at a time, and lets the next one wait; one without TLS says nothing to a handshake either.',
    );
  if (cause instanceof QmpshError) return cause;
  if (user !== undefined && reached && !NO_TLS.test(code))
    return make(
      `the TLS handshake with ${place} failed: ${safe(cause instanceof Error ? cause.message : String(cause))}`,
      `Has it the same key for ${safe(user)} (tls-creds-psk)? A QEMU with certificates takes none.`,
    );
  if (UNSIGNED.test(code))
    return ca === undefined
      ? make(
          `no known authority has signed the certificate of ${place}`,
          `Name the one that has: tls:${place},ca=FILE, or dir=FOLDER with its ca-cert.pem.`,
        )
      : make(
          `no authority in ${safe(ca)} has signed the certificate of ${place}`,
          `What it holds: openssl x509 -noout -subject -in ${safe(ca)}`,
        );
  if (code === 'CERT_HAS_EXPIRED')
    return make(
      `a certificate of ${place} has expired (its own, or its authority's)`,
      'Have a new one made; or is the clock of this host wrong?',
    );
  if (code === 'CERT_NOT_YET_VALID')
    return make(`a certificate of ${place} is not valid yet`, 'Is the clock of this host wrong?');
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = namesIn(cause);
    const first = /^DNS:([^,\s]+)/.exec(names)?.[1] ?? 'NAME';
    return make(
      `the certificate of ${place} is not for ${safe(to.name ?? to.host)} but for ${safe(names)}`,
      `If that is the QEMU you mean, say so: tls:${place},name=${safe(first)}`,
    );
  }
  if (NO_TLS.test(code))
    return make(
      `${place} does not speak TLS`,
      `Without TLS its address is ${place}; its QEMU wants tls-creds=.`,
    );
  if (reached)
    return make(
      `the TLS handshake with ${place} failed: ${safe(cause instanceof Error ? cause.message : String(cause))}`,
      'The messages of its QEMU may say why. One that wants a key of both sides (tls-creds-psk) takes psk=FILE.',
    );
  return connectError({ kind: 'tcp', host: to.host, port: to.port }, cause);
}

function namesIn(cause: unknown): string {
  const cert: unknown = cause instanceof Error && 'cert' in cause ? cause.cert : undefined;
  const names = typeof cert === 'object' && cert !== null && 'subjectaltname' in cert && cert.subjectaltname;
  return typeof names === 'string' && names !== '' ? names : 'nobody';
}

function placeOf({ host, port }: TlsAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

class TlsTransport extends SocketTransport {
  readonly #to: TlsAddress;
  readonly #files: Files;
  #hasCome = false;

  constructor(socket: Socket, to: TlsAddress, files: Files) {
    // QEMU 7.2 looks at what a TLS record has brought only when the next one comes; a line end is nothing to QMP.
    super(socket, () => {
      if (socket.writable) socket.write('\n');
    });
    this.#to = to;
    this.#files = files;
  }

  override listen(listener: TransportListener): void {
    super.listen({
      data: chunk => {
        this.#hasCome = true;
        listener.data(chunk);
      },
      end: error => listener.end(this.#hasCome ? error : this.#refused(error)),
    });
  }

  /** In TLS 1.3 a server refuses a client's certificate when the client takes the handshake for done. */
  #refused(cause: Error | undefined): QmpshError {
    const { cert } = this.#files;
    const message = `${safe(placeOf(this.#to))} ended the connection right after the TLS handshake, without a greeting`;
    const advice =
      cert === undefined
        ? 'Most likely it wants a client certificate: cert=FILE,key=FILE, or dir=FOLDER with client-cert.pem and client-key.pem.'
        : `Most likely it does not take ${safe(cert)}: another authority has signed it, or it has expired.`;
    return new QmpshError('connect', message, { code: 'tls-refused', advice, cause });
  }
}
