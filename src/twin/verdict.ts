// The verdict of a rehearsal: what the real VM would say to the page, as far as its twin can tell.

import { asksOnly } from '../play/inverse.ts';
import type { Failure } from '../play/outcome.ts';
import type { Json } from '../text/json.ts';
import { isArray, isObject } from '../text/json.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import type { Remark } from './likeness.ts';
import type { Need } from './need.ts';
import { NOT_REHEARSED } from './permit.ts';
import type { Passed } from './twin.ts';

export interface Verdict {
  readonly kind: 'goes through' | 'is refused' | 'cannot be told';
  /** The step that decides, as --from takes it; absent where none does, and for a single line. */
  readonly step?: number;
  readonly why?: string;
}

/** What was seen while the page was on the twin. */
interface Seen {
  /** How it ended; absent: well. */
  readonly failed?: { readonly step?: number; readonly text: string; readonly failure: Failure };
  /** Lines that were not run. */
  readonly skipped: readonly { readonly step?: number; readonly text: string; readonly why: string }[];
  readonly passed: readonly Passed[];
  readonly remarks: readonly Remark[];
  readonly needs: readonly Need[];
}

/** Parts of a node that a twin cannot have as its VM has them. */
const DATA = /\b(?:count|actual-size|dirty|offset|len|allocated)\b/;
/** What QEMU says of a file that is empty on the twin alone. */
const EMPTY = /not in .* format|Could not open|Image is not|too small|is not a/i;

export function verdictOf({ failed, skipped, passed, remarks, needs }: Seen): Verdict {
  const untold = (why: string, step?: number): Verdict => ({
    kind: 'cannot be told',
    why,
    ...(step === undefined ? {} : { step }),
  });
  const acts = passed.filter(({ request }) => !asksOnly(request));
  const unlike = remarks.find(({ about }) =>
    about?.some(name =>
      name === '*'
        ? acts.length > 0
        : acts.some(({ request }) => names(request.arguments, name) || request.execute === name),
    ),
  );
  if (failed) {
    const { failure, step, text } = failed;
    const message = failure.message.replace(/^QEMU refused it: /, '');
    const [earlier] = skipped;
    if (message.includes(NOT_REHEARSED) || /which was not agreed to/.test(message))
      return untold(message.slice(Math.max(0, message.indexOf(NOT_REHEARSED))), step);
    if (failure.lost) return untold('the QEMU of the twin ended there, and the VM itself might, too', step);
    if (failure.exit === 4) return untold(`the twin waited in vain: ${message}`, step);
    if (earlier)
      return untold(
        `${lineOf(earlier)} was not run, and then ${safe(firstRow(text))} failed: ${message}`,
        step,
      );
    const empty = passed.flatMap(({ stood }) => stood);
    if (empty.length > 0 && EMPTY.test(message))
      return untold(`${safe(empty[0] ?? '')} is on this host, and empty on the twin: ${message}`, step);
    if (/^\.(?:expect|let)\b/.test(text.trim()) && DATA.test(text))
      return untold(`it depends on data, which the twin has not: ${message}`, step);
    if (unlike) return untold(unlike.text, step);
    return { kind: 'is refused', why: message, ...(step === undefined ? {} : { step }) };
  }
  const [first] = skipped;
  if (first) {
    const rest = first.step === undefined ? '' : '; all else goes through';
    return untold(`${safe(firstRow(first.text))} was not run: ${first.why}${rest}`, first.step);
  }
  if (unlike) return untold(unlike.text);
  const short = needs.find(({ isShort }) => isShort);
  if (short) return untold(`there may not be room enough: ${short.text}`);
  return { kind: 'goes through' };
}

export function renderVerdict({ kind, step, why }: Verdict): readonly StyledLine[] {
  const role = kind === 'goes through' ? 'ok' : kind === 'is refused' ? 'error' : 'warning';
  const at = step === undefined ? '' : ` at step ${step}`;
  const said =
    kind === 'goes through' ? '' : kind === 'is refused' ? `${at} with: ${why ?? ''}` : `${at}: ${why ?? ''}`;
  return [[span('verdict: ', 'dim'), span(kind, role), span(safe(said))]];
}

export function verdictJson({ kind, step, why }: Verdict): Json {
  return { verdict: kind, ...(step === undefined ? {} : { step }), ...(why === undefined ? {} : { why }) };
}

/** Whether one of the texts in a value is the name. */
function names(value: Json | undefined, name: string): boolean {
  if (typeof value === 'string') return value === name;
  if (isArray(value)) return value.some(item => names(item, name));
  return isObject(value) && Object.values(value).some(item => names(item, name));
}

function lineOf({ step, text }: { readonly step?: number; readonly text: string }): string {
  return step === undefined ? safe(firstRow(text)) : `step ${step}, ${safe(firstRow(text))},`;
}

function firstRow(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
