// Runs one line: understands it and carries it out. The host says where things are shown.
import type { Line } from '../language/line.ts';
import { bind } from '../page/bind.ts';
import { namesIn, pieces } from '../page/names.ts';
import type { Value } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Exit, Host } from './host.ts';
import { runRaw, runRequest } from './send.ts';
import { understand } from './understand.ts';

/** Runs a line to its end and gives its exit status. Never throws: what goes wrong is shown through the host. */
export async function runLine(typed: string, host: Host, row?: number): Promise<Exit> {
  host.recorder?.begins(typed);
  try {
    const text = host.names ? withNames(typed, host.names) : typed;
    const line = await understand(text, host);
    if (line.kind === 'wrong') {
      host.recorder?.failed(typed, line.problems[0].message);
      host.problems(text, line.problems, 'error', row);
      return 2;
    }
    return await carryOut(text, host.recorder?.lineOf(typed, text) ?? typed, line, host, row);
  } catch (error) {
    if (error instanceof QmpshError) host.recorder?.failed(typed, error.message);
    return host.failure(error);
  }
}

/** Puts values in the place of names that `.let` gave. Any other dollar stays what it is. */
function withNames(text: string, names: ReadonlyMap<string, Value>): string {
  if (/^\s*(\.|#)/.test(text) || !namesIn(text).some(name => names.has(name))) return text;
  const escaped = pieces(text)
    .map(piece => {
      if (piece.kind === 'name' && names.has(piece.name)) return `\${${piece.name}}`;
      if (piece.kind === 'text') return piece.text.replaceAll('$', '$$$$');
      return piece.kind === 'name' ? `$$${piece.name}` : `$${piece.text}`;
    })
    .join('');
  const bound = bind({ kind: 'qmp', text: escaped }, names);
  if (bound.ok) return bound.text;
  throw new QmpshError('usage', bound.message, { advice: bound.advice });
}

async function carryOut(
  text: string,
  typed: string,
  line: Exclude<Line, { kind: 'wrong' }>,
  host: Host,
  row?: number,
): Promise<Exit> {
  switch (line.kind) {
    case 'empty':
      return 0;
    case 'word':
      // Most one-shot commands are no words; loading those takes milliseconds.
      return (await import('./words.ts')).runWord(line, text, host, row);
    case 'raw':
      return runRaw(line.message, host, typed);
    case 'command':
      if (line.warnings.length > 0) host.problems(text, line.warnings, 'warning', row);
      return runRequest(line.request, host, line.pipe, typed);
  }
}
