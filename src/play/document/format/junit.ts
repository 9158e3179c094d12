// A check as a JUnit report: a suite a page, a case a step, in the form that CI servers read.
import type { Step } from '../../../page/model.ts';
import { type Fault, sentenceOf, spansOf } from '../fault.ts';
import type { PageCheck } from '../result.ts';

export function junitReport(checks: readonly PageCheck[]): string {
  const suites = checks.map(suiteOf);
  const sum = (key: 'tests' | 'failures') => suites.reduce((total, suite) => total + suite[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="qmpsh check" tests="${sum('tests')}" failures="${sum('failures')}" errors="0">`,
    ...suites.flatMap(suite => suite.rows),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly rows: readonly string[];
}

function suiteOf(check: PageCheck): Suite {
  const { page, checked, skipped } = check;
  const known = new Set<Step | undefined>(checked);
  const where = placer(check);
  const errors = check.faults.filter(fault => fault.severity === 'error');
  const byStep = new Map<Step | undefined, Fault[]>();
  for (const fault of errors) {
    const key = known.has(fault.step) ? fault.step : undefined;
    const own = byStep.get(key);
    if (own) own.push(fault);
    else byStep.set(key, [fault]);
  }
  const why = new Map(skipped.map(one => [one.step, one.why]));
  const cases = [
    caseOf(page.name, where, 'the page', byStep.get(undefined) ?? [], undefined),
    ...checked.map(step =>
      caseOf(page.name, where, `row ${step.row}: ${firstRow(step)}`, byStep.get(step) ?? [], why.get(step)),
    ),
  ];
  const failures = cases.filter(one => one.failed).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${why.size}"`;
  return {
    tests: cases.length,
    failures,
    rows: [
      `  <testsuite name="${xml(page.name)}" ${counts}>`,
      ...cases.flatMap(one => one.rows),
      '  </testsuite>',
    ],
  };
}

/** `file:row:column` of a fault. */
function placer({ page }: PageCheck): (fault: Fault) => string {
  const spanOf = spansOf(page);
  return fault => {
    const at = spanOf(fault);
    return at ? `${page.name}:${at.start.row}:${at.start.column}` : `${page.name}:${fault.row}`;
  };
}

function caseOf(
  file: string,
  where: (fault: Fault) => string,
  name: string,
  faults: readonly Fault[],
  skipped: string | undefined,
): { readonly failed: boolean; readonly rows: readonly string[] } {
  const head = `    <testcase classname="${xml(file)}" name="${xml(name)}"`;
  const [first] = faults;
  if (skipped !== undefined)
    return {
      failed: false,
      rows: [`${head}>`, `      <skipped message="${xml(skipped)}"/>`, '    </testcase>'],
    };
  if (!first) return { failed: false, rows: [`${head}/>`] };
  const text = faults.map(fault => {
    const more = [
      ...(fault.expected === undefined ? [] : [`    expected ${fault.expected}`]),
      ...(fault.got === undefined ? [] : [`    got      ${fault.got}`]),
      ...(fault.advice === undefined ? [] : [`    ${fault.advice}`]),
    ];
    return [`${where(fault)}: ${sentenceOf(fault)}`, ...more].join('\n');
  });
  const failure = `<failure message="${xml(sentenceOf(first))}" type="${first.rule}">${xml(text.join('\n'))}</failure>`;
  return { failed: true, rows: [`${head}>`, `      ${failure}`, '    </testcase>'] };
}

function firstRow({ text }: Step): string {
  const [row = '', ...more] = text.split('\n');
  return more.length > 0 ? `${row} ...` : row;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Text for XML 1.0, which has no place for most control characters. */
function xml(text: string): string {
  return text
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\n]/g, char => ENTITIES[char] ?? char);
}
