// The rows of the table that a refusal matches.
import type { Request } from '../../qmp/message.ts';
import { PUZZLES } from './all.ts';
import type { Puzzle } from './puzzle.ts';

/** The rows that a refusal matches, whatever they make of it. */
export function* matching(
  desc: string,
  { execute }: Request,
): Generator<{ puzzle: Puzzle; match: RegExpExecArray }> {
  for (const puzzle of PUZZLES) {
    if (puzzle.only !== undefined && !puzzle.only.test(execute)) continue;
    const match = puzzle.match.exec(desc);
    if (match !== null) yield { puzzle, match };
  }
}
