// `qmpsh json`: prints the requests that lines stand for, without a connection.
import { noteRow, problemRow } from '../batch/jsonrows.ts';
import { readInput, writeAll } from '../io/stdio.ts';
import type { Problem } from '../language/line.ts';
import { parse } from '../language/parse.ts';
import { problemText } from '../language/problem.ts';
import type { Exit } from '../line/exit.ts';
import { leftOutNote, type NumberedLine, RowReader } from '../line/rows.ts';
import type { Schema } from '../schema/model.ts';
import { isObject, type Json, stringifyJson } from '../text/json.ts';
import { safeJson } from '../text/safe.ts';
import type { Invocation } from './invocation.ts';
import { colours, painter } from './paint.ts';
import { schemaOption } from './schema.ts';

/** Prints the requests of the lines given, or of those on standard input. */
export async function jsonCommand(invocation: Invocation): Promise<Exit> {
  const schema = await schemaOption(invocation);
  const paint = await painter(colours(invocation, 2));
  const { switches } = invocation;
  let status: Exit = 0;
  let read = true;
  let answers = 0;
  const take = (lines: readonly NumberedLine[]) => {
    for (const line of lines) {
      if (!read) return;
      if (line.leftOut === 'answer') answers += 1;
      if (line.leftOut !== undefined) continue;
      const made = requestRow(line, schema, switches.has('pretty'));
      if (made.kind === 'request') read = writeAll(1, `${made.json}\n`);
      if (made.kind !== 'problem') continue;
      status = 2;
      for (const problem of made.problems)
        if (switches.has('json')) writeAll(2, `${problemRow(line.text, problem, 'error', line.row)}\n`);
        else
          for (const row of problemText(line.text, problem, { role: 'error', row: line.row }))
            writeAll(2, `${paint(row)}\n`);
    }
  };
  const typed = [...invocation.positionals, ...invocation.lines];
  const reader = new RowReader();
  if (typed.length > 0) {
    typed.forEach((text, i) => {
      const one = new RowReader();
      const lines = [...one.push(text), ...one.end()];
      take(lines.map(line => ({ ...line, row: i + line.row })));
    });
  } else {
    for await (const chunk of readInput()) {
      take(reader.push(chunk));
      if (!read) break; // nobody reads the requests any more
    }
    take(reader.end());
  }
  if (answers > 0) {
    const note = leftOutNote(answers);
    writeAll(2, `${switches.has('json') ? noteRow(note) : paint([{ text: note, role: 'warning' }])}\n`);
  }
  return status;
}

type Row =
  | { readonly kind: 'request'; readonly json: string }
  | { readonly kind: 'problem'; readonly problems: readonly Problem[] }
  | { readonly kind: 'nothing' };

/** One line to one request as compact JSON: `execute`, then `arguments` (`{}` when there are none). */
function requestRow(line: NumberedLine, schema: Schema | undefined, pretty: boolean): Row {
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
