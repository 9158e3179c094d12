// The state of the VM's jobs, kept from JOB_STATUS_CHANGE and BLOCK_JOB_* events and from the replies of
// query-jobs and query-block-jobs, whoever asked for them.
import type { QmpEvent } from '../qmp/message.ts';
import { isArray, isObject, type Json, type JsonObject } from '../text/json.ts';
import { Listeners } from './listeners.ts';

export interface Job {
  readonly id: string;
  /** backup, mirror, stream, ...; absent until something told it. */
  readonly type?: string;
  /** created, running, paused, ready, standby, waiting, pending, aborting, concluded, null (gone). */
  readonly state: string;
  /** How it ended; absent while it lives, and where nothing told. */
  readonly result?: 'success' | 'cancelled' | 'failed';
  /** QEMU's own text. */
  readonly error?: string;
  /** It went as it was made: the command that was to start it was refused. */
  readonly neverRan?: true;
  /** It stopped at an error (of `read` or `write`) and waits until it is resumed; absent while it goes on. */
  readonly halted?: string;
  /** Progress in the job's own units, bytes for block jobs. */
  readonly len?: number;
  readonly offset?: number;
  /** The limit in bytes a second; 0: none. */
  readonly speed?: number;
  /** Positions in the event log: where the job was first seen, and where it ended. */
  readonly started: number;
  readonly ended?: number;
}

/** How waiting for a job ended. `success` is also: it reached the state that was waited for. */
export interface JobOutcome {
  readonly kind: 'success' | 'cancelled' | 'failed';
  readonly id: string;
  readonly state: string;
  readonly error?: string;
  readonly job: Job;
}

interface Run {
  job: Job;
  /** The last position at which each state was entered. */
  readonly entered: Map<string, number>;
  since?: Since;
}

/** Since when a job is known to be in its state. */
interface Since {
  readonly at: number;
  /** It came into it then, as an event told; else it was in it when a reply told so first. */
  readonly entered: boolean;
}

type Changes = { -readonly [K in keyof Job]?: Job[K] };

/** How many ended jobs are remembered. */
const REMEMBERED = 256;
/** The states of a job that does not go on by itself. */
const STOPPED = /^(paused|standby)$/;
const AT_REST = /^(ready|waiting|pending)$/;
const NEVER_RAN = 'the command that was to start it was refused';
const CANCELLED = 'Operation canceled';

export class Jobs {
  /** The latest job of each id, oldest first. */
  readonly #runs = new Map<string, Run>();
  readonly #listeners = new Listeners<[job: Job]>();
  readonly #now: () => number;

  /** `now`: the clock of `since`. */
  constructor(now: () => number = () => 0) {
    this.#now = now;
  }

