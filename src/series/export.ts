// Where an image lies that is no file: an export of an NBD server, by its URI (the NBD URI specification, and QEMU's
// `nbd+unix://`).
import type { JsonObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import type { Refusal } from './follow.ts';

interface Export {
  /** As QEMU writes it; it names the export in points and backing files. */
  readonly uri: string;
  /** The options of QEMU's driver `nbd`. */
  readonly options: JsonObject;
}

/** Seconds after which a server that does not answer is given up; QEMU does nothing else while it waits. */
const PATIENCE = 3;
const FORMS = 'Write nbd://HOST:PORT/EXPORT, or nbd+unix:///EXPORT?socket=PATH.';
const PORT = '10809';

/** Whether a text is meant as the address of an export. */
export function isExport(text: string): boolean {
  return /^nbds?(\+\w+)?:/.test(text);
}

/** Reads a URI; a sentence where it is none that QEMU could open again by its name. */
export function readExport(text: string): Export | Refusal {
  const wrong = (what: string): Refusal => ({ message: `${safe(text)} ${what}`, advice: FORMS });
  if (/^nbds/.test(text))
    return wrong(
      'asks for TLS, which a backing file cannot be opened by; a tunnel (ssh -L) can lead to the server',
    );
  const [, kind, host = '', port, path, query] =
    /^nbd(\+tcp|\+unix)?:\/\/(\[[0-9A-Fa-f:.]+\]|[\w.-]*)(?::(\d+))?(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(
      text,
    ) ?? [];
  if (path === undefined && kind === undefined && host === '') return wrong('is no address of an NBD server');
  const name = path ?? '';
  // QEMU writes the name of an export as it is: with these in it, it could not read it again.
  if (!/^[\w.:@+,=/-]+$/.test(name))
    return wrong(
      name === ''
        ? 'names no export'
        : 'names an export that QEMU cannot be told by a URI: letters, digits and . : @ + , = / - _ can stand in it',
    );
  if (kind === '+unix') {
    const [, socket] = /^socket=([\w.:@+,=/-]+)$/.exec(query ?? '') ?? [];
    if (host !== '' || port !== undefined) return wrong('names a host: a socket has none');
    if (socket === undefined)
      return wrong('names no socket: letters, digits and . : @ + , = / - _ can stand in its path');
    return {
      uri: `nbd+unix:///${name}?socket=${socket}`,
      options: options({ type: 'unix', path: socket }, name),
    };
  }
  if (query !== undefined) return wrong('has something behind the name of the export');
  if (host === '') return wrong('names no host');
  const number = port ?? PORT;
  if (Number(number) < 1 || Number(number) > 65_535) return wrong('has no port from 1 to 65535');
  const server = { type: 'inet', host: host.replace(/^\[(.*)\]$/, '$1'), port: number };
  return { uri: `nbd://${host}:${number}/${name}`, options: options(server, name) };
}

function options(server: JsonObject, name: string): JsonObject {
  return { driver: 'nbd', server, export: name, 'open-timeout': PATIENCE };
}

/** The bytes that a qcow2 image takes at most, for a disk of that size of which so many bytes are copied. */
export function room(size: number, copied: number): number {
  const whole = Math.ceil(size / CLUSTER);
  const data = Math.min(Math.ceil(copied / CLUSTER), whole);
  const tables =
    Math.min(Math.ceil(whole / (CLUSTER / 8)), data + 1) + Math.ceil(whole / (CLUSTER / 8) / (CLUSTER / 8));
  // Header, the table of refcounts, and the bitmaps that name the point, with their tables and their directory.
  const clusters = data + tables + 16;
  const counts = Math.ceil(clusters / (CLUSTER / 2));
  return (clusters + counts) * CLUSTER;
}

const CLUSTER = 65_536;
