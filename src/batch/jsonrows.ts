// The rows of standard error under --json: one object each, whose only member says its kind. Events stay as QEMU sent
// them.
import type { Problem } from '../language/line.ts';
import { discreet } from '../language/problem.ts';
import type { QmpshError } from '../qmp/errors.ts';
import type { JobOutcome } from '../session/jobs.ts';
import { type JsonObject, spacedJson } from '../text/json.ts';
import { safeJson } from '../text/safe.ts';

/** `{"problem": {"level", "message", ...}}`; `start` and `end` are offsets in the line, in UTF-16 units. */
export function problemRow(
  line: string,
  problem: Problem,
  level: 'error' | 'warning',
  number: number | undefined,
): string {
  const { message, advice, nearest, place } = discreet(line, problem);
  return row({
    problem: {
      level,
      message,
      ...(advice === undefined ? {} : { advice }),
      ...(nearest === undefined ? {} : { nearest }),
      ...(number === undefined ? {} : { row: number }),
      start: place.start,
      end: place.end,
    },
  });
}

/** An error that is no fault in a line: `{"problem": {"level", "message", "kind", ...}}`. */
export function errorRow({ message, kind, code, advice }: QmpshError): string {
  const more: JsonObject = {
    ...(code === undefined ? {} : { code }),
    ...(advice === undefined ? {} : { advice }),
  };
  return row({ problem: { level: 'error', message, kind, ...more } });
}

/** How a job that was waited for ended: `{"job": {"id", "outcome", ...}}`. */
export function jobRow(outcome: JobOutcome): string {
  const { id, kind, state, error } = outcome;
  return row({ job: { id, outcome: kind, state, ...(error === undefined ? {} : { error }) } });
}

/** Anything else worth reading: `{"note": "..."}`. */
export function noteRow(text: string): string {
  return row({ note: text });
}

function row(value: JsonObject): string {
  return safeJson(spacedJson(value));
}
