import { QmpshError } from '../qmp/errors.ts';
import type { Word } from './word.ts';

/** The error for arguments a word does not take; `what` says what is wrong with them. */
export function misuse(word: Pick<Word, 'name' | 'usage'>, what: string): QmpshError {
  return new QmpshError('usage', what, { advice: `Usage: ${`${word.name} ${word.usage}`.trim()}` });
}
