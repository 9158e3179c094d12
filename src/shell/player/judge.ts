// Holds what came against what the page says, and mends what the page says.
import { bindExpected, type Values } from '../../page/bind.ts';
import { type Difference, differences, matches, textDifferences } from '../../page/match.ts';
import type { Expected, Step } from '../../page/model.ts';
import type { Pattern } from '../../page/pattern.ts';
import type { QmpEvent } from '../../qmp/message.ts';
import { isArray, isObject, type Json, member, setMember, stringifyJson } from '../../text/json.ts';
import type { Mismatch } from './outcome.ts';

/** What a step gave. */
export interface Came {
  readonly request?: Json;
  readonly reply?: Json;
  readonly output?: string;
  /** Events since the step was sent. */
  readonly events?: readonly QmpEvent[];
}

/** Every piece of expected output that differs. What did not come because nothing was sent is not compared. */
export function judge(step: Step, values: Values, came: Came): readonly Mismatch[] {
  return step.expected.flatMap((raw): Mismatch[] => {
    const expected = bindExpected(raw, values);
    switch (expected.kind) {
      case 'request':
        return came.request === undefined
          ? []
          : compare(raw, differences(expected.pattern, came.request), came.request);
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

/** Whether the page shows text that a command of the host prints; wildcards alone are none. */
export function showsOutput(step: Step): boolean {
  return step.expected.some(item => item.kind === 'text' && item.lines.some(line => !/^[\s.]*$/.test(line)));
}

/** A difference as one sentence. */
export function sentence({ path, expected, got }: Difference): string {
  const where = path === '' ? '' : `${path}: `;
  return `${where}expected ${expected}, got ${got ?? 'nothing'}`;
}

/** Expected output as it must read to be true. Wildcards that still hold stay, members left out stay out. */
export function mended(mismatch: Mismatch): string {
  const { expected, got } = mismatch;
  if (typeof got === 'string') return got.replace(/\n+$/, '');
  if (got === undefined) return '';
  const value = 'pattern' in expected ? mendValue(expected.pattern, got) : got;
  return stringifyJson(value, 4);
}

function mendValue(pattern: Pattern, got: Json): Json {
  if (pattern.kind === 'any') return '...';
  if (pattern.kind === 'scalar' && typeof pattern.value === 'string' && matches(pattern, got))
    return pattern.value;
  if (pattern.kind === 'object' && isObject(got)) {
    const kept: Record<string, Json> = {};
    for (const [name, inner] of pattern.members) {
      const value = member(got, name);
      if (value !== undefined) setMember(kept, name, mendValue(inner, value));
    }
    return kept;
  }
  if (pattern.kind === 'list' && isArray(got)) {
    const { items } = pattern;
    if (items.some(item => item.kind === 'rest') || items.length !== got.length) return got;
    return got.map((value, i) => {
      const item = items[i];
      return item ? mendValue(item, value) : value;
    });
  }
  return got;
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
