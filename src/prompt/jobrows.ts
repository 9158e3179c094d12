// The rows under the prompt while jobs run. One query a second, one more when a job comes to stand still, and none
// while nothing runs.
import type { Clock } from '../qmp/transport.ts';
import { type JobView, renderJobRow } from '../render/job.ts';
import { type Estimate, estimate, type Limit, type Look, rateOf } from '../render/rate.ts';
import { actOf, startedBy } from '../schema/jobs.ts';
import type { Session } from '../session/client.ts';
import type { Job } from '../session/jobs.ts';
import { isArray, isObject } from '../text/json.ts';
import { span } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';

const EVERY = 1000;
const MOST_ROWS = 3;
const LOOKS = 40;
/** A job shorter than this is over before anybody could read its row. */
const DELAY = 150;

export class JobRows {
  readonly #clock: Clock;
  readonly #session: Session;
  readonly #show: (rows: readonly StyledLine[]) => void;
  readonly #width: () => number;
  readonly #looks = new Map<string, readonly Look[]>();
  readonly #estimates = new Map<string, Estimate>();
  /** The limit of each, and since when it goes with it. */
  readonly #limits = new Map<string, { readonly speed: number | undefined; readonly since: Look }>();
  /** Where jobs copy from and to: no query tells, only the request that started one. */
  readonly #ends = new Map<string, { readonly source?: string; readonly target?: string }>();
  readonly #stops: readonly (() => void)[];
  /** Jobs that begin or stand still, and were asked for their limit. */
  readonly #still = new Set<string>();
  #timer: (() => void) | undefined;
  #drawing: (() => void) | undefined;
  #asking = false;
  #shown = false;

  constructor(
    clock: Clock,
    session: Session,
    width: () => number,
    show: (rows: readonly StyledLine[]) => void,
  ) {
    this.#clock = clock;
    this.#session = session;
    this.#width = width;
    this.#show = show;
    this.#stops = [
      session.jobs.onChange(() => {
        this.#redraw();
        this.#plan(this.#shown ? 0 : DELAY);
      }),
      session.onReply(({ request }, reply) => {
        if (request && reply.kind === 'success')
          for (const { id, autoDismiss: _, ...ends } of startedBy(request)) this.#ends.set(id, ends);
        if (request && reply.kind === 'success' && actOf(request.execute) === 'set-speed') this.#askLimits();
      }),
    ];
  }

  /** Jobs as the rows and `.jobs` show them, with what was seen of their progress. */
  views(): readonly JobView[] {
    const now = this.#clock.now();
    return this.#session.jobs.list().map(job => {
      const estimated = this.#estimates.get(job.id);
      return {
        ...view(job),
        ...this.#ends.get(job.id),
        history: this.#looks.get(job.id) ?? [],
        ...(estimated === undefined ? {} : { left: (estimated.end - now) / 1000 }),
      };
    });
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#timer?.();
    this.#timer = undefined;
    this.#drawing?.();
    this.#drawing = undefined;
    this.#draw([]);
  }

  /** Rows that stand there follow what was told, once for all that came together. */
  #redraw(): void {
    if (!this.#shown) return;
    this.#drawing ??= this.#clock.after(0, () => {
      this.#drawing = undefined;
      this.#draw(this.views());
    });
  }

  #plan(ms: number): void {
    if (this.#timer || this.#session.state !== 'open') return;
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = undefined;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const jobs = this.#session.jobs.list();
    for (const id of this.#looks.keys())
      if (!jobs.some(job => job.id === id)) {
        this.#looks.delete(id);
        this.#estimates.delete(id);
        this.#limits.delete(id);
        this.#still.delete(id);
      }
    this.#draw(this.views());
    // A job that waits for the user changes only with an event, but how far it is may not be known.
    const moves = jobs.some(
      job => MOVING.has(job.state) || (job.state !== 'concluded' && job.len === undefined),
    );
    if (this.#asking || !moves || this.#session.state !== 'open') return;
    this.#asking = true;
    try {
      const reply = await this.#session.execute('query-jobs');
      if (reply.kind === 'success' && isArray(reply.value))
        for (const row of reply.value) {
          const { id, 'current-progress': offset, 'total-progress': len } = isObject(row) ? row : {};
          if (typeof id === 'string' && typeof offset === 'number') this.#note(id, offset, Number(len ?? 0));
        }
    } catch {
      return; // the end of the connection is told elsewhere
    } finally {
      this.#asking = false;
    }
    this.#draw(this.views());
    this.#timer?.();
    this.#timer = undefined;
    this.#plan(EVERY);
  }

  #note(id: string, offset: number, len: number): void {
    const before = this.#looks.get(id) ?? [];
    const looks = [...before, [this.#clock.now(), offset] as const].slice(-LOOKS);
    this.#looks.set(id, looks);
    const job = this.#session.jobs.get(id);
    const begins = before.length === 0 && job?.state === 'running';
    this.#askLimit(id, begins || rateOf(looks) === 0);
    const next = estimate(this.#estimates.get(id), looks, len, this.#limit(id, looks, job));
    if (next === undefined) this.#estimates.delete(id);
    else this.#estimates.set(id, next);
  }

  #limit(id: string, looks: readonly Look[], job: Job | undefined): Limit {
    const [speed, known, last] = [job?.speed, this.#limits.get(id), looks.at(-1)];
    if (last === undefined) return { speed: 0 };
    // Which limit it has is known a moment after the job; one that was paused begins anew.
    const goesOn = known !== undefined && (known.speed === speed || known.speed === undefined);
    const begins = looks.length === 1 && this.#ends.has(id);
    const first: Look = begins ? [last[0] - DELAY, 0] : last;
    const since = goesOn && job?.state !== 'paused' ? known.since : first;
    this.#limits.set(id, { speed, since });
    return { speed: speed ?? 0, since };
  }

  /** A job has a limit from its beginning, or does not move as it waits for one that it was given since. */
  #askLimit(id: string, still: boolean): void {
    if (!still) this.#still.delete(id);
    else if (!this.#still.has(id)) {
      this.#still.add(id);
      this.#askLimits();
    }
  }

  /** query-jobs does not tell limits. `session.jobs` hears the reply; without one the rows do without. */
  #askLimits(): void {
    this.#session.execute('query-block-jobs').catch(() => {});
  }

  #draw(views: readonly JobView[]): void {
    if (views.length === 0 && !this.#shown) return;
    this.#shown = views.length > 0;
    const width = this.#width();
    const rows = views.slice(0, MOST_ROWS).map(job => renderJobRow(job, width));
    const more = views.length - rows.length;
    this.#show(more > 0 ? [...rows, [span(`and ${more} more: .jobs`, 'dim')]] : rows);
  }
}

const MOVING = new Set(['created', 'running', 'paused', 'ready', 'standby', 'waiting', 'aborting']);

function view(job: Job): JobView {
  const { started: _, ended: __, ...rest } = job;
  return rest;
}
