// The line above the first prompt: which VM this is, how it is, and the three things to know.
import type { Greeting } from '../qmp/message.ts';
import { fitLine, joinLines, lineWidth, span, spread } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';

export interface WelcomeFacts {
  readonly greeting?: Greeting;
  /** What the VM is called, or its first disk. */
  readonly name?: string;
  /** The `status` of query-status: running, paused, prelaunch, ... */
  readonly status?: string;
  /** It is a guest agent: its version, and its commands. */
  readonly agent?: { readonly version: string; readonly enabled: number; readonly all: number };
  /** The terminal edits the line, and Tab is a letter of it. */
  readonly plain?: boolean;
}

const HELP: StyledLine = [span('.help', 'word'), span('  ')];
const TAB: StyledLine = [span('Tab', 'key'), span(' completes  ', 'dim')];
const LEAVE: StyledLine = [span('Ctrl-D', 'key'), span(' leaves', 'dim')];

/** `7.2.22`. */
export function qemuVersion(greeting: Greeting): string {
  const { major, minor, micro } = greeting.QMP.version.qemu;
  return `${major}.${minor}.${micro}`;
}

/** The line for a width. The tips go first to the short form, then away; then the name, then all but the version. */
export function renderWelcome(facts: WelcomeFacts, width: number): StyledLine {
  const { greeting, agent } = facts;
  const version = agent
    ? `guest agent ${safe(agent.version)}`
    : greeting === undefined
      ? 'connected'
      : `QEMU ${qemuVersion(greeting)}`;
  const who: StyledLine = [span(version, 'title')];
  const called = agent ? `${agent.enabled} of its ${agent.all} commands enabled` : facts.name;
  const name: StyledLine = called === undefined ? [] : [span(safe(called))];
  const how: StyledLine = facts.status === undefined ? [] : [status(facts.status)];
  const join = (...parts: readonly StyledLine[]) =>
    joinLines(
      parts.filter(part => lineWidth(part) > 0),
      ' · ',
    );
  const left = join(who, name, how);
  const wide = spread(left, [...HELP, ...(facts.plain ? [] : TAB), ...LEAVE], width);
  if (wide !== undefined) return wide;
  const short = spread(left, HELP.slice(0, 1), width);
  if (short !== undefined) return short;
  const choices = [left, join(who, how), who];
  return choices.find(choice => lineWidth(choice) <= width) ?? fitLine(who, width);
}

// States in which the guest does not run and that say little by themselves get the plain word before them.
function status(state: string): Span {
  const role: Role | undefined = state === 'running' ? 'ok' : BAD.has(state) ? 'error' : 'warning';
  return span(PAUSED.has(state) ? `paused (${safe(state)})` : safe(state), role);
}

const PAUSED = new Set([
  'prelaunch',
  'inmigrate',
  'postmigrate',
  'preconfig',
  'debug',
  'save-vm',
  'restore-vm',
  'finish-migrate',
  'suspended',
]);
const BAD = new Set(['io-error', 'internal-error', 'guest-panicked']);
