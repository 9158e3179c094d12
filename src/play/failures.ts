// A job that failed after its command was taken: QEMU tells why in the event alone. It is explained as a refusal is.

import type { Asking } from '../line/explain.ts';
import type { Request } from '../qmp/message.ts';
import { startedBy } from '../schema/jobs.ts';
import type { Session } from '../session/client.ts';
import { member } from '../text/json.ts';
import { safe } from '../text/safe.ts';

/** Jobs that somebody else has started are never claimed: so many failures are kept for a reply that is still to come. */
const MOST_EARLY = 20;

/** Tells what the error of each job means that fails, where there is something to tell. */
export function watchFailures(
  session: Session,
  asking: Asking,
  tell: (text: string, id: string) => void,
): void {
  const started = new Map<string, Request>();
  const early = new Map<string, string>();
  const failed = async (id: string, error: string, request: Request) => {
    const meaning = await explainFailure(error, request, asking);
    if (meaning !== undefined) tell(`job ${safe(id)}: ${meaning}`, id);
  };
  session.onReply(({ request }, reply) => {
    if (!request || reply.kind !== 'success') return;
    for (const { id } of startedBy(request)) {
      const error = early.get(id);
      early.delete(id);
      // An event may overtake the reply to the command that it comes from.
      if (error === undefined) started.set(id, request);
      else void failed(id, error, request);
    }
  });
  session.onEvent(({ name, data }) => {
    if (name !== 'BLOCK_JOB_COMPLETED' && name !== 'BLOCK_JOB_CANCELLED') return;
    const [id, error] = [member(data, 'device'), member(data, 'error')];
    if (typeof id !== 'string') return;
    const request = started.get(id);
    started.delete(id);
    if (typeof error !== 'string') return;
    if (request !== undefined) void failed(id, error, request);
    else if (early.size < MOST_EARLY) early.set(id, error);
  });
}

/** What the error of a job means that a request has started. */
export async function explainFailure(
  error: string,
  request: Request,
  asking: Asking,
): Promise<string | undefined> {
  const refusal = { kind: 'refusal', class: 'GenericError', desc: error, raw: {} } as const;
  const { explain } = await import('../line/explain.ts');
  return (await explain(refusal, request, asking))?.text;
}
