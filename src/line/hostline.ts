// `$` lines in batch: they go to this host's shell, where --allow-shell allows it.
import type { Problem } from '../language/line.ts';
import { span } from '../text/line.ts';
import type { Exit } from './exit.ts';
import type { Host } from './host.ts';

/** The command of a `$` line. */
export function hostCommand(text: string): string | undefined {
  return /^\s*\$ (.*)$/s.exec(text)?.[1]?.trim();
}

/** The problem that a `$` line has where such lines are not allowed. */
export function notAllowed(text: string): Problem {
  const start = text.indexOf('$');
  return {
    place: { start, end: text.trimEnd().length },
    message: 'this line would run a command on this host',
    advice: '--allow-shell lets $ lines run.',
  };
}

/** Runs the command. Its output is no reply, so it goes to standard error. Gives the exit status. */
export async function runHostLine(command: string, text: string, host: Host, row?: number): Promise<Exit> {
  if (!host.allowShell) {
    host.problems(text, [notAllowed(text)], 'error', row);
    return 2;
  }
  host.recorder?.begins(text);
  try {
    const { runHostCommand } = await import('./hostcommand.ts');
    const { folder, clock, signal, settings } = host;
    const { status, output } = await runHostCommand(command, {
      folder,
      clock,
      signal,
      timeout: settings.timeout,
    });
    const rows = output.replace(/\n+$/, '');
    if (rows !== '') host.show(rows.split('\n').map(line => [span(line)]));
    host.recorder?.shell(command, status);
    if (status !== 0) host.note(`exit status ${status}`, 'warning');
    return status === 0 ? 0 : 1;
  } catch (error) {
    return host.failure(error);
  }
}
