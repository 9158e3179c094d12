// From a page and what was asked for to the play of it: parameters, checks, consent, policy, report.

import { findPages } from '../io/pages.ts';
import type { Page } from '../page/model.ts';
import type { Values } from '../page/value.ts';
import type { Schema } from '../schema/model.ts';
import type { Json } from '../text/json.ts';
import type { StyledLine } from '../text/style.ts';
import type { Exit, Host } from './host.ts';
import { readPlay } from './player/call.ts';
import { type Choice, chooseSteps } from './player/choice.ts';
import { dryJson, dryRun, renderDry } from './player/dryrun.ts';
import { JsonReport } from './player/jsonreport.ts';
import { loadPage } from './player/load.ts';
import type { Failure } from './player/outcome.ts';
import { failureOf } from './player/perform.ts';
import { checkLines, consent, fill, shellLines } from './player/prepare.ts';
import type { Report } from './player/report.ts';
import { Stage, type StageParts } from './player/stage.ts';
import { stepPolicy } from './player/stepper.ts';
import { TextReport } from './player/textreport.ts';
import { type Policy, performPage, undoFences } from './player.ts';

export interface PlayRequest {
  readonly page: Page;
  readonly given: ReadonlyMap<string, string>;
  readonly choice: Choice;
  readonly step: boolean;
  readonly verbose: boolean;
  /** What the VM needs where it is the page's own. */
  readonly own?: Omit<StageParts, 'host'>;
  /** Values already filled in, where that had to happen before there was a VM. */
  readonly values?: Values;
  /** How deep in pages that play pages. */
  readonly depth?: number;
  /** Ctrl-C of the page that plays this one. */
  readonly signal?: AbortSignal;
  readonly policy?: Policy;
  readonly report?: Report;
}

export interface Output {
  /** Where the report goes. */
  readonly show: (lines: readonly StyledLine[]) => void;
  /** One JSON a row instead of text. */
  readonly row?: (json: Json) => void;
}

const DEEPEST = 8;

/** Plays a page on a host; throws a QmpshError where it cannot begin. */
export async function playPage(request: PlayRequest, host: Host, output: Output): Promise<Exit> {
  const { page, depth = 0 } = request;
  const chosen = chooseSteps(page, request.choice);
  const values = request.values ?? (await fill(page, request.given, host));
  const undos = undoSteps(page, chosen);
  const main = page.steps.filter(step => chosen.has(step.index));
  const schema = await schemaFor(host);
  await checkLines(page, [...main, ...undos], values, schema, pageWordNames());
  const shell = await consent(host, shellLines(page, main, values), shellLines(page, undos, values));
  const report = request.report ?? reportTo(host, output, request);
  const strict = page.markdown;
  const policy: Policy =
    request.policy ??
    (request.step
      ? stepPolicy(page, host, strict)
      : { strict, patience: strict ? 10_000 : 0, guard: 'page' });
  const nested = async (text: string, signal: AbortSignal): Promise<Failure | undefined> => {
    if (depth >= DEEPEST) return { message: `pages play pages more than ${DEEPEST} deep`, exit: 2 };
    return playNested(text, host, output, { verbose: request.verbose, depth: depth + 1, signal });
  };
  const ending = await performPage({
    page,
    values,
    chosen,
    stage: new Stage({ host, ...request.own }),
    policy,
    report,
    shell,
    nested,
    ...(request.signal ? { signal: request.signal } : {}),
  });
  return ending.exit;
}

/** Shows what a page would do; sends nothing. */
export async function showDry(
  page: Page,
  given: ReadonlyMap<string, string>,
  choice: Choice,
  schema: Schema | undefined,
  host: Pick<Host, 'dialogue'>,
  output: Output,
): Promise<Exit> {
  const chosen = chooseSteps(page, choice);
  const values = await fill(page, given, host);
  for (const dry of dryRun(page, chosen, values, schema)) {
    if (output.row) output.row(dryJson(dry));
    else output.show(renderDry(dry));
  }
  return 0;
}

function reportTo(host: Host, output: Output, { page, verbose, step }: PlayRequest): Report {
  if (output.row) return new JsonReport(page, output.row);
  return new TextReport({ page, show: output.show, width: () => host.width, verbose, replies: step });
}

/** The undo steps between the first chosen step and the last. */
function undoSteps(page: Page, chosen: ReadonlySet<number>) {
  const fences = undoFences(page, chosen);
  const last = Math.max(...chosen);
  return page.steps.filter(step => step.index < last && fences.has(step.fence));
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
  outer: Pick<PlayRequest, 'verbose'> & { readonly depth: number; readonly signal: AbortSignal },
): Promise<Failure | undefined> {
  try {
    const { name, given, options } = readPlay(text);
    const page = await loadPage(name, host.folder);
    const exit = await playPage({ page, given, choice: options.choice, step: false, ...outer }, host, output);
    return exit === 0 ? undefined : { message: `the page ${name} failed`, exit };
  } catch (error) {
    return failureOf(error);
  }
}

/** The words that are pages. */
export function pageWordNames(): ReadonlySet<string> {
  return new Set(findPages().map(page => `.${page.name}`));
}
