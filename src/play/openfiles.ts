// Which files a QEMU has open, as its block nodes tell.
import { mayMean } from '../io/present.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Session } from '../session/client.ts';
import { isArray, isObject, type Json } from '../text/json.ts';
import type { JobWait } from './jobs.ts';

export interface NodeFiles {
  readonly node: string;
  /** The file it is on, as QEMU names it. */
  readonly file: string;
  /** That one and those of the images below it. */
  readonly all: readonly string[];
}

/** The block nodes of a QEMU, asked for now. Rejects with a QmpshError. */
export async function openFiles(session: Session, limits: JobWait): Promise<readonly NodeFiles[]> {
  const reply = await session.execute('query-named-block-nodes', { flat: true }, limits);
  if (reply.kind === 'refusal') throw new QmpshError('refused', reply.desc);
  return (isArray(reply.value) ? reply.value : []).flatMap((row): NodeFiles[] => {
    if (!isObject(row)) return [];
    const { 'node-name': node, file } = row;
    return [{ node: String(node), file: String(file), all: filesIn(row) }];
  });
}

/** The node that has the file at this path open, or may have it. */
export function userOf(path: string, nodes: readonly NodeFiles[]): string | undefined {
  return nodes.find(({ all }) => all.some(told => mayMean(told, path)))?.node;
}

function filesIn(value: Json): readonly string[] {
  if (isArray(value)) return value.flatMap(filesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? (/^file$|filename$|^backing_file$/.test(key) ? [inner] : []) : filesIn(inner),
  );
}
