// What came of checking a page, for every report.

import type { Exit } from '../../line/exit.ts';
import { covers, skipped } from '../../page/exemptions.ts';
import type { Page, Step } from '../../page/model.ts';
import type { Undone } from '../outcome.ts';
import type { Fault } from './fault.ts';
import { inOrder } from './faults.ts';
import type { Holding } from './versions.ts';

export interface PageCheck {
  readonly page: Page;
  /** How many steps were looked at, or played. */
  readonly steps: number;
  /** The steps themselves. */
  readonly checked: readonly Step[];
  /** In the order of the page; those that the header expects are not among them. */
  readonly faults: readonly Fault[];
  /** Faults that the header says to be there. */
  readonly known: number;
  readonly skipped: readonly { readonly step: Step; readonly why: string }[];
  readonly updated: boolean;
  /** What was not put back after a step had failed. */
  readonly left: readonly Undone[];
  /** Where there are several schemas: what holds in which. */
  readonly holdings?: readonly Holding[];
  /** A play that ended for another reason than a fault of the page. */
  readonly exit?: Exit;
}

/** Takes out what the header says. `all`: everything was looked at, so that what it says must have been found. */
export function heeding(
  page: Page,
  faults: readonly Fault[],
  all: boolean,
): Pick<PageCheck, 'faults' | 'known' | 'skipped'> {
  const used = new Set<number>();
  const left = faults.filter(fault => {
    if (fault.step && skipped(page, fault.step) !== undefined) return false;
    const at = page.exemptions.findIndex(
      one =>
        one.kind === 'fault' &&
        covers(one, fault.step) &&
        (one.says === undefined || fault.message.toLowerCase().includes(one.says.toLowerCase())),
    );
    if (at < 0 || fault.severity === 'note') return true;
    used.add(at);
    return false;
  });
  const unmet = page.exemptions.flatMap((one, i): Fault[] =>
    one.kind === 'skip' || used.has(i) || !all
      ? []
      : [
          {
            rule: 'not-so',
            severity: 'error',
            row: one.row,
            message: `the header says that there is a fault, and there is none: ${one.why}`,
            advice: 'Take the entry out of faults.',
          },
        ],
  );
  return {
    faults: inOrder([...left, ...unmet]),
    known: faults.length - left.length - countSkipped(page, faults),
    skipped: page.steps.flatMap(step => {
      const why = skipped(page, step);
      return why === undefined ? [] : [{ step, why }];
    }),
  };
}

function countSkipped(page: Page, faults: readonly Fault[]): number {
  return faults.filter(fault => fault.step && skipped(page, fault.step) !== undefined).length;
}

/** Whether a check failed: anything worse than a warning that was not updated. */
export function exitOf({ faults, updated, exit }: PageCheck): Exit {
  if (exit !== undefined) return exit;
  return !updated && faults.some(fault => fault.severity === 'error') ? 1 : 0;
}

/** What counts as a step, for whoever has none. */
export function noStep(page: Page): Fault {
  const where = page.markdown
    ? 'In Markdown a step stands in a fence tagged qmp: a row that begins with (QEMU), $ or -> {. A request behind -> is checked in every fence.'
    : /\.json$/i.test(page.name)
      ? 'In a schema file a step stands in a comment: a row that begins with # -> {, # (QEMU) or # $.'
      : 'A step is a row that begins with (QEMU), with $ or with -> {.';
  return {
    rule: 'no-step',
    severity: 'error',
    row: 1,
    message: 'no step was found',
    advice: `${where} --allow-empty takes files without one.`,
  };
}
