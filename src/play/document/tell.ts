// What came of a check, for people as rows of text and for programs as JSON, one a row.
import type { Json } from '../../text/json.ts';
import { span } from '../../text/line.ts';
import { safe } from '../../text/safe.ts';
import type { StyledLine } from '../../text/style.ts';
import { width } from '../../text/width.ts';
import type { Output } from '../playing.ts';
import { type Fault, type Span, sentenceOf, spansOf } from './fault.ts';
import type { PageCheck } from './result.ts';
import type { Holding } from './versions.ts';

export function tell(check: PageCheck, { show, row }: Output): void {
  const spanOf = spansOf(check.page);
  if (row) {
    for (const fault of check.faults) row(faultJson(check.page.name, fault, spanOf(fault)));
    for (const holding of check.holdings ?? [])
      row(holdingJson(check.page.name, holding, spanOf(holding.fault)));
    row(totals(check));
    return;
  }
  const name = safe(check.page.name);
  for (const fault of check.faults) show(faultLines(name, fault, spanOf(fault)));
  if (check.holdings && check.holdings.length > 0) show(table(name, check.holdings, spanOf));
  const bad = check.faults.some(fault => fault.severity === 'error');
  show([[span(`${name}: ${summary(check)}`, bad ? 'error' : 'ok')]]);
  for (const undone of check.left)
    show([[span('left', 'warning'), span(`  ${undone.text}  (${undone.why})`)]]);
}

/** `2 steps, 1 fault`, and what else there is to count. */
function summary(check: PageCheck): string {
  const { steps, known, skipped, updated } = check;
  const of = (severity: Fault['severity']) =>
    check.faults.filter(fault => fault.severity === severity).length;
  return [
    counted(steps, 'step'),
    counted(of('error'), 'fault'),
    ...(of('warning') > 0 ? [counted(of('warning'), 'warning')] : []),
    ...(known > 0 ? [counted(known, 'expected fault')] : []),
    ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
    ...(updated ? ['updated'] : []),
  ].join(', ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function totals(check: PageCheck): Json {
  const { page, steps, updated, known, skipped } = check;
  const count = (severity: Fault['severity']) =>
    check.faults.filter(fault => fault.severity === severity).length;
  return {
    page: page.name,
    steps,
    faults: count('error'),
    warnings: count('warning'),
    known,
    skipped: skipped.length,
    updated,
  };
}

function faultJson(file: string, fault: Fault, at: Span | undefined): Json {
  const { severity, rule, row, message, advice, nearest, expected, got } = fault;
  return {
    file,
    line: at?.start.row ?? row,
    ...(at ? { column: at.start.column, endLine: at.end.row, endColumn: at.end.column } : {}),
    severity,
    rule,
    message,
    ...(nearest === undefined ? {} : { nearest }),
    ...(advice === undefined ? {} : { advice }),
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
  };
}

function holdingJson(file: string, { what, fault, states, sentence }: Holding, at: Span | undefined): Json {
  return {
    file,
    line: at?.start.row ?? fault.row,
    ...(at ? { column: at.start.column } : {}),
    what,
    holds: Object.fromEntries(states.map(({ version, state }) => [version, state])),
    since: sentence,
  };
}

function where(name: string, fault: Fault, at: Span | undefined): string {
  return at ? `${name}:${at.start.row}:${at.start.column}` : `${name}:${fault.row}`;
}

function faultLines(name: string, fault: Fault, at: Span | undefined): readonly StyledLine[] {
  const { severity, advice, expected, got } = fault;
  const kind =
    severity === 'error' ? [] : [span(`${severity}: `, severity === 'warning' ? 'warning' : 'dim')];
  const rows = (label: string, text: string): readonly StyledLine[] =>
    safe(text, { keepNewlines: true })
      .split('\n')
      .map((row, i) => [span(i === 0 ? `    ${label}` : '             ', 'dim'), span(row)]);
  return [
    [span(`${where(name, fault, at)}: `, 'title'), ...kind, span(safe(sentenceOf(fault)))],
    ...(expected === undefined ? [] : rows('expected ', expected)),
    ...(got === undefined ? [] : rows('got      ', got)),
    ...(advice === undefined ? [] : [[span(`    ${safe(advice)}`, 'dim')]]),
  ];
}

/** What holds where: a row a place, a column a version. */
function table(
  name: string,
  holdings: readonly Holding[],
  spanOf: (fault: Fault) => Span | undefined,
): readonly StyledLine[] {
  const head = ['', ...(holdings[0]?.states.map(({ version }) => safe(version)) ?? []), ''];
  const rows = holdings.map(({ fault, states, sentence }) => [
    where(name, fault, spanOf(fault)),
    ...states.map(({ state }) => state),
    safe(sentence),
  ]);
  const widths = head.map((_, i) =>
    rows.reduce((most, row) => Math.max(most, width(row[i] ?? '')), width(head[i] ?? '')),
  );
  return [head, ...rows].map((cells, at): StyledLine => {
    const text = cells
      .map((cell, i) => (i === cells.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - width(cell))))
      .join('  ');
    return [span(text.trimEnd(), at === 0 ? 'title' : undefined)];
  });
}
