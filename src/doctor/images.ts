// Image files of this host: gone, moved, replaced, without the rights they need, written to by others, or soon full.
import { roomAt } from '../io/storage.ts';
import { writersOf } from '../io/vmprocess.ts';
import { shellWord } from '../page/hostline.ts';
import { chain, usersOn } from '../render/graph.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import type { Chart } from './chart.ts';
import { type NodeFile, nodeFiles } from './files.ts';
import type { Finding } from './finding.ts';

export function imageFindings(chart: Chart): readonly Finding[] {
  // What nobody uses is told as such; its file matters to nobody.
  const used = usedNodes(chart);
  const files = nodeFiles(chart).filter(({ owner, node }) => used.has(owner) || used.has(node));
  return [
    ...files.flatMap(file => gone(file, chart) ?? rights(file, chart) ?? writers(file, chart) ?? []),
    ...writtenBelow(files, chart),
    ...full(files, chart),
  ];
}

/** The nodes that a device or an export stands on, directly or by others; all of them while there are jobs. */
function usedNodes({ graph, looks }: Chart): ReadonlySet<string> {
  const open = (looks.at(-1) ?? []).length > 0 ? [...graph.nodes.keys()] : [...usersOn(graph).keys()];
  const found = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const { node, oneOf } of graph.nodes.get(name)?.children ?? []) open.push(...(oneOf ?? [node]));
  }
  return found;
}

/** The path as a shell of this host takes it, whatever folder it is in. */
function whole(path: string, { process }: Chart): string {
  return path.startsWith('/') ? path : `${process?.folder ?? ''}/${path.replace(/^\.\//, '')}`;
}

/** The top of a chain that a file stands below; undefined where it is the top itself, or in none. */
function topAbove({ owner }: NodeFile, { graph }: Chart): string | undefined {
  for (const top of usersOn(graph).keys()) {
    const nodes = chain(graph, top);
    if (nodes.findIndex(({ name }) => name === owner) > nodes.findIndex(({ kind }) => kind === 'format'))
      return nodes.find(({ kind }) => kind === 'format')?.name;
  }
  return undefined;
}

function gone(file: NodeFile, chart: Chart): Finding | undefined {
  const { open, now, path, owner } = file;
  if (open === undefined || (now !== 'none' && now !== 'other')) return undefined;
  const at = whole(path, chart);
  const about = owner;
  const top = topAbove(file, chart);
  const what = top === undefined ? 'image' : 'backing file';
  if (!open.deleted && now === 'none')
    return {
      kind: 'image-moved',
      about,
      seen: `the ${what} of ${safe(owner)} was moved: ${safe(at)} is now ${safe(open.path)}`,
      why: 'QEMU has it open and does not notice. At its next start, or when the image is opened anew, it is not found.',
      remedies: [{ what: 'move it back', lines: [`$ mv -n ${shellWord(open.path)} ${shellWord(at)}`] }],
    };
  return {
    kind: now === 'other' ? 'image-replaced' : 'image-deleted',
    about,
    seen:
      now === 'other'
        ? `another file was put in the place of the ${what} of ${safe(owner)}: ${safe(at)}`
        : `the ${what} of ${safe(owner)} was deleted: ${safe(at)}`,
    why: 'QEMU still has the old one open. What is in it is lost for good when QEMU ends.',
    remedies: [
      top === undefined
        ? {
            what: 'move the disk to a new image while QEMU runs; choose a name',
            lines: [`.mirror node=${owner} file=${shellWord(`${at}.saved`)} then=complete`],
          }
        : {
            what: 'copy what it holds into the top of the chain; the guest runs on',
            lines: [`.stream node=${top}`],
          },
    ],
  };
}

/** Whether the user that QEMU runs as may still open the file as it did. */
function rights({ open, path, owner, isReadOnly }: NodeFile, chart: Chart): Finding | undefined {
  const { process } = chart;
  if (open === undefined || process === undefined || process.uid === 0) return undefined;
  const { uid, gid, mode } = open.stat;
  const shift = uid === process.uid ? 6 : gid === process.gid ? 3 : 0;
  // Groups that the process is in besides its own may give more.
  if (shift === 0 && ((mode >> 3) & 6) !== 0) return undefined;
  const wanted = isReadOnly ? 4 : 6;
  const missing = wanted & ~(mode >> shift);
  if (missing === 0) return undefined;
  const who = shift === 6 ? 'u' : shift === 3 ? 'g' : 'o';
  const letters = `${missing & 4 ? 'r' : ''}${missing & 2 ? 'w' : ''}`;
  const at = whole(path, chart);
  return {
    kind: 'image-rights',
    about: owner,
    seen: `QEMU's user (${process.uid}) may not ${missing & 4 ? 'read' : 'write to'} the image of ${safe(owner)} any more: ${safe(at)}`,
    why: 'What is open stays open. At the next start, or when a job opens the image anew, it is refused: Permission denied.',
    remedies: [{ what: 'give the rights back', lines: [`$ chmod ${who}+${letters} ${shellWord(at)}`] }],
  };
}

