// Runs one line: understands it and carries it out. The host says where things are shown.
import type { Line } from '../language/line.ts';
import { QmpshError } from '../qmp/errors.ts';
import { hideIn, withoutValues } from '../schema/notes/secrettext.ts';
import type { Exit } from './exit.ts';
import type { Asking } from './explain.ts';
import type { Host } from './host.ts';
import { runRaw, runRequest } from './send.ts';
import { understand } from './understand.ts';

/** Runs a line to its end and gives its exit status. Never throws: what goes wrong is shown through the host. */
export async function runLine(typed: string, host: Host, row?: number): Promise<Exit> {
  host.recorder?.begins(typed);
  try {
    const text = host.names.size > 0 ? (await import('./withnames.ts')).withNames(typed, host.names) : typed;
    const line = await understand(text, host);
    if (line.kind === 'wrong') {
      host.recorder?.failed(typed, line.problems[0].message);
      host.problems(text, await settledBy(line.problems, host), 'error', row);
      return 2;
    }
    return await carryOut(text, host.recorder?.lineOf(typed, text) ?? typed, line, host, row);
  } catch (error) {
    if (error instanceof QmpshError) host.recorder?.failed(typed, error.message);
    return host.failure(discreet(error, typed));
  }
}

/** The problems with advice that holds for this VM, as far as it can be asked. */
export async function settledBy(problems: Problems, host: Asking): Promise<Problems> {
  if (problems.every(({ offered }) => offered === undefined)) return problems;
  return (await import('./explain.ts')).settled(problems, host);
}

type Problems = Extract<Line, { kind: 'wrong' }>['problems'];

/** The error without the secrets of the line that it may quote. */
function discreet(error: unknown, line: string): unknown {
  const { secrets } = hideIn(line);
  if (!(error instanceof QmpshError) || secrets.length === 0) return error;
  const { kind, message, code, advice, cause } = error;
  return new QmpshError(kind, withoutValues(message, secrets), {
    ...(code === undefined ? {} : { code }),
    ...(advice === undefined ? {} : { advice: withoutValues(advice, secrets) }),
    cause,
  });
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
      return host.runWord(line, text, row);
    case 'raw':
      return runRaw(line.message, host, typed);
    case 'command':
      if (line.warnings.length > 0) host.problems(text, line.warnings, 'warning', row);
      return runRequest(line.request, host, line.pipe, typed);
  }
}
