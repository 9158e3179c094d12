// Examines a VM by questions that cannot harm it and, on this host, by a look at its process. Changes nothing: what would
// help are lines that are shown.
import { openFilesOf } from '../io/vmprocess.ts';
import { meaningOf } from '../language/parse.ts';
import { readLine } from '../language/tokens.ts';
import { askBlockGraph } from '../line/blockgraph.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';
import { readGraph } from '../render/graph.ts';
import { amount } from '../render/replies.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import { HARMLESS } from '../session/facts.ts';
import type { WaitOptions } from '../session/wait.ts';
import { isObject, type Json, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { bitmapFindings } from './bitmaps.ts';
import type { Chart } from './chart.ts';
import type { Finding } from './finding.ts';
import { graphFindings } from './graph.ts';
import { guestFindings } from './guest.ts';
import { imageFindings } from './images.ts';
import { jobFindings } from './jobs.ts';
import { lasting, lookAtJobs } from './looks.ts';
import { pageFindings } from './pages.ts';
import { otherClients, processAt, socketFindings } from './process.ts';
import { upgradeFindings } from './upgrade.ts';

/** What may be asked besides what anybody may be asked unasked: statistics, which QEMU only reads out. */
const ALSO = new Set(['query-blockstats']);

interface Examination {
  readonly findings: readonly Finding[];
  readonly chart: Chart;
}

interface Patient {
  readonly session: Session;
  readonly address: string;
  readonly clock: Clock;
  readonly schema: Schema | undefined;
  readonly limits: WaitOptions;
  /** Milliseconds for which jobs are looked at; absent: some seconds at most. */
  readonly time?: number;
}

/** Examines a VM by its monitor. Rejects as a question to it does: lost, out of time, interrupted. */
export async function examine(patient: Patient): Promise<Examination> {
  const chart = await chartOf(patient);
  const found = [
    ...pageFindings(patient.address),
    ...guestFindings(chart),
    ...jobFindings(chart),
    ...graphFindings(chart),
    ...bitmapFindings(chart),
    ...imageFindings(chart),
    ...socketFindings(patient.address),
    ...upgradeFindings(chart.process?.argv ?? [], chart),
  ];
  return { chart, findings: found.map(finding => checked(finding, chart.schema)) };
}

/** Without lines that this QEMU would not understand. */
function checked(finding: Finding, schema: Schema | undefined): Finding {
  const isGood = (line: string) => /^[.$]/.test(line) || meaningOf(readLine(line), schema).kind !== 'wrong';
  return { ...finding, remedies: finding.remedies.filter(({ lines }) => lines.every(isGood)) };
}

async function chartOf({ session, address, clock, schema, limits, time }: Patient): Promise<Chart> {
  const ask = async (command: string, args: Readonly<Record<string, Json>> = {}) => {
    if (!HARMLESS.has(command) && !ALSO.has(command)) return undefined;
    if (schema !== undefined && !schema.commands.has(command)) return undefined;
    const reply = await session.execute(command, args, limits);
    return reply.kind === 'success' ? reply.value : undefined;
  };
  const status = await ask('query-status');
  if (!isObject(status))
    throw new QmpshError('refused', 'this monitor tells no state of a VM: query-status is refused', {
      advice: 'The doctor looks at QEMU; a storage daemon and a guest agent are none.',
    });
  const looks = await lookAtJobs(ask, {
    clock,
    ...(time === undefined ? {} : { time }),
    ...(limits.signal === undefined ? {} : { signal: limits.signal }),
  });
  const jobs = looks.at(-1) ?? [];
  const graph = (await askBlockGraph(ask, false)) ?? readGraph([], []);
  const nodes = objectsIn(await ask('query-named-block-nodes', { flat: true }));
  const exports = objectsIn(await ask('query-block-exports'));
  const chardevs = objectsIn(await ask('query-chardev'));
  const highest = highestOf(await ask('query-blockstats', { 'query-nodes': true }));
  const process = processAt(address);
  const files = process && openFilesOf(process.pid);
  const others = process && jobs.some(({ status }) => status === 'ready') ? otherClients(process) : [];
  return {
    schema,
    state: text(status, 'status'),
    looks,
    lasting: lasting(jobs, session, clock),
    others,
    graph,
    nodes,
    exports,
    chardevs,
    highest,
    ...(process === undefined ? {} : { process }),
    ...(files === undefined ? {} : { files }),
  };
}

function highestOf(stats: Json | undefined): ReadonlyMap<string, number> {
  return new Map(
    objectsIn(stats).flatMap(one => {
      const own = member(one, 'stats');
      const highest = isObject(own) ? amount(own, 'wr_highest_offset') : undefined;
      return highest === undefined ? [] : [[text(one, 'node-name'), highest] as const];
    }),
  );
}
