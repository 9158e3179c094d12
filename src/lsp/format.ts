// Lines in their canonical spelling: the one that a recording has. A line is left as it stands where that would change
// more than its looks: with names of the page in it (quotes beside them decide how a value is read), with a comment, a
// pipe, several rows, as JSON, and where something is wrong with it.
import { parse } from '../language/parse.ts';
import { print } from '../language/print.ts';
import { readLine } from '../language/tokens.ts';
import type { Edit } from '../page/edit.ts';
import type { Page, Step } from '../page/model.ts';
import { namesIn } from '../page/names.ts';
import type { Schema } from '../schema/model.ts';

/** The changes that give the lines of a page their canonical spelling. */
export function formatting(page: Page, schema: Schema | undefined): readonly Edit[] {
  return page.steps.flatMap(step => formatStep(page, step, schema));
}

function formatStep(page: Page, step: Step, schema: Schema | undefined): readonly Edit[] {
  if (step.kind !== 'qmp' || step.shown || step.text.includes('\n') || step.text.includes('$')) return [];
  const canonical = canonicalOf(step.text, schema);
  if (canonical === undefined) return [];
  const row = page.text.slice(step.place.start, step.place.end);
  const head = /^[ \t]*\(QEMU\)[ \t]*/.exec(row)?.[0];
  if (head === undefined || namesIn(canonical).length > 0 || canonical.includes('$')) return [];
  const end = row.replace(/\r?\n$/, '').length;
  const tail = step.background ? ' &' : '';
  const text = `${step.indent}(QEMU) ${canonical}${tail}`;
  if (row.slice(0, end) === text) return [];
  return [{ start: step.place.start, end: step.place.start + end, text }];
}

function canonicalOf(text: string, schema: Schema | undefined): string | undefined {
  const tree = readLine(text);
  if (tree.kind !== 'command' || tree.pipe || tree.comments.length > 0) return undefined;
  const line = parse(text, schema);
  if (line.kind !== 'command') return undefined;
  const printed = print(line.request, schema);
  // A request that only JSON can say is left as it was typed.
  return printed.startsWith('{') ? undefined : printed;
}
