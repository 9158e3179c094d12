// Images that are named by a URL, as -drive file= and qemu-img take them, where QMP wants a driver and its options.
import {
  isArray,
  isObject,
  type Json,
  type JsonObject,
  member,
  parseJson,
  setMember,
} from '../../text/json.ts';

/** The options of the driver that a URL means; undefined where it is none, or says too little. */
function optionsOf(url: string): JsonObject | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  const read = scheme === undefined ? undefined : READERS.get(scheme);
  return read?.(url);
}

/** What kind of place a URL names, for a sentence: "nbd:"; undefined for a file name. */
export function schemeOf(name: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(name)?.[1]?.toLowerCase();
  return scheme !== undefined && READERS.has(scheme) ? scheme : undefined;
}

/** The value with options in place of the first URL in it that stands as a file's name or as a node; undefined without one. */
export function withOptions(value: Json): { readonly value: Json; readonly url: string } | undefined {
  if (isArray(value)) {
    for (const [i, item] of value.entries()) {
      const found = withOptions(item);
      if (found) return { ...found, value: value.map((one, at) => (at === i ? found.value : one)) };
    }
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { driver, filename, ...rest } = value;
  if (typeof filename === 'string' && typeof driver === 'string' && FILES.has(driver)) {
    const options = optionsOf(filename);
    if (options) return { value: { ...options, ...rest, ...tagOf(options) }, url: filename };
  }
  for (const [key, inner] of Object.entries(value)) {
    const options = typeof inner === 'string' && key !== 'filename' ? optionsOf(inner) : undefined;
    const found = options ? { value: options, url: String(inner) } : withOptions(inner);
    if (!found) continue;
    const copy: Record<string, Json> = { ...value };
    setMember(copy, key, found.value);
    return { value: copy, url: found.url };
  }
  return undefined;
}

function tagOf(options: JsonObject): JsonObject {
  return { driver: member(options, 'driver') ?? '' };
}

const FILES: ReadonlySet<string> = new Set(['file', 'host_device', 'host_cdrom']);

interface Parts {
  readonly user: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
}

function partsOf(url: string): Parts | undefined {
  const match = /^[a-z0-9+.-]+:\/\/(?:([^@/]*)@)?(\[[^\]]*\]|[^:/?]*)(?::(\d+))?(\/[^?]*)?(?:\?(.*))?$/i.exec(
    url,
  );
  if (match === null) return undefined;
  const [, user = '', host = '', port = '', path = '', query = ''] = match;
  const pairs = query.split('&').flatMap((pair): [string, string][] => {
    const [key = '', value = ''] = pair.split('=');
    return key === '' ? [] : [[key, decoded(value)]];
  });
  return { user, host: host.replace(/^\[|\]$/g, ''), port, path: decoded(path), query: new Map(pairs) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % is text
  }
}

function given(name: string, value: string): JsonObject {
  return value === '' ? {} : { [name]: value };
}

function nbdUrl(url: string): JsonObject | undefined {
  const parts = partsOf(url);
  if (!parts) return undefined;
  const { host, port, path, query } = parts;
  const name = given('export', path.replace(/^\//, ''));
  const socket = query.get('socket');
  if (socket !== undefined) return { driver: 'nbd', server: { type: 'unix', path: socket }, ...name };
  if (host === '') return undefined;
  return { driver: 'nbd', server: { type: 'inet', host, port: port || '10809' }, ...name };
}

/** `nbd:HOST:PORT[:exportname=NAME]` and `nbd:unix:PATH[:exportname=NAME]`, older than the URLs. */
function nbdOld(url: string): JsonObject | undefined {
  if (url.startsWith('nbd://')) return nbdUrl(url);
  const match = /^nbd:(?:unix:([^:]+)|([^:/]+):(\d+))(?::exportname=(.*))?$/.exec(url);
  if (match === null) return undefined;
  const [, path, host = '', port = '', name = ''] = match;
  const server = path === undefined ? { type: 'inet', host, port } : { type: 'unix', path };
  return { driver: 'nbd', server, ...given('export', name) };
}

function ssh(url: string): JsonObject | undefined {
  const parts = partsOf(url);
  if (!parts || parts.host === '' || parts.path === '') return undefined;
  const { user, host, port, path } = parts;
  return { driver: 'ssh', server: { host, port: port || '22' }, path, ...given('user', user) };
}

const web =
  (driver: string) =>
  (url: string): JsonObject => ({ driver, url });

function rbd(url: string): JsonObject | undefined {
  const match = /^rbd:([^/:]+)\/(?:([^/:@]+)\/)?([^/:@]+)(?:@([^:]+))?(?::(.*))?$/.exec(url);
  if (match === null) return undefined;
  const [, pool = '', namespace = '', image = '', snapshot = '', options = ''] = match;
  const values = new Map(
    options.split(':').map(pair => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']),
  );
  return {
    driver: 'rbd',
    pool,
    ...given('namespace', namespace),
    image,
    ...given('snapshot', snapshot),
    ...given('user', values.get('id') ?? ''),
    ...given('conf', values.get('conf') ?? ''),
  };
}

function iscsi(url: string): JsonObject | undefined {
  const parts = partsOf(url);
  const path = /^\/([^/]+)\/(\d+)$/.exec(parts?.path ?? '');
  if (!parts || path === null || parts.host === '') return undefined;
  const portal = parts.port === '' ? parts.host : `${parts.host}:${parts.port}`;
  return { driver: 'iscsi', transport: 'tcp', portal, target: path[1] ?? '', lun: Number(path[2]) };
}

function nfs(url: string): JsonObject | undefined {
  const parts = partsOf(url);
  if (!parts || parts.host === '' || parts.path === '') return undefined;
  return { driver: 'nfs', server: { type: 'inet', host: parts.host }, path: parts.path };
}

function gluster(url: string): JsonObject | undefined {
  const parts = partsOf(url);
  const path = /^\/([^/]+)\/(.+)$/.exec(parts?.path ?? '');
  if (!parts || path === null) return undefined;
  const server = [{ type: 'inet', host: parts.host, port: parts.port || '24007' }];
  return { driver: 'gluster', volume: path[1] ?? '', path: path[2] ?? '', server };
}

function json(url: string): JsonObject | undefined {
  try {
    const value = parseJson(url.slice('json:'.length));
    return isObject(value) && typeof member(value, 'driver') === 'string' ? value : undefined;
  } catch {
    return undefined; // no JSON behind the colon
  }
}

function file(url: string): JsonObject | undefined {
  const path = url.replace(/^file:(?:\/\/(?=\/))?/, '');
  return path === '' ? undefined : { driver: 'file', filename: path };
}

function fat(url: string): JsonObject | undefined {
  const match = /^fat:(rw:)?(?:floppy:)?(.+)$/.exec(url);
  return match === null
    ? undefined
    : { driver: 'vvfat', dir: match[2] ?? '', ...(match[1] ? { rw: true } : {}) };
}

const READERS: ReadonlyMap<string, (url: string) => JsonObject | undefined> = new Map([
  ['nbd', nbdOld],
  ['nbd+tcp', nbdUrl],
  ['nbd+unix', nbdUrl],
  ['ssh', ssh],
  ...['http', 'https', 'ftp', 'ftps'].map((scheme): [string, typeof ssh] => [scheme, web(scheme)]),
  ['rbd', rbd],
  ['iscsi', iscsi],
  ['nfs', nfs],
  ['gluster', gluster],
  ['gluster+tcp', gluster],
  ['json', json],
  ['file', file],
  ['fat', fat],
]);
