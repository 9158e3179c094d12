// What the doctor has seen of a VM, by questions that cannot harm it: the replies, and what this host tells of its process.
import type { OpenFile, VmProcess } from '../io/vmprocess.ts';
import { print } from '../language/print.ts';
import type { BlockGraph } from '../render/graph.ts';
import type { Schema } from '../schema/model.ts';
import type { Json, JsonObject } from '../text/json.ts';

/** A job at one look. */
export interface JobLook {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly length: number;
  readonly offset: number;
  /** The limit in bytes a second; 0 none, undefined where it is no block job. */
  readonly speed?: number;
  /** `ok`, `failed`, `nospace` of a block job. */
  readonly io?: string;
  readonly error?: string;
}

/** How long a job is known to be in its state, in milliseconds. */
export interface Lasting {
  readonly ms: number;
  /** An event told when it came into it; else it may be in it for longer. */
  readonly entered: boolean;
}

/** Who is connected to another monitor of the VM. */
export interface OtherClient {
  readonly name: string;
  readonly pid: number;
  readonly address: string;
}

export interface Chart {
  readonly schema: Schema | undefined;
  /** `status` of query-status. */
  readonly state: string;
  /** The jobs at each look, oldest first; at least one look. */
  readonly looks: readonly (readonly JobLook[])[];
  /** By the job's name. */
  readonly lasting: ReadonlyMap<string, Lasting>;
  /** Looked for where a job waits for a decision, on this host. */
  readonly others: readonly OtherClient[];
  readonly graph: BlockGraph;
  /** The entries of query-named-block-nodes. */
  readonly nodes: readonly JsonObject[];
  readonly exports: readonly JsonObject[];
  readonly chardevs: readonly JsonObject[];
  /** The highest byte that was written of each node, as query-blockstats tells it. */
  readonly highest: ReadonlyMap<string, number>;
  /** The VM's process where it runs on this host. */
  readonly process?: VmProcess;
  /** Its open files; undefined where they cannot be seen. */
  readonly files?: readonly OpenFile[];
}

/** The jobs that are the same at each look: one that only passes through a state is none to tell of. */
export function steadyJobs({ looks }: Chart): readonly JobLook[] {
  const last = looks.at(-1) ?? [];
  return last.filter(job =>
    looks.every(look => look.some(one => one.id === job.id && one.status === job.status)),
  );
}

/** The line that sends a request; none where this QEMU has no such command. */
export function lineFor(
  { schema }: Pick<Chart, 'schema'>,
  execute: string,
  args: Readonly<Record<string, Json>>,
): readonly string[] {
  if (schema !== undefined && !schema.commands.has(execute)) return [];
  return [print({ execute, arguments: args }, schema)];
}
