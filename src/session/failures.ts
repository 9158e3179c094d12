// The errors of a connection that fails, with their advice.
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';

/**
 * The error of a connection on which nothing came in time. A busy monitor takes connections too and leaves them
 * unanswered, and so does a stopped QEMU.
 */
export function silent(address: string, limit: number, greeted: boolean): QmpshError {
  const time = duration(limit / 1000);
  if (greeted)
    return new QmpshError('connect', `${address} did not answer within ${time}`, { code: 'silent' });
  const message = `${address} takes connections, but sent no greeting within ${time}`;
  const advice =
    'A monitor serves one client at a time: is another one connected (virsh, qmp-shell, another qmpsh)? ' +
    'A stopped QEMU is silent as well. A QEMU guest agent never greets: use -N for it.';
  return new QmpshError('connect', message, { code: 'busy', advice });
}

/** The error of a connection that the other side ended before commands could be sent. */
export function notOpened(address: string, cause: Error | undefined): QmpshError {
  if (cause instanceof QmpshError) return cause;
  const why = cause ? `: ${safe(cause.message)}` : ' before it had greeted';
  const advice = 'Is it a QMP monitor, and is QEMU still running?';
  return new QmpshError('connect', `${address} ended the connection${why}`, {
    code: codeOf(cause) ?? 'ended',
    advice,
    cause,
  });
}

export function lostConnection(address: string, cause: Error | undefined): QmpshError {
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
