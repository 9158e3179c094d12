// Addresses of monitors as people write them.
import { homedir } from 'node:os';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';

/** A socket that a host's own kernel knows. */
export type Place =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export type Address =
  | Place
  /** `path` is a unix socket there, or HOST:PORT as that host sees it. */
  | { readonly kind: 'ssh'; readonly host: string; readonly port?: number; readonly path: string }
  /** TCP with TLS; the files as they are named, relative to the current folder. */
  | {
      readonly kind: 'tls';
      readonly host: string;
      readonly port: number;
      readonly dir?: string;
      readonly ca?: string;
      readonly cert?: string;
      readonly key?: string;
      readonly name?: string;
      /** A file of keys that both sides have, and whose key. */
      readonly psk?: string;
      readonly user?: string;
    }
  /** A command of this host that leads to the monitor. */
  | { readonly kind: 'exec'; readonly command: string }
  /** A connection that was passed on to us. */
  | { readonly kind: 'fd'; readonly fd: number }
  /** Where QEMU connects to us. */
  | { readonly kind: 'listen'; readonly at: Place }
  | LibvirtAddress;

/** A domain of libvirt's, at a connection of libvirt's; without `uri` at the one that libvirt takes by itself. */
export interface LibvirtAddress {
  readonly kind: 'libvirt';
  readonly uri?: string;
  readonly domain: string;
}

/** Reads an address. Throws a `usage` error where it is none. */
export function parseAddress(address: string): Address {
  const ssh = /^ssh:(?:\/\/)?(?<host>\[[^\]]+\]|[^:/]+)(?::(?<port>\d+))?:?(?<path>\/.*)$/.exec(
    address,
  )?.groups;
  if (ssh?.['host'] && ssh['path']) {
    const port = ssh['port'] === undefined ? {} : { port: Number(ssh['port']) };
    return { kind: 'ssh', host: ssh['host'].replace(/^\[|\]$/g, ''), path: ssh['path'], ...port };
  }
  const far =
    /^ssh:(?:\/\/)?(?<host>\[[^\]]+\]|[^:/]+)(?::(?<port>\d+))?:(?<at>\[[^\]]+\]|[^:/\d][^:/]*|\d+(?:\.\d+){3}):(?<to>\d+)$/.exec(
      address,
    )?.groups;
  if (far?.['host'] && far['at'] && isPort(far['to'])) {
    const port = far['port'] === undefined ? {} : { port: Number(far['port']) };
    return {
      kind: 'ssh',
      host: far['host'].replace(/^\[|\]$/g, ''),
      path: `${far['at']}:${far['to']}`,
      ...port,
    };
  }
  if (address.startsWith('ssh:'))
    throw wrong(
      address,
      'Over ssh an address is ssh:HOST:/PATH/OF/THE/SOCKET, or ssh:HOST:IP:PORT as that host sees it.',
    );
  if (address.startsWith('exec:')) {
    const command = address.slice('exec:'.length).trim();
    if (command === '') throw wrong(address, 'Behind exec: stands the command that leads to the monitor.');
    if (command.includes('\0')) throw wrong(address, 'A command holds no zero byte.');
    return { kind: 'exec', command };
  }
  if (/^fd:/.test(address)) {
    const fd = /^fd:(\d{1,9})$/.exec(address)?.[1];
    if (fd === undefined) throw wrong(address, 'A file descriptor is a number: fd:3.');
    if (Number(fd) < 3)
      throw wrong(address, "0, 1 and 2 are qmpsh's own input and output: pass the monitor on as 3 or above.");
    return { kind: 'fd', fd: Number(fd) };
  }
  if (address.startsWith('tls:')) return tls(address);
  if (address.startsWith('libvirt:')) return libvirt(address);
  const listen = /^listen:(?<rest>.*)$/s.exec(address)?.groups?.['rest'];
  if (listen !== undefined) {
    const at = listen === '' ? undefined : parseAddress(listen);
    if (at?.kind === 'unix' || at?.kind === 'tcp') return { kind: 'listen', at };
    throw wrong(address, 'Behind listen: stands a socket to make (listen:./qmp.sock), or HOST:PORT.');
  }
  const unix = /^unix:(?<path>.*)$/.exec(address)?.groups?.['path'];
  if (unix !== undefined) return { kind: 'unix', path: path(unix, address) };
  const tcp = /^tcp:(?:\/\/)?(?<rest>.*)$/.exec(address)?.groups?.['rest'];
  const found = /^(?:\[(?<v6>[^\]]*)\]|(?<host>[^:/]*)):(?<port>\d+)$/.exec(tcp ?? address)?.groups;
  if (found) {
    const port = Number(found['port']);
    if (!isPort(found['port'])) throw wrong(address, 'A TCP port is between 1 and 65535.');
    return { kind: 'tcp', host: found['v6'] || found['host'] || 'localhost', port };
  }
  if (tcp !== undefined)
    throw wrong(address, 'Over TCP an address is HOST:PORT, or [ADDRESS]:PORT for IPv6.');
  return { kind: 'unix', path: path(address, address) };
}

