// A request of a step that was refused, or taken where the page expects a refusal: the failure that it is.
import { type Asking, explain } from '../line/explain.ts';
import type { Host } from '../line/host.ts';
import type { Step } from '../page/model.ts';
import type { Reply, Request } from '../qmp/message.ts';
import { NOTHING_DONE } from '../render/reply.ts';
import { safe } from '../text/safe.ts';
import { showsRefusal } from './judge.ts';
import { type NodeFiles, openFiles, userOf } from './openfiles.ts';
import type { Failure } from './outcome.ts';
import type { Performance } from './performance.ts';
import type { Monitor } from './stage.ts';

/** What a refusal says of a thing that is not there. */
export const ABSENT =
  /failed to find|cannot find|can't find|not found|no such|does not exist|not running|not active/i;

/** QEMU took what it was to refuse: mostly a try whether a file is there already. */
export async function tooWell(
  step: Step,
  request: Request | undefined,
  { session }: Monitor,
  { params, signal, timeout }: Performance,
): Promise<Failure> {
  const { filename: file, 'node-name': own } = request?.arguments ?? {};
  const over = params.has('overwrite') ? ', or overwrite=yes: then what it holds is lost' : '';
  if (typeof file === 'string' && showsRefusal(step, /No such file or directory/)) {
    // (Where QEMU does not say, nothing is said of it.)
    const limits = { signal, ...(timeout > 0 ? { timeout } : {}) };
    const nodes = await openFiles(session, limits).catch(() => []);
    const isNamed = ({ node }: NodeFiles) => !node.startsWith('#');
    const user =
      userOf(
        file,
        nodes.filter(one => one.node !== own && isNamed(one)),
      ) ??
      userOf(
        file,
        nodes.filter(({ node }) => node !== own),
      );
    if (user !== undefined)
      return {
        message: `${safe(file)} is an image that this QEMU has open: node ${safe(user)} is on it`,
        advice: 'Give another name.',
        exit: 1,
      };
    return { message: `${safe(file)} is there already`, advice: `Give another name${over}.`, exit: 1 };
  }
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
