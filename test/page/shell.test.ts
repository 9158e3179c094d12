// Values in lines of the host's shell: each stays the one text it is, or the line is refused.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bind } from '../../src/page/bind.ts';
import type { Value } from '../../src/page/value.ts';
import { fuzzShell } from './shell-fuzz.ts';

const bound = (text: string, value: string) => {
  const values = new Map<string, Value>([
    ['v', { json: value }],
    ['w', { json: 'w' }],
  ]);
  const result = bind({ kind: 'shell', text }, values);
  return result.ok ? result.text : `! ${result.message}`;
};

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is what pages hold
const REFUSED: readonly string[] = [
  'echo \\$v',
  'echo "\\$v"',
  'echo "a\\$v"',
  'echo $$$v',
  'echo "$$$v"',
  'echo $$(( $v / 2 ))',
  'echo "$$(( $v / 2 ))"',
  'echo $$[ $v ]',
  'echo "$$[ $v ]"',
  '(( $v ))',
  '[[ $v -gt 1 ]]',
  'let x=$v',
  'x=$v; echo $$(( x ))',
  'x=$v; eval "$$x"',
  'echo x # $v',
  "echo x # it's $v",
  'echo x #$v\necho y',
  'cat <<EOF\n$v\nEOF',
  "cat <<'EOF'\n$v\nEOF",
  'cat <<-EOF\n$v\nEOF',
  'cat <<< $v',
  'echo `echo $v`',
  'echo "`echo $v`"',
  '`$v`',
  'echo $${x:-$v}',
  'echo "$${x#$v}"',
  'echo $${x:$v}',
  "echo $$'$v'",
  'echo $$"$v"',
  'case x in x) echo $v;; esac',
  'echo "$$(case x in x) echo $v;; esac)"',
  'case $v in x) echo x;; esac',
  '$v',
  '$v --version',
  'x$v',
  '"$v" x',
  'timeout 5 $v',
  'sudo -u root $v',
  'x=1 $v',
  'a[$v]=1',
  'x+=$v',
  'PATH=$v ls',
  'LD_PRELOAD=$v ls',
  'alias x=$v',
  'trap $v EXIT',
  'sh -c $v',
  'sh -c "echo $v"',
  'bash -c "ls $v"',
  'env sh -c "ls $v"',
  'ssh host ls $v',
  'awk "/$v/"',
  'sed "s/x/$v/"',
  'sed -e $v x',
  'printf $v',
  'printf -v $v x',
  'read $v',
  'unset $v',
  '[ -v $v ]',
  '[ $v $w ]',
  'echo <($$v) $v',
  'ls >&$v',
  'f() { echo $v; }',
  'ec"$v"ho x',
  '$$x $v',
  'echo a\\\n$v',
  'echo $\\\n(ls) $v',
  'echo "$v',
  "echo '$v",
  'echo $$(ls $v',
  '"$$HOME$v"',
  'echo "$$HOME$v"',
  '$$$$(x) $v',
];
for (const text of REFUSED) test(`refused: ${text}`, () => assert.match(bound(text, 'x'), /^! /));

const HOSTILE = `$(mkdir P) \`id\` ; ' " \\ a`;
/** A line, and what it prints with the hostile value in it. */
const PLAIN: readonly [text: string, printed: string][] = [
  ['printf %s $v', HOSTILE],
  ['printf %s "$v"', HOSTILE],
  ["printf %s '$v'", HOSTILE],
  ['printf %s a$v', `a${HOSTILE}`],
  ['printf %s "a$v"b', `a${HOSTILE}b`],
  ['printf %s "$$(printf %s $v)"', HOSTILE],
  ['printf %s "$$(printf %s "$v")"', HOSTILE],
  ['x=$v; printf %s "$$x"', HOSTILE],
  ['x=y; printf %s "$${x}$v"', `y${HOSTILE}`],
  ['for f in $v $w; do printf %s "$$f"; done', `${HOSTILE}w`],
  ['if [ $w = w ]; then printf %s $v; fi', HOSTILE],
  ['printf %s \\\n  $v', HOSTILE],
  ["printf %s $v # it's a note", HOSTILE],
  ['printf %s $v | cat && printf %s $w', `${HOSTILE}w`],
  ['(printf %s $v; printf %s $w)', `${HOSTILE}w`],
  ['{ printf %s $v; } 2>/dev/null', HOSTILE],
  ['sh -c \'printf %s "$$1"\' _ $v', HOSTILE],
  ['env printf %s $v', HOSTILE],
  ['timeout 5 printf %s $v', HOSTILE],
  ['{ ! printf %s $v; }', HOSTILE],
  ['printf %s \\"$v', `"${HOSTILE}`],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is what pages hold
for (const [text, printed] of PLAIN) {
  test(`one text: ${text}`, () => {
    const line = bound(text, HOSTILE);
    assert.not.match(line, /^! /);
    const ran = spawnSync('sh', ['-c', line], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
    assert.is(ran.stdout, printed);
  });
}

test('a program that reads options gets no value that looks like one', () => {
  assert.match(bound('sed -n 1p $v', '-e1e'), /^! \$v begins with "-"/);
  assert.is(bound('sed -n 1p $v', 'x'), 'sed -n 1p x');
});

/** QMPSH_FUZZ: how many lines each shell runs. */
const LINES = Number(process.env['QMPSH_FUZZ'] ?? 2000);
const SHELLS = ['sh', 'bash'].filter(shell => spawnSync(shell, ['-c', ':']).status === 0);
for (const shell of SHELLS) {
  test(`random lines under ${shell} execute no value`, () => {
    const seed = Number(process.env['QMPSH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const { ran, executed } = fuzzShell(shell, LINES, seed);
    assert.equal(executed, [], `QMPSH_SEED=${seed}`);
    assert.ok(ran > LINES / 10, `only ${ran} of ${LINES} lines were bound`);
    if (LINES > 2000) console.log(`${shell}: ${ran} of ${LINES} lines ran, 0 executed a value`);
  });
}

test.run();