/** The command of this host that connecting to an address runs, chosen by whoever wrote the address; undefined for most. */
export function commandOf(address: string): string | undefined {
  if (address.startsWith('exec:')) return address.slice('exec:'.length).trim();
  const uri = /^libvirt:(.*)$/s.exec(address)?.[1] ?? '';
  // `command=` of libvirt's URIs is a program to run in the place of ssh; it decodes their parameters.
  const runs = /^[^:#]*\+ext\b/i.test(uri) || /\?.*command/is.test(decoded(uri));
  return runs ? uri : undefined;
}

function decoded(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** `libvirt:DOMAIN` or `libvirt:URI#DOMAIN`; an empty URI lets a domain have a `#` in its name. */
function libvirt(address: string): LibvirtAddress {
  const [, uri, domain = ''] = /^libvirt:(?:([^#]*)#)?(.*)$/s.exec(address) ?? [];
  if (domain === '' || domain.includes('/'))
    throw wrong(
      address,
      'Behind libvirt: stands the name of a domain, or URI#NAME: libvirt:vm1, libvirt:qemu:///system#vm1.',
    );
  if (/[\0\n]/.test(address)) throw wrong(address, 'A name holds no zero byte and no end of a row.');
  return { kind: 'libvirt', domain, ...(uri ? { uri } : {}) };
}

function isPort(text: string | undefined): boolean {
  return Number(text) >= 1 && Number(text) <= 65_535;
}

/** As QEMU writes options: parted by commas, and a comma in a value twice. */
function tls(address: string): Address {
  const [place = '', ...settings] = address
    .slice('tls:'.length)
    .replaceAll(',,', '\0')
    .split(',')
    .map(part => part.replaceAll('\0', ','));
  const to = place === '' ? undefined : parseAddress(place);
  if (to?.kind !== 'tcp')
    throw wrong(
      address,
      'With TLS an address is tls:HOST:PORT, and files behind it: ,ca=FILE or ,dir=FOLDER.',
    );
  const found: { [key: string]: string } = {};
  for (const setting of settings) {
    const [, key = '', value = ''] = /^(dir|ca|cert|key|name|psk|user)=(.+)$/s.exec(setting) ?? [];
    if (key === '')
      throw wrong(
        address,
        'Behind tls:HOST:PORT stand dir, ca, cert, key and name, or psk and user, each with =VALUE.',
      );
    if (found[key] !== undefined) throw wrong(address, `${key} stands there twice.`);
    found[key] = /^(?:name|user)$/.test(key) ? value : path(value, address);
  }
  if ((found['cert'] === undefined) !== (found['key'] === undefined))
    throw wrong(address, 'cert and key go together.');
  if (Object.keys(found).some(key => /^(?:psk|user)$/.test(key) !== (found['psk'] !== undefined)))
    throw wrong(
      address,
      'A key of both sides (psk, user) stands in the place of certificates, not beside them.',
    );
  return { kind: 'tls', host: to.host, port: to.port, ...found };
}

function path(text: string, address: string): string {
  if (text === '') throw wrong(address, 'Write a socket (./qmp.sock) or HOST:PORT.');
  if (text.includes('\0')) throw wrong(address, 'A path holds no zero byte.');
  return text.startsWith('~/') ? homedir() + text.slice(1) : text;
}

function wrong(address: string, advice: string): QmpshError {
  return new QmpshError('usage', `"${safe(address)}" is no address of a monitor`, {
    code: 'address',
    advice,
  });
}
