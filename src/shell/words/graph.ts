import { writeDocument } from '../../io/files.ts';
import { toDot, toSvg } from '../../render/dot.ts';
import { type BlockGraph, readGraph } from '../../render/graph.ts';
import type { JobView } from '../../render/job.ts';
import { renderGraph } from '../../render/picture.ts';
import { span } from '../../text/line.ts';
import type { Exit, Host } from '../host.ts';
import { misuse } from '../misuse.ts';
import { answered, connected } from '../send.ts';
import type { Word } from '../word.ts';

export const GRAPH: Word = {
  name: '.graph',
  usage: '[NODE] [--dot [FILE] | --svg FILE]',
  help: 'draw the block nodes: chains, devices, jobs',
  more: [
    'A row is a chain, the base to the left: [a.qcow2] <-- [b.qcow2]. Behind it stands the device that uses it.',
    'With NODE (or a device) only the chains it is in. For documents:',
    '    .graph --svg chain.svg        .graph --dot chain.dot',
    'It asks query-named-block-nodes and query-block, and nothing else.',
  ],
  complete: (before, typed) => {
    if (before.length > 0) return [];
    const also = [
      { text: '--svg', note: 'FILE: write a picture' },
      { text: '--dot', note: '[FILE]: print or write it for Graphviz' },
    ];
    return { prefix: '', kind: 'node', typed, also };
  },
  run: async ({ args }, host): Promise<Exit> => {
    const { only, format, file } = readArguments(args);
    const graph = await askGraph(host);
    const jobs = jobViews(host);
    if (format === undefined) {
      host.show(
        renderGraph(graph, {
          width: host.width,
          jobs,
          ...(only === undefined ? {} : { only: known(only, graph) }),
        }),
      );
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
export async function askGraph(host: Host): Promise<BlockGraph> {
  const session = connected(host);
  const [nodes, block] = await Promise.all([
    session.execute('query-named-block-nodes').then(answered),
    session.execute('query-block').then(answered),
  ]);
  return readGraph(nodes, block);
}

function known(name: string, graph: BlockGraph): string {
  if (graph.nodes.has(name) || graph.devices.some(device => device.name === name)) return name;
  const names = [...graph.nodes.keys(), ...graph.devices.map(device => device.name)];
  throw misuse(GRAPH, `there is no node or device ${name}; there are ${names.join(', ') || 'none'}`);
}

/** The jobs with what is known of them; where nobody watches them, as their events told. */
export function jobViews(host: Host): readonly JobView[] {
  return host.jobs?.() ?? (host.session?.jobs.list() ?? []).map(({ started: _, ended: __, ...job }) => job);
}
