// The rows under the prompt while jobs run. One query a second at most, and none while nothing runs.
import type { Clock } from '../qmp/transport.ts';
import { type JobView, renderJobRow } from '../render/job.ts';
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
  readonly #looks = new Map<string, (readonly [number, number])[]>();
  readonly #stop: () => void;
  #timer: (() => void) | undefined;
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
    this.#stop = session.jobs.onChange(() => {
      this.#plan(this.#shown ? 0 : DELAY);
    });
  }

  /** Jobs as the rows and `.jobs` show them, with what was seen of their progress. */
  views(): readonly JobView[] {
    return this.#session.jobs.list().map(job => ({ ...view(job), history: this.#looks.get(job.id) ?? [] }));
  }

  close(): void {
    this.#stop();
    this.#timer?.();
    this.#timer = undefined;
    this.#draw([]);
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
    for (const id of this.#looks.keys()) if (!jobs.some(job => job.id === id)) this.#looks.delete(id);
    this.#draw(this.views());
    // A job that waits for the user changes only with an event.
    if (this.#asking || !jobs.some(job => MOVING.has(job.state)) || this.#session.state !== 'open') return;
    this.#asking = true;
    try {
      const reply = await this.#session.execute('query-jobs');
      if (reply.kind === 'success' && isArray(reply.value))
        for (const row of reply.value) {
          const [id, offset] = isObject(row) ? [row['id'], row['current-progress']] : [];
          if (typeof id === 'string' && typeof offset === 'number') this.#note(id, offset);
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

  #note(id: string, offset: number): void {
    const looks = this.#looks.get(id) ?? [];
    looks.push([this.#clock.now(), offset]);
    this.#looks.set(id, looks.slice(-LOOKS));
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
