// The forms in which a check can be reported: for people, and for the programs of CI.
import { QmpshError } from '../../qmp/errors.ts';
import { safe } from '../../text/safe.ts';
import { githubReport } from './format/github.ts';
import { junitReport } from './format/junit.ts';
import { sarifReport } from './format/sarif.ts';
import type { PageCheck } from './result.ts';

type Format = (checks: readonly PageCheck[]) => string;

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['junit', junitReport],
  ['sarif', sarifReport],
  ['github', githubReport],
]);

const FORMAT_NAMES: readonly string[] = ['text', ...FORMATS.keys()];

/** The report of that name; undefined for text. Throws a usage error. */
export function formatOf(name: string | undefined): Format | undefined {
  if (name === undefined || name === 'text') return undefined;
  const format = FORMATS.get(name);
  if (format) return format;
  throw new QmpshError('usage', `there is no format ${safe(name)}`, {
    advice: `Formats are ${FORMAT_NAMES.join(', ')}; --json gives JSON, one a row.`,
  });
}
