// What is otherwise where a line goes to a guest agent: how long its reply is waited for, and what is to be said of it.
import { QmpshError } from '../qmp/errors.ts';
import type { Refusal } from '../qmp/message.ts';
import { NO_AGENT } from '../session/failures.ts';
import { AGENT_LIMIT } from '../session/options.ts';
import { isUnanswered } from '../session/pending.ts';
import type { WaitOptions } from '../session/wait.ts';
import { safe } from '../text/safe.ts';

/** Milliseconds for what takes as long as the guest's disks do. */
const SLOW_LIMIT = 600_000;
const SLOW = /^guest-(?:fstrim|fsfreeze-freeze|fsfreeze-freeze-list)$/;

/** How long the reply to a command is waited for, where the user has set no limit. */
export function agentLimits(command: string, limits: WaitOptions): WaitOptions {
  return limits.timeout === undefined
    ? { ...limits, timeout: SLOW.test(command) ? SLOW_LIMIT : AGENT_LIMIT }
    : limits;
}

/** The error of a reply that did not come in time, with what that can mean. */
export function noAnswer(error: QmpshError): QmpshError {
  const { kind, message, code, cause, advice = '' } = error;
  return new QmpshError(kind, message, {
    advice: `${advice} ${NO_AGENT} --timeout T sets how long is waited.`.trim(),
    cause,
    ...(code === undefined ? {} : { code }),
  });
}

/** What there is to add to a refusal. What QEMU's refusals mean is not meant for it. */
export function explainAgent({ class: name, desc }: Refusal): { readonly text: string } | undefined {
  if (name !== 'CommandNotFound' || !/has been disabled/.test(desc)) return undefined;
  return {
    text: "The agent refuses it by its own settings (qemu-ga's --block-rpcs or --allow-rpcs, in Debian BLOCK_RPCS or the like), or as its file systems stand still: guest-fsfreeze-status tells.",
  };
}

/** What the silence after a command means that an agent answers only to refuse it; undefined for any other. */
export function takenNote(command: string): string | undefined {
  return isUnanswered(command)
    ? `${safe(command)} was not refused, and that is all an agent says of it: whether it is done shows in the VM`
    : undefined;
}
