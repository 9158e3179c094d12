// Asks the VM, after a refusal, for what it has (nodes, devices, jobs ...), by queries that cannot harm it.
import type { Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import type { NameKind } from '../schema/names.ts';
import type { Asked, Bus, RowSource, World } from '../schema/world.ts';
import { type JsonObject, member } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import { busesFor } from './buses.ts';
import type { Known } from './known.ts';

/** Milliseconds that an explanation waits for the VM. */
const PATIENCE = 2000;
const PLACE = { start: 0, end: 0 };

export class Witness implements World {
  readonly schema: Schema | undefined;
  readonly #known: Known;
  readonly #clock: Clock;
  readonly #request: Request;
  #buses: readonly Bus[] | undefined;
  #isPci = false;

  constructor(known: Known, clock: Clock, schema: Schema | undefined, request: Request) {
    this.#known = known;
    this.#clock = clock;
    this.#request = request;
    this.schema = schema;
  }

  get isPci(): boolean {
    return this.#isPci;
  }

  get buses(): readonly Bus[] | undefined {
    return this.#buses;
  }

  /** Asks; what does not come in time is not known. Rejects when the connection is lost. */
  async load(asked: readonly Asked[]): Promise<void> {
    let cancel = () => {};
    const late = new Promise<void>(resolve => {
      cancel = this.#clock.after(PATIENCE, resolve);
    });
    const all = Promise.all(asked.map(one => (one === 'bus' ? this.#loadBuses() : this.#refresh(one))));
    try {
      await Promise.race([all, late]);
    } finally {
      cancel();
    }
  }

  names(kind: NameKind, given?: JsonObject, of?: string, command = ''): readonly string[] | undefined {
    return this.#known.facts.values(this.#wanted(kind, given, of, command))?.map(({ text }) => text);
  }

  rows(source: RowSource): readonly JsonObject[] {
    return objectsIn(this.#known.facts.answer(source));
  }

  #wanted(kind: NameKind, given = this.#request.arguments, of?: string, command = '') {
    const base = { kind, typed: '', place: PLACE, given, command };
    return of === undefined ? base : { ...base, of };
  }

  #refresh(kind: NameKind): Promise<void> {
    return this.#known.facts.refresh(this.#wanted(kind));
  }

  /** The buses that the request's driver goes on. */
  async #loadBuses(): Promise<void> {
    const driver = member(this.#request.arguments, 'driver');
    const found = await busesFor(typeof driver === 'string' ? driver : '', this.#known);
    this.#buses = found.buses;
    this.#isPci = found.isPci;
  }
}
