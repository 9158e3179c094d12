// `qmpsh json`: lines to requests, offline.
import type { Problem } from '../language/line.ts';
import { parse } from '../language/parse.ts';
import type { Schema } from '../schema/model.ts';
import { isObject, type Json, stringifyJson } from '../text/json.ts';
import { safeJson } from '../text/safe.ts';
import type { NumberedLine } from './rows.ts';

export type Row =
  | { readonly kind: 'request'; readonly json: string }
  | { readonly kind: 'problem'; readonly problems: readonly Problem[] }
  | { readonly kind: 'nothing' };

/** One line to one request as compact JSON: `execute`, then `arguments` (`{}` when there are none). */
export function requestRow(line: NumberedLine, schema: Schema | undefined, pretty: boolean): Row {
  const parsed = parse(line.text, schema);
  const indent = pretty ? 4 : undefined;
  switch (parsed.kind) {
    case 'empty':
      return { kind: 'nothing' };
    case 'wrong':
      return { kind: 'problem', problems: parsed.problems };
    case 'word':
      return {
        kind: 'problem',
        problems: [
          {
            place: parsed.place,
            message: `${parsed.name} is a word of the shell, not a QMP command`,
            advice: 'Only commands become requests.',
          },
        ],
      };
    case 'raw':
      return { kind: 'request', json: safeJson(stringifyJson(withArguments(parsed.message), indent)) };
    case 'command': {
      const { execute, arguments: args, oob } = parsed.request;
      return {
        kind: 'request',
        json: safeJson(
          stringifyJson(
            oob ? { 'exec-oob': execute, arguments: args } : { execute, arguments: args },
            indent,
          ),
        ),
      };
    }
  }
}

function withArguments(message: Json): Json {
  if (!isObject(message) || 'arguments' in message) return message;
  return { ...message, arguments: {} };
}
