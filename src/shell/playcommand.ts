// `qmpsh play` and `qmpsh check`: pages from the command line.
import { askFields, askKey } from '../io/form.ts';
import { editOutside } from '../io/outside.ts';
import { kindOfPath } from '../io/pages.ts';
import { type Practice, startPractice } from '../io/practice.ts';
import type { Page } from '../page/model.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import { type Json, spacedJson, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { BatchHost, type BatchOptions } from './batch.ts';
import { checkOffline, checkOnline } from './checking.ts';
import type { Dialogue, Exit } from './host.ts';
import type { Invocation } from './invocation.ts';
import { JobRows } from './jobrows.ts';
import type { Choice } from './player/choice.ts';
import { loadPage, pagePath } from './player/load.ts';
import type { StageParts } from './player/stage.ts';
import { type Output, playPage, showDry } from './playing.ts';
import { StatusRows } from './statusrows.ts';

/** What the command line has of the machine. */
export interface PlayTools {
  readonly folder: string;
  readonly schema: () => Promise<Schema | undefined>;
  /** Connects, lets `act` use the connection, and closes it. */
  readonly connected: (
    address: string,
    practice: Practice | undefined,
    act: (options: BatchOptions) => Promise<Exit>,
  ) => Promise<Exit>;
  /** The address where none was given: $QMP_SOCKET, or asked for; undefined when the question was left. */
  readonly anyAddress: () => Promise<string | undefined>;
  /** Styled text for standard output. */
  readonly paint: (line: StyledLine) => string;
  readonly out: (text: string) => void;
  /** Whether a person is there to answer (standard input and error are terminals). */
  readonly person: boolean;
  /** Columns of the terminal that standard output and error are; undefined where they are none. */
  readonly columns: (() => number) | undefined;
  readonly errPaint: (line: StyledLine) => string;
  readonly err: (text: string) => void;
}

interface Asked {
  readonly pages: readonly string[];
  readonly address: string | undefined;
  readonly given: ReadonlyMap<string, string>;
  readonly choice: Choice;
}

/** `qmpsh play PAGE [ADDRESS] [name=value ...]`. */
export async function playCommand(invocation: Invocation, tools: PlayTools): Promise<Exit> {
  refuse(invocation);
  const asked = readPositionals(invocation, tools, false);
  const [name] = asked.pages;
  if (name === undefined)
    throw new QmpshError('usage', 'which page?', {
      advice: 'qmpsh play PAGE ADDRESS, or qmpsh play PAGE --practice',
    });
  const page = await loadPage(name, tools.folder);
  const { given, choice } = asked;
  const { switches } = invocation;
  const output = outputFor(invocation.switches, tools);
  if (switches.has('dry-run')) {
    if (switches.has('step')) throw new QmpshError('usage', '--step and --dry-run exclude each other');
    return showDry(page, given, choice, await tools.schema(), { ...dialogueOf(tools) }, output);
  }
  return onMonitor(page, asked, invocation, tools, (host, own, more, print) =>
    playPage(
      {
        page,
        given: new Map([...given, ...more]),
        choice,
        step: switches.has('step'),
        verbose: switches.has('verbose'),
        ...(own ? { own } : {}),
      },
      host,
      print,
    ),
  );
}

/** `qmpsh check PAGE ... [ADDRESS] [name=value ...]`. */
export async function checkCommand(invocation: Invocation, tools: PlayTools): Promise<Exit> {
  refuse(invocation);
  const asked = readPositionals(invocation, tools, true);
  if (asked.pages.length === 0)
    throw new QmpshError('usage', 'which page?', {
      advice: 'qmpsh check PAGE ... checks pages without a VM.',
    });
  const update = invocation.switches.has('update');
  const { given, choice } = asked;
  let status: Exit = 0;
  for (const name of asked.pages) {
    const page = await loadPage(name, tools.folder);
    const path = pagePath(name, tools.folder);
    const request = { page, given, choice, update, ...(path === undefined ? {} : { path }) };
    const exit =
      asked.address === undefined && !invocation.switches.has('practice')
        ? await checkOffline(request, await tools.schema(), outputFor(invocation.switches, tools))
        : await onMonitor(page, asked, invocation, tools, (host, own, more, print) =>
            checkOnline(
              { ...request, given: new Map([...given, ...more]), ...(own ? { own } : {}) },
              host,
              print,
            ),
          );
    if (status === 0) status = exit;
  }
  return status;
}

type Act = (
  host: BatchHost,
  own: Omit<StageParts, 'host'> | undefined,
  /** Values of parameters that the practice VM gives. */
  more: ReadonlyMap<string, string>,
  output: Output,
) => Promise<Exit>;

async function onMonitor(
  page: Page,
  asked: Asked,
  invocation: Invocation,
  tools: PlayTools,
  act: Act,
): Promise<Exit> {
  if (invocation.switches.has('practice')) {
    if (asked.address !== undefined)
      throw new QmpshError(
        'usage',
        `--practice makes a VM of its own and takes no address: ${safe(asked.address)}`,
      );
    return onPractice(page, asked, invocation, tools, act);
  }
  const address = asked.address ?? (await tools.anyAddress());
  if (address === undefined) return 130;
  if (address === 'practice') return onPractice(page, asked, invocation, tools, act);
  return tools.connected(address, undefined, options =>
    withHost(options, invocation, tools, undefined, new Map(), act),
  );
}