  /** The jobs that exist, oldest first. */
  list(): readonly Job[] {
    return [...this.#runs.values()].map(run => run.job).filter(job => job.state !== 'null');
  }

  /** The latest job of that id, also when it has ended. */
  get(id: string): Job | undefined {
    return this.#runs.get(id)?.job;
  }

  /** Whether the latest job of that id is in this state, or was at some time from a position on. */
  reached(id: string, state: string, since: number): boolean {
    const run = this.#runs.get(id);
    if (!run) return false;
    return run.job.state === state || (run.entered.get(state) ?? -1) >= since;
  }

  /** Since when the latest job of that id is known to be in the state it is in. */
  since(id: string): Since | undefined {
    return this.#runs.get(id)?.since;
  }

  /** Calls the listener with each job that changes; gives how to stop that. */
  onChange(listener: (job: Job) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Takes an event of any kind. */
  receive(event: QmpEvent, position: number): void {
    const { data } = event;
    if (event.name === 'JOB_STATUS_CHANGE') {
      const { id, status } = data;
      if (typeof id === 'string' && typeof status === 'string') this.#enter(id, status, position);
      return;
    }
    if (!event.name.startsWith('BLOCK_JOB_')) return;
    const id = data['device'] ?? data['id'];
    if (typeof id !== 'string') return;
    const changes = progress(data);
    const error = data['error'];
    if (event.name === 'BLOCK_JOB_COMPLETED') {
      changes.result = typeof error === 'string' ? 'failed' : 'success';
      if (typeof error === 'string') changes.error = error;
    } else if (event.name === 'BLOCK_JOB_CANCELLED') changes.result = 'cancelled';
    else if (event.name === 'BLOCK_JOB_ERROR' && data['action'] === 'stop')
      changes.halted = String(data['operation'] ?? 'an');
    this.#change(this.#run(id, position), changes);
  }

  /**
   * Takes the `return` value of query-jobs or query-block-jobs. `mark` is the log's position when the query was
   * sent: a job that has ended since is not brought back.
   */
  learn(value: Json, mark: number): void {
    if (!isArray(value)) return;
    for (const item of value) {
      if (!isObject(item)) continue;
      const id = item['id'] ?? item['device'];
      const state = item['status'];
      if (typeof id !== 'string' || typeof state !== 'string') continue;
      const known = this.#runs.get(id)?.job;
      if (known?.ended !== undefined && known.ended >= mark && known.state === 'null') continue;
      const { error } = item;
      const run = this.#run(id, mark, state !== 'concluded');
      const changes: Changes = progress(item);
      // Events are newer than a reply that they overtook.
      if ((run.entered.get(run.job.state) ?? -1) < mark) changes.state = state;
      if (run.since === undefined || (changes.state ?? run.job.state) !== run.job.state)
        run.since = { at: this.#now(), entered: false };
      if (typeof error === 'string') {
        changes.error = error;
        if (run.job.result === undefined) changes.result = error === CANCELLED ? 'cancelled' : 'failed';
      }
      if ((changes.state ?? run.job.state) === 'concluded') {
        if (run.job.ended === undefined) changes.ended = mark;
        if (run.job.result === undefined && changes.result === undefined) changes.result = 'success';
      }
      this.#change(run, changes);
    }
  }

  #enter(id: string, state: string, position: number): void {
    const over = state === 'concluded' || state === 'null';
    if (state === 'created') this.#runs.delete(id);
    const run = this.#run(id, position, !over);
    run.entered.set(state, position);
    run.since = { at: this.#now(), entered: true };
    const changes: Changes = { state };
    // It stops a moment after its error.
    if (!STOPPED.test(state)) run.job = unhalted(run.job);
    // How far it was when last looked at is not how far it is: with its copy done it comes to stand still here.
    if (AT_REST.test(state) && run.job.state === 'running') run.job = unmeasured(run.job);
    if (over && run.job.ended === undefined) changes.ended = position;
    // A job that fails or is cancelled passes through `aborting`; what it was, its own events or query-jobs tell.
    if (over && run.job.result === undefined && !run.entered.has('aborting')) {
      // A command that is refused may have made its job already: it goes without having run.
      const neverRan = state === 'null' && run.entered.has('created') && run.job.state === 'created';
      changes.result = neverRan ? 'failed' : 'success';
      if (neverRan) {
        changes.neverRan = true;
        changes.error = NEVER_RAN;
      }
    }
    this.#change(run, changes);
    if (over) this.#forget();
  }

  /** The job of that id; a new one where there is none, or (`alive`) where it has gone. */
  #run(id: string, position: number, alive = false): Run {
    const known = this.#runs.get(id);
    if (known && !(alive && known.job.state === 'null')) return known;
    const run: Run = { job: { id, state: 'created', started: position }, entered: new Map() };
    this.#runs.delete(id); // to the end of the order
    this.#runs.set(id, run);
    return run;
  }

  #change(run: Run, changes: Changes): void {
    run.job = { ...run.job, ...changes };
    this.#listeners.tell(run.job);
  }

  #forget(): void {
    if (this.#runs.size <= REMEMBERED) return;
    for (const [id, { job }] of this.#runs) {
      if (job.state !== 'null') continue;
      this.#runs.delete(id);
      if (this.#runs.size <= REMEMBERED) return;
    }
  }
}

function unmeasured({ len: _, offset: __, ...job }: Job): Job {
  return job;
}

function unhalted({ halted: _, ...job }: Job): Job {
  return job;
}

function progress(data: JsonObject): Changes {
  const changes: Changes = {};
  const type = data['type'];
  if (typeof type === 'string') changes.type = type;
  const len = data['len'] ?? data['total-progress'];
  const offset = data['offset'] ?? data['current-progress'];
  const speed = data['speed'];
  if (isNumber(len)) changes.len = Number(len);
  if (isNumber(offset)) changes.offset = Number(offset);
  if (isNumber(speed)) changes.speed = Number(speed);
  return changes;
}

function isNumber(value: Json | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** The outcome of a job that has ended, for a wait for `state`. */
export function outcomeOf(job: Job, state: string): JobOutcome {
  const kind = job.result ?? 'failed';
  const error =
    job.error ?? (kind === 'failed' ? 'the job was aborted, and QEMU did not say why' : undefined);
  return { kind, id: job.id, state, job, ...(error === undefined ? {} : { error }) };
}
