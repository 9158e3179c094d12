// Completion scripts for bash, zsh and fish, made of the option table.
import { OPTIONS, type Option, SUBCOMMANDS, type Subcommand } from './options.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
type ShellName = (typeof SHELLS)[number];

/** The pages and lessons there are, by the names the command line takes. */
interface Names {
  readonly pages: readonly string[];
  readonly lessons: readonly string[];
}

/** The script to be sourced (bash), put on $fpath as `_qmpsh` (zsh), or put into completions/ (fish). */
export function completionScript(shell: ShellName, names: Names): string {
  switch (shell) {
    case 'bash':
      return bash(names);
    case 'zsh':
      return zsh(names);
    case 'fish':
      return fish(names);
  }
}

interface Behind {
  readonly name: string;
  readonly words: string;
  /** Whether file names may stand there too, in any number; else one word is all. */
  readonly files: boolean;
}

/** The arguments of each subcommand that takes more than files. */
function behind(names: Names): readonly Behind[] {
  return SUBCOMMANDS.flatMap(({ name, words }) => {
    if (words === undefined) return [];
    const list = typeof words === 'string' ? names[words] : words;
    return [{ name, words: list.join(' '), files: words === 'pages' }];
  });
}

/** The options that make sense with a subcommand, or with an address. */
function optionsOf(subcommand: Subcommand | undefined): readonly Option[] {
  const { takes, name = '' } = subcommand ?? {};
  return OPTIONS.filter(option =>
    takes ? ['help', 'version', ...takes].includes(option.name) : !option.only || option.only.includes(name),
  );
}

type Kind = 'none' | 'file' | 'folder' | 'text';

function kindOf({ value }: Option): Kind {
  if (value === undefined) return 'none';
  return value === 'FILE' ? 'file' : value === 'DIR' ? 'folder' : 'text';
}

function spellings({ name, short }: Option): readonly string[] {
  return [...(short ? [`-${short}`] : []), `--${name}`];
}

function bash(names: Names): string {
  const wanting = (kind: Kind) =>
    OPTIONS.filter(option => kindOf(option) === kind)
      .flatMap(spellings)
      .join('|');
  const options = (subcommand: Subcommand | undefined) =>
    `options='${optionsOf(subcommand).flatMap(spellings).join(' ')}'`;
  const words = ({ name, words, files }: Behind) =>
    files
      ? `    ${name}) words='${words}' ;;`
      : `    ${name}) ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W '${words}' -- "$word"); return 0 ;;`;
  return `# bash completion for qmpsh
_qmpsh() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} options words=
  COMPREPLY=()
  case $before in
    ${wanting('file')}) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    ${wanting('folder')}) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    ${wanting('text')}) return ;;
  esac
  if [[ $word == -* ]]; then
    case \${COMP_WORDS[1]} in
${SUBCOMMANDS.map(row => `      ${row.name}) ${options(row)} ;;`).join('\n')}
      *) ${options(undefined)} ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    return
  fi
  ((COMP_CWORD == 1)) && words='${SUBCOMMANDS.map(row => row.name).join(' ')}'
  ((COMP_CWORD > 1)) && case \${COMP_WORDS[1]} in
${behind(names).map(words).join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -f -- "$word"; compgen -W "$words" -- "$word")
  return 0
}
complete -o filenames -F _qmpsh qmpsh
`;
}

/** Text in single quotes for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function zsh(names: Names): string {
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
  const words = ({ name, words, files }: Behind) => {
    const add = words === '' ? ':' : `compadd -- ${words}`;
    return `    ${name}) ${files ? `${add}; _files` : `((CURRENT == 3)) && ${add}`} ;;`;
  };
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
${behind(names).map(words).join('\n')}
    *) _files ;;
  esac
}
_arguments \\
${rows.map(row => `${row} \\`).join('\n')}
  '1: :_qmpsh_first' '*: :_qmpsh_more'
`;
}

function fish(names: Names): string {
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
  const words = behind(names).map(({ name, words, files }) => {
    const only = files ? '' : ' -f';
    return `complete -c qmpsh -n '__fish_seen_subcommand_from ${name}'${only} -a ${text(words)}`;
  });
  return `# fish completion for qmpsh\n${[...commands, ...words, ...rows].join('\n')}\n`;
}
