// Connects again by itself after the connection was lost, with growing pauses, until it is there, or is stopped.
import { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Session } from '../session/client.ts';
import type { Ending } from '../session/options.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';

/** Milliseconds before the first try, and at most between two. */
const FIRST = 250;
const MOST = 5000;
/** Milliseconds a try may take. */
const TRY = 15_000;
/** Milliseconds in which a VM that has told its end may come back: whoever has ended it may be starting it anew. */
const COMES_BACK = 60_000;
export const comesBackWithin = duration(COMES_BACK / 1000);

interface ReconnectParts {
  readonly clock: Clock;
  readonly connect: (address: string, signal: AbortSignal) => Promise<Session>;
  /** Resolves when no page plays: one that has lost its VM must not go on with another. */
  readonly idle: () => Promise<void>;
  /** The next Ctrl-C. */
  readonly signal: () => AbortSignal;
  readonly wanted: () => boolean;
  /** The connection is there again, after so many milliseconds. */
  readonly back: (session: Session, after: number) => void;
  /** It is no longer tried: why, and what to do instead. */
  readonly gaveUp: (sentence: string, advice: string) => void;
  /** The row is another one. */
  readonly changed: () => void;
}

export class Reconnect {
  readonly #parts: ReconnectParts;
  #stop: AbortController | undefined;
  #row: StyledLine | undefined;

  constructor(parts: ReconnectParts) {
    this.#parts = parts;
  }

  /** Whether it is being tried. */
  get tries(): boolean {
    return this.#stop !== undefined;
  }

  rows(width: number): readonly StyledLine[] {
    return this.#row ? wrapLine(this.#row, width, 2) : [];
  }

  /** Tries the address from now on; `told`: the VM has said that it ends, so it is not waited for for ever. */
  begin(address: string, told: boolean): void {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    void this.#chase(address, told, stop.signal).finally(() => {
      if (this.#stop !== stop) return;
      this.#stop = undefined;
      this.#show(undefined);
    });
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#show(undefined);
  }

  async #chase(address: string, told: boolean, stopped: AbortSignal): Promise<void> {
    const { clock, connect, idle, back, gaveUp } = this.#parts;
    const began = clock.now();
    await idle();
    const interrupt = this.#parts.signal();
    // (AbortSignal.any is younger than Node 20.0.)
    const either = new AbortController();
    const { signal } = either;
    for (const one of [stopped, interrupt]) {
      if (one.aborted) either.abort();
      one.addEventListener('abort', () => either.abort(), { once: true });
    }
    let pause = FIRST;
    let why = '';
    for (;;) {
      const late = clock.now() - began >= COMES_BACK;
      if (told && late) return gaveUp(`QEMU has not come back within ${comesBackWithin}`, AGAIN);
      await this.#wait(pause, why, signal);
      if (!this.#parts.wanted()) return;
      if (signal.aborted) {
        if (!stopped.aborted) gaveUp('not connecting again', AGAIN);
        return;
      }
      this.#show([span('connecting again to '), span(safe(address), 'string'), span(STOPS, 'dim')]);
      try {
        const session = await this.#try(address, connect, signal);
        if (!signal.aborted) return back(session, clock.now() - began);
        await session.close();
      } catch (error) {
        if (!(error instanceof QmpshError)) throw error;
        const hopeless = !signal.aborted && advice(error);
        if (hopeless) return gaveUp(error.message, hopeless);
        why = error.kind === 'interrupted' ? `${safe(address)} did not answer` : error.message;
      }
      pause = Math.min(pause * 2, MOST);
    }
  }

  /** One try, which has its own end: a way that hangs is tried anew. Whoever listens waits as long as it takes. */
  async #try(address: string, connect: ReconnectParts['connect'], signal: AbortSignal): Promise<Session> {
    if (address.startsWith('listen:')) return connect(address, signal);
    const over = new AbortController();
    const stop = () => over.abort();
    const cancel = this.#parts.clock.after(TRY, stop);
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await connect(address, over.signal);
    } finally {
      cancel();
      signal.removeEventListener('abort', stop);
    }
  }

  /** Waits, and tells each second how long still. */
  async #wait(pause: number, why: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const until = clock.now() + pause;
    for (let left = pause; left > 0 && !signal.aborted; left = until - clock.now()) {
      const reason = why === '' ? '' : `: ${why}`;
      const when = left < 1000 ? 'now' : `in ${duration(Math.ceil(left / 1000))}`;
      this.#show([span(`connecting again ${when}${reason}`), span(STOPS, 'dim')]);
      await new Promise<void>(resolve => {
        const over = () => {
          cancel();
          signal.removeEventListener('abort', over);
          resolve();
        };
        const cancel = clock.after(Math.min(left, 1000), over);
        signal.addEventListener('abort', over, { once: true });
      });
    }
  }

  #show(row: StyledLine | undefined): void {
    if (!row && !this.#row) return;
    this.#row = row;
    this.#parts.changed();
  }
}

const STOPS = '; Ctrl-C stops that';
const AGAIN = '.connect tries once more, Ctrl-D leaves.';

/** What to do after an error that another try will not mend; undefined where it may. */
function advice(error: QmpshError): string | undefined {
  const { kind, message, advice = '' } = error;
  // What ssh would have to ask for is asked when somebody has typed the line that needs it.
  if (kind === 'connect' && /Permission denied \(|Host key verification failed/.test(message))
    return '.connect asks for what ssh wants to know.';
  return kind === 'usage' || kind === 'protocol' ? `${advice} ${AGAIN}`.trim() : undefined;
}

/** The reason that the VM gave for its end in its last words; undefined where it gave none. */
export function toldEnd({ events }: Pick<Session, 'events'>): string | undefined {
  for (const { event } of events.last(LOOK_BACK).reverse()) {
    if (/^(RESET|RESUME)$/.test(event.name)) return undefined; // (with -no-shutdown it goes on)
    if (event.name !== 'SHUTDOWN') continue;
    const { reason } = event.data;
    return typeof reason === 'string' ? safe(reason) : 'SHUTDOWN';
  }
  return undefined;
}

const LOOK_BACK = 100;

/** What the connection's end means for the prompt. */
export function mayComeBack(
  { expected, error }: Ending,
  { address, owned, lesson }: { readonly address: string; readonly owned: boolean; readonly lesson: boolean },
): { readonly again: true } | { readonly again: false; readonly why?: string } {
  if (expected || !error || lesson) return { again: false };
  if (owned) return { again: false, why: 'It was a VM of this shell: it is not started again.' };
  if (address.startsWith('exec:'))
    return { again: false, why: 'Its command is not run again by itself: .connect does.' };
  if (address.startsWith('fd:')) return { again: false, why: 'What was passed on cannot be opened again.' };
  return { again: true };
}
