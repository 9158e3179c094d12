// The rows under the prompt while jobs run. One query a second at most, and none while nothing runs.
import type { Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import { type JobView, renderJobRow } from '../render/job.ts';
import type { Session } from '../session/client.ts';
import type { Job } from '../session/jobs.ts';
import { isArray, isObject, type Json } from '../text/json.ts';
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
  /** Where jobs copy from and to: no query tells, only the request that started one. */
  readonly #ends = new Map<string, { readonly source?: string; readonly target?: string }>();
  readonly #stops: readonly (() => void)[];
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
          for (const { id, ...ends } of jobsOf(request)) this.#ends.set(id, ends);
      }),
    ];
  }

  /** Jobs as the rows and `.jobs` show them, with what was seen of their progress. */
  views(): readonly JobView[] {
    return this.#session.jobs.list().map(job => ({
      ...view(job),
      ...this.#ends.get(job.id),
      history: this.#looks.get(job.id) ?? [],
    }));
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

interface Started {
  readonly id: string;
  readonly source?: string;
  readonly target?: string;
}

/** The jobs a request starts, with the nodes they copy between. */
function jobsOf({ execute, arguments: args }: Request): readonly Started[] {
  if (execute === 'transaction') {
    const actions: Json | undefined = args['actions'];
    return (isArray(actions) ? actions : []).flatMap(action => {
      const [type, data] = isObject(action) ? [action['type'], action['data']] : [];
      return typeof type === 'string' && isObject(data) ? jobsOf({ execute: type, arguments: data }) : [];
    });
  }
  const name = (key: string) => {
    const value = args[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const id = name('job-id') ?? name('device');
  const ends = ENDS.get(execute);
  if (id === undefined || !ends) return [];
  const [source, target] = ends.map(keys => keys.map(name).find(value => value !== undefined));
  return [{ id, ...(source ? { source } : {}), ...(target ? { target } : {}) }];
}

// Where data comes from and where it goes, by argument; the first one given counts.
const ENDS: ReadonlyMap<string, readonly [from: readonly string[], to: readonly string[]]> = new Map([
  ['blockdev-backup', [['device'], ['target']]],
  ['drive-backup', [['device'], ['target']]],
  ['blockdev-mirror', [['device'], ['target']]],
  ['drive-mirror', [['device'], ['target']]],
  [
    'block-commit',
    [
      ['top-node', 'top', 'device'],
      ['base-node', 'base'],
    ],
  ],
  ['block-stream', [['base-node', 'base'], ['device']]],
]);
