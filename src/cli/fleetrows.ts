// The rows at a terminal while several monitors are at work: one for each, and their sum where they are too many.
import { CLOCK } from '../io/clock.ts';
import type { Exit } from '../line/exit.ts';
import type { Session } from '../session/client.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';
import { width as cellWidth, fit } from '../text/width.ts';

/** A reply that takes no longer is no news. */
const PATIENCE = 2000;

export class Progress {
  readonly name: string;
  state: 'waits' | 'runs' | 'over' = 'waits';
  session: Session | undefined;
  exit: Exit | undefined;
  /** The last row that was printed of it. */
  said = '';

  constructor(name: string) {
    this.name = name;
  }

  /** What it is at, in one row. */
  get doing(): string {
    if (this.state === 'waits') return 'waits';
    if (this.state === 'over') return this.exit === 0 ? 'done' : `failed (status ${this.exit}): ${this.said}`;
    const now = CLOCK.now();
    const late = this.session?.pending.find(({ since }) => now - since >= PATIENCE);
    if (late) return `${late.name}: no reply for ${duration(Math.floor((now - late.since) / 1000))}`;
    return this.session ? this.said || 'runs' : 'connects';
  }
}

/** The rows for so much room. Of too many, those that run come first, then those that failed; the sum says the rest. */
export function progressRows(all: readonly Progress[], width: number, height: number): readonly StyledLine[] {
  const room = Math.max(2, height - 2);
  const order = (one: Progress) =>
    one.state === 'runs' ? 0 : one.state === 'over' && one.exit !== 0 ? 1 : 2;
  const shown = all.length <= room ? all : [...all].sort((a, b) => order(a) - order(b)).slice(0, room - 1);
  const names = Math.min(Math.max(...shown.map(({ name }) => cellWidth(safe(name)))), Math.floor(width / 3));
  const rows = shown.map((one): StyledLine => {
    const name = fit(safe(one.name), names, 'middle');
    const role =
      one.state === 'over' ? (one.exit === 0 ? 'ok' : 'error') : one.state === 'waits' ? 'dim' : 'plain';
    const blanks = ' '.repeat(Math.max(0, names - cellWidth(name)) + 2);
    return [span(name + blanks), span(fit(safe(one.doing), Math.max(8, width - names - 3)), role)];
  });
  return shown.length === all.length ? rows : [...rows, [span(sum(all), 'dim')]];
}

/** `100 monitors: 90 well, 2 failed, 8 not begun`. */
export function sum(all: readonly Progress[]): string {
  const count = (test: (one: Progress) => boolean) => all.filter(test).length;
  const parts = [
    [count(one => one.state === 'over' && one.exit === 0), 'well'],
    [count(one => one.state === 'over' && one.exit !== 0), 'failed'],
    [count(one => one.state === 'runs'), 'at work'],
    [count(one => one.state === 'waits'), 'not begun'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  return `${all.length} ${all.length === 1 ? 'monitor' : 'monitors'}: ${said.join(', ')}`;
}
