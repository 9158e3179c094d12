// What a host's shell needs to complete qmpsh's command line: scripts for bash, zsh and fish, made of the option table.
import { OPTIONS, type Option, SUBCOMMANDS } from './options.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof SHELLS)[number];

/** The script to be sourced (bash), put on $fpath as `_qmpsh` (zsh), or put into completions/ (fish). */
export function completionScript(shell: ShellName): string {
  switch (shell) {
    case 'bash':
      return bash();
    case 'zsh':
      return zsh();
    case 'fish':
      return fish();
  }
}

type Kind = 'none' | 'file' | 'folder' | 'text';

function kindOf({ value }: Option): Kind {
  if (value === undefined) return 'none';
  return value === 'FILE' ? 'file' : value === 'DIR' ? 'folder' : 'text';
}

function spellings({ name, short }: Option): readonly string[] {
  return [...(short ? [`-${short}`] : []), `--${name}`];
}

function bash(): string {
  const wanting = (kind: Kind) =>
    OPTIONS.filter(option => kindOf(option) === kind)
      .flatMap(spellings)
      .join('|');
  return `# bash completion for qmpsh
_qmpsh() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  case $before in
    ${wanting('file')}) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    ${wanting('folder')}) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    ${wanting('text')}) return ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${OPTIONS.flatMap(spellings).join(' ')}' -- "$word")
    return
  fi
  case \${COMP_WORDS[1]} in
${SUBCOMMANDS.filter(row => row.words)
  .map(
    row =>
      `    ${row.name}) ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W '${row.words?.join(' ')}' -- "$word"); return 0 ;;`,
  )
  .join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
  ((COMP_CWORD == 1)) &&
    mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -W '${SUBCOMMANDS.map(row => row.name).join(' ')}' -- "$word")
  return 0
}
complete -o filenames -F _qmpsh qmpsh
`;
}

/** Text in single quotes for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function zsh(): string {
  const escaped = (text: string) => text.replaceAll(/[[\]:\\]/g, '\\$&');
  const rows = OPTIONS.map(option => {
    const names = spellings(option);
    const once = option.multiple ? '*' : `(${names.join(' ')})`;
    const action = {
      none: '',
      file: ':file:_files',
      folder: ':folder:_files -/',
      text: `:${option.value}: `,
    };
    const rest = quoted(`[${escaped(option.help)}]${action[kindOf(option)]}`);
    return `  ${quoted(once)}${names.length > 1 ? `{${names.join(',')}}` : names[0]}${rest}`;
  });
  const commands = SUBCOMMANDS.map(row => `    ${quoted(`${row.name}:${escaped(row.help)}`)}`);
  const worded = SUBCOMMANDS.filter(row => row.words);
  return `#compdef qmpsh
# zsh completion for qmpsh
_qmpsh_first() {
  local -a subcommands=(
${commands.join('\n')}
  )
  _describe subcommand subcommands
  _files
}
_qmpsh_more() {
  case $words[2] in
${worded.map(row => `    ${row.name}) ((CURRENT == 3)) && ${row.words?.length ? `compadd -- ${row.words.join(' ')}` : ':'} ;;`).join('\n')}
    *) _files ;;
  esac
}
_arguments \\
${rows.map(row => `${row} \\`).join('\n')}
  '1: :_qmpsh_first' '*: :_qmpsh_more'
`;
}

function fish(): string {
  const text = (words: string) => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const rows = OPTIONS.map(option => {
    const kind = kindOf(option);
    const value =
      kind === 'none'
        ? ''
        : kind === 'file'
          ? ' -rF'
          : kind === 'folder'
            ? " -xa '(__fish_complete_directories)'"
            : ' -x';
    const short = option.short ? ` -s ${option.short}` : '';
    return `complete -c qmpsh${short} -l ${option.name}${value} -d ${text(option.help)}`;
  });
  const commands = SUBCOMMANDS.map(
    row => `complete -c qmpsh -n __fish_is_first_arg -a ${row.name} -d ${text(row.help)}`,
  );
  const words = SUBCOMMANDS.filter(row => row.words).map(
    row =>
      `complete -c qmpsh -n '__fish_seen_subcommand_from ${row.name}' -f -a ${text(row.words?.join(' ') ?? '')}`,
  );
  return `# fish completion for qmpsh\n${[...commands, ...words, ...rows].join('\n')}\n`;
}
