// The header of a text that has no front matter: a comment `qmpsh:` with the same YAML in it.
//
//     .. qmpsh:                    # qmpsh:                  <!-- qmpsh:
//        practice: {}              #   practice: {}          practice: {}
//                                                            -->
import { isBlank, type Row } from './rows.ts';

interface Header {
  readonly yaml: string;
  /** The number of the YAML's first row. */
  readonly row: number;
}

const OPENING = /^(\s*)(\.\.|#|<!--)[ \t]*qmpsh:[ \t]*$/;

/**
 * The first such comment; its rows are those that stand deeper than its mark, or up to the end of the comment. In Markdown,
 * which may well show such a thing, it is the first that stands in the text.
 */
export function findHeader(rows: readonly Row[], markdown: boolean): Header | undefined {
  const at = rows.findIndex(row => (markdown ? !isBlank(row) : OPENING.test(row.text)));
  const row = rows[at];
  const opening = row && OPENING.exec(row.text);
  if (!row || !opening) return undefined;
  const [, indent = '', mark] = opening;
  if (markdown && mark !== '<!--') return undefined;
  const yaml: string[] = [];
  for (let i = at + 1; i < rows.length; i++) {
    const text = rows[i]?.text ?? '';
    if (mark === '<!--' ? text.includes('-->') : !goesOn(text, indent, mark === '#')) break;
    yaml.push(mark === '#' ? text.replace('#', ' ') : text);
  }
  const depths = yaml.filter(text => text.trim() !== '').map(text => /^\s*/.exec(text)?.[0].length ?? 0);
  const margin = depths.reduce((least, depth) => Math.min(least, depth), depths[0] ?? 0);
  return { yaml: yaml.map(text => text.slice(margin)).join('\n'), row: row.number + 1 };
}

function goesOn(text: string, indent: string, hash: boolean): boolean {
  return hash ? /^\s*#([ \t]{2,}\S|[ \t]*$)/.test(text) : text.trim() === '' || text.startsWith(`${indent} `);
}
