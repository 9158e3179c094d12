// What the replies to query-jobs and query-block-jobs prove of jobs whose events a log does not have, or has too late:
// qmp-shell logs none, and shows them when it is asked to.
import type { QmpEvent, Request } from '../qmp/message.ts';
import { actOn, isBlockJob, startedBy } from '../schema/jobs.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../text/json.ts';
import type { Asked, Item } from './talk.ts';

type Told = Extract<Item, { readonly kind: 'event' }>;

const POLL = /^query-(block-)?jobs$/;
const END = /^BLOCK_JOB_(?:COMPLETED|CANCELLED)$/;

/** The items with an event before each poll that shows a job ready, or over, of which no event had told by then. */
export function withPolled(items: readonly Item[]): readonly Item[] {
  const polled = new Polled(items);
  return items.flatMap((item, i) => polled.before(item, i));
}

class Polled {
  readonly #items: readonly Item[];
  /** The jobs that run, each with its type, and whether it was ready. */
  readonly #live = new Map<string, { readonly type: string | undefined; readonly ready: boolean }>();
  /** What stands elsewhere by now. */
  readonly #moved = new Set<Item>();

  constructor(items: readonly Item[]) {
    this.#items = items;
  }

  /** The item, behind what it proves. */
  before(item: Item, i: number): readonly Item[] {
    if (item.kind === 'event') {
      if (this.#moved.has(item)) return [];
      this.#hear(item.event);
      return [item];
    }
    if (item.kind !== 'asked' || item.reply?.kind === 'refusal') return [item];
    const { request, reply } = item;
    for (const { id, type } of startedBy(request)) this.#live.set(id, { type, ready: false });
    const act = actOn(request);
    // Whether it was over then as it should be, or given up, a poll does not tell.
    if (act && /^(?:cancel|end)$/.test(act.does) && !this.#live.get(act.id)?.ready) this.#live.delete(act.id);
    if (!POLL.test(request.execute) || reply?.kind !== 'success' || !isArray(reply.value)) return [item];
    return [...this.#proven(request, reply.value, i, item.row), item];
  }

  #hear({ name, data }: QmpEvent): void {
    const id = String(data['device'] ?? data['id']);
    const job = this.#live.get(id);
    if (!job) return;
    if (name === 'BLOCK_JOB_READY') this.#live.set(id, { ...job, ready: true });
    const isOver = name === 'JOB_STATUS_CHANGE' && /^(?:concluded|null)$/.test(String(data['status']));
    if (isOver || END.test(name)) this.#live.delete(id);
  }

  #proven({ execute }: Request, list: readonly Json[], i: number, row: number): readonly Told[] {
    return [...this.#live].flatMap(([id, job]) => {
      const shown = jobIn(list, id);
      const isListed = execute === 'query-jobs' || isBlockJob(job.type ?? '') === true;
      if (shown ? isOver(shown) : isListed) {
        this.#live.delete(id);
        const late = this.#later(id, i, ({ name }) => END.test(name));
        const error = shown && member(shown, 'error');
        const failed = error === undefined ? {} : { error };
        return [
          late ?? { kind: 'event', row, event: made('BLOCK_JOB_COMPLETED', { device: id, ...failed }) },
        ];
      }
      if (job.ready || !shown || !isReady(shown)) return [];
      this.#live.set(id, { ...job, ready: true });
      const late = this.#later(id, i, ({ name }) => name === 'BLOCK_JOB_READY');
      return [late ?? { kind: 'event', row, event: made('BLOCK_JOB_READY', { device: id }) }];
    });
  }

  /** The event of this run of the job that the log has behind the poll; from now on it stands before it. */
  #later(id: string, from: number, is: (event: QmpEvent) => boolean): Told | undefined {
    for (const item of this.#items.slice(from + 1)) {
      if (item.kind === 'asked' && startedBy(item.request).some(job => job.id === id)) return undefined;
      if (item.kind !== 'event' || item.event.data['device'] !== id || !is(item.event)) continue;
      this.#moved.add(item);
      return item;
    }
    return undefined;
  }
}

/** Whether a poll shows that the job goes on: neither ready nor over. */
export function showsRunning({ request, reply }: Asked, id: string): boolean {
  if (!POLL.test(request.execute) || reply?.kind !== 'success' || !isArray(reply.value)) return false;
  const shown = jobIn(reply.value, id);
  return shown !== undefined && !isReady(shown) && !isOver(shown);
}

function jobIn(list: readonly Json[], id: string): JsonObject | undefined {
  return list.filter(isObject).find(job => (member(job, 'id') ?? member(job, 'device')) === id);
}

function isReady(job: JsonObject): boolean {
  return member(job, 'status') === 'ready';
}

function isOver(job: JsonObject): boolean {
  return member(job, 'status') === 'concluded';
}

function made(name: string, data: JsonObject): QmpEvent {
  return { name, data, raw: {} };
}
