// The steps `.freeze` and `.thaw` of a page: between them the guest's agent holds its file systems still. However the page ends,
// the guest is let go first.
//
//   .freeze agent=ADDRESS [limit=30s]   the agent's socket, and the longest that the guest may stand still
//   .thaw                               `consistent` is true where all it froze stood still until now
import { freezeGuest } from '../io/stillguest.ts';
import { splitArguments } from '../language/argument.ts';
import { parseDuration } from '../line/duration.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Json } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import type { Undone } from './outcome.ts';
import type { Stage } from './stage.ts';

const LIMIT = 30_000;

interface Stilled {
  /** For `.let` and `.expect`. */
  readonly value: Json;
  /** What a reader has to know, a sentence each. */
  readonly notes: readonly string[];
}

interface FreezeCall {
  readonly address: string;
  readonly limit: number;
}

/** Reads what stands behind `.freeze`. Throws a usage error. */
export function readFreeze(rest: string, isOpen: (text: string) => boolean = () => false): FreezeCall {
  const wrong = (what: string) =>
    new QmpshError('usage', what, {
      advice: 'Usage: .freeze agent=ADDRESS [limit=30s]',
    });
  const words = splitArguments(rest);
  const given = (name: string) => words.find(word => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const other = words.find(word => !/^(agent|limit)=/.test(word));
  if (other !== undefined) throw wrong(`.freeze takes agent= and limit=, not ${safe(other)}`);
  const address = given('agent');
  if (address === undefined || address === '') throw wrong('.freeze wants the address of a guest agent');
  const text = given('limit');
  if (text === undefined || isOpen(text)) return { address, limit: LIMIT };
  const limit = parseDuration(text);
  if (limit === undefined || limit <= 0) throw wrong(`${safe(text)} is no time; write 10s or 1m`);
  return { address, limit };
}

export async function freezeStep(rest: string, stage: Stage, signal: AbortSignal): Promise<Stilled> {
  const { address, limit } = readFreeze(rest);
  if (stage.still) throw new QmpshError('usage', 'the guest stands still already');
  stage.mustBeOpenable(address);
  const still = await freezeGuest(address, limit, signal);
  stage.still = still;
  const notes =
    still.frozen > 0 ? [] : ['the agent has frozen no file system: what follows is crash-consistent only'];
  return { value: { frozen: still.frozen }, notes };
}

export async function thawStep(stage: Stage): Promise<Stilled> {
  const { still } = stage;
  if (!still) throw new QmpshError('usage', 'the guest was not frozen: .thaw has nothing to let go');
  stage.still = undefined;
  const { thawed, late } = await still.thaw();
  const { frozen } = still;
  const why = late
    ? 'time was over, and the guest was let go before'
    : thawed < frozen
      ? `of ${frozen} file systems that were frozen only ${thawed} still were`
      : undefined;
  return {
    value: { consistent: frozen > 0 && why === undefined, frozen, thawed },
    notes: why === undefined ? [] : [`${why}: what was begun meanwhile is crash-consistent only`],
  };
}

/** Lets the guest go where a page has ended before its `.thaw`. Undefined where there is nothing to let go. */
export async function letGo(stage: Stage): Promise<Undone | undefined> {
  const { still } = stage;
  stage.still = undefined;
  if (!still) return undefined;
  try {
    await still.thaw();
    return { text: '.thaw', ok: true };
  } catch (error) {
    if (!(error instanceof QmpshError)) throw error;
    const text = `$ qmpsh --agent -c guest-fsfreeze-thaw ${safe(still.address)}`;
    return { text, ok: false, why: error.message, left: 'line' };
  }
}
