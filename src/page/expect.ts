// `.expect QUERY OP VALUE`: what a page demands of the last reply. The query itself is answered by a JMESPath library;
// here it is cut out and its result compared, integers exactly.
import { equalJson, isArray, type Json, parseJson } from '../text/json.ts';

const OPERATORS = ['==', '!=', '<=', '>=', '<', '>', 'has'] as const;
type Operator = (typeof OPERATORS)[number];

type Expectation =
  | { readonly ok: true; readonly query: string; readonly operator: Operator | 'holds'; readonly value: Json }
  | { readonly ok: false; readonly message: string; readonly advice: string };

/**
 * Reads the text behind `.expect`. The last operator between blanks, outside quotes and brackets, parts query and
 * value; without one the query's result must be there and be neither false nor empty.
 */
export function readExpectation(text: string): Expectation {
  const trimmed = text.trim();
  if (trimmed === '')
    return { ok: false, message: '.expect is empty', advice: 'Write .expect QUERY == VALUE.' };
  const cut = lastOperator(trimmed);
  if (!cut) return { ok: true, query: trimmed, operator: 'holds', value: true };
  const query = trimmed.slice(0, cut.start).trim();
  const value = trimmed.slice(cut.end).trim();
  if (query === '' || value === '') {
    return {
      ok: false,
      message: `a side of ${cut.operator} is empty`,
      advice: 'Write .expect QUERY == VALUE.',
    };
  }
  return { ok: true, query, operator: cut.operator, value: valueOfText(value) };
}

/** Whether a query's result is as demanded. Only numbers have an order; `has` looks into lists and texts. */
export function meets(got: Json | undefined, operator: Operator | 'holds', wanted: Json): boolean {
  const value = got ?? null;
  switch (operator) {
    case 'holds':
      return value !== null && value !== false && value !== '' && !(isArray(value) && value.length === 0);
    case '==':
      return equalJson(value, wanted);
    case '!=':
      return !equalJson(value, wanted);
    case 'has':
      if (isArray(value)) return value.some(item => equalJson(item, wanted));
      return typeof value === 'string' && typeof wanted === 'string' && value.includes(wanted);
    default: {
      if (!isNumber(value) || !isNumber(wanted)) return false;
      if (operator === '<') return value < wanted;
      if (operator === '>') return value > wanted;
      return operator === '<=' ? value <= wanted : value >= wanted;
    }
  }
}

function lastOperator(text: string): { operator: Operator; start: number; end: number } | undefined {
  let found: { operator: Operator; start: number; end: number } | undefined;
  let quote = '';
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (quote !== '') {
      if (char === '\\') i += 1;
      else if (char === quote) quote = '';
      continue;
    }
    if ('"\'`'.includes(char)) quote = char;
    else if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    if (depth !== 0 || !/\s/.test(text[i - 1] ?? '')) continue;
    const operator = OPERATORS.find(one => text.startsWith(one, i) && /\s/.test(text[i + one.length] ?? ''));
    if (operator) found = { operator, start: i, end: i + operator.length };
  }
  return found;
}

/** JSON where the text is JSON, else the text itself; a literal of the query language loses its backticks. */
function valueOfText(text: string): Json {
  const bare = /^`[\s\S]*`$/.test(text) ? text.slice(1, -1) : text;
  try {
    return parseJson(bare);
  } catch {
    return /^'.*'$/s.test(bare) ? bare.slice(1, -1) : bare;
  }
}

function isNumber(value: Json): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
