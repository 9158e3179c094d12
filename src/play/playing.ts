// Prepares a play and starts it: parameters, checks, consent, policy, report.

import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import type { Page } from '../page/model.ts';
import { plain, type Values } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Schema } from '../schema/model.ts';
import type { Json } from '../text/json.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import type { Again } from './again.ts';
import { agreeBehind, meetsOwned } from './behind.ts';
import { type Choice, chooseSteps, stepNumbers } from './choice.ts';
import { DiscreetReport, Discretion } from './discreet.ts';
import { dryJson, dryRun, renderDry } from './dryrun.ts';
import { addressCommands, practiceCommands } from './hostcommands.ts';
import { Journal, type Opening, type Unfinished } from './journal.ts';
import { JsonReport } from './jsonreport.ts';
import type { Failure } from './outcome.ts';
import { failureOf } from './perform.ts';
import { DEEPEST, type Plan, planPage, tooDeep, undoSteps } from './plan.ts';
import { type Policy, performPage } from './player.ts';
import { checkLines, consent, fill, type HostCommands, hostRows, nodeNames } from './prepare.ts';
import type { Reading } from './reading.ts';
import type { Report } from './report.ts';
import { Stage, type StageParts } from './stage.ts';
import { stepPolicy } from './stepper.ts';
import { TextReport } from './textreport.ts';
import { Together } from './together.ts';

export interface PlayRequest {
  readonly page: Page;
  /** What the play has read; shared with the pages it plays. */
  readonly reading: Reading;
  readonly given: ReadonlyMap<string, string>;
  readonly choice: Choice;
  readonly step: boolean;
  readonly verbose: boolean;
  /** Whether replies of queries are shown. */
  readonly replies?: boolean;
  /** What the VM needs where it is the page's own. */
  readonly own?: Omit<StageParts, 'host'>;
  /** Values already filled in, where that had to happen before there was a VM. */
  readonly values?: Values;
  /** What the user has agreed to already: where that came before there was a VM, or for the page that plays this one. */
  readonly agreed?: Agreed;
  /** How deep in pages that play pages. */
  readonly depth?: number;
  /** Ctrl-C of the page that plays this one. */
  readonly signal?: AbortSignal;
  readonly policy?: Policy;
  readonly report?: Report;
  /** A play that was broken off, and how it is taken up again. */
  readonly again?: { readonly play: Unfinished; readonly turns: Again };
  /** Told the same as the report. */
  readonly also?: Report;
}

/** What the user was asked to consent to, and the answer. */
export interface Agreed {
  /** Whether commands of this host may run. */
  readonly commands: boolean;
  /** The pages that are played inside, as they were read for the question. */
  readonly pages: ReadonlyMap<string, Page>;
  /** Addresses that the user gave. */
  readonly addresses: ReadonlySet<string>;
}

export interface Output {
  /** Where the report goes. */
  readonly show: (lines: readonly StyledLine[]) => void;
  /** One JSON a row instead of text. */
  readonly row?: (json: Json) => void;
}

