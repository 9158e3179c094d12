// The help text of the command line, made of the tables.
import { EXITS, FORMS, OPTIONS, type Option, SUBCOMMANDS } from './options.ts';

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

ADDRESS is a unix socket (./qmp.sock), host:port, tls:host:port (,dir=FOLDER: certificates),
ssh:host:/path/to/socket, libvirt:[URI#]DOMAIN, exec:COMMAND (its input and output are the monitor),
fd:N (a connection passed on), or listen:ADDRESS (QEMU connects to us); $QMP_SOCKET is the default.
At the prompt, .help tells more.

Exit status:
${rows(
  EXITS.map(([status, meaning]) => [String(status), meaning] as const),
  '  ',
)}
`;
}
