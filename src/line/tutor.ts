// The interface of the tutor to the prompt and to the words of lessons.
import type { StyledLine } from '../text/style.ts';
import type { WordFacts } from './wordfacts.ts';

export interface Tutor {
  /** Every task has been done. */
  readonly done: boolean;
  /** Takes the prompt to the lesson's VM and shows where the reader stands, below `above`. */
  begin(above?: readonly StyledLine[]): Promise<void>;
  /** Shows the task once more. */
  repeat(): Promise<void>;
  /** Sees to it that a line about to be run finds a VM; gives false where it is not to be run. */
  ready(text: string): true | Promise<boolean>;
  /**
   * What of the shell's own explanation of a refusal is for the reader of a lesson: all of it, only what it says (a line
   * to try would lead elsewhere), or nothing, as the lesson explains it.
   */
  leaves(text: string): 'all' | 'words' | 'nothing';
  /** Looks at a line that was run, with its exit status. */
  ran(text: string, status: number): Promise<void>;
  /** Gives one hint more. */
  hint(): Promise<void>;
  /** Shows the line, and what its pieces mean. */
  show(words: readonly WordFacts[]): Promise<void>;
  /** Does the step for the reader. */
  skip(): Promise<void>;
  back(): Promise<void>;
  restart(): Promise<void>;
  /** Ends the lesson's VM. */
  close(): Promise<void>;
}
