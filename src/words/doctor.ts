import type { Chart } from '../doctor/chart.ts';
import type { Finding } from '../doctor/finding.ts';
import { parseDuration } from '../line/duration.ts';
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { misuse } from '../line/misuse.ts';
import { connected, limits } from '../line/send.ts';
import type { Word } from '../line/word.ts';
import type { Session } from '../session/client.ts';
import { span, wrapLine } from '../text/line.ts';

/** What was found last on a connection. */
const last = new WeakMap<Session, readonly Finding[]>();

export const DOCTOR: Word = {
  name: '.doctor',
  usage: '[N [rehearse]|--for TIME]',
  help: 'look what is wrong with this VM, and what to do about it; nothing is changed',
  more: [
    'It looks at the guest, jobs, nodes, exports, bitmaps and image files, by questions that cannot harm a VM, and at the',
    'process where it is on this host. Each finding says what is seen, why it matters, and the line that would help.',
    '--for 30s looks at the jobs for so long, and so tells which have waited all that time. QEMU itself does not tell since',
    'when a job waits; where this shell has seen it begin to, that is told.',
    'Nothing runs: .doctor 2 puts the first line of finding 2 on the prompt, and Enter runs it; .doctor 2 rehearse puts the',
    'line there that tries it on a twin of the VM first (.help .rehearse), where a twin can tell.',
    'In batch the status is 1 where something was found.',
  ],
  ofQemu: true,
  needs: 'host',
  run: async ({ args }, host): Promise<Exit> => {
    const time = timeIn(args);
    const [given, deed, ...more] = time === undefined ? args : [];
    const [extra] = deed === undefined || deed === 'rehearse' ? more : [deed];
    if (extra !== undefined) throw misuse(DOCTOR, `${extra} is one word too many`);
    const session = connected(host);
    if (given !== undefined) return prescribe(given, deed === 'rehearse', session, host);
    const { findingRows, healthyRow } = await import('../doctor/report.ts');
    const { findings: found, chart } = await host.foreground('.doctor', signal =>
      lookAt(session, host, signal, time),
    );
    const { withTryouts } = await import('./tryout.ts');
    const findings = withTryouts(found);
    last.set(session, findings);
    if (chart !== undefined && findings.length === 0) {
      host.note(healthyRow(chart), 'ok');
      return 0;
    }
    const foot = host.typist ? `Nothing was changed. ${howOn(findings)}` : 'Nothing was changed.';
    await host.page([...findingRows(findings, host.width), [], ...wrapLine([span(foot, 'dim')], host.width)]);
    // To somebody at a prompt the word has done its work; a script is to know.
    return host.typist ? 0 : 1;
  },
};

/** How its reader gets a line without typing it. */
function howOn(findings: readonly Finding[]): string {
  const puts = '.doctor N puts the first line of finding N on the prompt';
  const tries = findings.some(({ remedies }) => remedies.some(({ rehearse }) => rehearse));
  return tries
    ? `${puts}, .doctor N rehearse the one that tries it on a likeness of the VM first.`
    : `${puts}.`;
}

/** The time behind --for; undefined without it. */
function timeIn([option, value, ...more]: readonly string[]): number | undefined {
  if (option !== '--for') return undefined;
  const time = value === undefined ? undefined : parseDuration(value);
  if (time === undefined || more.length > 0)
    throw misuse(DOCTOR, `--for wants one time: --for 30s, --for 5m`);
  return time;
}

interface Found {
  readonly findings: readonly Finding[];
  /** Absent where QEMU could not be asked. */
  readonly chart?: Chart;
}

async function lookAt(session: Session, host: Host, signal: AbortSignal, time?: number): Promise<Found> {
  const [{ examine }, { processAt, stoppedFinding }, { askWhetherStalled }] = await Promise.all([
    import('../doctor/examine.ts'),
    import('../doctor/process.ts'),
    import('../doctor/stall.ts'),
  ]);
  const { address, clock } = host;
  const process = processAt(address);
  const outside =
    (process && stoppedFinding(process)) ?? (await askWhetherStalled(session, host.schema, signal));
  if (outside !== undefined) return { findings: [outside] };
  const schema = await host.loadSchema();
  return examine({
    ...{ session, address, clock, schema, limits: { ...limits(host), signal } },
    ...(time === undefined ? {} : { time }),
  });
}

/** Puts a line on the prompt, for its user to read and run. */
function prescribe(given: string, tries: boolean, session: Session, host: Host): Exit {
  const found = last.get(session);
  const finding = found?.[Number(given) - 1];
  if (found === undefined) throw misuse(DOCTOR, 'nothing was looked at yet; .doctor alone does');
  if (finding === undefined) throw misuse(DOCTOR, `there is no finding ${given}; there are ${found.length}`);
  const remedy = finding.remedies.find(({ lines }) => lines.length > 0);
  const [line] = (tries ? remedy?.rehearse : remedy?.lines) ?? [];
  if (remedy === undefined || line === undefined)
    throw misuse(
      DOCTOR,
      remedy === undefined
        ? `no line helps with finding ${given}`
        : `a twin tells nothing of what helps with finding ${given}: ${remedy.lines[0]}`,
    );
  if (host.typist) host.typist.setLine(line);
  else host.show([[span(line, 'command')]]);
  return 0;
}