/** Plays a page on a host; throws a QmpshError where it cannot begin. */
export async function playPage(request: PlayRequest, host: Host, output: Output): Promise<Exit> {
  const { page, reading, depth = 0 } = request;
  const chosen = request.again?.play.chosen ?? chooseSteps(page, request.choice);
  const nodes = () => nodeNames(host.session);
  const values = new Map(request.values ?? (await fill(page, request.given, host.person, nodes)));
  const hide = new Discretion(values);
  const undos = undoSteps(page, chosen);
  const agreed = request.agreed ?? (await agree(request, chosen, values, host));
  if (depth === 0 && !request.again && meetsOwned(host.address, values)) {
    const given = new Set(request.given.keys());
    const { folder, address: main } = host;
    const { behind } = await planPage({ page, chosen, values, folder, reading, given, main });
    await agreeBehind(
      page,
      behind.map(sentence => hide.text(sentence)),
      host,
    );
  }
  const main = page.steps.filter(step => chosen.has(step.index));
  // (What was begun has been checked; with the values that it has read, lines would be wrong that it does not play.)
  if (!request.again) await checkLines(page, [...main, ...undos], values, await schemaFor(host), reading);
  const told = request.report ?? reportTo(host, output, request);
  const report = new DiscreetReport(request.also ? new Together([told, request.also]) : told, hide);
  if (!request.report) tellNotes(page, output);
  const strict = page.markdown;
  const policy: Policy =
    request.policy ??
    (request.step
      ? stepPolicy(page, host, strict, hide, values)
      : { strict, patience: strict ? 10_000 : 0, guard: 'page' });
  const nested = async (text: string, signal: AbortSignal): Promise<Failure | undefined> => {
    if (depth >= DEEPEST) return failureOf(tooDeep());
    return playNested(text, host, output, {
      verbose: request.verbose,
      replies: request.replies === true,
      depth: depth + 1,
      signal,
      agreed,
      reading,
    });
  };
  const ending = await performPage({
    page,
    reading,
    values,
    hide,
    chosen,
    stage: new Stage({
      host,
      mayOpen: address =>
        agreed.commands || agreed.addresses.has(address) || addressCommands(address).length === 0,
      ...request.own,
    }),
    policy,
    report,
    shell: agreed.commands,
    nested,
    ...journalFor(request, { chosen, values, hide, shell: agreed.commands }, host),
    ...(request.signal ? { signal: request.signal } : {}),
  });
  return ending.exit;
}

/** The journal of a page that is played for its own sake, on a VM that outlives it; and the play that it takes up again. */
function journalFor(
  { page, again, own, depth = 0, policy }: PlayRequest,
  parts: Pick<Opening, 'chosen' | 'values' | 'hide' | 'shell'>,
  { address, folder, practice, owned, clock }: Host,
): { readonly journal?: Journal; readonly again?: PlayRequest['again'] } {
  if (depth > 0 || own || policy || practice || owned) return {};
  const journal = new Journal({ ...parts, page, address, folder, time: clock.time() });
  if (again === undefined) return { journal };
  journal.resume(again.play);
  return { journal, again };
}

/** Asks about everything the page can cause on this host; a page that starts a VM of its own asks before it does. */
export async function agree(
  { page, given, reading }: Pick<PlayRequest, 'page' | 'given' | 'reading'>,
  chosen: ReadonlySet<number>,
  values: Values,
  host: Pick<Host, 'allowShell' | 'person' | 'folder' | 'show'>,
  folder: string = host.folder,
  start: readonly string[] = [],
): Promise<Agreed> {
  const { pages, hostCommands } = await planned({ page, given, reading }, chosen, values, folder, start);
  const commands = await consent(host, hostCommands);
  const addresses = [...given.keys()].flatMap(name => {
    const value = values.get(name);
    return value ? [plain(value)] : [];
  });
  return { commands, pages, addresses: new Set(addresses) };
}

/** One question about all that a page can cause on this host when it is played with each of these values. */
export async function agreeForAll(
  { page, reading }: Pick<PlayRequest, 'page' | 'reading'>,
  chosen: ReadonlySet<number>,
  plays: readonly { readonly given: ReadonlyMap<string, string>; readonly values: Values }[],
  host: Pick<Host, 'allowShell' | 'person' | 'folder' | 'show'>,
): Promise<Agreed> {
  const pages = new Map<string, Page>();
  const addresses = new Set<string>();
  const all = { steps: new Set<string>(), undo: new Set<string>(), removals: new Set<string>() };
  for (const { given, values } of plays) {
    const plan = await planned({ page, given, reading }, chosen, values, host.folder, []);
    for (const [name, played] of plan.pages) pages.set(name, played);
    for (const part of ['steps', 'undo', 'removals'] as const)
      for (const line of plan.hostCommands[part]) all[part].add(line);
    for (const name of given.keys()) {
      const value = values.get(name);
      if (value) addresses.add(plain(value));
    }
  }
  const hostCommands = { start: [], steps: [...all.steps], undo: [...all.undo], removals: all.removals };
  return { commands: await consent(host, hostCommands), pages, addresses };
}

