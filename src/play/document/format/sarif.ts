// A check as SARIF 2.1.0 (OASIS "Static Analysis Results Interchange Format"), for code scanning and editors.
import { version } from '../../../../package.json';
import { type Json, stringifyJson } from '../../../text/json.ts';
import { type Fault, RULES, type Rule, sentenceOf, spansOf } from '../fault.ts';
import type { PageCheck } from '../result.ts';

export function sarifReport(checks: readonly PageCheck[]): string {
  const used = [...new Set(checks.flatMap(({ faults }) => faults.map(fault => fault.rule)))].sort();
  const report = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'qmpsh',
            version,
            rules: used.map(rule => ({ id: rule, shortDescription: { text: `${RULES[rule]}.` } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: checks.flatMap(check => resultsOf(check, used)),
      },
    ],
  };
  return `${stringifyJson(report, 2)}\n`;
}

const LEVELS = { error: 'error', warning: 'warning', note: 'note' } as const;

function resultsOf({ page, faults }: PageCheck, rules: readonly Rule[]): readonly Json[] {
  const spanOf = spansOf(page);
  const uri = encodeURI(page.name.replaceAll('\\', '/')).replace(/[?#]/g, encodeURIComponent);
  return faults.map(fault => {
    const at = spanOf(fault);
    const region = at
      ? {
          startLine: at.start.row,
          startColumn: at.start.column,
          endLine: at.end.row,
          endColumn: at.end.column,
        }
      : { startLine: fault.row };
    return {
      ruleId: fault.rule,
      ruleIndex: rules.indexOf(fault.rule),
      level: LEVELS[fault.severity],
      message: { text: messageOf(fault) },
      locations: [{ physicalLocation: { artifactLocation: { uri }, region } }],
    };
  });
}

function messageOf(fault: Fault): string {
  const { expected, got, advice } = fault;
  return [
    `${sentenceOf(fault)}.`.replace(/([.?!])\.$/, '$1'),
    ...(expected === undefined ? [] : [`Expected ${expected}.`]),
    ...(got === undefined ? [] : [`Got ${got}.`]),
    ...(advice === undefined ? [] : [advice]),
  ].join('\n');
}
