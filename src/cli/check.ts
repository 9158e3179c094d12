// `qmpsh check`: pages as tests, from the command line.
import type { Exit } from '../line/exit.ts';
import { type CheckRequest, checkOffline, checkOnline } from '../play/checking.ts';
import { formatOf } from '../play/document/format.ts';
import { inParts, joinChecks } from '../play/document/parts.ts';
import { exitOf, type PageCheck } from '../play/document/result.ts';
import { tell } from '../play/document/tell.ts';
import { inVersionOrder, type Version } from '../play/document/versions.ts';
import { loadPage, pagePath } from '../play/load.ts';
import { Reading } from '../play/reading.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Invocation } from './invocation.ts';
import { type Asked, readPositionals, refuse } from './pageargs.ts';
import { outputFor, type PageTools, pageTools } from './pagetools.ts';
import { type Act, agreeAhead, onMonitor } from './pagevm.ts';

/** `qmpsh check PAGE ... [ADDRESS] [name=value ...]`. */
export async function checkCommand(invocation: Invocation): Promise<Exit> {
  refuse(invocation);
  const reading = new Reading();
  const tools = await pageTools(invocation);
  const asked = readPositionals(invocation, tools.folder, reading, true);
  if (asked.pages.length === 0)
    throw new QmpshError('usage', 'which page?', {
      advice: 'qmpsh check PAGE ... checks pages without a VM.',
    });
  const format = formatOf(invocation.values['format']);
  if (format && invocation.switches.has('json'))
    throw new QmpshError('usage', '--json and --format exclude each other');
  const versions = await versionsOf(invocation.schemas, tools);
  const checks: PageCheck[] = [];
  try {
    for (const name of asked.pages) {
      const found = await checkPage(name, asked, invocation, tools, versions, reading);
      if (typeof found === 'number') return found; // the question for an address was left
      checks.push(found);
      if (!format) tell(found, outputFor(invocation.switches, tools));
    }
  } finally {
    // Also where a later page cannot be read: what was found before is not lost.
    if (format) tools.out(format(checks));
  }
  return checks.map(exitOf).find(exit => exit !== 0) ?? 0;
}

async function versionsOf(files: readonly string[], tools: PageTools): Promise<readonly Version[]> {
  const versions: Version[] = [];
  for (const file of new Set(files)) {
    if (file === 'all') {
      versions.push(...(await tools.shippedSchemas()));
      continue;
    }
    const base = file.split('/').at(-1) ?? file;
    const short = /\d+(?:\.\d+)+/.exec(base)?.[0] ?? base.replace(/\.json$/, '');
    // Two of one version are told apart by their paths.
    const name = versions.some(version => version.name === short) ? file : short;
    versions.push({ name, schema: await tools.schemaFrom(file) });
  }
  return inVersionOrder(versions);
}

/** One page, offline or on a VM; a status where no VM was to be had. */
async function checkPage(
  name: string,
  asked: Asked,
  invocation: Invocation,
  tools: PageTools,
  versions: readonly Version[],
  reading: Reading,
): Promise<PageCheck | Exit> {
  const { switches } = invocation;
  const page = await loadPage(name, tools.folder, reading, note => tools.err(`${note}\n`));
  const path = pagePath(name, tools.folder, reading);
  const request: CheckRequest = {
    page,
    reading,
    given: asked.given,
    choice: asked.choice,
    update: switches.has('update'),
    allowEmpty: switches.has('allow-empty'),
    keepGoing: switches.has('keep-going'),
    ...(path === undefined ? {} : { path }),
  };
  const isPlayed = asked.address !== undefined || switches.has('practice');
  if (switches.has('fresh') && !switches.has('practice'))
    throw new QmpshError('usage', '--fresh makes a practice VM for each section', {
      advice: 'Add --practice.',
    });
  if (switches.has('fresh') && switches.has('update'))
    throw new QmpshError('usage', '--fresh and --update exclude each other');
  if (switches.has('keep-going') && !isPlayed)
    throw new QmpshError('usage', '--keep-going belongs to a check on a VM', {
      advice: 'Add --practice, or an address.',
    });
  if (isPlayed && versions.length > 1)
    throw new QmpshError('usage', 'several schemas belong to a check without a VM', {
      advice: 'A VM has one schema of its own.',
    });
  if (!isPlayed || page.steps.length === 0) return checkOffline(request, versions);
  const isFresh = switches.has('fresh');
  const parts = isFresh ? inParts(request) : [request];
  // All that the parts can cause on this host is asked about once, before the first VM.
  const ahead = isFresh ? await agreeAhead({ page, reading }, asked, invocation, tools) : undefined;
  const checks: PageCheck[] = [];
  for (const part of parts) {
    let found: PageCheck | undefined;
    const act: Act = async (host, own, before, print) => {
      found = await checkOnline({ ...part, ...before, ...(own ? { own } : {}) }, host, print);
      return exitOf(found);
    };
    const exit = await onMonitor({ page, reading }, asked, invocation, tools, act, ahead);
    if (!found) return exit;
    checks.push(found);
  }
  return joinChecks(checks);
}
