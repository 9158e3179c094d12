// A request of a step that was refused, or taken where the page expects a refusal: the failure that it is.
import { type Asking, explain } from '../line/explain.ts';
import type { Host } from '../line/host.ts';
import type { Step } from '../page/model.ts';
import type { Reply, Request } from '../qmp/message.ts';
import { NOTHING_DONE } from '../render/reply.ts';
import { member } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { showsRefusal } from './judge.ts';
import type { Failure } from './outcome.ts';
import type { Performance } from './performance.ts';
import type { Monitor } from './stage.ts';

/** What a refusal says of a thing that is not there. */
export const ABSENT =
  /failed to find|cannot find|can't find|not found|no such|does not exist|not running|not active/i;

/** QEMU took what it was to refuse: mostly a try whether a file is there already. */
export function tooWell(step: Step, request: Request | undefined, { params }: Performance): Failure {
  const file = member(request?.arguments ?? {}, 'filename');
  const over = params.has('overwrite') ? ', or overwrite=yes: then what it holds is lost' : '';
  if (typeof file === 'string' && showsRefusal(step, /No such file or directory/))
    return { message: `${safe(file)} is there already`, advice: `Give another name${over}.`, exit: 1 };
  if (showsRefusal(step, /not in qcow2 format/))
    return {
      message:
        'the export holds a qcow2 image already: a point, another image, or a part of one that was broken off',
      advice: `Name another export${over}.`,
      exit: 1,
    };
  return { message: 'QEMU did it, where the page expects a refusal', exit: 1 };
}

/** What can be asked about a refusal: of another monitor's VM nothing but its schema is known. */
export function askingOf({ session, schema }: Monitor, host: Host): Asking {
  if (session === host.session) return host;
  return { schema, loadSchema: async () => schema, clock: host.clock };
}

export async function refusal(
  reply: Extract<Reply, { kind: 'refusal' }>,
  request: Request | undefined,
  asking: Asking,
): Promise<Failure> {
  const meaning = request && (await explain(reply, request, asking));
  const advice = [request?.execute === 'transaction' ? NOTHING_DONE : '', meaning?.text ?? ''].filter(
    Boolean,
  );
  const absent = /DeviceNotFound|DeviceNotActive/.test(reply.class) || ABSENT.test(reply.desc);
  return {
    message: `QEMU refused it: ${safe(reply.desc)}`,
    exit: 1,
    ...(advice.length > 0 ? { advice: advice.join(' ') } : {}),
    ...(absent ? { absent: true } : {}),
  };
}
