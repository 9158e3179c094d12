// The host of a line: all that it may use while it runs. A part that needs less takes a connection, an output or a
// person.
import type { Connection } from './connection.ts';
import type { Output } from './output.ts';
import type { Person, Typist } from './person.ts';

export interface Host extends Connection, Output {
  /** Who can be asked; absent in batch without a terminal. */
  readonly person?: Person | undefined;
  /** The same person where lines are typed at a prompt. */
  readonly typist?: Typist | undefined;
  /** Whether commands of this host that a page causes run without a question. */
  readonly allowShell: boolean;
  /** Questions are answered by yes where there is nobody to ask. */
  readonly yes?: boolean;
}
