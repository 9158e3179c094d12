// The errors of a connection that fails, with their advice.
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';
import { greetingLimit, type SessionOptions } from './options.ts';

/**
 * The error of a connection on which nothing came in time. A busy monitor takes connections too and leaves them
 * unanswered, and so does a stopped QEMU. `tried`: it has not answered as a guest agent either.
 */
export function silent(
  options: Pick<SessionOptions, 'address' | 'greetingTimeout' | 'agent'>,
  { greeted, tried }: { readonly greeted: boolean; readonly tried: boolean },
): QmpshError {
  const address = safe(options.address);
  const time = duration(greetingLimit(options) / 1000);
  if (options.agent === true)
    return new QmpshError('connect', `the guest agent at ${address} does not answer (${time})`, {
      code: 'silent',
      advice: `${NO_AGENT} An agent serves one client at a time, and libvirt holds those of its VMs.`,
    });
  if (greeted)
    return new QmpshError('connect', `${address} did not answer within ${time}`, { code: 'silent' });
  const message = `${address} takes connections, but sent no greeting within ${time}`;
  const agent = tried ? NONE_ANSWERED : 'A QEMU guest agent never greets: use --agent for it.';
  const advice =
    'A monitor serves one client at a time: is another one connected (virsh, qmp-shell, another qmpsh)? ' +
    `A stopped QEMU is silent as well. ${agent}`;
  return new QmpshError('connect', message, { code: 'busy', advice });
}

/** Said where it was tried. */
export const NONE_ANSWERED = 'A QEMU guest agent never greets; none has answered here.';

/** What to think of when an agent says nothing. */
export const NO_AGENT = 'Does qemu-ga not run in the guest, or is the guest paused?';

/** The error of a monitor that was spoken to as a guest agent. */
export function noAgent(address: string): QmpshError {
  return new QmpshError('protocol', `${address} is a QMP monitor, no guest agent`, {
    code: 'no-agent',
    advice: "Leave --agent out, or connect to the agent's own socket.",
  });
}

/** The error of a connection that the other side has ended; `opened`: commands could be sent. */
export function gone(address: string, cause: Error | undefined, opened: boolean): QmpshError {
  return opened ? lostConnection(address, cause) : notOpened(address, cause);
}

function notOpened(address: string, cause: Error | undefined): QmpshError {
  if (cause instanceof QmpshError) return cause;
  const why = cause ? `: ${safe(cause.message)}` : ' before it had greeted';
  const advice = 'Is it a QMP monitor, and is QEMU still running?';
  return new QmpshError('connect', `${address} ended the connection${why}`, {
    code: codeOf(cause) ?? 'ended',
    advice,
    cause,
  });
}

function lostConnection(address: string, cause: Error | undefined): QmpshError {
  const why = cause ? `: ${safe(cause.message)}` : '';
  const advice = adviceOf(cause) ?? 'QEMU has ended, or has closed this monitor.';
  return new QmpshError('lost', `the connection to ${address} was lost${why}`, {
    code: codeOf(cause) ?? 'ended',
    advice,
    cause,
  });
}

export function lostWait(address: string, what: string, cause: Error | undefined): QmpshError {
  const message = `the connection to ${address} ended while waiting for ${what}`;
  return new QmpshError('lost', message, { code: 'ended', advice: 'Whether it came is not known.', cause });
}

export function notSent(name: string, address: string): QmpshError {
  return new QmpshError('connect', `${name} was not sent: the connection to ${address} has ended`, {
    code: 'not-sent',
    advice: 'Connect again.',
  });
}

/** The error of a command that was sent, when the connection ended before its reply. */
export function noReply(name: string, address: string, cause: Error | undefined): QmpshError {
  const why = cause ? `: ${cause.message}` : '';
  return new QmpshError('lost', `${name} was sent to ${address}, but no reply came${why}`, {
    code: 'no-reply',
    advice: 'It may have happened: look, before you repeat it.',
    cause,
  });
}

/** The error of a wait whose events may be among those dropped from the log. */
export function dropped(what: string, count: number): QmpshError {
  const message = `${count} events since the command are no longer in the log: ${what} may have been among them`;
  return new QmpshError('lost', message, { code: 'dropped' });
}

export function noJob(id: string, others: readonly string[]): QmpshError {
  const advice = others.length > 0 ? `There is: ${safe(others.join(', '))}.` : 'There are no jobs.';
  return new QmpshError('refused', `there is no job ${safe(id)}`, { code: 'no-job', advice });
}

function codeOf(error: Error | undefined): string | undefined {
  return error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function adviceOf(error: Error | undefined): string | undefined {
  return error instanceof QmpshError ? error.advice : undefined;
}
