// Delivers events to listeners: each listener gets each event once, in order, none left out.
import type { QmpEvent } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import { EventLog, type EventLogOptions } from './events.ts';
import { dropped } from './failures.ts';
import { deliver } from './listeners.ts';
import { type WaitOptions, wait } from './wait.ts';

export type EventListener = (event: QmpEvent, position: number) => void;

interface Reader {
  readonly run: EventListener;
  /** The position of the next event it has not seen. */
  next: number;
  active: boolean;
}

export interface EventWait extends WaitOptions {
  /** The position from which on events count. */
  readonly since: number;
  /** For messages: what is waited for. */
  readonly what?: string;
}

export class Feed {
  readonly log: EventLog;
  readonly #readers = new Set<Reader>();
  #heard = false;

  constructor(keep: EventLogOptions | undefined) {
    this.log = new EventLog(keep);
  }

  /** Logs an event; gives its position, for `publish`. */
  append(text: string): number {
    return this.log.append(text);
  }

  publish(event: QmpEvent, position: number): void {
    for (const reader of [...this.#readers]) {
      if (reader.next < position) this.#catchUp(reader, position);
      if (!reader.active) continue;
      reader.next = position + 1;
      deliver(() => reader.run(event, position));
    }
  }

  /** Calls with each event from now on. The first listener gets, a moment later, what came before it too. */
  listen(run: EventListener): () => void {
    const { log } = this;
    const stop = this.#add(run, this.#heard ? log.end : log.first);
    this.#heard = true;
    return stop;
  }

  /** The first event that matches, at `since` or later. `onEnd` calls back when no more events will come. */
  waitFor(
    match: (event: QmpEvent) => boolean,
    options: EventWait,
    clock: Clock,
    onEnd: (reject: (error: unknown) => void, what: string) => () => void,
  ): Promise<QmpEvent> {
    const { since, what = 'the event' } = options;
    const { log } = this;
    return wait<QmpEvent>({
      ...options,
      clock,
      what,
      start: (resolve, reject) => {
        for (const { event } of log.from(since)) {
          if (!match(event)) continue;
          resolve(event);
          return () => {};
        }
        if (since < log.first) reject(dropped(what, log.first - since));
        const stops = [
          this.#add(event => {
            try {
              if (match(event)) resolve(event);
            } catch (error) {
              reject(error);
            }
          }, log.end),
          onEnd(reject, what),
        ];
        return () => {
          for (const stop of stops) stop();
        };
      },
    });
  }

  #add(run: EventListener, next: number): () => void {
    const reader: Reader = { run, next, active: true };
    this.#readers.add(reader);
    if (next < this.log.end) queueMicrotask(() => this.#catchUp(reader, this.log.end));
    return () => {
      reader.active = false;
      this.#readers.delete(reader);
    };
  }

  #catchUp(reader: Reader, end: number): void {
    for (const { event, position } of this.log.from(reader.next)) {
      if (!reader.active || position >= end) return;
      reader.next = position + 1;
      deliver(() => reader.run(event, position));
    }
  }
}
