// `qmpsh doctor ADDRESS`: what is wrong with a VM, for people or as JSON, one finding a row; nothing is changed.
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { holderOf, processAt, socketFindings, stoppedFinding, waitingFinding } from '../doctor/process.ts';
import { findingJson, findingRows, healthyRow } from '../doctor/report.ts';
import { stalledFinding } from '../doctor/stall.ts';
import { CLOCK } from '../io/clock.ts';
import { connect } from '../io/connect.ts';
import { columns, isTerminal, writeAll } from '../io/stdio.ts';
import { lookAtProcess, type VmProcess } from '../io/vmprocess.ts';
import { parseDuration } from '../line/duration.ts';
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import { Session } from '../session/client.ts';
import { stringifyJson } from '../text/json.ts';
import { safe, safeJson } from '../text/safe.ts';
import { duration } from '../text/size.ts';
import { withTryouts } from '../words/tryout.ts';
import { Interrupts } from './interrupts.ts';
import { type Invocation, strayArgument } from './invocation.ts';
import { colours, painter } from './paint.ts';
import { schemaOption } from './schema.ts';
import { anyAddress } from './shell.ts';

/** Milliseconds for the greeting and for each reply. */
const PATIENCE = 3000;

interface Found {
  readonly findings: readonly Finding[];
  /** What was looked at, where nothing is wrong. */
  readonly healthy: string;
}

/** Prints what was found; status 1 where something is wrong. */
export async function doctorCommand(invocation: Invocation): Promise<Exit> {
  const [first, extra] = invocation.positionals;
  if (extra !== undefined) throw strayArgument(invocation);
  const address = first ?? (await anyAddress());
  if (address === undefined) return 130;
  const time = watchTime(invocation);
  const { findings: found, healthy } = await lookAt(address, invocation, time);
  const findings = withTryouts(found);
  if (invocation.switches.has('json')) {
    for (const finding of findings) writeAll(1, `${safeJson(stringifyJson(findingJson(finding)))}\n`);
    return findings.length === 0 ? 0 : 1;
  }
  const paint = await painter(colours(invocation, 1));
  if (findings.length === 0) {
    writeAll(1, `${safe(healthy)}\n`);
    return 0;
  }
  const rows = findingRows(findings, isTerminal(1) ? columns() : 80);
  writeAll(1, rows.map(row => `${paint(row)}\n`).join(''));
  if (isTerminal(1))
    writeAll(1, `\nNothing was changed. Lines without a $ are for a prompt: qmpsh ${safe(address)}\n`);
  return 1;
}

/** Milliseconds of --for. */
function watchTime({ values }: Invocation): number | undefined {
  const given = values['for'];
  if (given === undefined) return undefined;
  const time = parseDuration(given);
  if (time !== undefined) return time;
  throw new QmpshError('usage', `--for ${safe(given)} is no time`, {
    advice: 'Write 500ms, 30s or 5m; a bare number is seconds.',
  });
}

async function lookAt(address: string, invocation: Invocation, time: number | undefined): Promise<Found> {
  const process = processAt(address);
  const outside = process && lookFromOutside(address, process);
  if (outside !== undefined) return outside;
  const patience = invocation.timeout ?? PATIENCE;
  const interrupt = new Interrupts();
  let session: Session | undefined;
  try {
    const transport = await connect(address, {
      signal: interrupt.signal,
      tell: text => writeAll(2, `${safe(text)}\n`),
    });
    const options = { clock: CLOCK, address, greetingTimeout: patience, signal: interrupt.signal };
    session = await Session.open(transport, options);
    const limits = { timeout: patience, signal: interrupt.signal };
    const schema = (await schemaOption(invocation)) ?? (await session.schema(limits).catch(noSchema));
    if (time !== undefined && isTerminal(2))
      writeAll(2, `Looking at the jobs for ${duration(time / 1000)}; Ctrl-C ends it.\n`);
    const { findings, chart } = await examine({
      ...{ session, address, clock: CLOCK, schema, limits },
      ...(time === undefined ? {} : { time }),
    });
    return { findings, healthy: healthyRow(chart) };
  } catch (error) {
    const finding = process && unanswered(error, address, process);
    if (finding === undefined) throw error;
    return { findings: [finding], healthy: '' };
  } finally {
    await session?.close();
  }
}

/** What is known without asking; undefined where the monitor is free to be asked. */
function lookFromOutside(address: string, process: VmProcess): Found | undefined {
  const stopped = stoppedFinding(process);
  if (stopped !== undefined) return { findings: [stopped], healthy: '' };
  const holder = holderOf(address, process);
  if (holder === undefined) return undefined;
  if ('finding' in holder) return { findings: [holder.finding], healthy: '' };
  return { findings: socketFindings(address), healthy: managed(holder.manager, process) };
}

function noSchema(error: unknown): undefined {
  if (!(error instanceof QmpshError) || error.kind !== 'refused') throw error;
}

function managed(manager: string, process: VmProcess): string {
  return (
    `Nothing is wrong as far as it is seen from outside: process ${process.pid} is not stopped. ${manager} manages the VM and ` +
    'holds its monitor, so that nothing was asked there. virt-qemu-qmp-proxy DOMAIN SOCKET gives a socket to ask at.'
  );
}

/** What silence means where the process is on this host. */
function unanswered(error: unknown, address: string, process: VmProcess): Finding | undefined {
  const isSilent =
    error instanceof QmpshError &&
    (error.kind === 'timeout' || error.code === 'silent' || error.code === 'busy');
  const now = isSilent ? lookAtProcess(process.pid) : undefined;
  if (now === undefined) return undefined;
  return stoppedFinding(now) ?? waitingFinding(process, now) ?? stalledFinding(address, now);
}
