// The lines that try what the doctor shows on a twin of the VM first, where a twin can tell what would come of it.
import type { Finding } from '../doctor/finding.ts';
import { findPages } from '../io/pages.ts';
import { Places } from '../io/places.ts';
import { parse, requestOf } from '../language/parse.ts';
import { changesBlocks } from '../twin/permit.ts';

/** The findings, each remedy that a twin can be asked about with the lines that do so. */
export function withTryouts(findings: readonly Finding[]): readonly Finding[] {
  return findings.map(finding => ({
    ...finding,
    remedies: finding.remedies.map(remedy => {
      const { lines } = remedy;
      return lines.length > 0 && lines.every(canTry)
        ? { ...remedy, rehearse: lines.map(line => `.rehearse ${line.replace(/^\./, '')}`) }
        : remedy;
    }),
  }));
}

/** Not for a line of this host's shell, nor for a word, nor for what is not about block nodes. */
function canTry(line: string): boolean {
  const [, page] = /^\.([\w-]+)/.exec(line) ?? [];
  if (page !== undefined) return findPages().some(({ name }) => name === page);
  const request = line.startsWith('$') ? undefined : requestOf(parse(line));
  return request !== undefined && changesBlocks(request, new Places('/', '/'));
}