/** A VM of the page's own, as its front matter wants it. It is started anew when the page goes on after `quit`. */
async function onPractice(
  page: Page,
  asked: Asked,
  invocation: Invocation,
  tools: PlayTools,
  act: Act,
): Promise<Exit> {
  const { disk, disks, args = [], second } = page.practice ?? {};
  const wanted = {
    ...(disk === undefined ? {} : { disk }),
    ...(disks === undefined ? {} : { disks }),
    args: [...args, ...(invocation.rest ?? [])],
  };
  const first = await startPractice(wanted);
  const vms: Practice[] = [first];
  try {
    const more = new Map<string, string>();
    if (second !== undefined && !asked.given.has(second)) {
      const size = disk === undefined ? {} : { disk };
      const other = await startPractice({
        beside: first,
        name: 'b',
        empty: true,
        args: ['-incoming', 'defer'],
        ...size,
      });
      vms.unshift(other);
      more.set(second, other.address);
    }
    return await tools.connected(first.address, first, options => {
      let now = first;
      const own = {
        gone: () => now.exited,
        restart: async (): Promise<Session> => {
          await now.exited;
          now = await startPractice({ ...wanted, keep: first.folder });
          vms.unshift(now);
          return options.connect(now.address);
        },
      };
      return withHost(options, invocation, tools, own, more, act);
    });
  } finally {
    for (const vm of vms) await vm.close();
  }
}

async function withHost(
  options: BatchOptions,
  { switches }: Invocation,
  tools: PlayTools,
  own: Omit<StageParts, 'host'> | undefined,
  more: ReadonlyMap<string, string>,
  act: Act,
): Promise<Exit> {
  const { columns } = tools;
  const rows = new StatusRows(text => tools.err(text));
  const err = (text: string) => {
    rows.around(() => tools.err(text));
    return true;
  };
  const host = new BatchHost({
    ...options,
    err,
    ...(columns ? { width: columns } : {}),
    ...dialogueOf(tools),
    allowShell: switches.has('allow-shell') || switches.has('yes'),
  });
  const jobs =
    columns &&
    new JobRows(options.clock, options.session, columns, lines =>
      rows.draw(lines.map(line => tools.errPaint(line))),
    );
  try {
    return await act(host, own, more, around(outputFor(switches, tools), rows));
  } finally {
    jobs?.close();
    if (host.session !== options.session) await host.session?.close();
    await options.session.close();
  }
}

function around(output: Output, rows: StatusRows): Output {
  const { row } = output;
  return {
    show: lines => rows.around(() => output.show(lines)),
    ...(row ? { row: json => rows.around(() => row(json)) } : {}),
  };
}

function outputFor(switches: ReadonlySet<string>, tools: PlayTools): Output {
  const show = (lines: readonly StyledLine[]) => {
    for (const line of lines) tools.out(`${tools.paint(line)}\n`);
  };
  if (!switches.has('json')) return { show };
  const indent = switches.has('pretty');
  return { show, row: (json: Json) => tools.out(`${indent ? stringifyJson(json, 4) : spacedJson(json)}\n`) };
}

function dialogueOf(tools: PlayTools): { dialogue?: Dialogue } {
  if (!tools.person) return {};
  return { dialogue: { key: askKey, form: askFields, edit: editOutside } };
}

/** Options of a connection that have no meaning for a page. */
function refuse({ lines, switches }: Invocation): void {
  if (lines.length > 0)
    throw new QmpshError('usage', 'a page and -c exclude each other', {
      advice: 'Put the line into the page.',
    });
  if (switches.has('hmp'))
    throw new QmpshError('usage', '-H has no meaning for a page', { advice: 'A page writes .hmp LINE.' });
}

/** Parts pages, values and the address. `many`: every positional that is a page is one. */
function readPositionals(invocation: Invocation, tools: PlayTools, many: boolean): Asked {
  const given = new Map<string, string>();
  const pages: string[] = [];
  const addresses: string[] = [];
  for (const text of invocation.positionals) {
    const pair = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(text);
    if (pair?.[1] && (pages.length > 0 || kindOfPath(text) !== 'file')) {
      if (given.has(pair[1])) throw new QmpshError('usage', `${pair[1]} is given twice`);
      given.set(pair[1], pair[2] ?? '');
    } else if (
      pages.length === 0 ||
      (many && !isAddress(text) && pagePath(text, tools.folder) !== undefined)
    ) {
      pages.push(text);
    } else if (many && !isAddress(text)) {
      pages.push(text); // a page that is not there: told when it is read
    } else addresses.push(text);
  }
  const [address, extra] = addresses;
  if (extra !== undefined)
    throw new QmpshError('usage', `one address is enough; what is ${safe(extra)}?`, {
      advice: 'Values are given as name=value.',
    });
  const { from, to, section } = invocation.values;
  const choice = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(section === undefined ? {} : { section }),
  };
  return { pages, address, given, choice };
}

function isAddress(text: string): boolean {
  return (
    /^(unix|tcp|ssh):/.test(text) || /^(\[[^\]]*\]|[^:/]*):\d+$/.test(text) || kindOfPath(text) === 'socket'
  );
}