/** Other processes that have the file open for writing. */
function writers({ open, path, owner }: NodeFile, chart: Chart): Finding | undefined {
  if (open === undefined || chart.process === undefined) return undefined;
  const [other, ...more] = writersOf(open.stat, chart.process.pid);
  if (other === undefined) return undefined;
  const pids = [other, ...more].map(({ pid }) => pid);
  return {
    kind: 'image-written-elsewhere',
    about: owner,
    seen: `${safe(other.name)} (process ${other.pid}) has the image of ${safe(owner)} open for writing, too: ${safe(whole(path, chart))}`,
    why: 'Two that write to one image destroy it, and what is written below an overlay changes what its guest reads.',
    remedies: [
      {
        what: 'end that program in its own way; where it has none',
        lines: [`$ kill ${pids.join(' ')}`],
      },
    ],
  };
}

/** Milliseconds that two file times may differ by without telling anything. */
const CLOSE = 2000;

/** Images below others that were written to after the ones on them were. */
function writtenBelow(files: readonly NodeFile[], { graph }: Chart): readonly Finding[] {
  const byOwner = new Map(files.map(file => [file.owner, file]));
  return [...usersOn(graph).keys()].flatMap(top => {
    const images = chain(graph, top).filter(({ kind }) => kind === 'format');
    return images.flatMap((image, i): readonly Finding[] => {
      const [above, below] = [byOwner.get(image.name), byOwner.get(images[i + 1]?.name ?? '')];
      if (above?.open === undefined || below?.open === undefined || !below.isReadOnly) return [];
      const written = below.open.stat.mtimeMs;
      // A commit writes to the image below, too, and then to the one above.
      if (written < above.open.stat.mtimeMs + CLOSE || written < above.open.stat.birthtimeMs + CLOSE)
        return [];
      return [
        {
          kind: 'backing-written',
          about: below.owner,
          seen: `the backing file ${safe(below.path)} was written to after ${safe(above.path)} was`,
          why: 'QEMU has it open read-only, so it was somebody else. Where the overlay relies on what was there, the guest reads a mixture.',
          remedies: [
            {
              what: 'no line mends that: check the disk in the guest, or restore it from a backup (.help restore)',
              lines: [],
            },
          ],
        },
      ];
    });
  });
}

/** Room below which a host is said to be short of it. */
const LITTLE = 1 << 30;
/** The part of a storage of fixed size that is in use when it is said to be nearly full. */
const NEARLY = 0.9;

function full(files: readonly NodeFile[], chart: Chart): readonly Finding[] {
  const { graph, highest } = chart;
  const fixed = [...graph.nodes.values()].flatMap((node): readonly Finding[] => {
    if (node.driver !== 'qcow2') return [];
    const below = node.children.find(({ role }) => role === 'file')?.node ?? '';
    const storage = graph.nodes.get(below);
    const [size, used] = [storage?.size, highest.get(below)];
    const isFixed = storage?.driver === 'raw' || storage?.driver === 'host_device';
    if (!isFixed || size === undefined || used === undefined || used < size * NEARLY) return [];
    if (node.size !== undefined && node.size < size) return [];
    return [
      {
        kind: 'image-nearly-full',
        about: node.name,
        seen: `the image of ${safe(node.name)} fills ${bytes(used)} of the ${bytes(size)} that ${safe(below)} has`,
        why: 'When it is full, writes fail with "No space left on device": the guest or the job stops.',
        remedies: [{ what: `make ${safe(below)} larger before that`, lines: [] }],
      },
    ];
  });
  const host = files.flatMap((file): readonly Finding[] => {
    const node = graph.nodes.get(file.owner);
    if (file.isReadOnly || file.now !== 'same' || !file.open?.stat.isFile()) return [];
    if (node?.size === undefined || node.used === undefined) return [];
    const [grows, room] = [node.size - node.used, roomAt(file.open.path)];
    if (room === undefined || room >= grows || room >= LITTLE) return [];
    return [
      {
        kind: 'image-nearly-full',
        about: file.owner,
        seen: `${bytes(room)} are free where the image of ${safe(file.owner)} lies, and it may grow by ${bytes(grows)}`,
        why: 'When no room is left, writes fail with "No space left on device": the guest or the job stops.',
        remedies: [{ what: `make room on the file system of ${safe(file.open.path)}`, lines: [] }],
      },
    ];
  });
  return [...fixed, ...host];
}
