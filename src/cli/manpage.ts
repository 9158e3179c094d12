// The man page, docs/qmpsh.1, made of the tables. (It is written by its test, with UPDATE=1.)

import type { Word } from '../line/word.ts';
import { EXITS, FORMS, OPTIONS, SUBCOMMANDS } from './options.ts';

/** Text for troff: nothing in it is a request, a dash is a dash to copy, a quote is a plain one. */
function plain(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq');
  return escaped.replaceAll('`', '\\(ga').replace(/^(?=[.])/gm, '\\&');
}

function item(term: string, ...rows: readonly string[]): string {
  return `.TP\n.B ${plain(term)}\n${rows.map(plain).join('\n.br\n')}\n`;
}

function section(title: string, ...parts: readonly string[]): string {
  return `.SH ${title}\n${parts.join('')}`;
}

/** The whole page. `words` are those of the shell, without the pages that are words. */
export function manPage(version: string, words: readonly Word[]): string {
  const forms = [...FORMS, ...SUBCOMMANDS.map(row => [row.usage, row.help] as const)];
  const options = OPTIONS.map(({ short, name, value, help, only }) => {
    const spelled = `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
    const owners = only ? ` (${only.map(owner => (owner === '' ? 'ADDRESS' : owner)).join(', ')})` : '';
    return item(spelled, `${help}${owners}`);
  });
  return [
    `.TH QMPSH 1 "" "qmpsh ${plain(version)}" "User commands"\n.ad l\n.nh\n`,
    section('NAME', 'qmpsh \\- a shell for the QMP monitor of QEMU\n'),
    section('SYNOPSIS', ...forms.map(([form]) => `.B qmpsh\n${plain(form)}\n.br\n`)),
    section(
      'DESCRIPTION',
      `${plain("ADDRESS is a unix socket (./qmp.sock), host:port, tls:host:port (,dir=FOLDER or ,ca=FILE,cert=FILE,key=FILE,name=NAME: certificates; ,psk=FILE: a key of both sides), ssh:host:/path/to/socket, libvirt:DOMAIN or libvirt:URI#DOMAIN (a domain of libvirt's, through virsh), exec:COMMAND (its input and output are the monitor), fd:N (a connection passed on) or listen:ADDRESS (QEMU connects to us); $QMP_SOCKET is the default.")}\n`,
      ...forms.map(([form, help]) => item(`qmpsh ${form}`, help)),
    ),
    section('OPTIONS', ...options),
    section(
      'LINES',
      `${plain('A line is a command with its arguments, COMMAND key=value ..., a transaction( ... ), a JSON request, or a word of the shell, which begins with a dot.')}\n`,
      ...words.map(({ name, usage, help }) => item(`${name} ${usage}`.trim(), help)),
    ),
    section('EXIT STATUS', ...EXITS.map(([status, meaning]) => item(String(status), meaning))),
    section(
      'ENVIRONMENT',
      item('QMP_SOCKET', 'the address where none is given'),
      item('QMPSH_QEMU', 'the QEMU of practice VMs'),
      item('NO_COLOR', 'plain text, like --no-color'),
      item('VISUAL, EDITOR', 'the editor of .edit'),
    ),
    section(
      'FILES',
      item('$XDG_CONFIG_HOME/qmpsh', 'settings (~/.config/qmpsh)'),
      item('$XDG_STATE_HOME/qmpsh', 'the history, and journals of pages under way (~/.local/state/qmpsh)'),
      item('$XDG_DATA_HOME/qmpsh/pages', 'pages of your own (~/.local/share/qmpsh/pages)'),
    ),
    section('SEE ALSO', '.BR qemu (1),\n.BR qemu\\-img (1),\n.BR qemu\\-qmp\\-ref (7)\n'),
  ].join('');
}
