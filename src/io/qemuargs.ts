// The sockets at which a QEMU takes clients for QMP, or passes them on to its guest's agent, as its command line says.

/** A socket that it listens at. */
export interface Listening {
  readonly what: 'monitor' | 'agent';
  readonly path?: string;
  /** It was handed to QEMU, open. */
  readonly fd?: number;
  readonly host?: string;
  readonly port?: string;
  readonly tls: boolean;
}

type Fields = Readonly<Record<string, string>>;

interface Group {
  readonly name: string;
  readonly fields: Fields;
}

/** The key of a value that stands without one in front. */
const IMPLIED: Readonly<Record<string, string>> = {
  chardev: 'backend',
  mon: 'chardev',
  monitor: 'chardev',
  object: 'qom-type',
  device: 'driver',
};
const AGENT = 'org.qemu.guest_agent.0';
const ON = /^(?:on|yes|y|true)$/;

/** `read` gives the text of a file that the command line names; undefined where it cannot be read. */
export function listeningOf(
  argv: readonly string[],
  read: (file: string) => string | undefined,
): readonly Listening[] {
  const groups = [...groupsOf(argv, read)];
  const isDaemon = /storage-daemon[^/]*$/.test(argv[0] ?? '');
  const sockets = new Map(
    groups.flatMap(({ name, fields }) => {
      const socket = name === 'chardev' ? socketOf(fields) : undefined;
      return socket && fields['id'] !== undefined ? [[fields['id'], socket] as const] : [];
    }),
  );
  const at = (what: Listening['what'], id: string | undefined): readonly Listening[] => {
    const socket = id === undefined ? undefined : sockets.get(id);
    return socket ? [{ what, ...socket }] : [];
  };
  return groups.flatMap(({ name, fields }) => {
    const { chardev } = fields;
    if (name === 'qmp' || name === 'qmp-pretty') {
      const { '': value = '' } = fields;
      const id = /^chardev:(.*)$/.exec(value)?.[1];
      const own = id === undefined ? legacy(value, fields) : undefined;
      return own ? [{ what: 'monitor' as const, ...own }] : at('monitor', id);
    }
    // (The human monitor of a QEMU is `-monitor` and `-mon` without a mode.)
    if (name === 'mon' && fields['mode'] === 'control') return at('monitor', chardev);
    if (name === 'monitor' && isDaemon) return at('monitor', chardev);
    if (name === 'object' && fields['qom-type'] === 'monitor-qmp') return at('monitor', chardev);
    if (name === 'device' && fields['driver'] === 'virtserialport' && fields['name'] === AGENT)
      return at('agent', chardev);
    return [];
  });
}

/** The options of a command line, and of the files that it reads its options from, one after the other. */
function* groupsOf(argv: readonly string[], read: (file: string) => string | undefined): Generator<Group> {
  for (const [name, value] of optionsOf(argv)) {
    if (name === 'readconfig') yield* configOf(read(value) ?? '');
    else yield { name, fields: fieldsOf(value, IMPLIED[name] ?? '') };
  }
}

/** Each option with its value: `-name value`, `--name value` and, of the storage daemon, `--name=value`. */
export function* optionsOf(argv: readonly string[]): Generator<readonly [name: string, value: string]> {
  for (const [i, option] of argv.entries()) {
    const [, name, own] = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(option) ?? [];
    if (i > 0 && name !== undefined) yield [name, own ?? argv[i + 1] ?? ''];
  }
}

/** `key=value,...` with commas in values written twice, or JSON; what has no key is the value of `implied`, or is on. */
export function fieldsOf(text: string, implied: string): Fields {
  if (text.startsWith('{')) return ofJson(text);
  const parts = text.replaceAll(',,', '\0').split(',');
  return Object.fromEntries(
    parts.map((part, i) => {
      const whole = part.replaceAll('\0', ',');
      const at = whole.indexOf('=');
      if (at >= 0) return [whole.slice(0, at), whole.slice(at + 1)];
      return i === 0 ? [implied, whole] : [whole, 'on'];
    }),
  );
}

function ofJson(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, String(inner)]));
  } catch {
    return {};
  }
}

/** A file of `-readconfig`: `[chardev "id"]`, and rows of `key = "value"` below it. */
function* configOf(text: string): Generator<Group> {
  let group: { name: string; fields: Record<string, string> } | undefined;
  for (const row of text.split('\n')) {
    const [, name, id] = /^\s*\[(\S+?)(?:\s+"([^"]*)")?\]/.exec(row) ?? [];
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*"([^"]*)"/.exec(row) ?? [];
    if (name !== undefined) {
      if (group) yield group;
      group = { name, fields: id === undefined ? {} : { id } };
    } else if (group && key !== undefined && value !== undefined) group.fields[key] = value;
  }
  if (group) yield group;
}

/** A chardev's socket where QEMU listens; a client of somebody else's is none. */
function socketOf(fields: Fields): Omit<Listening, 'what'> | undefined {
  if (fields['backend'] !== 'socket' || !ON.test(fields['server'] ?? '')) return undefined;
  return placeOf(fields);
}

function placeOf(fields: Fields): Omit<Listening, 'what'> | undefined {
  const { path, fd, host, port } = fields;
  const tls = fields['tls-creds'] !== undefined;
  if (path !== undefined) return { path, tls };
  if (fd !== undefined && /^\d+$/.test(fd)) return { fd: Number(fd), tls };
  return port === undefined ? undefined : { host: host ?? '', port, tls };
}

/** `unix:PATH,server=on` and `tcp:HOST:PORT,...` of -qmp. */
function legacy(value: string, fields: Fields): Omit<Listening, 'what'> | undefined {
  if (!ON.test(fields['server'] ?? '')) return undefined;
  const path = /^unix:(.*)$/s.exec(value)?.[1];
  const [, host, port] = /^tcp:(?:\[?(.*?)\]?):(\d+)$/.exec(value) ?? [];
  return placeOf({
    ...fields,
    ...(path === undefined ? {} : { path }),
    ...(port ? { host: host ?? '', port } : {}),
  });
}
