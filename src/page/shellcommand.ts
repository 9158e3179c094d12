// Which commands may have values among their words. Some take an argument as language: there no quoting helps.

/** A word of a simple command. */
export interface ShellWord {
  /** As written, names as zero bytes. */
  readonly raw: string;
  /** What the shell makes of it; undefined where that depends on a name, a variable or a command. */
  readonly literal: string | undefined;
  /** The names in it, by their number in the line. */
  readonly names: readonly number[];
}

type Refuse = (what: string, advice?: string) => never;

/** Words behind which another command begins. */
const BEFORE_COMMAND: ReadonlySet<string> = new Set('if then elif else while until do ! {'.split(' '));

/** They read text as commands or arithmetic, now or later: also text that came to them through a variable. */
const LANGUAGE: ReadonlySet<string> = new Set(
  (
    'case select function [[ coproc eval trap alias unalias let declare typeset local source . enable bind complete compgen ' +
    'fc hash jobs command_not_found_handle ssh su xargs parallel watch make at batch script expect gdb m4 dc ed ex vi vim'
  ).split(' '),
);

/** Builtins that read a variable's name, in which bash computes: `x[$(...)]`. */
const NAMING: ReadonlySet<string> = new Set(
  'read unset export readonly getopts mapfile readarray set wait'.split(' '),
);

/** They run the command that is their argument. */
const WRAPPERS: ReadonlySet<string> = new Set(
  'time command builtin exec env nohup nice sudo doas timeout setsid ionice stdbuf'.split(' '),
);

/** Their first argument, or an option's, is a program in their own language; arguments behind it are data. */
const INTERPRETERS =
  /^((ba|da|k|z|a|mk|fi)?sh|busybox|[gmn]?awk|sed|gsed|perl|python[\d.]*|ruby|node|lua|php|tclsh)$/;

/** Variables that steer which program runs, or what a shell reads. */
const STEERING =
  /^(PATH|IFS|ENV|PS\d|EDITOR|VISUAL|PAGER|(LD|DYLD|BASH|SHELL|PROMPT)\w*|\w+_(ENV|PATH|COMMAND|OPTIONS|OPTS|OPT|FLAGS|SSH|EDITOR|PAGER))$/;

/** Whether another command begins behind the word, where it stands first. */
export function keepsPosition({ raw }: ShellWord): boolean {
  return BEFORE_COMMAND.has(raw);
}

/** Refuses a simple command in which a value could be read as language; gives the names whose values must not begin with "-". */
export function judgeCommand(words: readonly ShellWord[], refuse: Refuse): readonly number[] {
  const start = words.findIndex(word => !keepsPosition(word) && !isAssignment(word, refuse));
  if (start < 0) return [];
  const [command, ...rest] = words.slice(start);
  if (command === undefined) return [];
  const { literal } = command;
  if (command.names.length > 0)
    refuse('a name where a program must stand', 'A value can be an argument, or a part of one.');
  if (literal === undefined || !/^([\w./+:-]+|\[|\[\[|\})$/.test(literal))
    refuse('a program that is not written out');
  const name = literal.split('/').at(-1) ?? literal;
  if (LANGUAGE.has(name)) refuse(`"${name}"`);
  if (NAMING.has(name) && rest.some(word => word.literal === undefined))
    refuse(`"${name}" with a value`, 'Its arguments must stand in the line.');
  if (name === 'for') {
    const [variable] = rest;
    if (variable?.literal === undefined || STEERING.test(variable.literal)) refuse('such a "for"');
  }
  if (name === 'printf' && (rest[0]?.literal === undefined || rest[0].literal.startsWith('-v')))
    refuse('"printf" without a format', 'Write printf %s $name.');
  if (name === 'test' || name === '[') judgeTest(rest, refuse);
  if (WRAPPERS.has(name)) return judgeWrapped(name, rest, refuse);
  return INTERPRETERS.test(name) ? judgeProgram(name, rest, refuse) : [];
}

function isAssignment({ raw, names }: ShellWord, refuse: Refuse): boolean {
  const [, variable, plus] = /^([A-Za-z_]\w*)(\+?)=/.exec(raw) ?? [];
  if (variable === undefined) return false;
  if (names.length > 0 && (plus !== '' || STEERING.test(variable)))
    refuse(`a value for ${variable}`, 'It could decide which program runs.');
  return true;
}

/** bash computes what stands behind `-v`, and an operator must not come from a value. */
function judgeTest(words: readonly ShellWord[], refuse: Refuse): void {
  const open = words.map(word => word.literal === undefined);
  if (
    open.some((is, i) => is && open[i + 1]) ||
    words.some(({ literal }) => literal === '-v' || literal === '-R')
  )
    refuse('a test whose operator is not written out');
}

function judgeWrapped(name: string, words: readonly ShellWord[], refuse: Refuse): readonly number[] {
  const rest = [...words];
  if (name === 'timeout' && /^[\d.]+[smhd]?$/.test(rest[0]?.literal ?? '')) rest.shift();
  const [inner] = rest;
  if (inner && (inner.literal === undefined || inner.literal.startsWith('-')))
    refuse(`"${name}" with options or a value before its command`);
  return judgeCommand(rest, refuse);
}

/** A name may be a whole argument behind the program text, and no option. */
function judgeProgram(name: string, words: readonly ShellWord[], refuse: Refuse): readonly number[] {
  const dashes: number[] = [];
  let hasProgram = false;
  let before = '';
  for (const { raw, literal, names } of words) {
    if (names.length > 0) {
      const whole = raw === '\0' || raw === '"\0"' || raw === "'\0'";
      if (!whole || !hasProgram || before.startsWith('-'))
        refuse(
          `a name in what "${name}" reads as a program`,
          'Give it as an argument of its own behind that.',
        );
      dashes.push(...names);
    } else if (literal === undefined) {
      if (!hasProgram) refuse(`"${name}" with a program that is not written out`);
    } else if (!literal.startsWith('-')) hasProgram = true;
    before = literal ?? '';
  }
  return dashes;
}
