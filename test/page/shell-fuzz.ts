// Random shell lines with names and hostile values in them, bound and then run under a real shell in a temporary folder.
// A value that is ever read as language makes the folder `P`: nothing else in the lines can.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bind } from '../../src/page/bind.ts';
import type { Value } from '../../src/page/value.ts';

export interface FuzzResult {
  /** Lines that were bound, and so run; the others were refused. */
  readonly ran: number;
  /** Lines, as bound, in which a value was executed. */
  readonly executed: readonly string[];
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is what pages hold
const HOSTILE = [
  '$(mkdir P)',
  '`mkdir P`',
  '; mkdir P #',
  '\nmkdir P\n',
  "' ; mkdir P ; '",
  '" ; mkdir P ; "',
  "';mkdir P;'",
  '";mkdir P;"',
  'x[$(mkdir P)]',
  'a[$(mkdir P)]=1',
  '(mkdir P)',
  '{ mkdir P; }',
  'x) mkdir P;; x',
  ') mkdir P; (',
  '| mkdir P',
  '&& mkdir P',
  '& mkdir P &',
  'mkdir P',
  'mkdir',
  'P',
  'eval mkdir P',
  '`mkdir${IFS}P`',
  '\\',
  "\\';mkdir P;\\'",
  '\\`mkdir P\\`',
  "x'`mkdir P`'x",
  '\\$(mkdir P)',
  '$',
  '#',
  "'",
  '"',
  '`',
  '\n',
  '\\\n',
  'EOF\nmkdir P',
  'x\nEOF\nmkdir P\n',
  '\nfi;mkdir P;',
  '}; mkdir P; {',
  '-c',
  '-v',
  '-e',
  '!mkdir P',
  '<(mkdir P)',
  '',
  ' ',
  'plain-text_1.qcow2',
  '2',
  '{a,b}',
  '~',
  '*',
  '1;mkdir P',
  '\\x27;mkdir P;\\x27',
  '"$(mkdir P)"',
];

/** Text between names, as a page writes it: `$$` is a dollar. */
const SOUP =
  "echo |echo |printf %s |cat | |  |'|'|\"|\"|\\|\\\\|`|$$(|)|$$((|))|(|)|{|}|;|&&|\\||&|\n|\\\n|#| #|# it's |<<EOF\n|\nEOF\n|<<'E'\n|>o|2>&1|<|" +
  '$$|$$$$|$$x|$${x}|$${x:-|$${x#|}|$$[|]|[[ |]]|[ |-gt 1|case x in x) |;;esac|case |in|for i in |;do |;done|if |;then |;fi|x=|y=|eval |sh -c |' +
  'let |test |-v |declare -i n=|a[|]=|$$\'|$$"|`|!|~|*|{a,|,b}|<(|=|==|EOF|a|:| b|\t|$$@|$$1|$$?';
const PIECES = SOUP.replaceAll('\\|', '\u0001')
  .split('|')
  .map(piece => piece.replaceAll('\u0001', '|'));
const NAMES = ['$a', '$b', '${a}', '${b}', '"$a"', "'$b'", '"x$a"', "'${a}y'"];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is what pages hold

/** Lines of the plain kind, with two holes each: for names, and for what stands around them. */
const FRAMES = [
  'echo @ @',
  'echo "@" @',
  "printf %s '@' @",
  'x=@; echo "$$x" @',
  'echo "$$(echo @)" > o; cat < o',
  'if [ -n @ ]; then echo @; fi',
  'for i in @ @; do echo "$$i"; done',
  'echo @ | cat && echo @',
  '(echo @; echo "@")',
  '{ echo @; } > @',
  'test @ = @ || echo no',
  'echo a\\ b@ @',
  'echo $$x@ "$${x}@"',
  "echo @ # it's",
  'echo \'a\'@"b" @',
  'sh -c \'echo "$$1"\' _ @',
  'time echo @',
  'echo @ \\\n @',
  'x=@ sh -c :',
];

/** Lines in which no quoting helps. */
const TRAPS = [
  'echo \\@ @',
  'echo "\\@"',
  'echo $$@',
  'echo "$$@"',
  'echo $$(( @ / 2 ))',
  'echo "$$(( 1 + @ ))"',
  'echo $$[ @ ]',
  '[[ @ -gt 1 ]]',
  'x=@; echo $$(( x + 1 ))',
  'echo $${x:-@}',
  'echo "$${x:-@}"',
  "echo $$'@'",
  'echo $$"@"',
  'echo `echo @`',
  'echo x # @',
  "echo x # it's @",
  'echo "$$(case x in x) echo @;; esac)"',
  'cat <<E\n@\nE',
  "cat <<'E'\n@\nE",
  'eval echo @',
  'let x=@',
  '[ -v @ ]',
  '[ @ @ ]',
  'unset @',
  'printf -v @ x',
  'sh -c "echo @"',
  'sed "s/x/@/"',
  'x=1; @ @',
  'a[@]=1',
  'trap @ EXIT',
];

/** A generator of the same numbers for the same seed (mulberry32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

function lineOf(below: (n: number) => number): string {
  const pick = (list: readonly string[]) => list[below(list.length)] ?? '';
  const near = () => (below(4) === 0 ? pick(PIECES) : '');
  if (below(2) === 0)
    return pick(below(3) === 0 ? TRAPS : FRAMES).replaceAll('@', () => `${near()}${pick(NAMES)}${near()}`);
  return Array.from({ length: 1 + below(8) }, () => (below(3) === 0 ? pick(NAMES) : pick(PIECES))).join('');
}

/** Runs so many lines under a shell. Which of a batch did it is found by running each of them alone. */
export function fuzzShell(shell: string, count: number, seed: number): FuzzResult {
  const below = numbers(seed);
  const executed: string[] = [];
  let ran = 0;
  for (let done = 0; done < count; done += BATCH) {
    const lines: string[] = [];
    for (let i = 0; i < Math.min(BATCH, count - done); i++) {
      const value = (): Value => ({ json: HOSTILE[below(HOSTILE.length)] ?? '' });
      const values = new Map([
        ['a', value()],
        ['b', value()],
      ]);
      const text = lineOf(below);
      const bound = bind({ kind: 'shell', text }, values);
      if (bound.ok && /\$[ab{]/.test(text)) lines.push(bound.text);
    }
    ran += lines.length;
    if (marked(shell, lines)) executed.push(...lines.filter(line => marked(shell, [line])));
  }
  return { ran, executed };
}

const BATCH = 400;

/** Whether one of the lines made the marker. Each is read by the shell as the text of `sh -c` is. */
function marked(shell: string, lines: readonly string[]): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'qmpsh-fuzz-'));
  try {
    const quoted = lines.map(line => `( eval '${line.replaceAll("'", "'\\''")}' )`);
    writeFileSync(join(folder, 'lines'), `${quoted.join('\n')}\n:\n`);
    const env = { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C.UTF-8' };
    spawnSync(shell, ['lines'], { cwd: folder, env, stdio: 'ignore', timeout: 60_000 });
    return readdirSync(folder).includes('P') && isFolder(join(folder, 'P'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isFolder(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}
