// Which file of this host each node has, as far as the VM's process tells.
import { isSameFile, type OpenFile, seenBy, type VmProcess } from '../io/vmprocess.ts';
import { optionsOf } from '../render/replies.ts';
import { text } from '../text/members.ts';
import type { Chart } from './chart.ts';

export interface NodeFile {
  /** The node of the file. */
  readonly node: string;
  /** The node that it is drawn as one with, else itself. */
  readonly owner: string;
  /** As QEMU names it. */
  readonly path: string;
  readonly isReadOnly: boolean;
  /** What the process has open; undefined where that is not certain. */
  readonly open?: OpenFile;
  /** How what lies at the path now is related to it. */
  readonly now: 'same' | 'other' | 'none' | 'unknown';
}

/** The files of nodes; none where the VM's process is not on this host, or is another user's. */
export function nodeFiles({ nodes, graph, process, files }: Chart): readonly NodeFile[] {
  const folder = process?.folder;
  if (process === undefined || files === undefined || folder === undefined) return [];
  const named = nodes.flatMap(entry => {
    const [node, driver, file] = [text(entry, 'node-name'), text(entry, 'drv'), text(entry, 'file')];
    if (!FILES.has(driver)) return [];
    const own = optionsOf(file);
    const path = own === undefined ? file : text(own, 'filename');
    if (path === '') return [];
    const owner = graph.folded.get(node) ?? node;
    return [{ node, owner, path, isReadOnly: entry['ro'] === true, here: seenBy(process.pid, folder, path) }];
  });
  const isOpen = (here: OpenFile['stat'] | undefined) => files.find(({ stat }) => isSameFile(stat, here));
  const homeless = named.filter(({ here }) => isOpen(here) === undefined);
  // Images that are open and have another name now, or none.
  const strays = files.filter(({ stat }) => !named.some(({ here }) => isSameFile(stat, here)));
  return named.map(({ here, ...file }) => {
    const open = isOpen(here) ?? strayOf(file.path, process, strays, homeless.length);
    const now =
      open === undefined ? 'unknown' : here === undefined ? 'none' : isOpen(here) ? 'same' : 'other';
    return { ...file, ...(open === undefined ? {} : { open }), now };
  });
}

const FILES: ReadonlySet<string> = new Set(['file', 'host_device']);

/** The open file that a path named: one that was deleted keeps it; of moved ones it is certain where there is one alone. */
function strayOf(
  path: string,
  { folder = '/' }: VmProcess,
  strays: readonly OpenFile[],
  homeless: number,
): OpenFile | undefined {
  const whole = path.startsWith('/') ? path : `${folder}/${path.replace(/^\.\//, '')}`;
  const deleted = strays.filter(one => one.deleted && one.path === whole);
  if (deleted.length === 1) return deleted[0];
  const moved = strays.filter(one => !one.deleted && !SYSTEM.test(one.path));
  return homeless === 1 && deleted.length === 0 && moved.length === 1 ? moved[0] : undefined;
}

/** Files that a QEMU has open besides images: its own output, firmware, memory. */
const SYSTEM = /^\/(?:usr|dev|proc|sys|lib)\/|\.log$|\/std(?:out|err)$/;
