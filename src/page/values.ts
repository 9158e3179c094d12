// The values of a page's parameters: from what the user gave, the defaults, and the kinds.
import type { Json } from '../text/json.ts';
import { bindText, type Value, type Values } from './bind.ts';
import type { Condition, Page, PageProblem, Param } from './model.ts';
import { namesIn, RUN } from './names.ts';

type Filled =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string; readonly advice: string };

const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** The value that a text is for a parameter. Sizes become bytes; lists are parted by commas. */
export function paramValue(param: Param, text: string): Filled {
  if (param.choices && !param.choices.includes(text)) {
    return wrong(
      param,
      `is one of ${param.choices.join(', ')}, not ${JSON.stringify(text)}`,
      'Choose one of them.',
    );
  }
  switch (param.kind) {
    case undefined:
      return { ok: true, value: { json: text, loose: true } };
    case 'size': {
      const found = /^(\d+)\s*([KMGTPE]?)(?:i?B)?$/i.exec(text);
      const power = UNITS.indexOf((found?.[2] ?? '').toUpperCase());
      if (!found?.[1])
        return wrong(
          param,
          `is a size, not ${JSON.stringify(text)}`,
          'Write bytes, or a number with K, M, G or T: 39M.',
        );
      return integer(BigInt(found[1]) * 1024n ** BigInt(power));
    }
    case 'number':
      if (!/^[+-]?\d+$/.test(text))
        return wrong(param, `is a whole number, not ${JSON.stringify(text)}`, 'Write digits only.');
      return integer(BigInt(text.replace('+', '')));
    case 'flag':
      if (/^(yes|on|true|1)$/i.test(text)) return { ok: true, value: { json: true } };
      if (/^(no|off|false|0)$/i.test(text)) return { ok: true, value: { json: false } };
      return wrong(param, `is yes or no, not ${JSON.stringify(text)}`, 'Write yes or no.');
    case 'list':
    case 'nodes':
      return {
        ok: true,
        value: {
          json: text
            .split(',')
            .map(item => item.trim())
            .filter(item => item !== ''),
        },
      };
    default:
      return { ok: true, value: { json: text } };
  }
}

interface Filling {
  readonly values: Values;
  /** Required parameters that were not given, in the page's order. */
  readonly missing: readonly Param[];
  readonly problems: readonly PageProblem[];
}

/** Gives every parameter its value. `run` is a word that no other run of a page has. */
export function fillParams(page: Page, given: ReadonlyMap<string, string>, run: string): Filling {
  const values = new Map<string, Value>([[RUN, { json: run }]]);
  const missing: Param[] = [];
  const problems: PageProblem[] = [];
  for (const name of given.keys()) {
    if (page.params.some(param => param.name === name)) continue;
    const known = page.params.map(param => param.name).join(', ');
    problems.push({
      row: 1,
      message: `${page.name} has no parameter ${name}`,
      advice: known ? `It has ${known}.` : 'It has none.',
    });
  }
  for (const param of page.params) {
    const text = given.get(param.name);
    const fallback = param.default;
    if (text === undefined && fallback === undefined) {
      missing.push(param);
      continue;
    }
    // A default made of a parameter that is missing itself waits for it.
    if (
      text === undefined &&
      typeof fallback === 'string' &&
      namesIn(fallback).some(name => !values.has(name))
    )
      continue;
    const filled = text !== undefined ? paramValue(param, text) : defaultValue(param, fallback ?? '', values);
    if (filled.ok) values.set(param.name, filled.value);
    else problems.push({ row: param.row, message: filled.message, advice: filled.advice });
  }
  return { values, missing, problems };
}

/** Whether a fence with this condition runs. A name without a value counts as empty; `if=top==$node` compares two. */
export function holds(condition: Condition, values: Values): boolean {
  const json = values.get(condition.name)?.json ?? '';
  const text =
    typeof json === 'boolean'
      ? json
        ? 'yes'
        : 'no'
      : typeof json === 'object'
        ? JSON.stringify(json)
        : String(json);
  const isSet = !['', 'no', 'off', 'false', '0', '[]', '{}', 'null'].includes(text);
  const value = namesIn(condition.value).every(name => values.has(name))
    ? bindText(condition.value, values)
    : '';
  switch (condition.operator) {
    case '==':
      return text === value;
    case '!=':
      return text !== value;
    case 'set':
      return isSet;
    case 'unset':
      return !isSet;
  }
}

/** A default: a text is read as if it had been given, but is not held against the choices of an unset value. */
function defaultValue(param: Param, fallback: Json, values: Values): Filled {
  if (fallback === '') return { ok: true, value: { json: '', loose: true } };
  if (typeof fallback === 'string') return paramValue(param, bindText(fallback, values));
  if (Array.isArray(fallback) || (param.kind === undefined && param.choices === undefined))
    return { ok: true, value: { json: fallback } };
  return paramValue(param, typeof fallback === 'boolean' ? (fallback ? 'yes' : 'no') : String(fallback));
}

function integer(exact: bigint): Filled {
  const small = exact >= Number.MIN_SAFE_INTEGER && exact <= Number.MAX_SAFE_INTEGER;
  return { ok: true, value: { json: small ? Number(exact) : exact } };
}

function wrong(param: Param, what: string, advice: string): Filled {
  return { ok: false, message: `${param.name} ${what}`, advice };
}
