// The titles in a page: Markdown headings, underlined titles, and the lone short lines by which plain text is parted.

import { trimTail } from '../text/trim.ts';
import type { Section } from './model.ts';
import { isBlank, type Row } from './rows.ts';

const LONGEST_TITLE = 72;

/** The sections of a page. `rows` are those outside of fences and front matter. */
export function findSections(rows: readonly Row[], markdown: boolean): Section[] {
  const found = markdown ? markdownSections(rows) : underlined(rows);
  if (markdown || found.length > 0) return found;
  return rows.flatMap((row, i) => {
    const alone = isNeighbourBlank(rows, i, -1) && isNeighbourBlank(rows, i, 1);
    return alone && looksLikeTitle(row.text) ? [{ title: row.text.trim(), level: 1, row: row.number }] : [];
  });
}

/** A function to be asked of rows in order: the titles that a row lies under, from the outermost in. */
export function sectionPaths(sections: readonly Section[]): (row: number) => string[] {
  const path: Section[] = [];
  let next = 0;
  return row => {
    for (let section = sections[next]; section && section.row <= row; section = sections[++next]) {
      while ((path.at(-1)?.level ?? 0) >= section.level) path.pop();
      path.push(section);
    }
    return path.map(({ title }) => title);
  };
}

function markdownSections(rows: readonly Row[]): Section[] {
  return rows.flatMap((row, i) => {
    const marks = /^ {0,3}(#{1,6})[ \t]/.exec(row.text);
    if (marks?.[1]) {
      const text = row.text.slice(marks[0].length).trim();
      const bare = trimTail(text, '#'); // marks may close a heading, behind a blank
      const title = bare === '' || /\s$/.test(bare) ? bare.trimEnd() : text;
      if (title !== '') return [{ title, level: marks[1].length, row: row.number }];
    }
    const next = rows[i + 1];
    const line = next?.number === row.number + 1 ? /^ {0,3}(=+|-+)[ \t]*$/.exec(next.text)?.[1] : undefined;
    const title = row.text.trim();
    if (!line || title === '' || !isNeighbourBlank(rows, i, -1) || /^([-=*#>|]|\d+[.)])/.test(title))
      return [];
    return [{ title, level: line.startsWith('=') ? 1 : 2, row: row.number }];
  });
}

/** Titles underlined as in reStructuredText; the mark that comes first is the outermost. */
function underlined(rows: readonly Row[]): Section[] {
  const marks: string[] = [];
  return rows.flatMap((row, i) => {
    const line = rows[i + 1]?.text.trimEnd() ?? '';
    const mark = /^([=\-~^"'`*+#])\1{2,}$/.exec(line)?.[1];
    const title = row.text.trim();
    if (!mark || title === '' || /^\s/.test(row.text) || line.length < title.length) return [];
    if (/^([=\-~^"'`*+#])\1{2,}$/.test(title)) return [];
    if (!marks.includes(mark)) marks.push(mark);
    return [{ title, level: marks.indexOf(mark) + 1, row: row.number }];
  });
}

function looksLikeTitle(text: string): boolean {
  return (
    text.trimEnd().length <= LONGEST_TITLE &&
    /^[A-Za-z0-9]/.test(text) &&
    !/^\d+[.)]\s/.test(text) &&
    !/[.:;,!?]\s*$/.test(text)
  );
}

function isNeighbourBlank(rows: readonly Row[], i: number, step: -1 | 1): boolean {
  const row = rows[i];
  const neighbour = rows[i + step];
  return !row || !neighbour || neighbour.number !== row.number + step || isBlank(neighbour);
}
