// The VM that a page from the command line is played on: the one at an address, or a practice VM of its own.
import { BatchHost, type BatchOptions } from '../batch/host.ts';
import { Hush } from '../io/hush.ts';
import { type Practice, startPractice } from '../io/practice.ts';
import { stoppedProcess } from '../io/stopped.ts';
import type { Exit } from '../line/exit.ts';
import { Silence } from '../line/silence.ts';
import { chooseSteps } from '../play/choice.ts';
import { practiceCommands } from '../play/hostcommands.ts';
import { type Agreed, agree, type Output, type PlayRequest } from '../play/playing.ts';
import { complete, filled, runName } from '../play/prepare.ts';
import type { StageParts } from '../play/stage.ts';
import { JobRows } from '../prompt/jobrows.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Reply, Request } from '../qmp/message.ts';
import { renderReply } from '../render/reply.ts';
import type { Session } from '../session/client.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import type { Invocation } from './invocation.ts';
import type { Asked } from './pageargs.ts';
import { outputFor, type PageTools, personOf } from './pagetools.ts';
import { StatusRows } from './statusrows.ts';

/** What is known of a page before it is played: values given, and what was asked before its VM was started. */
type Before = Pick<PlayRequest, 'given' | 'values' | 'agreed'>;

/** The page, and what was read for it. */
type Subject = Pick<PlayRequest, 'page' | 'reading'>;

export type Act = (
  host: BatchHost,
  own: Omit<StageParts, 'host'> | undefined,
  before: Before,
  output: Output,
) => Promise<Exit>;

/**
 * Connects to the monitor that the page is played on, starting a practice VM where it wants one, and runs `act` there.
 */
export async function onMonitor(
  subject: Subject,
  asked: Asked,
  invocation: Invocation,
  tools: PageTools,
  act: Act,
  /** What was agreed to already, for a page that is played on several VMs. */
  ahead?: Ahead,
): Promise<Exit> {
  if (invocation.switches.has('practice')) {
    if (asked.address !== undefined)
      throw new QmpshError(
        'usage',
        `--practice makes a VM of its own and takes no address: ${safe(asked.address)}`,
      );
    return onPractice(subject, asked, invocation, tools, act, ahead);
  }
  const address = asked.address ?? (await tools.anyAddress());
  if (address === undefined) return 130;
  if (address === 'practice') return onPractice(subject, asked, invocation, tools, act, ahead);
  return tools.connected(address, undefined, options =>
    withHost(options, invocation, tools, undefined, { given: asked.given }, act),
  );
}

