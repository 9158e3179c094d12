// The command: what to do, where its output goes, and the exit status. Everything slow to load is behind `import()`.
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { version } from '../package.json';
import { CLOCK } from './io/clock.ts';
import { connect } from './io/connect.ts';
import { readNamed, reason } from './io/files.ts';
import { columns, isTerminal, readInput, writeAll } from './io/stdio.ts';
import { QmpshError } from './qmp/errors.ts';
import type { Schema } from './schema/model.ts';
import { Session, type SessionOptions } from './session/client.ts';
import type { BatchOptions } from './shell/batch.ts';
import type { Exit, Host } from './shell/host.ts';
import { type Invocation, readInvocation } from './shell/invocation.ts';
import { OWNED_CHILD, type Owned, ownedPractice } from './shell/owned.ts';
import type { PlayTools } from './shell/playcommand.ts';
import { defaultSettings } from './shell/settings.ts';
import { type ColourLevel, colourLevel } from './text/level.ts';
import { plain } from './text/line.ts';
import { safe } from './text/safe.ts';
import type { StyledLine } from './text/style.ts';

/** Never rejects: what goes wrong is told, as the options want it. */
async function main(argv: readonly string[]): Promise<Exit> {
  let switches: ReadonlySet<string> = new Set();
  try {
    const invocation = readInvocation(argv);
    switches = invocation.switches;
    return await run(invocation);
  } catch (error) {
    return report(error, switches);
  }
}

async function run(invocation: Invocation): Promise<Exit> {
  if (invocation.switches.has('help')) return print((await import('./shell/usage.ts')).usageText(version));
  if (invocation.switches.has('version')) return print(`qmpsh ${version}\n`);
  switch (invocation.subcommand) {
    case 'json':
      return requests(invocation);
    case 'practice':
      return practice(invocation);
    case 'play':
      return (await import('./shell/playcommand.ts')).playCommand(invocation, await playTools(invocation));
    case 'check':
      return (await import('./shell/playcommand.ts')).checkCommand(invocation, await playTools(invocation));
    case 'learn':
      return learn(invocation);
    case 'list':
      return list(invocation);
    case 'completion':
      return completion(invocation);
    default:
      return shell(invocation);
  }
}

function print(text: string): Exit {
  writeAll(1, text);
  return 0;
}

function colours({ switches }: Pick<Invocation, 'switches'>, fd: 1 | 2): ColourLevel {
  return switches.has('no-color') ? 0 : colourLevel(process.env, isTerminal(fd));
}

/** Paints for standard error. Where it takes no colours, the palette is not even loaded. */
async function errorPaint(level: ColourLevel): Promise<(line: StyledLine) => string> {
  if (level === 0) return line => safe(plain(line));
  const { paintLine, palette } = await import('./text/palette.ts');
  const paint = palette(level);
  return line => paintLine(line, paint);
}

async function schemaOption(invocation: Invocation): Promise<Schema | undefined> {
  const file = invocation.values['schema'];
  if (file === undefined) return undefined;
  const { loadSchema } = await import('./schema/load.ts');
  const { parseJson } = await import('./text/json.ts');
  try {
    return loadSchema(parseJson(readNamed(file, 'the schema')));
  } catch (error) {
    if (error instanceof QmpshError) throw error;
    const advice = 'It holds the reply of query-qmp-schema: qmpsh -c query-qmp-schema ADDRESS > FILE';
    throw new QmpshError('usage', `${file} is no schema: ${error instanceof Error ? error.message : error}`, {
      advice,
    });
  }
}

async function requests(invocation: Invocation): Promise<Exit> {
  const { requestRow } = await import('./shell/requests.ts');
  const { RowReader } = await import('./shell/rows.ts');
  const { problemText } = await import('./language/problem.ts');
  const schema = await schemaOption(invocation);
  const paint = await errorPaint(colours(invocation, 2));
  const { problemRow } = await import('./shell/jsonrows.ts');
  const { switches } = invocation;
  let status: Exit = 0;
  let read = true;
  const take = (lines: readonly { readonly text: string; readonly row: number }[]) => {
    for (const line of lines) {
      if (!read) return;
      const made = requestRow(line, schema, switches.has('pretty'));
      if (made.kind === 'request') read = writeAll(1, `${made.json}\n`);
      if (made.kind !== 'problem') continue;
      status = 2;
      for (const problem of made.problems)
        if (switches.has('json')) writeAll(2, `${problemRow(problem, 'error', line.row)}\n`);
        else
          for (const row of problemText(line.text, problem, { role: 'error', row: line.row }))
            writeAll(2, `${paint(row)}\n`);
    }
  };
  const typed = [...invocation.positionals, ...invocation.lines];
  const reader = new RowReader();
  if (typed.length > 0) {
    typed.forEach((text, i) => {
      const one = new RowReader();
      const lines = [...one.push(text), ...one.end()];
      take(lines.map(line => ({ text: line.text, row: i + line.row })));
    });
  } else {
    for await (const chunk of readInput()) {
      take(reader.push(chunk));
      if (!read) break; // nobody reads the requests any more
    }
    take(reader.end());
  }
  return status;
}

