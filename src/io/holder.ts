// The process that holds a guest still: it has the agent's connection to itself, and thaws when it is told to, when whoever
// started it is gone, and when time is over. Its input and output are lines; the first output says whether the guest is still,
// the last how that ended.
import { createInterface } from 'node:readline';
import { QmpshError } from '../qmp/errors.ts';
import type { Reply } from '../qmp/message.ts';
import { Session } from '../session/client.ts';
import { isObject, type Json } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { CLOCK } from './clock.ts';
import { connect } from './connect.ts';

/** Milliseconds in which an agent answers anything but a freeze. */
const ANSWERS = 5000;
/** Milliseconds for which thawing is tried, and between two tries. */
const TRIES = 30_000;
const PAUSE = 500;
/** Milliseconds that the answer to a thaw may take whose freeze was not answered; then the agent is synchronised anew. */
const FIRST = 2000;

/** One line of its output. */
type Told =
  | { readonly frozen: number }
  /** `late`: before it was asked for, for time was over. */
  | { readonly thawed: number; readonly late: boolean }
  /** `still`: the guest may stand still. */
  | { readonly failed: string; readonly advice?: string; readonly still: boolean };

/** Freezes by the agent at an address, for so many milliseconds at most. Resolves when the guest is as it was, or cannot be told to. */
export async function holdGuest(address: string, limit: number): Promise<void> {
  const say = (told: Told) => process.stdout.write(`${JSON.stringify(told)}\n`);
  // Who reads it may be gone.
  process.stdout.on('error', () => {});
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
  const asked = asking();
  let session: Session | undefined;
  try {
    session = await open(address);
    const status = answered(await session.execute('guest-fsfreeze-status', {}, { timeout: ANSWERS }));
    if (status !== 'thawed')
      throw new QmpshError('refused', `the guest is ${safe(String(status))} already, by somebody else`);
  } catch (error) {
    return void say({ ...failure(error), still: false });
  }
  const began = CLOCK.now();
  const over = new Promise<true>(resolve => setTimeout(() => resolve(true), limit).unref());
  const freezing = session.execute('guest-fsfreeze-freeze', {}, {}).then(answered);
  const early = await Promise.race([
    freezing.then(
      () => undefined,
      () => undefined,
    ),
    over,
    asked,
  ]);
  let refused: unknown;
  if (early === undefined) {
    const count = await freezing.catch((error: unknown) => {
      refused = error;
    });
    if (refused === undefined) {
      say({ frozen: Number(count) });
      const late = (await Promise.race([asked.then(() => false), over])) === true;
      return void say(await thaw(address, session, late));
    }
    // An agent that fails in the middle thaws what it froze; whether it has is asked below.
  } else freezing.catch(() => {});
  const seconds = Math.round((CLOCK.now() - began) / 1000);
  const why =
    refused === undefined
      ? { failed: `the agent has not frozen the guest within ${seconds} s`, still: false }
      : { ...failure(refused), still: false };
  const end = await thaw(address, session, false, refused === undefined ? 'lost' : 'refused');
  say(
    'failed' in end
      ? { ...why, failed: `${why.failed}, and ${end.failed}`, advice: end.advice ?? '', still: true }
      : why,
  );
}

/** Resolves with false when a line comes, or the input ends. */
function asking(): Promise<false> {
  const lines = createInterface({ input: process.stdin });
  return new Promise(resolve => {
    lines.once('line', () => resolve(false));
    lines.once('close', () => resolve(false));
  });
}

/** `after`: what became of the freeze. Where it was refused, or not answered, the guest may not be frozen at all. */
async function thaw(
  address: string,
  first: Session,
  late: boolean,
  after: 'done' | 'refused' | 'lost' = 'done',
): Promise<Told> {
  const lost = after === 'lost';
  const began = CLOCK.now();
  let session: Session | undefined = first;
  let why = '';
  do {
    try {
      session = session?.state === 'open' ? session : await open(address);
      const asks = after === 'refused' || (lost && session !== first);
      if (
        asks &&
        answered(await session.execute('guest-fsfreeze-status', {}, { timeout: ANSWERS })) === 'thawed'
      )
        return { thawed: 0, late };
      // (Sent at once: an agent that is still busy does it then, whether somebody waits for it or not.)
      const timeout = lost && session === first ? FIRST : TRIES;
      const count = answered(await session.execute('guest-fsfreeze-thaw', {}, { timeout }));
      return { thawed: Number(count), late };
    } catch (error) {
      why = failure(error).failed;
      await session?.close().catch(() => {});
      session = undefined;
    }
    await new Promise(resume => setTimeout(resume, PAUSE));
  } while (CLOCK.now() - began < TRIES);
  return {
    failed: `the guest may stand still: ${why}`,
    advice: `Let it go: qmpsh --agent -c guest-fsfreeze-thaw ${safe(address)}`,
    still: true,
  };
}

/** A connection to the agent, synchronised. */
async function open(address: string): Promise<Session> {
  const stop = AbortSignal.timeout(ANSWERS);
  const transport = await connect(address, { signal: stop }).catch((error: unknown) => {
    throw stop.aborted ? silent() : error;
  });
  return Session.open(transport, { clock: CLOCK, address, agent: true, greetingTimeout: ANSWERS }).catch(
    (error: unknown) => {
      throw error instanceof QmpshError && error.code === 'silent' ? silent() : error;
    },
  );
}

function silent(): QmpshError {
  return new QmpshError('timeout', `the guest's agent has not answered within ${ANSWERS / 1000} s`, {
    advice: 'Is it installed in the guest, does it run, and is nobody else connected to its socket?',
  });
}

function answered(reply: Reply): Json {
  if (reply.kind === 'success') return isObject(reply.value) ? '' : reply.value;
  throw new QmpshError('refused', `the guest's agent refused it: ${safe(reply.desc)}`);
}

function failure(error: unknown): { readonly failed: string; readonly advice?: string } {
  if (!(error instanceof QmpshError)) return { failed: safe(String(error)) };
  return { failed: error.message, ...(error.advice === undefined ? {} : { advice: error.advice }) };
}
