// Tells how each job has ended, in one row, where the events that say so are not shown.
import type { QmpEvent } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import { renderJobEnd } from '../render/jobend.ts';
import { startedBy } from '../schema/jobs.ts';
import type { Session } from '../session/client.ts';
import { type Job, type JobOutcome, outcomeOf } from '../session/jobs.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';

interface JobEndsParts {
  readonly clock: Clock;
  readonly session: Session;
  /** Whether a job gets a row when this event tells of its end. */
  readonly wanted: (event: QmpEvent, failed: boolean) => boolean;
  readonly print: (row: StyledLine) => void;
  /** Prints what an error means. */
  readonly note: (text: string) => void;
}

export class JobEnds {
  readonly #parts: JobEndsParts;
  readonly #begun = new Map<string, number>();
  readonly #types = new Map<string, string>();
  /** Jobs that have ended, and those of them that have a row. */
  readonly #ends = new Set<string>();
  readonly #rows = new Set<string>();
  /** What waits for the reply to the command that started its job: events overtake replies. */
  readonly #held = new Map<string, (() => void)[]>();
  readonly #stops: readonly (() => void)[];
  #closed = false;

  constructor(parts: JobEndsParts) {
    const { session, clock } = parts;
    this.#parts = parts;
    this.#stops = [
      session.onEvent(event => this.#take(event)),
      session.onSend(({ request }) => {
        for (const { id, type } of request ? startedBy(request) : [])
          if (type !== undefined) this.#types.set(id, type);
      }),
      session.onReply(({ request }) => {
        // Its sender shows the reply first.
        for (const { id } of request ? startedBy(request) : [])
          if (this.#held.has(id)) clock.after(0, () => this.#release(id));
      }),
    ];
  }

  /** Whether the end of the latest job of that id has a row. */
  tells(id: string): boolean {
    return this.#rows.has(id);
  }

  /** What a job's error means, behind its row. */
  explain(id: string, text: string): void {
    this.#print(id, () => this.#parts.note(text));
  }

  /** What is held is told: nothing more will come. */
  close(): void {
    for (const id of [...this.#held.keys()]) this.#release(id);
    this.#closed = true;
    for (const stop of this.#stops) stop();
  }

  #take(event: QmpEvent): void {
    const { name, data, time } = event;
    const block = name === 'BLOCK_JOB_COMPLETED' || name === 'BLOCK_JOB_CANCELLED';
    if (!block && name !== 'JOB_STATUS_CHANGE') return;
    const { device, id = device, status } = data;
    if (typeof id !== 'string') return;
    if (status === 'created') {
      this.#ends.delete(id);
      this.#rows.delete(id);
      if (time === undefined) this.#begun.delete(id);
      else this.#begun.set(id, time);
    } else if (block || status === 'concluded' || status === 'null') void this.#ended(id, event);
  }

  async #ended(id: string, event: QmpEvent): Promise<void> {
    if (this.#ends.has(id)) return;
    this.#ends.add(id);
    const { session, wanted } = this.#parts;
    const begun = this.#begun.get(id);
    this.#begun.delete(id);
    const type = this.#types.get(id);
    this.#types.delete(id);
    let job = session.jobs.get(id);
    // Of a job that was broken off and copies nothing, only a query tells why.
    if (job && job.result === undefined && event.data['status'] === 'concluded') {
      await session.execute('query-jobs').catch(() => undefined);
      job = session.jobs.get(id);
    }
    // (The refusal has said all of a job that never ran.)
    if (!job || job.neverRan || !wanted(event, job.result === 'failed')) return;
    this.#rows.add(id);
    const seconds =
      begun === undefined || event.time === undefined ? undefined : Math.max(0, event.time - begun) / 1e6;
    const row = renderJobEnd({ ...(type === undefined ? {} : { type }), ...ending(job) }, seconds);
    this.#print(id, () => this.#parts.print(row));
  }

  #print(id: string, run: () => void): void {
    const held = this.#held.get(id);
    if (held) held.push(run);
    else {
      this.#held.set(id, [run]);
      // A reply that came just before is shown first, too.
      if (!this.#isStarting(id)) this.#parts.clock.after(0, () => this.#release(id));
    }
  }

  #isStarting(id: string): boolean {
    return this.#parts.session.pending.some(
      ({ request }) => request !== undefined && startedBy(request).some(job => job.id === id),
    );
  }

  #release(id: string): void {
    if (this.#closed) return;
    const held = this.#held.get(id);
    this.#held.delete(id);
    for (const run of held ?? []) run();
  }
}

function ending(job: Job): Parameters<typeof renderJobEnd>[0] {
  const { kind, error } = outcomeOf(job, 'concluded');
  const { id, type, len, offset } = job;
  return {
    id,
    result: kind,
    ...(type === undefined ? {} : { type }),
    ...(error === undefined ? {} : { error }),
    ...(len === undefined ? {} : { len }),
    ...(offset === undefined ? {} : { offset }),
  };
}

/** How a job that was waited for has ended. */
export function outcomeRow(outcome: JobOutcome): StyledLine {
  const job = span(safe(`job ${outcome.id} `));
  if (outcome.kind === 'success') return [job, span(safe(outcome.state), 'ok')];
  const why = outcome.error === undefined ? '' : `: ${outcome.error}`;
  return [job, span(outcome.kind, 'error'), span(safe(why))];
}
