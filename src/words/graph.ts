import { writeDocument } from '../io/files.ts';
import { type AskVm, askBlockGraph } from '../line/blockgraph.ts';
import type { Connection } from '../line/connection.ts';
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { misuse } from '../line/misuse.ts';
import type { Output } from '../line/output.ts';
import { connected, limits, replyValue } from '../line/send.ts';
import type { Word } from '../line/word.ts';
import { toDot, toSvg } from '../render/dot.ts';
import { type BlockGraph, readGraph } from '../render/graph.ts';
import type { JobView } from '../render/job.ts';
import { renderGraph } from '../render/picture.ts';
import { span, wrapLine } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';

export const GRAPH: Word = {
  name: '.graph',
  usage: '[NODE] [--dot [FILE] | --svg FILE] [--against twin|PAGE [name=value ...]]',
  help: 'draw the block nodes: chains, devices, jobs',
  more: [
    'A row is a chain, the base to the left: [a.qcow2] <-- [b.qcow2]. Behind it stands the device or export that',
    'uses it. A node that is drawn already is named once more, "as above", where another row stands on it.',
    'With NODE (or a device, or an export) only what stands on it, down to the base. For documents:',
    '    .graph --svg chain.svg        .graph --dot chain.dot',
    'What this QEMU does not tell is not drawn; with .set unstable on, x-debug-query-block-graph is asked as well.',
    '--against draws the graph of a twin of the VM, with what is otherwise than on the VM marked: of the twin as it was',
    'made, or with PAGE behind it. Nothing is done on the VM; .help rehearse says what a twin is.',
  ],
  ofQemu: true,
  needs: 'host',
  complete: (before, typed) => {
    if (before.length > 0) return [];
    const also = [
      { text: '--svg', note: 'FILE: write a picture' },
      { text: '--dot', note: '[FILE]: print or write it for Graphviz' },
      { text: '--against', note: 'twin|PAGE: what would be otherwise' },
    ];
    return { prefix: '', kind: 'node', typed, also };
  },
  run: async ({ args, rest }, host): Promise<Exit> => {
    const at = args.indexOf('--against');
    if (at >= 0) return against(args, at, rest, host);
    const { only, format, file } = readArguments(args);
    const graph = await askGraph(host);
    const jobs = jobViews(host);
    if (format === undefined) {
      const rows = renderGraph(graph, {
        width: host.width,
        jobs,
        ...(only === undefined ? {} : { only: known(only, graph) }),
      });
      const note = untoldNote(graph, host.width);
      await host.page([...rows, ...note]);
      return 0;
    }
    const text = format === 'dot' ? toDot(graph, jobs) : toSvg(graph, jobs);
    if (file === undefined) {
      host.show(
        text
          .trimEnd()
          .split('\n')
          .map(row => [span(row)]),
      );
      return 0;
    }
    const ours = format === 'dot' ? /^\s*(strict\s+)?(di)?graph\b/ : /^\s*<(\?xml|svg)/;
    host.note(`${writeDocument(file, host.folder, text, ours)} is written`, 'ok');
    return 0;
  },
};

/** The graph of a twin, marked where it is otherwise than the VM's. */
async function against(args: readonly string[], at: number, rest: string, host: Host): Promise<Exit> {
  const [before] = args.slice(0, at);
  if (before !== undefined) throw misuse(GRAPH, `--against draws the whole graph; leave ${before} out`);
  const named = args.slice(at + 1);
  if (named[0] === undefined) throw misuse(GRAPH, '--against wants twin, or a page');
  const { graphAgainst } = await import('../twin/against.ts');
  const subject =
    named[0] === 'twin' && named.length === 1
      ? undefined
      : await (await import('./rehearse.ts')).rehearsed(named, rest.replace(/^\s*--against\s+/, ''), host);
  await host.page(await graphAgainst(host, subject));
  return 0;
}

interface Asked {
  readonly only?: string;
  readonly format?: 'dot' | 'svg';
  readonly file?: string;
}

function readArguments(args: readonly string[]): Asked {
  const at = args.findIndex(arg => arg.startsWith('--'));
  const [only, ...more] = at < 0 ? args : args.slice(0, at);
  const [option, file, ...extra] = at < 0 ? [] : args.slice(at);
  const tooMany = more[0] ?? extra[0];
  if (tooMany !== undefined) throw misuse(GRAPH, `${tooMany} is one word too many`);
  if (option === undefined) return only === undefined ? {} : { only };
  const format = option === '--dot' ? 'dot' : option === '--svg' ? 'svg' : undefined;
  if (format === undefined) throw misuse(GRAPH, `there is no option ${option}`);
  if (only !== undefined) throw misuse(GRAPH, 'a document shows the whole graph; leave the node out');
  if (format === 'svg' && file === undefined) throw misuse(GRAPH, '--svg wants a FILE');
  return file === undefined ? { format } : { format, file };
}

/** The graph as it is now. */
async function askGraph(host: Connection & Output): Promise<BlockGraph> {
  const session = connected(host);
  const ask: AskVm = async (command, args = {}) => {
    const reply = await session.execute(command, args, limits(host));
    // Without the nodes and who uses them there is no picture: then the refusal is what there is to be told.
    if (reply.kind === 'success' || command === 'query-named-block-nodes' || command === 'query-block')
      return replyValue(reply);
    return undefined;
  };
  return (await askBlockGraph(ask, host.settings.unstable)) ?? readGraph([], []);
}

function known(name: string, graph: BlockGraph): string {
  const names = [
    ...graph.nodes.keys(),
    ...graph.folded.keys(),
    ...[...graph.devices, ...graph.exports].map(user => user.name),
  ];
  if (names.includes(name)) return name;
  throw misuse(GRAPH, `there is no node, device or export ${name}; there are ${names.join(', ') || 'none'}`);
}

/** How to see what this QEMU's stable queries do not tell. */
function untoldNote({ nodes, devices }: BlockGraph, width: number): readonly StyledLine[] {
  const untold =
    [...nodes.values()].some(
      ({ children, untold }) => untold.length > 0 || children.some(({ oneOf }) => oneOf !== undefined),
    ) || devices.some(({ through }) => through !== undefined);
  const text = 'This QEMU tells the rest only by a command that it calls unstable: .set unstable on asks it.';
  return untold ? [[], ...wrapLine([span(text, 'dim')], width, 2)] : [];
}

/** The jobs with what is known of them; where nobody watches them, as their events told. */
export function jobViews(host: Connection & Output): readonly JobView[] {
  return host.jobs?.() ?? (host.session?.jobs.list() ?? []).map(({ started: _, ended: __, ...job }) => job);
}
