// Several monitors side by side: lines of `-c`, or a page, on each. What one prints is marked as its own; one that fails
// does not touch the others.
import { CLOCK } from '../io/clock.ts';
import { columns, isTerminal, rows, writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe, safeJson } from '../text/safe.ts';
import type { Beside } from './converse.ts';
import { Progress, progressRows, sum } from './fleetrows.ts';
import { Interrupts } from './interrupts.ts';
import type { Invocation } from './invocation.ts';
import { colours, painter } from './paint.ts';
import { report } from './report.ts';
import { StatusRows } from './statusrows.ts';
import { parallelOf, type Target } from './targets.ts';

/** Milliseconds between two looks at those at work. */
const EVERY = 500;
/** The colours of rows that are printed. */
const SGR = /\x1b\[[\d;]*m/g;
const WORST_FIRST = [130, 4, 3, 2, 1] as const satisfies readonly Exit[];

/** Runs `act` for each monitor, some at a time. Gives the worst exit status: the highest. */
export async function onEach(
  invocation: Invocation,
  targets: readonly Target[],
  act: (target: Target, beside: Beside) => Promise<Exit>,
): Promise<Exit> {
  const parallel = parallelOf(invocation);
  const { switches } = invocation;
  const json = switches.has('json');
  const paint = await painter(colours(invocation, 2));
  const status = new StatusRows(text => writeAll(2, text));
  const all = targets.map(target => new Progress(target.name));
  const onScreen = isTerminal(2) && process.env['TERM'] !== 'dumb' && !json;
  const draw = () => {
    if (onScreen) status.draw(progressRows(all, columns(), rows() ?? 24).map(paint));
  };
  const interrupt = new Interrupts();
  const run = async (target: Target, progress: Progress): Promise<void> => {
    const print = (fd: 1 | 2) => (text: string) => {
      progress.said = text.replace(SGR, '').trimEnd().split('\n').at(-1) ?? '';
      let taken = true;
      status.around(() => {
        taken = writeAll(fd, json ? withAddress(text, target) : prefixed(text, target));
      });
      return taken;
    };
    const beside: Beside = {
      interrupt,
      ...{ out: print(1), err: print(2) },
      opened: session => {
        progress.session = session;
      },
    };
    progress.state = 'runs';
    draw();
    try {
      progress.exit = await act(target, beside);
    } catch (error) {
      progress.exit = await report(error, switches, beside.err);
    }
    progress.state = 'over';
    progress.session = undefined;
    draw();
  };
  const waiting = [...targets.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [i, target] = next;
      const progress = all[i];
      if (progress) await run(target, progress);
      const failed = switches.has('fail-fast') && all.some(one => (one.exit ?? 0) !== 0);
      if (interrupt.signal.aborted || failed) waiting.length = 0;
    }
  };
  let cancel = () => {};
  const look = () => {
    draw();
    cancel = CLOCK.after(EVERY, look);
  };
  if (onScreen) look();
  await Promise.all(Array.from({ length: parallel }, worker));
  cancel();
  status.draw([]);
  tell(all, targets, json);
  return WORST_FIRST.find(status => all.some(({ exit }) => exit === status)) ?? 0;
}

/** What became of each, on standard error. */
function tell(all: readonly Progress[], targets: readonly Target[], json: boolean): void {
  for (const [i, one] of all.entries()) {
    const { address = '' } = targets[i] ?? {};
    if (json) writeAll(2, `${safeJson(JSON.stringify({ address, exit: one.exit ?? null }))}\n`);
    else if (one.exit !== 0)
      writeAll(2, `${safe(one.name)}: ${one.exit === undefined ? 'not begun' : `exit status ${one.exit}`}\n`);
  }
  if (!json) writeAll(2, `${sum(all)}\n`);
}

function prefixed(text: string, { name }: Target): string {
  return text.replace(/^(?=[^\n])/gm, `${safe(name)}: `);
}

/** The address as the first member of what is one JSON object; what a program printed becomes one a row. */
function withAddress(text: string, { address }: Target): string {
  const member = `"address": ${safeJson(JSON.stringify(address))}`;
  if (!text.startsWith('{'))
    return text.replace(/^.+$/gm, row => `{${member}, "text": ${safeJson(JSON.stringify(row))}}`);
  return text.replace(/^\{(\s*)(\}?)/, (_, blanks: string, end: string) =>
    end === '' ? `{${blanks}${member}, ${blanks}` : `{${member}}`,
  );
}

/** `qmpsh -c LINE --on A --on B`. */
export async function linesOnEach(invocation: Invocation, targets: readonly Target[]): Promise<Exit> {
  const [address] = invocation.positionals;
  if (address !== undefined)
    throw new QmpshError('usage', `either an address (${safe(address)}) or --on and --hosts`);
  if (invocation.rest) throw new QmpshError('usage', 'a QEMU behind -- is one, and has a monitor of its own');
  if (invocation.lines.length === 0)
    throw new QmpshError('usage', 'several monitors have no prompt', {
      advice: 'Give the lines with -c; at a prompt .connect NAME=ADDRESS takes further monitors.',
    });
  const { converse } = await import('./converse.ts');
  return onEach(invocation, targets, (target, beside) => converse(invocation, target.address, { beside }));
}
