// Compares what came with the output that a page expects, and rewrites expected output that differs.
import { bindExpected, type Values } from '../page/bind.ts';
import { type Difference, differences, matches, requestDifferences, textDifferences } from '../page/match.ts';
import { mendedText } from '../page/mend.ts';
import type { Expected, Step } from '../page/model.ts';
import type { Pattern } from '../page/pattern.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import { failureInBand, hmpFailure, hmpLineOf } from '../schema/hmp.ts';
import type { Json } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { trimTail } from '../text/trim.ts';
import type { Failure, Mismatch } from './outcome.ts';

/** What came while a step was performed. */
interface Came {
  readonly request?: Json;
  readonly reply?: Json;
  readonly output?: string;
  /** Events since the step was sent. */
  readonly events?: readonly QmpEvent[];
}

/** The pieces of expected output that differ. Replies are not compared where nothing was sent. */
export function judge(step: Step, values: Values, came: Came): readonly Mismatch[] {
  return step.expected.flatMap((raw): Mismatch[] => {
    const expected = bindExpected(raw, values);
    switch (expected.kind) {
      case 'request':
        return came.request === undefined
          ? []
          : compare(raw, requestDifferences(expected.pattern, came.request), came.request);
      case 'reply':
        return came.reply === undefined
          ? []
          : compare(raw, differences(expected.pattern, came.reply), came.reply);
      case 'event':
        return came.events === undefined ? [] : judgeEvent(raw, expected.pattern, came.events);
      case 'text':
        return came.output === undefined
          ? []
          : compare(raw, textDifferences(expected.lines, rows(came.output)), came.output);
      default:
        return []; // what cannot be read is not compared
    }
  });
}

/** Whether the page says that QEMU refuses the step. */
export function expectsRefusal(step: Step): boolean {
  return step.expected.some(
    ({ kind, ...rest }) =>
      kind === 'reply' &&
      'pattern' in rest &&
      rest.pattern.kind === 'object' &&
      rest.pattern.members.has('error'),
  );
}

/** Whether the page says that the human monitor refuses the step: its text, which tells of the failure, stands there. */
function expectsInBand(step: Step, request: Request | undefined): boolean {
  const line = hmpLineOf(request);
  return step.expected.some(item => {
    if (line === undefined || item.kind !== 'reply' || item.pattern.kind !== 'object') return false;
    const text = item.pattern.members.get('return');
    return (
      text?.kind === 'scalar' && typeof text.value === 'string' && hmpFailure(line, text.value) !== undefined
    );
  });
}

/** Whether the page shows a refusal of such words. */
export function showsRefusal(step: Step, words: RegExp): boolean {
  return step.expected.some(item => {
    const error =
      item.kind === 'reply' && item.pattern.kind === 'object' ? item.pattern.members.get('error') : undefined;
    const desc = error?.kind === 'object' ? error.members.get('desc') : undefined;
    return desc?.kind === 'scalar' && words.test(String(desc.value));
  });
}

/** What of a reply is not as its step means it, apart from what the page shows of it. */
interface Amiss {
  readonly kind: 'refused' | 'taken' | 'fault';
  /** QEMU's own words; of a step that was to be refused, that it was not. */
  readonly text: string;
}

/** Whether a reply is as its step means it: QEMU did it, or refused it where the page says so. Undefined where it is. */
export function amissIn(step: Step, request: Request | undefined, reply: Reply): Amiss | undefined {
  const refusal = expectsRefusal(step);
  if (reply.kind === 'refusal') return refusal ? undefined : { kind: 'refused', text: reply.desc };
  if (refusal) return { kind: 'taken', text: 'QEMU did not refuse it' };
  const fault = failureInBand(request, reply);
  // The page may show that very failure: then it is compared.
  return fault === undefined || expectsInBand(step, request) ? undefined : { kind: 'fault', text: fault };
}

/** Whether a command of the host went as its page means it: well, or with the very output that the page shows. */
export function wentAsMeant(step: Step, status: number, mismatches: readonly Mismatch[]): boolean {
  return status === 0 || (mismatches.length === 0 && showsOutput(step));
}

/** Whether the page shows text that a command of the host prints; wildcards alone are none. */
function showsOutput(step: Step): boolean {
  return step.expected.some(item => item.kind === 'text' && item.lines.some(line => !/^[\s.]*$/.test(line)));
}

/** A difference as one sentence. */
export function sentence({ path, expected, got }: Difference): string {
  const where = path === '' ? '' : `${path}: `;
  return `${where}expected ${expected}, got ${got ?? 'nothing'}`;
}

/** The differences as a failure, where they make the step fail. A request that merely reads otherwise does not. */
export function differing(mismatches: readonly Mismatch[], strict: boolean): Failure | undefined {
  const judged = mismatches.filter(({ expected }) => expected.kind !== 'request');
  const [first] = judged.flatMap(({ differences }) => differences);
  if (!strict || !first) return undefined;
  return { message: `not as the page says: ${safe(sentence(first))}`, exit: 1 };
}

/** Expected output as it must read to be true. Wildcards that still hold stay, members left out stay out. */
export function mended(mismatch: Mismatch): string {
  const { expected, got } = mismatch;
  if (typeof got === 'string') return trimTail(got);
  if (got === undefined) return '';
  return mendedText('pattern' in expected ? expected.pattern : undefined, got, expected.kind === 'request');
}

function compare(expected: Expected, found: readonly Difference[], got: Json | string): Mismatch[] {
  return found.length === 0 ? [] : [{ expected, differences: found, got }];
}

function judgeEvent(raw: Expected, pattern: Pattern, events: readonly QmpEvent[]): Mismatch[] {
  if (events.some(event => matches(pattern, event.raw))) return [];
  const name = pattern.kind === 'object' ? pattern.members.get('event') : undefined;
  const alike = events.find(event => name && matches(name, event.name));
  if (alike) return compare(raw, differences(pattern, alike.raw), alike.raw);
  const path = 'event';
  const expected = name?.kind === 'scalar' ? String(name.value) : 'an event';
  return [{ expected: raw, differences: [{ path, expected }], got: undefined }];
}

function rows(output: string): readonly string[] {
  return output.split('\n');
}
