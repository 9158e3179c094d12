// The completions for the host's shells: the files that ship are what the table makes, and bash can use them.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OPTIONS, SUBCOMMANDS } from '../../src/cli/options.ts';
import { completionScript, SHELLS } from '../../src/cli/scripts.ts';

// (The bundle of this file lies in .build/test/cli/.)
const folder = fileURLToPath(new URL('../../../completions/', import.meta.url));
const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));
const NAMES = {
  pages: readdirSync(join(docs, 'recipes'))
    .map(file => file.replace(/\.md$/, ''))
    .sort(),
  lessons: readdirSync(join(docs, 'lessons'))
    .sort()
    .flatMap(file => /^\d+-(.*)\.md$/.exec(file)?.[1] ?? []),
};
const FILES = { bash: 'qmpsh.bash', zsh: '_qmpsh', fish: 'qmpsh.fish' };

for (const shell of SHELLS) {
  test(`completions/${FILES[shell]} is of today (UPDATE=1 writes it anew)`, () => {
    const path = join(folder, FILES[shell]);
    if (process.env['UPDATE']) writeFileSync(path, completionScript(shell, NAMES));
    assert.is(readFileSync(path, 'utf8'), completionScript(shell, NAMES));
  });
  test(`${shell} knows every option and subcommand`, () => {
    const script = completionScript(shell, NAMES);
    const missing = [...OPTIONS, ...SUBCOMMANDS].filter(
      ({ name }) => !new RegExp(`\\b${name}\\b`).test(script),
    );
    assert.equal(missing, []);
  });
}

/** What bash offers for the last of these words. */
function offers(...words: readonly string[]): readonly string[] {
  const line = words.map(word => `'${word}'`).join(' ');
  const run = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _qmpsh; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--norc', '-c', `${completionScript('bash', NAMES)}\n${run}`], {
    cwd: folder,
  });
  return String(output).split('\n').filter(Boolean).sort();
}

const cases: readonly [readonly string[], readonly string[]][] = [
  [['qmpsh', 'pract'], ['practice']],
  [['qmpsh', 'qmpsh.b'], ['qmpsh.bash']],
  [['qmpsh', './qmp.sock', 'pract'], []],
  [
    ['qmpsh', 'completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
  [['qmpsh', 'completion', 'z'], ['zsh']],
  [['qmpsh', 'completion', 'bash', ''], []],
  [['qmpsh', 'list', ''], []],
  [['qmpsh', 'play', 'mig'], ['migrate-storage']],
  [['qmpsh', 'play', 'backup', 'mirr'], ['mirror']],
  [['qmpsh', 'play', 'qmpsh.b'], ['qmpsh.bash']],
  [['qmpsh', 'learn', 'first'], ['first-steps']],
  [['qmpsh', 'learn', 'first-steps', ''], []],
  [['qmpsh', 'learn', '--sc'], ['--script']],
  [
    ['qmpsh', 'list', '-'],
    ['--help', '--json', '--no-color', '--version', '-V', '-h'],
  ],
  [['qmpsh', './qmp.sock', '--up'], []],
  [['qmpsh', '--pre'], ['--pretty']],
  [['qmpsh', '--logfile', 'qmpsh.f'], ['qmpsh.fish']],
  [['qmpsh', '-c', 'q'], []],
];
for (const [words, expected] of cases)
  test(`bash: ${words.join(' ')} + Tab: ${expected.join(' ') || 'nothing'}`, () =>
    assert.equal(offers(...words), expected));

test.run();
