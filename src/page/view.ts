// A text as it is read for steps. Of a QAPI schema file that is its comments, and never its code: what is not read is
// blank in the view, and every offset is the same in both.
import type { Section } from './model.ts';
import type { Row } from './rows.ts';

export interface View {
  readonly text: string;
  /** Whether a row begins another subject, for a document in which nothing else says so. */
  readonly begins: (row: Row) => boolean;
  /** The titles, where the document has a way of its own to write them. */
  readonly titles?: (rows: readonly Row[]) => readonly Section[];
}

const MANUAL = /^\s*(\S+ \((?:Command|Event|Object|Enum|Alternate)\))\s*$/;

export function viewOf(text: string, name: string): View {
  if (/\.json$/i.test(name))
    return { text: commentsOf(text), begins: row => /^##\s*$/.test(row.text), titles: schemaTitles };
  const begins = (row: Row) => MANUAL.test(row.text);
  return MANUAL_PAGE.test(text) ? { text, begins, titles: manualTitles } : { text, begins };
}

/** QEMU's reference manual as `man` prints it. */
const MANUAL_PAGE = /^ {1,8}\S+ \((?:Command|Event)\)[ \t\r]*$/m;

/** `# = Title`, and `# @name:` where a definition's comment begins. */
function schemaTitles(rows: readonly Row[]): readonly Section[] {
  return rows.flatMap((row, i): Section[] => {
    const title = /^#\s+(=+)\s+(\S.*)$/.exec(row.text.trimEnd());
    if (title?.[1] && title[2]) return [{ title: title[2], level: title[1].length, row: row.number }];
    const name = /^##\s*$/.test(rows[i - 1]?.text ?? '') ? /^#\s+@([\w-]+):/.exec(row.text)?.[1] : undefined;
    return name === undefined ? [] : [{ title: name, level: 9, row: row.number }];
  });
}

function manualTitles(rows: readonly Row[]): readonly Section[] {
  return rows.flatMap((row): Section[] => {
    const title = MANUAL.exec(row.text)?.[1];
    if (title !== undefined) return [{ title, level: 2, row: row.number }];
    const isTop = /^[A-Z][A-Z0-9 ,/()-]+$/.test(row.text.trimEnd());
    return isTop ? [{ title: row.text.trim(), level: 1, row: row.number }] : [];
  });
}

/** The comments that document something: those between two rows `##`, or all where there is no such row. */
function commentsOf(text: string): string {
  const rows = text.split('\n');
  const isMark = (row: string) => /^##\s*$/.test(row);
  const all = !rows.some(isMark);
  let inside = false;
  return rows
    .map(row => {
      if (isMark(row)) inside = !inside;
      else if (!row.startsWith('#')) inside = false;
      const seen = row.startsWith('#') && (all || inside);
      return seen ? row.replace(/^#+/, marks => ' '.repeat(marks.length)) : blank(row);
    })
    .join('\n');
}

function blank(row: string): string {
  const end = row.endsWith('\r') ? '\r' : '';
  return ' '.repeat(row.length - end.length) + end;
}