async function list(invocation: Invocation): Promise<Exit> {
  const [extra] = invocation.positionals;
  if (extra !== undefined) throw new QmpshError('usage', `list takes no argument: ${extra}`);
  const { findMonitors } = await import('./io/monitors.ts');
  const { listJson, listTable } = await import('./shell/list.ts');
  const monitors = findMonitors();
  if (invocation.switches.has('json'))
    return print(
      listJson(monitors)
        .map(row => `${row}\n`)
        .join(''),
    );
  if (monitors.length === 0) {
    writeAll(2, 'No QMP monitor was found on this host. To make a VM to try things on: qmpsh practice\n');
    return 0;
  }
  const { paintLine, palette } = await import('./text/palette.ts');
  const paint = palette(colours(invocation, 1));
  const width = isTerminal(1) ? columns() : Number.POSITIVE_INFINITY;
  return print(
    listTable(monitors, width)
      .map(row => `${paintLine(row, paint)}\n`)
      .join(''),
  );
}

async function completion(invocation: Invocation): Promise<Exit> {
  const { completionScript, SHELLS } = await import('./shell/completion.ts');
  const [name, extra] = invocation.positionals;
  const shell = SHELLS.find(known => known === name);
  if (shell && extra === undefined) {
    const { findPages } = await import('./io/pages.ts');
    const { lessonFiles } = await import('./io/lessons.ts');
    const { lessonName } = await import('./shell/lesson/lesson.ts');
    const pages = findPages().map(page => page.name);
    const lessons = lessonFiles().map(path => lessonName(path).name);
    return print(completionScript(shell, { pages, lessons }));
  }
  const what = extra ?? name;
  throw new QmpshError(
    'usage',
    what === undefined ? 'completion for which shell?' : `completion does not know ${what}`,
    {
      advice: `Write one of: ${SHELLS.map(known => `qmpsh completion ${known}`).join(', ')}.`,
    },
  );
}

async function practice(invocation: Invocation): Promise<Exit> {
  const [extra] = invocation.positionals;
  if (extra !== undefined)
    throw new QmpshError('usage', `practice makes its own VM and takes no address: ${extra}`, {
      advice: `QEMU's own arguments stand behind --; to connect: qmpsh ${extra}`,
    });
  const { startPractice } = await import('./io/practice.ts');
  const keep = invocation.values['keep'];
  const vm = await startPractice({ args: invocation.rest ?? [], ...(keep === undefined ? {} : { keep }) });
  try {
    const owned = ownedPractice(vm, keep !== undefined);
    return await converse(invocation, vm.address, { practice: vm, owned });
  } finally {
    await vm.close();
  }
}

async function shell(invocation: Invocation): Promise<Exit> {
  const [first, ...extra] = invocation.positionals;
  if (extra.length > 0)
    throw new QmpshError('usage', `one address is enough; what is ${extra[0]}?`, {
      advice: 'A line to run goes behind -c, in quotes.',
    });
  if (invocation.rest && first !== undefined)
    throw new QmpshError('usage', `either an address (${first}) or a QEMU to start (behind --)`, {
      advice: 'A QEMU started behind -- gets a monitor of its own.',
    });
  if (invocation.rest) return child(invocation, invocation.rest);
  const address = first ?? (await anyAddress());
  if (address === undefined) return 130;
  if (address === 'practice') return practice({ ...invocation, positionals: [] });
  return converse(invocation, address, {});
}

/** The default address, or the one the user picks; undefined when the question was left. */
async function anyAddress(): Promise<string | undefined> {
  return process.env['QMP_SOCKET'] || (await import('./io/choose.ts')).chooseAddress();
}

