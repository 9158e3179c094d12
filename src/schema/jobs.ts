// The jobs of requests: which ones a request starts, and what it does to which.
import type { Request } from '../qmp/message.ts';
import { type JsonObject, member } from '../text/json.ts';
import { actionsOf } from './actions.ts';
import { ACTS, STARTS, STATES } from './notes/jobs.ts';
import { lazyTable, parseTable } from './notes/table.ts';

/** A job that a request may start. */
interface StartedJob {
  readonly id: string;
  /** Absent for a command of a newer QEMU. */
  readonly type?: string;
  /** QEMU forgets it by itself when it is over. */
  readonly autoDismiss: boolean;
  /** Nodes, drives or files that it copies from and to, as the request names them. */
  readonly source?: string;
  readonly target?: string;
}

/** What is done to a job: `cancel`, `complete` ...; `end` is block-job-cancel's, which keeps the copy of a ready mirror. */
interface JobAct {
  readonly does: string;
  readonly id: string;
}

const starts = lazyTable(STARTS);
const acts = lazyTable(ACTS);
const states = lazyTable(STATES);

/** The jobs that a request may start. A command of a newer QEMU starts one, too, when it is given a job-id. */
export function startedBy(request: Request): readonly StartedJob[] {
  return actionsOf(request).flatMap(({ execute, arguments: args }) => {
    const row = starts(execute);
    const [type, ...ends] = row?.split(' ') ?? [];
    const isBlock = ends.length > 0;
    const id = nameIn(args, 'job-id') ?? (isBlock ? nameIn(args, 'device') : undefined);
    if (id === undefined) return [];
    const [source, target] = ends.map(names =>
      names
        .split(',')
        .map(name => nameIn(args, name))
        .find(name => name !== undefined),
    );
    return [
      {
        id,
        ...(type === undefined ? {} : { type }),
        autoDismiss: (isBlock || row === undefined) && member(args, 'auto-dismiss') !== false,
        ...(source === undefined ? {} : { source }),
        ...(target === undefined ? {} : { target }),
      },
    ];
  });
}

/** What a request does to a job; undefined where it acts on none, or names none. */
export function actOn({ execute, arguments: args }: Request): JobAct | undefined {
  const [does, argument] = acts(execute)?.split(' ') ?? [];
  const id = argument === undefined ? undefined : nameIn(args, argument);
  return does === undefined || id === undefined ? undefined : { does, id };
}

/** What a command does to the job it is given; undefined where it acts on none. */
export function actOf(command: string): string | undefined {
  return acts(command)?.split(' ')[0];
}

/** The commands that act on a job, each with the argument that names it. */
export function jobArguments(): readonly (readonly [command: string, argument: string])[] {
  return [...parseTable(ACTS)].map(([command, row]) => [command, row.split(' ')[1] ?? '']);
}

/** The job-* request that does what a block-job-* request does; undefined where there is none. */
export function plainRequest({ execute, arguments: args }: Request): Request | undefined {
  const act = acts(execute);
  if (act === undefined || !execute.startsWith('block-')) return undefined;
  const [does, argument = ''] = act.split(' ');
  const plain = `job-${does}`;
  const { [argument]: id, ...rest } = args;
  return actOf(plain) === does && id !== undefined
    ? { execute: plain, arguments: { id, ...rest } }
    : undefined;
}

/** Whether a command that acts on a job has an effect on one of this type in this state. */
export function appliesTo(command: string, type: string, state: string): boolean {
  const act = actOf(command);
  if (act === undefined) return true;
  // The block-job-* commands know no other jobs.
  if (command.startsWith('block-') && isBlockJob(type) === false) return false;
  return states(act)?.split(' ').includes(state) !== false;
}

let types: ReadonlyMap<string, boolean> | undefined;

/** Whether a job of this type copies data between nodes; undefined for a type that no command of the table starts. */
export function isBlockJob(type: string): boolean | undefined {
  types ??= new Map(
    [...parseTable(STARTS).values()].map(row => {
      const [name = '', ...ends] = row.split(' ');
      return [name, ends.length > 0];
    }),
  );
  return types.get(type);
}

/** A name in a request. QEMU takes no empty one. */
function nameIn(args: JsonObject, key: string): string | undefined {
  const value = member(args, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