/** A VM of the page's own, as its front matter wants it. It is started anew when the page goes on after `quit`. */
async function onPractice(
  subject: Subject,
  asked: Asked,
  invocation: Invocation,
  tools: PageTools,
  act: Act,
  ahead?: Ahead,
): Promise<Exit> {
  const { page } = subject;
  const { disk, disks, nodes, files, images, loose, args = [], second } = page.practice ?? {};
  const wanted = {
    ...(disk === undefined ? {} : { disk }),
    ...(disks === undefined ? {} : { disks }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(files === undefined ? {} : { files }),
    ...(images === undefined ? {} : { images }),
    ...(loose === undefined ? {} : { loose }),
    args: [...args, ...(invocation.rest ?? [])],
  };
  const agreed = ahead ?? (await agreeToStart(subject, asked, invocation, tools));
  const first = await startPractice(wanted);
  const vms: Practice[] = [first];
  try {
    const more = new Map<string, string>();
    if (second !== undefined && !asked.given.has(second)) {
      const size = disk === undefined ? {} : { disk };
      const other = await startPractice({
        beside: first,
        name: 'b',
        // As on a machine that is to take over another: a page's default names fit both.
        node: 'node-A',
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
      const given = new Map([...(agreed?.given ?? asked.given), ...more]);
      const values = agreed && { agreed: agreed.agreed, values: filled(page, given, agreed.run) };
      return withHost(options, invocation, tools, own, { given, ...values }, act);
    });
  } finally {
    for (const vm of vms) await vm.close();
  }
}

/** What was given, asked and agreed to before there was a VM. */
interface Ahead {
  readonly given: ReadonlyMap<string, string>;
  readonly agreed: Agreed;
  readonly run: string;
}

/** A page that says how its practice VM is started is asked about before that; undefined for others. */
async function agreeToStart(
  subject: Subject,
  asked: Asked,
  invocation: Invocation,
  tools: PageTools,
): Promise<Ahead | undefined> {
  if (practiceCommands(subject.page.practice).length === 0) return undefined;
  return agreeAhead(subject, asked, invocation, tools);
}

/** Asks about all that the page can cause on this host, before there is a VM. */
export async function agreeAhead(
  { page, reading }: Subject,
  { given, choice }: Asked,
  { switches }: Invocation,
  tools: PageTools,
): Promise<Ahead> {
  const start = practiceCommands(page.practice);
  const { second } = page.practice ?? {};
  const host = {
    allowShell: switches.has('allow-shell') || switches.has('yes'),
    folder: 'the folder of its practice VM',
    show: (lines: readonly StyledLine[]) => {
      for (const line of lines) tools.err(`${tools.errPaint(line)}\n`);
    },
    person: personOf(tools),
  };
  const chosen = chooseSteps(page, choice);
  // The address of the second VM is its own business.
  const later = second !== undefined && !given.has(second) ? [[second, 'b.sock'] as const] : [];
  const all = await complete(page, new Map([...given, ...later]), host.person);
  const run = runName();
  const agreed = await agree(
    { page, reading, given: all },
    chosen,
    filled(page, all, run),
    host,
    tools.folder,
    start,
  );
  return { given: all, agreed, run };
}

async function withHost(
  options: BatchOptions,
  { switches }: Invocation,
  tools: PageTools,
  own: Omit<StageParts, 'host'> | undefined,
  before: Before,
  act: Act,
): Promise<Exit> {
  const { columns } = tools;
  const rows = new StatusRows(text => tools.err(text));
  const err = (text: string) => {
    rows.around(() => tools.err(text));
    return true;
  };
  // Where rows are drawn anew, what is echoed would stand between them.
  const hush = columns && tools.person ? new Hush() : undefined;
  const person = personOf(tools, rows, hush);
  const print = around(outputFor(switches, tools), rows);
  const Host = columns && !print.row ? ReadingHost : BatchHost;
  const host = new Host({
    ...options,
    err,
    ...(columns ? { width: columns } : {}),
    height: tools.rows,
    ...(person ? { person } : {}),
    allowShell: switches.has('allow-shell') || switches.has('yes'),
  });
  const { clock, session, address, practice } = options;
  const stopped = stoppedProcess(address, practice?.pid);
  let running: readonly StyledLine[] = [];
  const draw = () => {
    const lines = [...(silence?.rows(columns?.() ?? 80) ?? []), ...running];
    rows.draw(lines.map(line => tools.errPaint(line)));
  };
  const silence =
    columns &&
    new Silence({
      clock,
      session,
      stopped: async () => stopped(),
      why: async () => (await import('../io/silence.ts')).whyUnanswered(session, address),
      way: () => 'Ctrl-C stops waiting',
      changed: draw,
    });
  const jobs =
    columns &&
    new JobRows(clock, session, columns, lines => {
      running = lines;
      draw();
    });
  hush?.begin();
  try {
    return await act(host, own, before, print);
  } finally {
    hush?.end();
    silence?.close();
    jobs?.close();
    if (host.session !== options.session) await host.session?.close();
    await options.session.close();
  }
}

/** A host whose replies are read by a person, in between the steps of a page. */
class ReadingHost extends BatchHost {
  override async reply(reply: Reply, request: Request | undefined): Promise<void> {
    const asked = request ? { request } : {};
    const { width, settings } = this;
    this.show(
      renderReply(reply, { command: request?.execute ?? '', width, format: settings.format, ...asked }),
    );
  }
}

function around(output: Output, rows: StatusRows): Output {
  const { row } = output;
  return {
    show: lines => rows.around(() => output.show(lines)),
    ...(row ? { row: json => rows.around(() => row(json)) } : {}),
  };
}
