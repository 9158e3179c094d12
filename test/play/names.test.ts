// Which page a name means: a word is a recipe or a page of the user's own, whatever lies in the current folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Done, qmpsh } from '../command.ts';
import { inFolder } from '../folder.ts';

const OTHER = '```qmp\n(QEMU) query-version\n```\n';

const said = (done: Done) => done.out + done.err;

/** Lines at a prompt in a folder with a file `backup`, and what they show. */
const LINES: readonly [line: string, shown: RegExp, not: RegExp][] = [
  ['.backup node=node-A file=e.qcow2 --dry-run', /blockdev-backup[\s\S]*/, /query-version/],
  ['.play backup node=node-A file=e.qcow2 --dry-run', /the file of that name is \.\/backup/, /query-version/],
  ['.play ./backup --dry-run', /query-version/, /blockdev-backup/],
];
for (const [line, shown, not] of LINES) {
  test(`a file named backup in the folder: ${line}`, () =>
    inFolder(async folder => {
      writeFileSync(join(folder, 'backup'), OTHER);
      const done = await qmpsh(['practice', '--keep', folder], { cwd: folder, input: `${line}\n` });
      assert.is(done.status, 0, said(done));
      assert.match(said(done), shown);
      assert.not.match(said(done), not);
    }));
}

test('from the command line and inside a page it is the recipe too', () =>
  inFolder(async folder => {
    writeFileSync(join(folder, 'backup'), OTHER);
    writeFileSync(join(folder, 'page.md'), '```qmp\n(QEMU) .backup node=node-A file=e.qcow2\n```\n');
    const dry = await qmpsh(['play', 'backup', 'node=node-A', 'file=e.qcow2', '--dry-run'], { cwd: folder });
    assert.match(dry.out, /blockdev-backup/);
    assert.match(dry.err, /backup is the page \S+recipes\/backup\.md; the file of that name is \.\/backup/);
    const done = await qmpsh(['play', 'page.md', '--practice', '--allow-shell'], { cwd: folder });
    assert.is(done.status, 0, said(done));
    assert.match(done.out, /blockdev-backup/);
    assert.not.match(done.out, /query-version/);
  }));

test('a page of the user that stands before a recipe says so', () =>
  inFolder(async folder => {
    const pages = join(folder, 'data/qmpsh/pages');
    mkdirSync(pages, { recursive: true });
    writeFileSync(join(pages, 'backup.md'), OTHER);
    const env = { XDG_DATA_HOME: join(folder, 'data') };
    const done = await qmpsh(['play', 'backup', '--dry-run'], { cwd: folder, env });
    assert.match(done.out, /query-version/);
    assert.match(done.err, /your own page \S+backup\.md; the recipe of that name is \S+recipes\/backup\.md/);
  }));

test.run();
