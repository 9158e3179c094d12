// Why QEMU refused a request, for people: explained by the whole request, the schema and what the VM says it has. A line
// to try is shown only where nothing that is known speaks against it.
import type { Problem } from '../language/line.ts';
import { print } from '../language/print.ts';
import { type Mismatch, mismatchIn, retyped } from '../language/retype.ts';
import type { Refusal, Request } from '../qmp/message.ts';
import { actOf } from '../schema/jobs.ts';
import type { Schema } from '../schema/model.ts';
import { namingAt } from '../schema/names.ts';
import { holdsSecret } from '../schema/notes/secrets.ts';
import { isInserted, openAs } from '../schema/puzzles/names.ts';
import { askedFor, explainRefusal } from '../schema/puzzles.ts';
import { acceptable, askedOf, UNKNOWN } from '../schema/world.ts';
import { isHarmless } from '../session/facts.ts';
import { equalJson } from '../text/json.ts';
import type { Host } from './host.ts';
import { Witness } from './witness.ts';

interface Explained {
  readonly text: string;
  /** A line to try. */
  readonly line?: string;
}

/** What an explanation may draw on: the host of the VM that refused, or a part of it. */
export type Asking = Pick<Host, 'loadSchema' | 'schema' | 'clock' | 'known'> &
  Partial<Pick<Host, 'session' | 'typist'>>;

/**
 * Explains a refusal in a sentence, with a line to try where one is known to be better; `typed` is the line the request
 * comes from. Undefined where there is nothing to add to QEMU's own words. In a lesson the tutor says what of it is left.
 */
export async function explain(
  refusal: Refusal,
  request: Request,
  host: Asking,
  typed?: string,
): Promise<Explained | undefined> {
  const leaves = (typed !== undefined && host.typist?.tutor?.leaves(typed)) || 'all';
  if (leaves === 'nothing') return undefined;
  if (host.session?.isAgent) return (await import('./agent.ts')).explainAgent(refusal);
  try {
    const mismatch = mismatchIn(refusal.desc);
    const found =
      mismatch === undefined
        ? await meaning(refusal.desc, request, host)
        : await otherType(mismatch, request, host, typed);
    return found && leaves === 'words' && !found.line?.startsWith('query-') ? { text: found.text } : found;
  } catch {
    return undefined; // the connection has ended: that is told elsewhere
  }
}

async function meaning(desc: string, request: Request, host: Asking): Promise<Explained | undefined> {
  const asked = askedFor(desc, request);
  if (asked === undefined) return undefined;
  const schema = await host.loadSchema();
  const witness = witnessFor(host, schema, request);
  await witness?.load(asked);
  const found = explainRefusal(desc, request, witness ?? { ...UNKNOWN, schema });
  if (found?.instead === undefined) return found;
  // Completing cannot be taken back: it is for who asks for it to choose.
  if (actOf(found.instead.execute) === 'complete' && actOf(request.execute) !== 'complete')
    return { text: `${found.text} ${IS_READY}` };
  const fine = await isOffered(found.instead, request, schema, witness);
  if (!fine) return { text: found.text };
  return { text: unlisted(found.text, found.instead.execute), line: print(found.instead, schema) };
}

/** The sentence without what the line to try says again: `; query-jobs lists them`. */
function unlisted(text: string, command: string): string {
  const [before, behind] = text.split(`; ${command} lists `);
  return behind !== undefined && /^(?:them|the \w+)\.$/.test(behind) ? `${before}.` : text;
}

const IS_READY =
  'This one is ready: job-complete finishes it (a mirror switches over to its target), block-job-cancel ends it without that.';

/**
 * The VM to ask for facts; none while commands are under way: QEMU answers in order, so its answers would come too
 * late.
 */
function witnessFor(host: Asking, schema: Schema | undefined, request: Request): Witness | undefined {
  return host.known && !isBusy(host) ? new Witness(host.known, host.clock, schema, request) : undefined;
}

/** Whether anything waits for its reply but queries that are quick, as those that completion asks are. */
function isBusy({ session }: Asking): boolean {
  return session?.pending.some(({ request }) => request === undefined || !isHarmless(request)) === true;
}

/** A value of another type than QEMU wants. */
async function otherType(
  mismatch: Mismatch,
  request: Request,
  host: Asking,
  typed: string | undefined,
): Promise<Explained> {
  const schema = await host.loadSchema();
  const text = `QEMU wants ${TYPES[mismatch.kind]} for ${mismatch.name}.`;
  const meant = retyped(request, mismatch, typed, schema);
  if (meant === undefined) return { text };
  const witness = witnessFor(host, schema, request);
  return (await isOffered(meant.request, request, schema, witness)) ? { text, line: meant.line } : { text };
}

/** The problems of a line that was not sent, without advice that the VM's own names speak against. */
export async function settled(problems: Problems, host: Asking): Promise<Problems> {
  const [first, ...more] = problems;
  return [await held(first, host), ...(await Promise.all(more.map(problem => held(problem, host))))];
}

type Problems = readonly [Problem, ...Problem[]];

async function held(problem: Problem, host: Asking): Promise<Problem> {
  const { offered, advice, otherwise, ...rest } = problem;
  if (offered === undefined) return problem;
  try {
    const schema = await host.loadSchema();
    if (host.known === undefined) return problem;
    const witness = new Witness(host.known, host.clock, schema, offered);
    // While QEMU is busy what was heard last has to do.
    if (!isBusy(host)) await witness.load(askedOf(offered, schema));
    const namings = Object.entries(offered.arguments).flatMap(([name, value]) => {
      const naming = namingAt(offered.execute, [name], offered.arguments);
      return naming?.kind === 'node' && typeof value === 'string' ? [{ name, value, fit: naming.fit }] : [];
    });
    for (const { name, value, fit } of namings) {
      const open = openAs(value, witness);
      const node = open === '' ? value : open;
      const is = open === '' ? '' : `${value} is open as ${open}`;
      const instead = { ...offered, arguments: { ...offered.arguments, [name]: node } };
      if (!acceptable(instead, witness)) continue;
      if (fit === 'free' && isInserted(node, witness))
        return {
          ...rest,
          advice:
            is === ''
              ? `It is written ${name}=${node}, and a device uses it.`
              : `${is}, which a device uses.`,
        };
      if (is !== '') return { ...rest, advice: `Write ${name}=${node}: ${is}` };
    }
    if (acceptable(offered, witness)) return problem;
    return otherwise === undefined ? rest : { ...rest, advice: otherwise };
  } catch {
    return problem; // the connection has ended: that is told elsewhere
  }
}

const TYPES = { str: 'text', int: 'a number', number: 'a number', bool: 'true or false', null: 'null' };

/** Whether a request may be shown as one to try: it is another one, nothing known speaks against it, it tells no secret. */
async function isOffered(
  instead: Request,
  refused: Request,
  schema: Schema | undefined,
  witness: Witness | undefined,
): Promise<boolean> {
  const same = instead.execute === refused.execute && equalJson(instead.arguments, refused.arguments);
  if (same || holdsSecret(instead)) return false;
  await witness?.load(askedOf(instead, schema));
  return acceptable(instead, witness ?? { ...UNKNOWN, schema });
}
