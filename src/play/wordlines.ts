// What is wrong with a `.wait`, a `.send` or a `.hmp` of a page, as far as that is known before the page runs.
import { splitArguments } from '../language/argument.ts';
import type { Warning } from '../language/line.ts';
import { checkWait } from '../line/waiting.ts';
import { QmpshError } from '../qmp/errors.ts';
import { chosenCpu, hmpUnknown } from '../schema/hmp.ts';
import type { Schema } from '../schema/model.ts';
import { parseJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import type { Reading } from './reading.ts';
import { readFreeze } from './stillstep.ts';

interface Wrong {
  readonly message: string;
  readonly advice?: string;
}

interface Judged {
  readonly wrong?: Wrong;
  readonly warnings: readonly Warning[];
}

interface WordLine {
  /** The word, and what stands behind it in the page: names in it may have no value yet. */
  readonly name: string;
  readonly rest: string;
  /** The line with values. */
  readonly bound: string;
  readonly schema: Schema | undefined;
  readonly reading: Reading;
}

/** Judges such a line; what is not known yet is not judged. */
export function judgeWord(line: WordLine): Judged {
  try {
    return JUDGES[line.name]?.(line) ?? { warnings: [] };
  } catch (error) {
    if (!(error instanceof QmpshError)) throw error;
    return {
      wrong: { message: error.message, ...(error.advice === undefined ? {} : { advice: error.advice }) },
      warnings: [],
    };
  }
}

const JUDGES: Readonly<Record<string, (line: WordLine) => Judged>> = {
  '.freeze': ({ rest }) => {
    readFreeze(rest, hasName);
    return { warnings: [] };
  },
  '.thaw': ({ rest }) => {
    if (rest.trim() === '') return { warnings: [] };
    return { wrong: { message: '.thaw takes nothing' }, warnings: [] };
  },
  '.wait': ({ rest, schema }) => {
    checkWait(splitArguments(rest), schema, hasName);
    return { warnings: [] };
  },
  '.send': ({ bound, reading }) => {
    const text = bound.slice('.send'.length).trim();
    if (text === '')
      return { wrong: { message: 'there is nothing to send', advice: 'Usage: .send JSON' }, warnings: [] };
    const line = reading.line(text);
    if (line.kind === 'raw') return { warnings: [] };
    const told = line.kind === 'wrong' && !isJson(text) ? line.problems[0] : undefined;
    const message = told?.message ?? `${safe(text)} is no request`;
    const advice = told ? told.advice : 'A page sends requests: {"execute": "NAME", "arguments": {...}}';
    return { wrong: { message, ...(advice === undefined ? {} : { advice }) }, warnings: [] };
  },
  '.hmp': ({ rest, bound }) => {
    if (rest.trim() === '')
      return { wrong: { message: 'there is no line to run', advice: 'Usage: .hmp LINE' }, warnings: [] };
    if (!hasName(rest)) chosenCpu(rest);
    const unknown = hasName(rest.trim().split(/\s+/, 2).join(' ')) ? undefined : hmpUnknown(rest);
    if (!unknown) return { warnings: [] };
    const start = bound.length - bound.slice('.hmp'.length).trimStart().length;
    const place = { start, end: start + unknown.name.length };
    // A QEMU of another build may have it.
    const message = `no human monitor that is known has ${safe(unknown.name)}`;
    return {
      warnings: [{ place, message, ...(unknown.nearest.length > 0 ? { nearest: unknown.nearest } : {}) }],
    };
  },
};

function hasName(text: string): boolean {
  return /\$[A-Za-z_{]/.test(text);
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}
