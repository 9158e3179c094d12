// The help text of the command line, made of the tables.
import { OPTIONS, type Option, SUBCOMMANDS } from './options.ts';

const FORMS: readonly (readonly [string, string])[] = [
  ['[ADDRESS]', 'a prompt; where standard input is no terminal, its lines are run'],
  ['-c LINE [-c LINE ...] ADDRESS', 'run the lines and leave'],
  ['-- qemu-system-x86_64 ARGS', 'start QEMU as a child and own its monitor'],
];

function left(option: Option): string {
  const long = `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
  return option.short === undefined ? `    ${long}` : `-${option.short}, ${long}`;
}

function rows(table: readonly (readonly [string, string])[], margin: string): string {
  const wide = Math.min(34, Math.max(...table.map(([name]) => name.length)));
  return table
    .map(([name, help]) =>
      name.length > wide
        ? `${margin}${name}\n${margin}${' '.repeat(wide)}  ${help}`
        : `${margin}${name.padEnd(wide)}  ${help}`,
    )
    .join('\n');
}

export function usageText(version: string): string {
  const forms = [...FORMS, ...SUBCOMMANDS.map(row => [row.usage, row.help] as const)];
  return `qmpsh ${version}: a shell for QEMU's QMP monitor

Usage:
${rows(
  forms.map(([form, help]) => [`qmpsh ${form}`, help] as const),
  '  ',
)}

Options:
${rows(
  OPTIONS.map(option => [left(option), option.help] as const),
  '  ',
)}

ADDRESS is a unix socket (./qmp.sock), host:port, or ssh:host:/path/to/socket; $QMP_SOCKET is the default.
At the prompt, .help tells more.

Exit status: 0 all well; 1 QEMU refused a command or a job failed; 2 bad usage, or a line that cannot be
understood (it was not sent); 3 no connection, or it was lost; 4 time ran out; 130 interrupted.
`;
}
