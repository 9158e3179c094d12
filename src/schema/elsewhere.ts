// What a name means that is no command here, but one of another tool's.
import type { Schema } from './model.ts';
import { EVERYDAY, VIRSH } from './notes/otherwords.ts';
import { lazyTable } from './notes/table.ts';
import { describeCommand } from './notes.ts';

const virsh = lazyTable(VIRSH);
const everyday = lazyTable(EVERYDAY);

interface Meant {
  /** The names here. */
  readonly nearest: readonly string[];
  /** What has to be known of them; absent where their names say enough. */
  readonly advice?: string;
  /** What it is here, as a sentence of its own. */
  readonly sentence: string;
}

/** What does here what a tool calls `name`; undefined where nothing of it is in the VM's schema. */
export function meantElsewhere(has: (command: string) => boolean, name: string): Meant | undefined {
  const own = everyday(name);
  const row = own ?? virsh(name);
  if (row === undefined) return undefined;
  const [text = '', remark] = row.split('  ');
  const lines = text.split(' or ').filter(line => line.startsWith('.') || has(firstWord(line)));
  const [only, ...others] = lines;
  if (only === undefined) return undefined;
  const about = others.length > 0 ? undefined : describeCommand(firstWord(only));
  const what = own === undefined ? `What virsh calls ${name}` : name;
  // What the table says of it is said for whoever knows the other name.
  const told = remark ?? about;
  return {
    nearest: lines,
    ...(told === undefined ? {} : { advice: `${told.charAt(0).toUpperCase()}${told.slice(1)}.` }),
    sentence: `${what} is ${lines.join(' or ')} here${told === undefined ? '' : `: ${told}`}.`,
  };
}

/** The command whose name was typed with blanks in it: `query status`. */
export function joined(schema: Schema, words: readonly string[]): string | undefined {
  for (let count = words.length; count > 1; count--)
    for (const mark of ['-', '_']) {
      const name = words.slice(0, count).join(mark);
      if (schema.commands.has(name)) return name;
    }
  return undefined;
}

function firstWord(line: string): string {
  return line.split(' ')[0] ?? '';
}
