// What a page would do, without doing it: every request and every `$` line.
import { parse, requestOf } from '../../language/parse.ts';
import type { Page, Step } from '../../page/model.ts';
import type { Value, Values } from '../../page/value.ts';
import type { Schema } from '../../schema/model.ts';
import { isArray, type Json, spacedJson } from '../../text/json.ts';
import { span } from '../../text/line.ts';
import { safe } from '../../text/safe.ts';
import type { StyledLine } from '../../text/style.ts';
import { isIdle, wire } from './lines.ts';
import { boundAsFar } from './prepare.ts';

export interface DryStep {
  readonly step: Step;
  readonly text: string;
  /** Absent for `$` steps and words. Values that only the run gives stand in it as `$name`. */
  readonly request?: Json;
  /** The condition it depends on, where it is not known yet. */
  readonly condition?: string;
}

export function dryRun(
  page: Page,
  chosen: ReadonlySet<number>,
  values: Values,
  schema: Schema | undefined,
): readonly DryStep[] {
  return page.fences.flatMap(fence => {
    const steps = page.steps.filter(step => step.fence === fence && chosen.has(step.index));
    const list = fence.each ? values.get(fence.each.list)?.json : undefined;
    const turns: readonly (Value | undefined)[] = isArray(list) ? list.map(json => ({ json })) : [undefined];
    return turns.flatMap(value => {
      const known = new Map(values);
      if (fence.each && value) known.set(fence.each.name, value);
      return steps.flatMap(step => (isIdle(page, step, known) ? [] : [dryStep(step, known, schema)]));
    });
  });
}

/** Rows for a person: the line, and under it the request. */
export function renderDry({ step, text, request, condition }: DryStep): readonly StyledLine[] {
  const prompt = span(step.kind === 'shell' ? '$ ' : '(QEMU) ', 'prompt');
  const [first = '', ...rest] = safe(text, { keepNewlines: true }).split('\n');
  return [
    ...(condition === undefined ? [] : [[span(`# if ${condition}`, 'comment')]]),
    [prompt, span(first, 'command')],
    ...rest.map((row): StyledLine => [span(row, 'command')]),
    ...(request === undefined ? [] : [[span('    '), span(safe(spacedJson(request)), 'dim')]]),
  ];
}

export function dryJson({ step, text, request, condition }: DryStep): Json {
  return {
    row: step.row,
    line: text,
    ...(request === undefined ? {} : { request }),
    ...(condition === undefined ? {} : { if: condition }),
  };
}

function dryStep(step: Step, values: Values, schema: Schema | undefined): DryStep {
  const isQuery = step.kind === 'word' && /^\.(let|expect)\b/.test(step.text);
  const text = isQuery ? step.text : boundAsFar(step, values);
  const { when } = step.fence;
  const open =
    when && !values.has(when.name) ? { condition: `${when.name} ${when.operator} ${when.value}`.trim() } : {};
  if (step.kind !== 'qmp') return { step, text, ...open };
  // A name that has no value yet is no number: then the line is read without types.
  const typed = parse(text, schema);
  const request = requestOf(typed.kind === 'wrong' ? parse(text) : typed);
  return {
    step,
    text,
    ...(request ? { request: wire(request.execute, request.arguments, request.oob) } : {}),
    ...open,
  };
}
