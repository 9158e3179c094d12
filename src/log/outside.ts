// Which image files a log's VM was given that no request of the log made.
import type { Request } from '../qmp/message.ts';
import { isObject, type JsonObject, member } from '../text/json.ts';

/** `made` where QEMU formats the file afterwards, so that any empty one will do; else the file whose content is needed. */
export type Outside = 'made' | { readonly needed: string };

/**
 * The requests that open such files. `madeBy` names the files that a request makes.
 */
export function imagesMadeOutside(
  requests: readonly Request[],
  madeBy: (request: Request) => readonly string[],
): ReadonlyMap<Request, Outside> {
  const found = new Map<Request, Outside>();
  const there = new Set<string>();
  const opened = new Map<string, Request>();
  for (const request of requests) {
    for (const file of madeBy(request)) there.add(file);
    const { execute, arguments: args } = request;
    const file = execute === 'blockdev-add' ? fileIn(args) : undefined;
    const node = member(args, 'node-name');
    if (file !== undefined) {
      if (!there.has(file)) found.set(request, { needed: file });
      there.add(file);
      if (typeof node === 'string') opened.set(node, request);
    }
    const options = execute === 'blockdev-create' ? member(args, 'options') : undefined;
    const formatted = isObject(options) ? member(options, 'file') : undefined;
    const opener = typeof formatted === 'string' ? opened.get(formatted) : undefined;
    if (opener && found.has(opener)) found.set(opener, 'made');
  }
  return found;
}

/** The file that a node is, or stands on. */
function fileIn(args: JsonObject): string | undefined {
  const below = member(args, 'file');
  if (isObject(below)) return fileIn(below);
  const file = member(args, 'filename');
  return member(args, 'driver') === 'file' && typeof file === 'string' ? file : undefined;
}
