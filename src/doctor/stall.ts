// A QEMU whose main loop does not answer: what is known of it, on a new connection and on one that was there before.
import type { VmProcess } from '../io/vmprocess.ts';
import { print } from '../language/print.ts';
import { shellWord } from '../page/hostline.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Request } from '../qmp/message.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import { type Json, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import type { Finding } from './finding.ts';

const WHY =
  'It is busy with a command that does not end, or waits for storage that does not answer. The guest may stand still, too.';

/** A monitor that took the connection, and whose main loop does not answer. */
export function stalledFinding(address: string, process: VmProcess): Finding {
  return {
    kind: 'monitor-stalled',
    about: String(process.pid),
    seen: `QEMU (process ${process.pid}) takes connections, and its main loop does not answer`,
    why: WHY,
    remedies: [
      {
        what: 'wait for it a minute',
        lines: [`$ qmpsh --timeout 1m -c query-status ${shellWord(address)}`],
      },
      {
        what: 'a prompt that was connected before may free it: .doctor there names connections that hang',
        lines: [],
      },
    ],
  };
}

/** Milliseconds that QEMU may take to answer the simplest question. */
const PATIENCE = 2000;

/**
 * Asks the simplest question, and where no answer comes one that overtakes what keeps QEMU busy. Undefined where QEMU
 * answers. Rejects where the connection is lost or the signal comes.
 */
export async function askWhetherStalled(
  session: Session,
  schema: Schema | undefined,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const busy = session.pending[0]?.name;
  const plain = await answerTo(session, { execute: 'query-status', arguments: {} }, signal);
  if (plain !== undefined) return undefined;
  const yank = await answerTo(session, { execute: 'query-yank', arguments: {}, oob: true }, signal);
  const what = busy === undefined ? '' : `: ${safe(busy)} is not answered yet`;
  const about = busy ?? 'monitor';
  if (yank === undefined)
    return {
      kind: 'monitor-silent',
      about,
      seen: `QEMU answers nothing${what}`,
      why: 'Its process may be stopped, stuck in the kernel, or on a host that cannot be reached.',
      remedies: [{ what: 'look at its process on its host', lines: [] }],
    };
  return {
    kind: 'monitor-stalled',
    about,
    seen: `the main loop of QEMU does not answer${what}; what overtakes it is answered`,
    why: WHY,
    remedies: remediesFor(yank, schema),
  };
}

async function answerTo(session: Session, request: Request, signal: AbortSignal): Promise<Json | undefined> {
  try {
    const reply = await session.send(request).answer({ timeout: PATIENCE, signal });
    return reply.kind === 'success' ? reply.value : null;
  } catch (error) {
    if (error instanceof QmpshError && error.kind === 'timeout') return undefined;
    throw error;
  }
}

/** Connections of nodes that may be what is waited for. */
function remediesFor(yank: Json, schema: Schema | undefined): Finding['remedies'] {
  const wait = { what: 'wait until it answers; Ctrl-C stops waiting', lines: ['query-status'] };
  const nodes = objectsIn(yank).filter(one => text(one, 'type') === 'block-node');
  if (nodes.length === 0) return [wait];
  const instances = nodes.map(node => ({
    type: 'block-node',
    'node-name': String(member(node, 'node-name')),
  }));
  const line = print({ execute: 'yank', arguments: { instances } }, schema);
  return [wait, { what: 'let the connections of these nodes fail, if they hang', lines: [`.oob ${line}`] }];
}
