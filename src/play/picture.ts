// Shows the picture of the block graph beside the steps of a page or a lesson, each time it differs from the one shown last.

import type { BlockGraph } from '../render/graph.ts';
import type { JobView } from '../render/job.ts';
import { renderGraph } from '../render/picture.ts';
import type { Session } from '../session/client.ts';
import { span } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';
import { looksOther, type VmState } from './vmstate.ts';

/** The room that there is for a picture, and what it is about. */
interface Frame {
  readonly width: number;
  /** Rows of the screen; absent where there is none. */
  readonly height?: number | undefined;
  /** Texts that name nodes, devices and exports: only their chains are drawn, and those with something new. */
  readonly about?: Iterable<string>;
  /** The jobs with what is known of them. */
  jobs?(): readonly JobView[];
}

export class Picture {
  #drawn: BlockGraph | undefined;
  #drawnOf: Session | undefined;

  /** The graph as it is now, where it is another one than was drawn last; no rows where it is not. */
  changed(state: VmState | undefined, session: Session | undefined, frame: Frame): readonly StyledLine[] {
    if (!state || !looksOther(this.#drawn, state.graph)) return [];
    // Of another monitor's graph nothing is new, and nothing is gone.
    const before = this.#drawnOf === session ? this.#drawn : undefined;
    this.take(state, session);
    return drawn(state.graph, frame, before);
  }

  /** The reader knows this graph: it counts as drawn. */
  take(state: VmState | undefined, session: Session | undefined): void {
    this.#drawn = state?.graph;
    this.#drawnOf = session;
  }

  /** Another VM: whatever it has is new. */
  forget(): void {
    this.#drawn = undefined;
  }
}

/** A picture of at most half the screen. Where the whole does not fit, the chains with something new alone. */
export function drawn(graph: BlockGraph, frame: Frame, before?: BlockGraph): readonly StyledLine[] {
  const rows = frame.height === undefined ? undefined : Math.max(LEAST, Math.floor(frame.height / 2));
  const known = frame.jobs?.() ?? [];
  const options = { width: frame.width - 2, known, ...(before ? { before } : {}) };
  const fresh = before === undefined ? [] : newIn(graph, before);
  const about = frame.about === undefined ? undefined : [...named(graph, frame.about), ...fresh];
  if (about !== undefined && about.length > 0)
    return renderGraph(graph, { ...options, only: about, ...(rows === undefined ? {} : { rows }) });
  const whole = renderGraph(graph, options);
  if (rows === undefined || whole.length <= rows) return whole;
  return renderGraph(graph, { ...options, rows, ...(fresh.length > 0 ? { only: fresh } : {}) });
}

/** A picture has at least so many rows, however low the screen is. */
const LEAST = 6;

/** Those nodes, devices and exports whose names stand in the texts. */
function named(graph: BlockGraph, texts: Iterable<string>): readonly string[] {
  const words = new Set([...texts].flatMap(text => text.split(/[^\w.#-]+/)));
  const users = [...graph.devices, ...graph.exports].map(({ name }) => name);
  return [...graph.nodes.keys(), ...graph.folded.keys(), ...users].filter(name => words.has(name));
}

/** What is new or other than before. */
function newIn(graph: BlockGraph, before: BlockGraph): readonly string[] {
  const facts = (one: BlockGraph, name: string) => {
    const { used: _, ...node } = one.nodes.get(name) ?? { used: 0 };
    const user = [...one.devices, ...one.exports].find(other => other.name === name);
    return JSON.stringify([node, user]);
  };
  const users = [...graph.devices, ...graph.exports].map(({ name }) => name);
  return [...graph.nodes.keys(), ...users].filter(name => facts(graph, name) !== facts(before, name));
}

/** A picture as it stands among text. */
export function framed(rows: readonly StyledLine[]): readonly StyledLine[] {
  if (rows.length === 0) return [];
  return [[], ...rows.map((row): StyledLine => (row.length === 0 ? row : [span('  '), ...row]))];
}
