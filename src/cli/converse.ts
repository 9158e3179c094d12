// Connects to a monitor, runs lines, a page or the prompt there, and closes the connection.

import type { BatchOptions } from '../batch/host.ts';
import { CLOCK } from '../io/clock.ts';
import type { Practice } from '../io/practice.ts';
import { isTerminal, readInput, writeAll } from '../io/stdio.ts';
import type { How } from '../line/connection.ts';
import type { Exit } from '../line/exit.ts';
import type { Owned } from '../line/owned.ts';
import { defaultSettings } from '../line/settings.ts';
import type { Tutor } from '../line/tutor.ts';
import type { PromptHost } from '../prompt/prompt.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport } from '../qmp/transport.ts';
import type { Session } from '../session/client.ts';
import { safe, safeJson } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { brokenOff } from './brokenoff.ts';
import { Interrupts } from './interrupts.ts';
import type { Invocation } from './invocation.ts';
import { kept } from './kept.ts';
import { opener } from './opener.ts';
import { colours, painter } from './paint.ts';
import { schemaOption } from './schema.ts';

/** Where one of several monitors leaves what it prints. */
export interface Beside {
  readonly interrupt: Interrupts;
  readonly out: (text: string) => boolean;
  readonly err: (text: string) => boolean;
  readonly opened: (session: Session) => void;
}

interface Extra {
  /** One of several monitors. */
  readonly beside?: Beside;
  /** Runs instead of the prompt or of lines. */
  readonly act?: (options: BatchOptions) => Promise<Exit>;
  readonly practice?: Practice;
  /** Leads through a lesson. */
  readonly tutor?: (host: PromptHost) => Tutor;
  readonly above?: readonly StyledLine[];
  /** The practice VM has ended already. */
  readonly gone?: boolean;
  readonly owned?: Owned;
  /** The process of the QEMU that is our child. */
  readonly child?: number;
  /** Where the rows that our QEMU writes are to go while there is a prompt. */
  readonly said?: (show: (row: string) => void) => void;
  /** Connects in a way of its own instead of by address. */
  readonly transport?: () => Promise<Transport>;
}

/** Milliseconds after which replies that are late are looked for. */
const LATE = 1500;

/** Connects to the address, runs what the command line asks for, and closes. Gives the exit status. */
export async function converse(invocation: Invocation, address: string, extra: Extra): Promise<Exit> {
  const schema = await schemaOption(invocation);
  const { timeout, switches } = invocation;
  const { beside } = extra;
  const err = beside?.err ?? ((text: string) => writeAll(2, text));
  let warn = (text: string): void => {
    err(switches.has('json') ? `${safeJson(JSON.stringify({ note: text }))}\n` : `${safe(text)}\n`);
  };
  const { logfile } = invocation.values;
  const log =
    logfile === undefined ? undefined : (await import('../io/log.ts')).openLog(logfile, text => warn(text));
  const atPrompt = !extra.act && !beside && invocation.lines.length === 0 && isTerminal(0) && isTerminal(1);
  if (atPrompt && switches.has('exit-on-error'))
    throw new QmpshError('usage', '--exit-on-error is for lines without a prompt', {
      advice: 'Give them with -c, or on standard input.',
    });
  const interrupt = beside?.interrupt ?? new Interrupts();
  let greeted = (): void => {};
  const greeting = new Promise<void>(resolve => {
    greeted = resolve;
  });
  const open = opener({
    ...{ invocation, address, log, greeted },
    transport: extra.transport,
    signal: () => interrupt.signal,
    warn: text => warn(text),
  });
  const settings = { ...defaultSettings(), timeout: timeout ?? 0 };
  const folder = extra.practice?.folder ?? process.cwd();
  const { practice, owned, child, said } = extra;
  const common = { address, practice, owned, child, said, clock: CLOCK, schema, folder, connect: open };
  const flags = {
    verbose: switches.has('verbose'),
    pretty: switches.has('pretty'),
    hmp: switches.has('hmp'),
    exitOnError: switches.has('exit-on-error'),
    events: switches.has('events'),
    json: switches.has('json'),
  };
  if (atPrompt) {
    const joined = async (to: string, stop?: AbortSignal, how?: How) => {
      const session = await open(to, stop, how);
      // From now on the prompt's terminal takes care of signals by itself.
      interrupt.release();
      return session;
    };
    // The prompt's parts load while the monitor answers the first message.
    const first = extra.gone ? undefined : joined(address);
    await Promise.race([greeting, first?.catch(() => {})]);
    const { interactive } = await import('../prompt/interactive.ts');
    return interactive({
      ...common,
      ...flags,
      first,
      connect: joined,
      timeout: timeout ?? 0,
      colour: colours(invocation, 1),
      warned: show => {
        warn = show;
      },
      yes: switches.has('yes'),
      ...(extra.tutor ? { tutor: extra.tutor } : {}),
      ...(extra.above ? { above: extra.above } : {}),
    });
  }
  const opening = open(address);
  opening.catch(() => {});
  const { runLines, runInput } = await import('../batch/batch.ts');
  const paint = painter(colours(invocation, 2));
  const session = await opening;
  beside?.opened(session);
  const left = extra.practice || owned ? undefined : await brokenOff(address, invocation.lines);
  if (left !== undefined) warn(left);
  // A row tells of a reply that does not come; that is loaded when one is late.
  const atTerminal = isTerminal(2) && !extra.act && !beside && !flags.json && process.env['TERM'] !== 'dumb';
  let waits: ReturnType<typeof import('./waits.ts').tellWaits> | undefined;
  const stopWaits = atTerminal
    ? CLOCK.after(LATE, async () => {
        const { tellWaits } = await import('./waits.ts');
        if (session.state === 'open')
          waits = tellWaits(session, address, text => writeAll(2, text), await paint, child);
      })
    : undefined;
  const write = (fd: 1 | 2, text: string): boolean => {
    let taken = true;
    const print = () => {
      taken = writeAll(fd, text);
    };
    if (waits) waits.around(print);
    else print();
    return taken;
  };
  const options: BatchOptions = {
    ...common,
    ...flags,
    session,
    settings,
    out: beside?.out ?? (text => write(1, text)),
    err: beside?.err ?? (text => write(2, text)),
    paint: await paint,
    signal: interrupt.signal,
    untilNextInterrupt: interrupt.untilNext,
    allowShell: switches.has('allow-shell') || switches.has('yes'),
    yes: switches.has('yes'),
    pipe: async (command, input, cwd) =>
      (await import('../io/pipeline.ts')).runPipeline(command, input, cwd, beside?.out),
  };
  let status: Exit;
  try {
    status = extra.act
      ? await extra.act(options)
      : invocation.lines.length > 0
        ? await runLines(invocation.lines, options)
        : await runInput(readInput(), options);
  } finally {
    stopWaits?.();
    waits?.close();
  }
  await session.close();
  return extra.act || beside ? status : kept('batch', status);
}
