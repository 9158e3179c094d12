// One place where a page is not true, or cannot be read: a value, for every report to show as it likes.
import type { Page, Step } from '../../page/model.ts';
import type { Rule as SchemaRule } from '../../schema/finding.ts';
import type { Place } from '../../text/place.ts';
import { type Position, positionsIn } from '../../text/position.ts';

/** What can be wrong, by kind; reports for programs name it, with this sentence. */
export const RULES = {
  page: 'The page itself can be read as it is meant',
  'no-step': 'A file that is checked has a step',
  name: 'Every name has a value where it is used',
  line: 'A line can be understood',
  malformed: 'Output is well-formed JSON',
  slip: 'JSON is written as JSON asks',
  'unknown-command': 'A command is one that the schema has',
  'unknown-event': 'An event is one that the schema has',
  'unknown-member': 'An argument or member is one that the schema has',
  'missing-member': 'Required arguments and members are there',
  'wrong-type': 'A value is of the type that the schema wants',
  'wrong-value': 'A value is one of those that the schema lists',
  'too-large': 'A number fits into 64 bits',
  deprecated: 'Nothing is used that a later QEMU may not have',
  disabled: 'No command is used that the guest agent has disabled',
  unstable: 'Nothing is used that a later QEMU may change',
  request: 'A line makes the request that the page shows',
  reply: 'The reply is the one that the page shows',
  event: 'The events come that the page shows',
  output: 'A command prints what the page shows',
  refused: 'QEMU does what the page shows it doing',
  failed: 'A step succeeds',
  'not-played': 'Every step is played',
  'not-written': 'What came can be written into the page',
  'not-so': 'What the header says to be wrong is wrong',
} as const satisfies Readonly<Record<SchemaRule, string>> & Readonly<Record<string, string>>;

export type Rule = keyof typeof RULES;

export interface Fault {
  readonly rule: Rule;
  /** Warnings and notes are told and do not fail a check. */
  readonly severity: 'error' | 'warning' | 'note';
  /** From 1. */
  readonly row: number;
  /** Where exactly, where that is known: offsets in the page's text. */
  readonly place?: Place;
  readonly message: string;
  readonly advice?: string;
  /** Names that were perhaps meant. */
  readonly nearest?: readonly string[];
  readonly expected?: string;
  readonly got?: string;
  readonly step?: Step;
}

/** Where a fault begins and ends, from 1; `end.column` is behind its last character. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/** Gives the span of each fault; undefined where only its row is known. */
export function spansOf(page: Pick<Page, 'text'>): (fault: Fault) => Span | undefined {
  const at = positionsIn(page.text);
  return ({ place }) => place && { start: at(place.start), end: at(Math.max(place.start + 1, place.end)) };
}

/** Gives faults the row that their place is in, where they have one. */
export function rowsIn(page: Pick<Page, 'text'>): (fault: Fault) => Fault {
  const at = positionsIn(page.text);
  return fault => (fault.place ? { ...fault, row: at(fault.place.start).row } : fault);
}

/** The message with the names that were perhaps meant. */
export function sentenceOf({ message, nearest = [] }: Fault): string {
  return nearest.length === 0 ? message : `${message}; did you mean ${nearest.join(' or ')}?`;
}