async function child(invocation: Invocation, argv: readonly string[]): Promise<Exit> {
  if (argv.length === 0)
    throw new QmpshError('usage', 'nothing stands behind --', {
      advice: 'Write qmpsh -- qemu-system-x86_64 ARGS.',
    });
  const { spawnQemu } = await import('./io/child.ts');
  let tell = (row: string): unknown => writeAll(2, `${safe(row)}\n`);
  const vm = await spawnQemu(argv, { onRow: row => tell(row) });
  try {
    return await converse(invocation, argv[0] ?? 'qemu', {
      transport: async () => vm.transport,
      owned: OWNED_CHILD,
      said: show => {
        tell = show;
      },
    });
  } finally {
    await vm.close();
  }
}

async function learn(invocation: Invocation): Promise<Exit> {
  const { learnCommand } = await import('./shell/lesson/command.ts');
  const paint = await errorPaint(colours(invocation, 1));
  const show = (lines: readonly StyledLine[]) => {
    writeAll(1, lines.map(line => `${paint(line)}\n`).join(''));
  };
  return learnCommand(invocation, {
    terminal: isTerminal(0) && isTerminal(1),
    output: isTerminal(1),
    width: columns(),
    write: text => writeAll(1, text),
    show,
    confirm: async (sentences, question) => {
      if (invocation.switches.has('yes')) return true;
      show(sentences.map(text => [{ text: safe(text) }]));
      const { askKey } = await import('./io/form.ts');
      return (await askKey(`${question} [n/y] `, ['n', 'y'])) === 'y';
    },
    prompt: (vm, tutor, above) =>
      converse(invocation, vm.address, {
        practice: vm.practice,
        tutor,
        above,
        ...(vm.gone ? { gone: true } : {}),
      }),
  });
}

async function playTools(invocation: Invocation): Promise<PlayTools> {
  const screen = isTerminal(1) && isTerminal(2) && process.env['TERM'] !== 'dumb';
  return {
    folder: process.cwd(),
    schema: () => schemaOption(invocation),
    connected: (address, practice, act) =>
      converse(invocation, address, practice ? { practice, act } : { act }),
    anyAddress,
    paint: await errorPaint(colours(invocation, 1)),
    errPaint: await errorPaint(colours(invocation, 2)),
    out: text => writeAll(1, text),
    err: text => writeAll(2, text),
    person: isTerminal(0) && isTerminal(2),
    columns: screen ? columns : undefined,
  };
}

interface Extra {
  /** What is done instead of the prompt, or of lines. */
  readonly act?: (options: BatchOptions) => Promise<Exit>;
  readonly practice?: import('./io/practice.ts').Practice;
  /** Leads through a lesson. */
  readonly tutor?: (host: Host) => import('./shell/lesson/tutor.ts').Tutor;
  readonly above?: readonly StyledLine[];
  /** The practice VM has ended already. */
  readonly gone?: boolean;
  readonly owned?: Owned;
  /** Where the rows that our QEMU writes are to go while there is a prompt. */
  readonly said?: (show: (row: string) => void) => void;
  /** Connects in a way of its own instead of by address. */
  readonly transport?: () => Promise<import('./qmp/transport.ts').Transport>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds a guest agent is given to be synchronised. */
const AGENT_ANSWERS = 1000;

/** Connects, runs lines or the prompt, and closes. */
async function converse(invocation: Invocation, address: string, extra: Extra): Promise<Exit> {
  const schema = await schemaOption(invocation);
  const log = logger(invocation.values['logfile']);
  const { timeout, switches } = invocation;
  const atPrompt = !extra.act && invocation.lines.length === 0 && isTerminal(0) && isTerminal(1);
  const interrupt = new Interrupts();
  let greeted = () => {};
  const greeting = new Promise<void>(resolve => {
    greeted = resolve;
  });
  const open = async (to: string, signal = interrupt.signal): Promise<Session> => {
    const own = to === address ? extra.transport : undefined;
    const start = async (options: Partial<SessionOptions>) =>
      Session.open(own ? await own() : await connect(to, { signal }), {
        clock: CLOCK,
        address: to,
        signal,
        ...(timeout === undefined ? {} : { greetingTimeout: timeout }),
        ...(log ? { log } : {}),
        greeted,
        ...options,
      });
    if (!switches.has('skip-negotiation')) return start({});
    if (own) return start({ negotiate: false });
    // A guest agent has to be synchronised first. What does not answer to that is taken as it is.
    try {
      return await start({ agent: true, greetingTimeout: Math.min(timeout ?? AGENT_ANSWERS, AGENT_ANSWERS) });
    } catch (error) {
      if (!(error instanceof QmpshError) || error.code !== 'silent') throw error;
      return start({ negotiate: false });
    }
  };
  const settings = { ...defaultSettings(), timeout: timeout ?? 0 };
  const folder = extra.practice?.folder ?? process.cwd();
  const { practice, owned, said } = extra;
  const common = { address, practice, owned, said, clock: CLOCK, schema, folder, connect: open };
  const flags = {
    verbose: switches.has('verbose'),
    pretty: switches.has('pretty'),
    hmp: switches.has('hmp'),
    events: switches.has('events'),
    json: switches.has('json'),
  };
  if (atPrompt) {
    const joined = async (to: string, stop?: AbortSignal) => {
      const session = await open(to, stop);
      // From now on the prompt's terminal takes care of signals by itself.
      interrupt.release();
      return session;
    };
    // The prompt's parts load while the monitor answers the first message.
    const first = extra.gone ? undefined : joined(address);
    await Promise.race([greeting, first?.catch(() => {})]);
    const { interactive } = await import('./shell/interactive.ts');
    return interactive({
      ...common,
      ...flags,
      first,
      connect: joined,
      timeout: timeout ?? 0,
      colour: colours(invocation, 1),
      yes: switches.has('yes'),
      ...(extra.tutor ? { tutor: extra.tutor } : {}),
      ...(extra.above ? { above: extra.above } : {}),
    });
  }
  const opening = open(address);
  opening.catch(() => {});
  const { runLines, runInput } = await import('./shell/batch.ts');
  const paint = errorPaint(colours(invocation, 2));
  const session = await opening;
  const options: BatchOptions = {
    ...common,
    ...flags,
    session,
    settings,
    out: text => writeAll(1, text),
    err: text => writeAll(2, text),
    paint: await paint,
    signal: interrupt.signal,
    untilNextInterrupt: interrupt.untilNext,
    allowShell: switches.has('allow-shell') || switches.has('yes'),
    pipe: async (command, input, cwd) => (await import('./io/pipeline.ts')).runPipeline(command, input, cwd),
  };
  const status = extra.act
    ? await extra.act(options)
    : invocation.lines.length > 0
      ? await runLines(invocation.lines, options)
      : await runInput(readInput(), options);
  await session.close();
  return status;
}

/** What signals of the process stop: first what runs, then what puts things back; the third ends the process. */
class Interrupts {
  readonly #first = new AbortController();
  readonly #next = new AbortController();
  readonly signal = this.#first.signal;

