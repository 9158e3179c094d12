// Runs a `$` step of a page: a command of this host, until it ends, time runs out or Ctrl-C ends it.

import type { Step } from '../page/model.ts';
import { QmpshError } from '../qmp/errors.ts';
import { differing, judge, wentAsMeant } from './judge.ts';
import type { Failure } from './outcome.ts';
import type { Part, Performance } from './performance.ts';

/** Runs the line and compares what it prints with the output that the page shows. */
export async function runHostStep(step: Step, text: string, given: Performance): Promise<Part> {
  const { stage, signal, timeout, values, strict, ledger } = given;
  if (signal.aborted) throw new QmpshError('interrupted', 'the command was not run');
  const discarded = await given.discard(step, text);
  if (discarded) return discarded;
  const deed = ledger.begin({ step, text });
  const { status, output } = await stage.runCommand(text, { timeout, signal });
  const mismatches = judge(step, values, { output });
  const meant = wentAsMeant(step, status, mismatches);
  deed.fate = meant ? 'done' : 'failed';
  const failure: Failure | undefined = meant
    ? differing(mismatches, strict)
    : { message: `exit status ${status}`, exit: 1 };
  return { output, status, mismatches, ...(failure ? { failure } : {}) };
}
