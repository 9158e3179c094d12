// What the prompt says while QEMU does not answer: which command waits for its reply, how long, and what can be done.
import type { Clock } from '../qmp/transport.ts';
import type { Session } from '../session/client.ts';
import type { Pending } from '../session/pending.ts';
import { span, wrapLine } from '../text/line.ts';
import { duration } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';

/** A reply that takes no longer is no news. */
const PATIENCE = 2000;
const EVERY = 1000;
/** So many of the others that wait are named. */
const MOST_OTHERS = 2;

interface SilenceParts {
  readonly clock: Clock;
  readonly session: Session;
  /** The process of the VM, where it is on this host and somebody has stopped it. */
  readonly stopped: () => Promise<number | undefined>;
  /** Why else nothing may come, as a sentence, as far as it is known; looked for once. */
  readonly why?: () => Promise<string | undefined>;
  /** The advice at the end of the row, as half a sentence. */
  readonly way: () => string;
  /** The rows are others than before. */
  readonly changed: () => void;
}

export class Silence {
  readonly #parts: SilenceParts;
  readonly #stops: readonly (() => void)[];
  #timer: (() => void) | undefined;
  #lines: readonly StyledLine[] = [];
  #why: Promise<string | undefined> | undefined;
  #closed = false;

  constructor(parts: SilenceParts) {
    this.#parts = parts;
    this.#stops = [
      parts.session.onSend(() => this.#plan()),
      parts.session.onReply(() => {
        if (this.#lines.length > 0) void this.#look();
      }),
    ];
    this.#plan();
  }

  /** Nothing while QEMU answers. */
  rows(width: number): readonly StyledLine[] {
    return this.#lines.flatMap(line => wrapLine(line, width, 2));
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#timer?.();
    this.#lines = [];
  }

  #plan(): void {
    const { clock, session } = this.#parts;
    const oldest = session.pending[0];
    if (this.#timer || this.#closed || !oldest) return;
    const due = this.#lines.length > 0 ? EVERY : oldest.since + PATIENCE - clock.now();
    this.#timer = clock.after(Math.max(0, due), () => {
      this.#timer = undefined;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const { clock, session, changed } = this.#parts;
    const late = () => session.pending.filter(({ since }) => clock.now() - since >= PATIENCE);
    const pid = late().length > 0 ? await this.#parts.stopped() : undefined;
    const asks = pid === undefined && late().length > 0 && this.#parts.why !== undefined;
    if (asks) this.#why ??= this.#parts.why?.();
    const why = asks ? await this.#why : undefined;
    if (this.#closed) return;
    const before = this.#lines;
    const [oldest, ...more] = late();
    if (!oldest) this.#lines = [];
    else {
      const time = ({ since }: Pending) => duration(Math.floor((clock.now() - since) / 1000));
      const others = more.slice(0, MOST_OTHERS).map(one => `, ${one.name}: ${time(one)}`);
      if (more.length > MOST_OTHERS) others.push(`, and ${more.length - MOST_OTHERS} more`);
      this.#lines = [
        [
          span(`${oldest.name}: no reply for ${time(oldest)}${others.join('')}`, 'warning'),
          span(`; ${this.#overtaking(pid)}${this.#parts.way()}`, 'dim'),
        ],
        ...(pid === undefined ? [] : [stoppedRow(pid)]),
        ...(why === undefined ? [] : [[span(why, 'warning' as const)]]),
      ];
    }
    if (before.length > 0 || this.#lines.length > 0) changed();
    this.#plan();
  }

  /** A QEMU whose main loop hangs still answers what goes out of band; one that is stopped does not. */
  #overtaking(pid: number | undefined): string {
    const { greeting } = this.#parts.session;
    return pid === undefined && greeting?.QMP.capabilities.includes('oob') ? '.oob LINE overtakes, ' : '';
  }
}

function stoppedRow(pid: number): StyledLine {
  return [
    span(`QEMU (process ${pid}) is stopped; `, 'warning'),
    span(`kill -CONT ${pid}`, 'command'),
    span(' lets it go on', 'dim'),
  ];
}