  readonly #heard = () => {
    if (!this.signal.aborted) return this.#first.abort();
    // It may come before the undo begins, which is then told as left.
    this.release();
    this.#next.abort();
  };

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#heard);
  }

  /** Gives `run` the signal of the interruption after the first. */
  readonly untilNext = <T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> => run(this.#next.signal);

  /** Leaves signals to somebody else. */
  readonly release = (): void => {
    for (const name of SIGNALS) process.off(name, this.#heard);
  };
}

type Log = (direction: 'C' | 'S', text: string, time: number) => void;

/** Writes each message with its time and direction; says at once when the file cannot be written. */
function logger(file: string | undefined): Log | undefined {
  if (file === undefined) return undefined;
  const path = resolve(file);
  const append = (text: string) => {
    try {
      appendFileSync(path, text, { mode: 0o600 });
    } catch (error) {
      throw new QmpshError('usage', `cannot write the log ${path}: ${reason(error)}`, { cause: error });
    }
  };
  append('');
  return (direction, text, time) =>
    append(
      `${new Date(time).toISOString()} ${direction === 'C' ? '->' : '<-'} ${text.replace(/\s*\r?\n\s*/g, ' ').trim()}\n`,
    );
}

async function report(error: unknown, switches: ReadonlySet<string>): Promise<Exit> {
  const paint = await errorPaint(colours({ switches }, 2));
  const show = (line: StyledLine) => writeAll(2, `${paint(line)}\n`);
  if (error instanceof QmpshError) {
    if (switches.has('json')) {
      writeAll(2, `${(await import('./shell/jsonrows.ts')).errorRow(error)}\n`);
      return error.exit;
    }
    show([{ text: 'qmpsh: ', role: 'error' }, { text: safe(error.message) }]);
    if (error.advice !== undefined)
      for (const text of safe(error.advice, { keepNewlines: true }).split('\n')) show([{ text }]);
    return error.exit;
  }
  show([{ text: 'qmpsh: this is a fault of the shell itself: ', role: 'error' }]);
  writeAll(2, `${error instanceof Error ? error.stack : safe(String(error))}\n`);
  return 1;
}

void main(process.argv.slice(2)).then(status => process.exit(status));