/** What a page, started by `start`, can cause on this host, without its secrets; and the pages that it plays. */
async function planned(
  { page, given, reading }: Pick<PlayRequest, 'page' | 'given' | 'reading'>,
  chosen: ReadonlySet<number>,
  values: Values,
  folder: string,
  start: readonly string[],
): Promise<Pick<Plan, 'pages'> & { readonly hostCommands: HostCommands }> {
  const plan = await planPage({ page, chosen, values, folder, reading, given: new Set(given.keys()) });
  const hide = new Discretion(values);
  const shown = (lines: Iterable<string>) => Array.from(lines, line => hide.text(line));
  const hostCommands = {
    start,
    steps: shown(plan.steps),
    undo: shown(plan.undo),
    removals: new Set(shown(plan.removals)),
  };
  return { pages: plan.pages, hostCommands };
}

/** Shows what a page would do; sends nothing. */
export async function showDry(
  { page, given, choice, reading }: Pick<PlayRequest, 'page' | 'given' | 'choice' | 'reading'>,
  schema: Schema | undefined,
  host: Pick<Host, 'person' | 'folder'>,
  output: Output,
): Promise<Exit> {
  const chosen = chooseSteps(page, choice);
  const values = await fill(page, given, host.person);
  const hide = new Discretion(values);
  const start = practiceCommands(page.practice);
  const { hostCommands } = await planned({ page, given, reading }, chosen, values, host.folder, start);
  const { steps, undo } = hostCommands;
  if (start.length + steps.length + undo.length > 0) {
    const rows = hostRows(hostCommands, host.folder).map((text): StyledLine => [span(text, 'warning')]);
    if (output.row) output.row({ host: [...start, ...steps], undo: [...undo] });
    else output.show([...rows, []]);
  }
  const numbers = stepNumbers(page);
  for (const step of dryRun(page, chosen, values, schema, reading)) {
    const request = step.request === undefined ? {} : { request: hide.message(step.request) };
    const dry = { ...step, text: hide.text(step.text), ...request };
    const number = numbers.get(dry.step.index);
    if (output.row) output.row(dryJson(dry, number));
    else output.show(renderDry(dry, number));
  }
  return 0;
}

/** Rows that look like steps and are none. */
function tellNotes(page: Page, { show, row }: Output): void {
  for (const note of page.notes)
    if (row) row({ row: note.row, note: note.message });
    else show([[{ text: `${safe(page.name)}:${note.row}: ${safe(note.message)}`, role: 'dim' }]]);
}

function reportTo(host: Host, output: Output, { page, verbose, step, replies }: PlayRequest): Report {
  if (output.row) return new JsonReport(page, output.row);
  return new TextReport({
    page,
    show: output.show,
    width: () => host.width,
    onScreen: host.typist !== undefined,
    verbose,
    ...(step ? { replies: 'all' as const } : replies ? { replies: 'queries' as const } : {}),
  });
}

async function schemaFor(host: Host): Promise<Schema | undefined> {
  try {
    return await host.loadSchema();
  } catch {
    return undefined; // values are guessed; a lost connection is told by the first step
  }
}

/** A word in a page that is a page itself. */
async function playNested(
  text: string,
  host: Host,
  output: Output,
  outer: Pick<PlayRequest, 'verbose' | 'reading' | 'replies'> & {
    readonly depth: number;
    readonly signal: AbortSignal;
    readonly agreed: Agreed;
  },
): Promise<Failure | undefined> {
  try {
    const { name, given, options } = outer.reading.call(text);
    // What is played is what was asked about, whatever has become of the file.
    const page = outer.agreed.pages.get(name);
    if (!page) throw new QmpshError('usage', `${safe(name)} was no page when this one began`);
    const exit = await playPage({ page, given, choice: options.choice, step: false, ...outer }, host, output);
    return exit === 0 ? undefined : { message: `the page ${name} failed`, exit };
  } catch (error) {
    return failureOf(error);
  }
}
