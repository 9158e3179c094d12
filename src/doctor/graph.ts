// What stands about in the block graph: nodes and exports nobody uses, chains that are too long, servers that are gone.
import { isConnected, isServed, otherListeners } from '../io/clients.ts';
import { type BlockGraph, chain, usersOn } from '../render/graph.ts';
import { optionsOf } from '../render/replies.ts';
import { isObject, member } from '../text/json.ts';
import { text } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import { type Chart, lineFor } from './chart.ts';
import type { Finding } from './finding.ts';

/** Images in a chain above which each read and each start are slower than they need be. */
const DEEP = 10;

export function graphFindings(chart: Chart): readonly Finding[] {
  const dead = deadServers(chart);
  const named = new Set(dead.map(({ about }) => about));
  return [
    ...dead,
    ...unusedNodes(chart).flatMap(name => (named.has(name) ? [] : [unused(name, chart)])),
    ...idleExports(chart),
    ...deepChains(chart),
  ];
}

/** Nodes that nothing stands on, and that nobody uses. While there are jobs, QEMU does not tell what they use. */
function unusedNodes({ graph, looks }: Chart): readonly string[] {
  if ((looks.at(-1) ?? []).length > 0) return [];
  const below = new Set(
    [...graph.nodes.values()].flatMap(({ children }) =>
      children.flatMap(({ node, oneOf }) => oneOf ?? [node]),
    ),
  );
  const used = usersOn(graph);
  // What is drawn as one with its only user is in use; a node that QEMU has named is not the user's to delete.
  return [...graph.nodes.values()]
    .filter(({ name }) => !name.startsWith('#') && !below.has(name) && !used.has(name))
    .filter(() => !isUntold(graph))
    .map(({ name }) => name);
}

/** Whether this QEMU leaves something of the edges untold: what seems unused may be in use then. */
function isUntold({ nodes }: BlockGraph): boolean {
  return [...nodes.values()].some(({ untold }) => untold.length > 0);
}

function unused(name: string, chart: Chart): Finding {
  const node = chart.graph.nodes.get(name);
  const file = node?.file ?? '';
  return {
    kind: 'node-unused',
    about: name,
    seen: `nobody uses the node ${safe(name)}${file === '' ? '' : ` (${safe(shortFile(file))})`}`,
    why: 'No guest device, export, job or other node stands on it. It keeps its image open and locked, and its name taken.',
    remedies: [
      {
        what: 'close it; its image stays where it is',
        lines: lineFor(chart, 'blockdev-del', { 'node-name': name }),
      },
    ],
  };
}

function shortFile(file: string): string {
  const own = optionsOf(file);
  const name = own === undefined ? file : text(own, 'filename');
  return name === '' ? 'no file of its own' : name;
}

/** NBD exports to which nobody is connected, where that can be told. */
function idleExports(chart: Chart): readonly Finding[] {
  const own = chart.exports.filter(
    one => text(one, 'type') === 'nbd' && member(one, 'shutting-down') !== true,
  );
  if (own.length === 0 || chart.process === undefined) return [];
  // Listening for monitors, consoles and serial ports is no business of exports.
  const others = chart.chardevs.map(one => text(one, 'filename'));
  const [server, ...more] = otherListeners(chart.process.pid, others) ?? [];
  if (server === undefined || more.length > 0 || server.clients > 0) return [];
  const why = `The NBD server at ${safe(server.at)} has no client. An export keeps its node in use, and whoever reaches the server can read it.`;
  return own.map(one => ({
    kind: 'export-unused',
    about: text(one, 'id'),
    seen: `nobody is connected to the export ${safe(text(one, 'id'))} of ${safe(text(one, 'node-name'))}`,
    why,
    remedies: [
      {
        what: 'stop exporting, where nobody is to come any more',
        lines: lineFor(chart, 'block-export-del', { id: text(one, 'id') }),
      },
    ],
  }));
}

function deepChains(chart: Chart): readonly Finding[] {
  const tops = new Set([...usersOn(chart.graph).keys()].filter(name => chain(chart.graph, name).length > 0));
  return [...tops].flatMap(top => {
    const images = chain(chart.graph, top).filter(({ kind }) => kind === 'format');
    const [first] = images;
    if (images.length <= DEEP || first === undefined) return [];
    return [
      {
        kind: 'chain-deep',
        about: first.name,
        seen: `${images.length} images stand on each other below ${safe(first.name)}`,
        why: `A read may have to ask each of them, and one that is lost loses all above it. More than ${DEEP} are seldom meant.`,
        remedies: [
          {
            what: 'copy all that is below into the top; the guest runs on',
            lines: [`.stream node=${first.name}`],
          },
        ],
      },
    ];
  });
}

/** Nodes whose NBD server is gone, where this host can tell. */
function deadServers(chart: Chart): readonly Finding[] {
  return [...chart.graph.nodes.values(), ...foldedServers(chart)].flatMap(({ name, driver, file }) => {
    if (driver !== 'nbd') return [];
    const server = serverOf(file);
    if (server === undefined || isAlive(server, chart) !== false) return [];
    const isFree = unusedNodes(chart).includes(name);
    const yank = lineFor(chart, 'yank', { instances: [{ type: 'block-node', 'node-name': name }] });
    return [
      {
        kind: 'server-dead',
        about: name,
        seen: `the NBD server of the node ${safe(name)} is gone: ${safe(server.at)}`,
        why: 'What is read from it or written to it waits or fails. What waits can hold up the whole monitor: draining, stop, quit.',
        remedies: isFree
          ? [
              {
                what: 'nobody uses the node: close it',
                lines: lineFor(chart, 'blockdev-del', { 'node-name': name }),
              },
            ]
          : [
              {
                what: 'start the server anew: a node with reconnect-delay connects by itself. Or let what waits fail at once',
                lines: yank,
              },
            ],
      },
    ];
  });
}

/** Files that are drawn as one with their format have an entry in the reply alone. */
function foldedServers({ nodes, graph }: Chart) {
  return nodes
    .filter(node => graph.folded.has(text(node, 'node-name')))
    .map(node => ({ name: text(node, 'node-name'), driver: text(node, 'drv'), file: text(node, 'file') }));
}

type Server = { readonly at: string; readonly path: string } | { readonly at: string; readonly port: number };

/** `nbd+unix:///NAME?socket=PATH`, `nbd://HOST:PORT/NAME`, or `json:` with the options. */
function serverOf(file: string): Server | undefined {
  const own = optionsOf(file);
  if (own !== undefined) {
    const server = member(own, 'server');
    if (!isObject(server)) return undefined;
    const [path, port] = [text(server, 'path'), Number(text(server, 'port'))];
    if (path !== '') return { at: path, path };
    return port > 0 ? { at: `${text(server, 'host')}:${port}`, port } : undefined;
  }
  const socket = /^nbd\+unix:\/\/[^?]*\?socket=(.+)$/.exec(file)?.[1];
  if (socket !== undefined) return { at: socket, path: socket };
  const [, host, port] = /^nbd:\/\/([^/]+?)(?::(\d+))?(?:\/|$)/.exec(file) ?? [];
  return host === undefined ? undefined : { at: `${host}:${port ?? 10809}`, port: Number(port ?? 10809) };
}

function isAlive(server: Server, { process }: Chart): boolean | undefined {
  if (process === undefined) return undefined;
  return 'path' in server ? isServed(server.path) : isConnected(process.pid, server.port);
}
