// What a look at VM and folder finds, asked over the second monitor.
import { readdirSync } from 'node:fs';
import type { Practice } from '../../src/io/practice.ts';
import type { Session } from '../../src/session/client.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/text/json.ts';
import type { Stand } from '../plays.ts';

export interface Look {
  /** Nodes with names, jobs, bitmaps, exports, files: `node node-A`, `file a.qcow2`. */
  readonly things: ReadonlySet<string>;
  /** The node that each of the bitmaps among them is on. */
  readonly nodeOf: ReadonlyMap<string, string>;
  /** The files that QEMU has open, as it names them. */
  readonly open: readonly string[];
  /** The node and the file that the guest's disk is. */
  readonly disk: { readonly node: string; readonly file: string } | undefined;
  /** The machine's status; absent where QEMU has ended. */
  readonly status: string | undefined;
}

/** A QEMU that has ended shows only its folder. */
export async function look(here: Stand, _there?: Practice): Promise<Look> {
  const files = readdirSync(here.vm.folder)
    .filter(name => !name.endsWith('.sock'))
    .map(name => `file ${name}`);
  const { session } = here;
  if (session.state !== 'open')
    return { things: new Set(files), nodeOf: new Map(), open: [], disk: undefined, status: undefined };
  const nodes = await list(session, 'query-named-block-nodes', { flat: true });
  const named = nodes.filter(row => !String(row['node-name']).startsWith('#'));
  const bitmaps = named.flatMap(row => {
    // Those of an image that is only read are in its file, and go from QEMU with the node.
    const found = row['ro'] === true ? [] : row['dirty-bitmaps'];
    return (isArray(found) ? found : []).flatMap(one =>
      isObject(one) && one['name'] !== undefined
        ? [[`bitmap ${String(one['name'])}`, String(row['node-name'])] as const]
        : [],
    );
  });
  const jobs = await list(session, 'query-jobs');
  const exports = await list(session, 'query-block-exports');
  const inserted = (await list(session, 'query-block'))
    .map(row => row['inserted'])
    .find(row => isObject(row) && row['node-name'] !== undefined);
  const status = await session.execute('query-status');
  return {
    things: new Set([
      ...files,
      ...named.map(row => `node ${String(row['node-name'])}`),
      ...bitmaps.map(([bitmap]) => bitmap),
      ...jobs.map(row => `job ${String(row['id'])}`),
      ...exports.map(row => `export ${String(row['id'])}`),
    ]),
    nodeOf: new Map(bitmaps),
    open: nodes.filter(row => row['drv'] === 'file').map(row => String(row['file'])),
    disk: isObject(inserted)
      ? { node: String(inserted['node-name']), file: String(inserted['file']) }
      : undefined,
    status: status.kind === 'success' && isObject(status.value) ? String(status.value['status']) : undefined,
  };
}

async function list(
  session: Session,
  command: string,
  args: JsonObject = {},
): Promise<readonly JsonObject[]> {
  const reply = await session.execute(command, args);
  const value: Json = reply.kind === 'success' ? reply.value : [];
  return (isArray(value) ? value : []).filter(isObject);
}
