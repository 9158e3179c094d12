// A check as annotations for GitHub Actions ("Workflow commands": error, warning and notice messages).
import { sentenceOf, spansOf } from '../fault.ts';
import type { PageCheck } from '../result.ts';

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** One row for each fault. */
export function githubReport(checks: readonly PageCheck[]): string {
  return checks.map(rowsOf).join('');
}

function rowsOf({ page, faults }: PageCheck): string {
  const spanOf = spansOf(page);
  return faults
    .map(fault => {
      const at = spanOf(fault);
      const properties: Record<string, string | number> = {
        file: page.name,
        line: at?.start.row ?? fault.row,
      };
      if (at) properties['endLine'] = at.end.row;
      // Columns have a meaning within one row only.
      if (at && at.end.row === at.start.row) {
        properties['col'] = at.start.column;
        properties['endColumn'] = at.end.column;
      }
      properties['title'] = `qmpsh: ${fault.rule}`;
      const list = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`);
      const more = [
        ...(fault.expected === undefined ? [] : [`expected ${fault.expected}`]),
        ...(fault.got === undefined ? [] : [`got ${fault.got}`]),
        ...(fault.advice === undefined ? [] : [fault.advice]),
      ];
      const text = [sentenceOf(fault), ...more].join('\n');
      return `::${COMMANDS[fault.severity]} ${list.join(',')}::${data(text)}\n`;
    })
    .join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
