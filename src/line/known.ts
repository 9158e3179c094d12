// What is known about the VM of a connection beside its schema: its own names, and the types that the schema leaves
// open. The VM tells its names, by queries that cannot harm it; another run of its program tells the properties of
// types.
import type { Devices } from '../io/devices.ts';
import type { Offer } from '../language/offer.ts';
import type { Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import { type Learned, type Lesson, type Property, withLearned } from '../schema/learned.ts';
import type { Schema } from '../schema/model.ts';
import type { Wanted } from '../schema/names.ts';
import type { Session } from '../session/client.ts';
import { Facts, isHarmless } from '../session/facts.ts';
import type { Json } from '../text/json.ts';

/** A schema that also answers with the types learned from the VM so far. */
export function learning(schema: Schema, known: () => Known | undefined): Schema {
  return withLearned(schema, {
    ofType: name => known()?.ofType(name),
    ofObject: path => known()?.ofObject(path),
  });
}

/** Milliseconds that a line waits for the types of its values; then it goes without. */
const PATIENCE = 5000;

export class Known implements Learned {
  readonly facts: Facts;
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #address: string;
  #devices: Devices | undefined;
  #loading: Promise<Devices | undefined> | undefined;
  readonly #buses = new Map<string, readonly Offer[]>();

  /** `address` is where the VM's monitor is. */
  constructor(session: Session, clock: Clock, address: string) {
    this.#session = session;
    this.#clock = clock;
    this.#address = address;
    this.facts = new Facts(request => session.send(request).reply);
    session.onReply(({ name, request }) => {
      this.facts.onCommand(name, request);
      if (PLUGS.test(name) && !(request && isHarmless(request))) this.#buses.clear();
    });
    session.onEvent(event => {
      this.facts.onEvent(event);
      if (PLUGS.test(event.name)) this.#buses.clear();
    });
  }

  /** The types of QEMU's program; absent until they were first asked for, and where the VM's version is not told. */
  get devices(): Devices | undefined {
    return this.#devices;
  }

  ofType(name: string): readonly Property[] | undefined {
    return this.#devices?.of(name);
  }

  ofObject(path: string): readonly Property[] | undefined {
    return this.facts.properties(path);
  }

  /** Loads what starts programs; that takes milliseconds, so it is done when it is first needed. */
  loadDevices(): Promise<Devices | undefined> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<Devices | undefined> {
    const { greeting } = this.#session;
    if (!greeting) return undefined;
    const { Devices, programOf } = await import('../io/devices.ts');
    this.#devices = new Devices(greeting, () => programOf(this.#address, greeting));
    return this.#devices;
  }

  /** Whether there is nothing more to be learned of it. */
  knows(lesson: Lesson): boolean {
    if (lesson.of === 'path') return !this.facts.isStale(propertiesOf(lesson.path));
    return this.ofType(lesson.type) !== undefined;
  }

  /** Learns a lesson, or gives it up when it takes too long or cannot be had. Never rejects. */
  async learn(lesson: Lesson): Promise<void> {
    let cancel = () => {};
    const late = new Promise<void>(resolve => {
      cancel = this.#clock.after(PATIENCE, resolve);
    });
    await Promise.race([this.#learn(lesson).catch(() => {}), late]);
    cancel();
  }

  async #learn(lesson: Lesson): Promise<void> {
    if (lesson.of === 'path') await this.learnPath(lesson.path);
    else await (await this.loadDevices())?.load(lesson.type, lesson.of);
  }

  /** Names of a kind as they are known now, without asking anybody. */
  values(wanted: Wanted): readonly Offer[] | undefined {
    return wanted.kind === 'bus' ? this.#buses.get(driverIn(wanted)) : this.facts.values(wanted);
  }

  /** Whether `refresh` would ask. */
  isStale(wanted: Wanted): boolean {
    return wanted.kind === 'bus' ? !this.#buses.has(driverIn(wanted)) : this.facts.isStale(wanted);
  }

  /** Asks for the names of a kind that are not known as they are now. Rejects when the connection is lost. */
  async refresh(wanted: Wanted): Promise<void> {
    if (wanted.kind !== 'bus') return this.facts.refresh(wanted);
    const { busesFor } = await import('./buses.ts');
    const { buses } = await busesFor(driverIn(wanted), this);
    const free = buses.flatMap(({ name, free }) => (free ? [{ text: name, note: 'has room' }] : []));
    this.#buses.set(driverIn(wanted), free);
  }

  /** Asks the VM what an object of the QOM tree holds. Rejects when the connection is lost. */
  learnPath(path: string): Promise<void> {
    return this.facts.refresh(propertiesOf(path));
  }

  /** The value of a harmless query; undefined where QEMU refuses it. Rejects when the connection is lost. */
  async ask(request: Request): Promise<Json | undefined> {
    if (!isHarmless(request)) throw new Error(`${request.execute} is not sent without being asked for`);
    const reply = await this.#session.send(request).reply;
    return reply.kind === 'success' ? reply.value : undefined;
  }
}

/** What changes which buses have room. */
const PLUGS = /^(?:device_|DEVICE_|human-monitor)/;

function driverIn({ given }: Wanted): string {
  const driver = given['driver'];
  return typeof driver === 'string' ? driver : '';
}

function propertiesOf(path: string): Wanted {
  return {
    kind: 'qom-property',
    typed: '',
    place: { start: 0, end: 0 },
    given: { path },
    command: 'qom-set',
  };
}
