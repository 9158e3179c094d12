// The events of a connection, in the order in which they came. Each has a position: a number that only grows.

import type { QmpEvent } from '../qmp/message.ts';
import { readEvent } from '../qmp/protocol.ts';
import { isObject, parseJson } from '../text/json.ts';

export interface EventLogOptions {
  /** How many events are kept. */
  readonly events?: number;
  /** How many characters of JSON are kept. */
  readonly characters?: number;
}

export interface LoggedEvent {
  readonly position: number;
  readonly event: QmpEvent;
}

/**
 * A bounded log. Events are kept as the text that came, a quarter of the memory of their values; an event that is
 * looked at is read again.
 */
export class EventLog {
  readonly #limit: number;
  readonly #characterLimit: number;
  /** Texts from `#head` on; what stands before it is dropped now and then. */
  #texts: string[] = [];
  #head = 0;
  #first = 0;
  #characters = 0;

  constructor(options: EventLogOptions = {}) {
    this.#limit = options.events ?? 131_072;
    this.#characterLimit = options.characters ?? 32 * 1024 * 1024;
  }

  /** The position of the oldest event kept; as many events were dropped before it. */
  get first(): number {
    return this.#first;
  }

  /** The position the next event will have. */
  get end(): number {
    return this.#first + this.#texts.length - this.#head;
  }

  /** How many events are kept. */
  get size(): number {
    return this.#texts.length - this.#head;
  }

  /** Takes the JSON text of an event; gives its position. */
  append(text: string): number {
    this.#texts.push(text);
    this.#characters += text.length;
    while (this.size > 1 && (this.size > this.#limit || this.#characters > this.#characterLimit))
      this.#dropOldest();
    return this.end - 1;
  }

  /** The event at a position, if it is kept. */
  at(position: number): QmpEvent | undefined {
    if (position < this.#first) return undefined;
    const text = this.#texts[this.#head + position - this.#first];
    return text === undefined ? undefined : readText(text);
  }

  /** The events kept from a position on, oldest first. */
  *from(position: number): Generator<LoggedEvent> {
    for (let at = Math.max(position, this.#first); at < this.end; at++) {
      const event = this.at(at);
      if (event) yield { position: at, event };
    }
  }

  /** The last events, oldest first. */
  last(count: number): LoggedEvent[] {
    return [...this.from(this.end - count)];
  }

  #dropOldest(): void {
    this.#characters -= this.#texts[this.#head]?.length ?? 0;
    this.#texts[this.#head] = '';
    this.#head++;
    this.#first++;
    if (this.#head > 1024 && this.#head * 2 > this.#texts.length) {
      this.#texts = this.#texts.slice(this.#head);
      this.#head = 0;
    }
  }
}

function readText(text: string): QmpEvent | undefined {
  const raw = parseJson(text);
  if (!isObject(raw)) return undefined;
  const name = raw['event'];
  return typeof name === 'string' ? readEvent(name, raw) : undefined;
}
