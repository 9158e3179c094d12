// The dry run: lists every request and every `$` line of a page, and sends nothing.
import { requestOf } from '../language/parse.ts';
import type { Page, Step } from '../page/model.ts';
import type { Values } from '../page/value.ts';
import type { Schema } from '../schema/model.ts';
import { type Json, spacedJson } from '../text/json.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { expand } from './expand.ts';
import { remark, schemaFor, wire } from './lines.ts';
import { boundAsFar } from './prepare.ts';
import type { Reading } from './reading.ts';

interface DryStep {
  readonly step: Step;
  readonly text: string;
  /** Absent for `$` steps and words. Values that only the run gives stand in it as `$name`. */
  readonly request?: Json;
  /** The condition it depends on, where it is not known yet. */
  readonly condition?: string;
  /** Deprecated and the like. */
  readonly warnings: readonly string[];
}

export function dryRun(
  page: Page,
  chosen: ReadonlySet<number>,
  values: Values,
  schema: Schema | undefined,
  reading: Reading,
): readonly DryStep[] {
  return expand(page, chosen, values).map(turn => dryStep(turn.step, turn.values, schema, reading));
}

/** Rows for a person: the step's number, as --from and --to take it, the line, and under it the request. */
export function renderDry(
  { step, text, request, condition, warnings }: DryStep,
  number: number | undefined,
): readonly StyledLine[] {
  const prompt = span(step.kind === 'shell' ? '$ ' : '(QEMU) ', 'prompt');
  const [first = '', ...rest] = safe(text, { keepNewlines: true }).split('\n');
  return [
    ...(condition === undefined ? [] : [[span(`# if ${condition}`, 'comment')]]),
    [...(number === undefined ? [] : [span(`${number}  `, 'dim')]), prompt, span(first, 'command')],
    ...rest.map((row): StyledLine => [span(row, 'command')]),
    ...(request === undefined ? [] : [[span('    '), span(safe(spacedJson(request)), 'dim')]]),
    ...warnings.map((warning): StyledLine => [span(`warning: ${safe(warning)}`, 'warning')]),
  ];
}

export function dryJson(
  { step, text, request, condition, warnings }: DryStep,
  number: number | undefined,
): Json {
  return {
    ...(number === undefined ? {} : { step: number }),
    row: step.row,
    line: text,
    ...(request === undefined ? {} : { request }),
    ...(condition === undefined ? {} : { if: condition }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

function dryStep(step: Step, values: Values, schema: Schema | undefined, reading: Reading): DryStep {
  const isQuery = step.kind === 'word' && /^\.(let|expect)\b/.test(step.text);
  const text = isQuery ? step.text : boundAsFar(step, values);
  const { when } = step.fence;
  const open =
    when && !values.has(when.name) ? { condition: `${when.name} ${when.operator} ${when.value}`.trim() } : {};
  if (step.kind !== 'qmp') return { step, text, warnings: [], ...open };
  // A name that has no value yet is no number: then the line is read without types.
  const typed = reading.line(text, schemaFor(step, schema));
  const request = requestOf(typed.kind === 'wrong' ? reading.line(text) : typed);
  return {
    step,
    text,
    warnings: typed.kind === 'command' ? typed.warnings.map(remark) : [],
    ...(request ? { request: wire(request.execute, request.arguments, request.oob) } : {}),
    ...open,
  };
}
