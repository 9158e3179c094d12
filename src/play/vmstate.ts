// The state of a lesson's VM (block graph and jobs), and what a line of the reader has removed from it.

import { type AskVm, askBlockGraph } from '../line/blockgraph.ts';
import { QmpshError } from '../qmp/errors.ts';
import { type BlockGraph, chain } from '../render/graph.ts';
import type { Session } from '../session/client.ts';
import type { WaitOptions } from '../session/wait.ts';
import type { Json, JsonObject } from '../text/json.ts';

export interface VmState {
  readonly graph: BlockGraph;
  /** Jobs by id, with whether they wait for a decision. */
  readonly jobs: ReadonlyMap<string, 'waits' | 'runs'>;
}

/**
 * Asks a VM how it stands, by queries that cannot harm it; undefined where there is no VM any more. Rejects with a
 * QmpshError `timeout` or `interrupted` where it does not answer.
 */
export async function stateOf(
  session: Session | undefined,
  options: WaitOptions,
  unstable = false,
): Promise<VmState | undefined> {
  if (session?.state !== 'open') return undefined;
  const ask: AskVm = (command, args = {}) => value(session, command, args, options);
  const [graph, jobs] = await Promise.all([askBlockGraph(ask, unstable), ask('query-jobs')]);
  if (graph === undefined || jobs === undefined) return undefined;
  return {
    graph,
    jobs: new Map(
      session.jobs.list().map(job => [job.id, /ready|pending/.test(job.state) ? 'waits' : 'runs'] as const),
    ),
  };
}

async function value(
  session: Session,
  command: string,
  args: JsonObject,
  options: WaitOptions,
): Promise<Json | undefined> {
  try {
    const reply = await session.execute(command, args, options);
    return reply.kind === 'success' ? reply.value : undefined;
  } catch (error) {
    if (error instanceof QmpshError && /timeout|interrupted/.test(error.kind)) throw error;
    return undefined; // the end of the connection is told elsewhere
  }
}

/** What the later state lacks of the earlier one, as half a sentence; undefined when nothing is missing. */
export function missing(before: VmState, now: VmState | undefined): string | undefined {
  if (!now) return 'the VM has ended';
  for (const [name, node] of before.graph.nodes) {
    if (name.startsWith('#')) continue;
    const still = now.graph.nodes.get(name);
    if (!still && now.graph.folded.has(name)) continue;
    if (!still) return `the node ${name} is gone`;
    const bitmap = node.bitmaps.find(one => !still.bitmaps.includes(one));
    if (bitmap !== undefined) return `the bitmap ${bitmap} of ${name} is gone`;
  }
  for (const device of before.graph.devices) {
    const still = now.graph.devices.find(other => other.name === device.name);
    if (!still) return `the device ${device.name} is gone`;
    if (images(before, device.node) !== images(now, still.node))
      return still.node === undefined
        ? `the device ${device.name} has lost its disk`
        : `the device ${device.name} now stands on another chain`;
  }
  for (const [id, how] of before.jobs)
    if (how === 'waits' && now.jobs.get(id) !== 'waits') return `the job ${id} is no longer waiting`;
  return undefined;
}

/** Whether the picture of the block graph would be another one. */
export function looksOther(before: BlockGraph | undefined, now: BlockGraph): boolean {
  const facts = (graph: BlockGraph) =>
    JSON.stringify([
      [...graph.nodes.values()].map(({ used: _, ...node }) => node),
      graph.devices,
      graph.exports,
    ]);
  return before === undefined || facts(before) !== facts(now);
}

/** The images of a chain, filters left out: a job puts its own in and takes them away. */
function images({ graph }: VmState, top: string | undefined): string {
  if (top === undefined) return '';
  return chain(graph, top)
    .filter(node => node.kind !== 'filter')
    .map(node => node.file)
    .join('\n');
}
