// Findings for people, as rows of text, and for programs, as JSON.

import type { Json } from '../text/json.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import type { Chart } from './chart.ts';
import type { Finding } from './finding.ts';

/** The findings, numbered from 1. */
export function findingRows(findings: readonly Finding[], width: number): readonly StyledLine[] {
  return findings.flatMap((finding, i) => {
    const { seen, why, remedies } = finding;
    const title = `${seen.charAt(0).toUpperCase()}${seen.slice(1)}.`;
    return [
      ...(i === 0 ? [] : [[]]),
      ...wrapLine([span(`${i + 1}  `, 'key'), { text: title, bold: true }], width, 3),
      ...wrapLine([span(`   ${why}`, 'dim')], width, 3),
      ...remedies.flatMap(({ what, lines, rehearse = [] }, nth) => [
        ...wrapLine([span(`   ${nth === 0 ? 'To do' : 'Or'}: `, 'title'), span(what)], width, 3),
        ...lines.flatMap(line => wrapLine([span('      '), span(safe(line), 'command')], width, 8)),
        ...rehearse.flatMap(line =>
          wrapLine([span('      try it first: ', 'dim'), span(safe(line), 'command')], width, 8),
        ),
      ]),
    ];
  });
}

/** What was looked at where nothing is wrong. */
export function healthyRow({ graph, looks, state, process, files }: Chart): string {
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const seen = [
    `the guest is ${safe(state)}`,
    count(graph.nodes.size, 'node'),
    count((looks.at(-1) ?? []).length, 'job'),
    process === undefined
      ? 'its process was not found on this host, and not looked at'
      : `process ${process.pid}${files === undefined ? ", whose files are another user's" : ''}`,
  ];
  return `Nothing is wrong: ${seen.join(', ')}.`;
}

/** A finding for programs. */
export function findingJson({ kind, about, seen, seconds, why, remedies }: Finding): Json {
  return {
    finding: kind,
    about,
    seen,
    ...(seconds === undefined ? {} : { seconds }),
    why,
    do: remedies.map(({ what, lines, rehearse }) => ({
      what,
      lines: [...lines],
      ...(rehearse === undefined ? {} : { rehearse: [...rehearse] }),
    })),
  };
}
