// What is wrong with a page, as `qmpsh check` tells it without a VM.
import type { Page } from '../page/model.ts';
import { checkOffline } from '../play/checking.ts';
import { type Fault, sentenceOf } from '../play/document/fault.ts';
import type { Reading } from '../play/reading.ts';
import type { Schema } from '../schema/model.ts';
import type { Place } from '../text/place.ts';
import { isPage, type PageDocument } from './document.ts';

export interface Diagnosis {
  readonly place: Place;
  readonly severity: Fault['severity'];
  readonly rule: Fault['rule'];
  readonly message: string;
  /** Texts that could stand at the place instead. */
  readonly instead: readonly string[];
}

/** Nothing for a text that is no page. */
export async function diagnose(
  document: PageDocument,
  schema: Schema | undefined,
  reading: Reading,
): Promise<readonly Diagnosis[]> {
  if (!isPage(document)) return [];
  const { page } = document;
  const versions = schema ? [{ name: 'this QEMU', schema }] : [];
  const how = { update: false, allowEmpty: true, keepGoing: false };
  const { faults } = await checkOffline({ page, reading, given: new Map(), choice: {}, ...how }, versions);
  return faults.map(fault => {
    const { severity, rule, advice, expected, got } = fault;
    const differs = expected === undefined ? [] : [`expected ${expected}`, `got      ${got ?? 'nothing'}`];
    return {
      place: fault.place ?? rowPlace(page, fault.row),
      severity,
      rule,
      message: [sentenceOf(fault), ...differs, ...(advice === undefined ? [] : [advice])].join('\n'),
      instead: fault.place ? insteadOf(page, fault.place, fault.nearest ?? []) : [],
    };
  });
}

/** Names in the quotes that stand around what is wrong. */
function insteadOf({ text }: Page, { start, end }: Place, names: readonly string[]): readonly string[] {
  const [first = '', last = ''] = [text[start], text[end - 1]];
  const quote = end - start > 1 && first === last && /["']/.test(first) ? first : '';
  return names.map(name => quote + name + quote);
}

/** The text of a row without the blanks around it. */
function rowPlace({ text }: Page, row: number): Place {
  let start = 0;
  for (let i = 1; i < row; i++) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  const close = text.indexOf('\n', start);
  const line = text.slice(start, close < 0 ? text.length : close);
  const blanks = line.length - line.trimStart().length;
  return { start: start + blanks, end: start + Math.max(blanks, line.trimEnd().length) };
}
