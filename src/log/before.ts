// What a log's VM had before the log begins: the block nodes that its requests name and never made, for a practice VM
// that is to have them, too.
import type { Request } from '../qmp/message.ts';
import { actionsOf } from '../schema/actions.ts';
import { startedBy } from '../schema/jobs.ts';
import { namingAt } from '../schema/names.ts';
import type { Path } from '../schema/walk.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../text/json.ts';
import type { Asked } from './talk.ts';

interface Disk {
  readonly node: string;
  /** The node of its file, where the log names it. */
  readonly file?: string;
  /** Bytes, where the log tells. */
  readonly size?: number;
  /** A job copied to it, so no device had it. */
  readonly loose?: true;
}

/** The disks that the VM had. `kept` are the requests that the page holds, `all` those of the log. */
export function disksBefore(kept: readonly Request[], all: readonly Asked[]): readonly Disk[] {
  const named = namedBefore(kept);
  const told = nodesTold(all);
  const targets = new Set(kept.flatMap(startedBy).map(({ target }) => target));
  const disks: Disk[] = [];
  const files = new Set(named.filter(name => isFile(name, told.get(name))));
  for (const node of named) {
    if (files.has(node)) continue;
    const about = told.get(node);
    const file = [...files].find(name => isFileOf(name, told.get(name), node, about));
    const size = about && sizeIn(about);
    disks.push({
      node,
      ...(file === undefined ? {} : { file }),
      ...(size === undefined ? {} : { size }),
      ...(targets.has(node) ? { loose: true } : {}),
    });
  }
  return disks;
}

/** Nodes that requests use before one of them has made them. */
function namedBefore(requests: readonly Request[]): readonly string[] {
  const made = new Set<string>();
  const before = new Set<string>();
  for (const request of requests)
    for (const { execute, arguments: args } of actionsOf(request)) {
      const news: string[] = [];
      walk(args, [], (path, text) => {
        const kind = namingAt(execute, path, args)?.kind;
        const key = path.at(-1);
        if (kind === 'node' && !made.has(text) && isName(text)) before.add(text);
        if (kind === 'new' && typeof key === 'string' && key.endsWith('node-name')) news.push(text);
      });
      for (const name of news) made.add(name);
      // (A node inside of another one's description is made with it.)
      if (execute === 'blockdev-add') for (const name of news) before.delete(name);
    }
  return [...before];
}

function walk(value: Json, path: Path, visit: (path: Path, text: string) => void): void {
  if (typeof value === 'string') visit(path, value);
  else if (isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i], visit);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) walk(item, [...path, key], visit);
}

/** As QEMU takes names; what it makes up itself cannot be given. */
function isName(text: string): boolean {
  return /^[A-Za-z][\w.-]{0,30}$/.test(text);
}

/** What the replies tell of nodes, each as it was told first. */
function nodesTold(all: readonly Asked[]): ReadonlyMap<string, JsonObject> {
  const told = new Map<string, JsonObject>();
  for (const { request, reply } of all) {
    if (request.execute !== 'query-named-block-nodes' || reply?.kind !== 'success' || !isArray(reply.value))
      continue;
    for (const item of reply.value) {
      const name = isObject(item) ? member(item, 'node-name') : undefined;
      if (isObject(item) && typeof name === 'string' && !told.has(name)) told.set(name, item);
    }
  }
  return told;
}

function isFile(name: string, about: JsonObject | undefined): boolean {
  if (!about) return name.endsWith('-storage');
  const driver = member(about, 'drv');
  return driver === 'file' || driver === 'host_device' || driver === 'nbd';
}

function isFileOf(
  file: string,
  fileAbout: JsonObject | undefined,
  node: string,
  about: JsonObject | undefined,
): boolean {
  if (fileAbout && about) return member(fileAbout, 'file') === member(about, 'file');
  // As libvirt names the two.
  return file.replace(/-storage$/, '') === node.replace(/-format$/, '');
}

function sizeIn(about: JsonObject): number | undefined {
  const image = member(about, 'image');
  const size = isObject(image) ? member(image, 'virtual-size') : undefined;
  return typeof size === 'number' && size >= 512 ? size : undefined;
}
