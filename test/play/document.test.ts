// Documents as they stand: checked without a VM, and played on one, unmodified.
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../command.ts';

const OURS = 'test/data/document.txt';
/** QEMU's own notes, where they are at hand. */
const SEED = '../shared/seeds/000_63c66ab6109c6a31.txt';

const DOCUMENTS = [
  {
    file: OURS,
    faults: [47, 65, 66],
    moment: 'The copy of a moment',
    follow: 'The copy that keeps up',
    last: 7,
  },
  ...(existsSync(SEED)
    ? [
        {
          file: SEED,
          faults: [92, 174],
          moment: 'QMP invocation for blockdev-backup',
          follow: 'QMP invocation for blockdev-mirror',
          last: 7,
        },
      ]
    : []),
];

for (const { file, faults, moment, follow, last } of DOCUMENTS) {
  for (const schema of [
    [],
    ['--schema', 'test/data/schema-7.2.json'],
    ['--schema', 'test/data/schema-11.1.json'],
  ])
    test(`check ${file} ${schema.join(' ')}`, async () => {
      const done = await qmpsh(['check', file, ...schema]);
      assert.is(done.status, 1);
      const rows = [...done.out.matchAll(/:(\d+):\d+: (?!warning)/g)].map(found => Number(found[1]));
      assert.equal(rows, faults, done.out);
      assert.match(done.out, /expected "node-[DA]"\n\s+got\s+"node-B"/);
      assert.match(done.out, /not well-formed JSON/);
    });

  for (const choice of [
    ['--to', String(last)],
    ['--section', moment],
    ['--from', moment, '--to', moment],
  ])
    test(`play ${file} ${choice.join(' ')}`, async () => {
      const done = await qmpsh(['play', file, '--practice', '--allow-shell', ...choice]);
      assert.is(done.status, 0, done.out + done.err);
      assert.match(done.out, /^Images are identical\.$/m);
    });

  test(`play ${file}: the mirror`, async () => {
    const done = await qmpsh(['play', file, '--practice', '--allow-shell', '--section', follow, '--json']);
    assert.is(done.status, 0, done.out + done.err);
    assert.match(done.out, /"result": "success".*"type": "mirror"/);
    if (file === OURS) assert.match(done.out, /Images are identical\./);
  });

  test(`play ${file}, all of it: the VM is started anew after quit`, async () => {
    const done = await qmpsh(['play', file, '--practice', '--yes']);
    assert.is(done.status, 0, done.out + done.err);
  });
}

test('the mirror of the notes ends in images that are identical', async () => {
  if (!existsSync(SEED)) return;
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  try {
    const page = join(folder, 'page.txt');
    writeFileSync(
      page,
      `${readFileSync(SEED, 'utf8')}\n\n$ qemu-img compare b.qcow2 e.qcow2\nImages are identical.\n`,
    );
    const done = await qmpsh(['play', page, '--practice', '--allow-shell', '--from', '8']);
    assert.is(done.status, 0, done.out + done.err);
    assert.match(done.out, /^Images are identical\.$/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('check on a VM, and --update makes it true', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  try {
    const page = join(folder, 'document.txt');
    copyFileSync(OURS, page);
    const first = await qmpsh(['check', page, '--practice', '--allow-shell', '--update']);
    assert.is(first.status, 0, first.out + first.err);
    assert.match(first.out, /:47:5: [\s\S]*:66:19: [\s\S]*updated/);
    const second = await qmpsh(['check', page, '--practice', '--allow-shell']);
    assert.is(second.status, 0, second.out + readFileSync(page, 'utf8'));
    const changed = readFileSync(page, 'utf8');
    assert.match(changed, /"sync": "full",\n {8}\.\.\./, 'what was true stays as it was written');
    assert.match(
      changed,
      /"device": "node-B",\n {8}"target": "node-E",\n {8}"sync": "full",\n {8}"job-id": "job0"\n/,
    );
    assert.is(statSync(page).mode, statSync(OURS).mode);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

interface Case {
  readonly text: string;
  readonly name?: string;
  readonly args?: readonly string[];
  readonly status: number;
  readonly says: RegExp;
}

const md = (steps: string, head = '') => `${head}\n\`\`\`qmp\n${steps}\n\`\`\`\n`;
const SCHEMA = ['--schema', 'test/data/schema-7.2.json'];
const CHECKS: readonly Case[] = [
  { text: md('(QEMU) query-status'), status: 0, says: /1 step, 0 faults/ },
  { text: md('(QEMU) query-statsu'), args: SCHEMA, status: 1, says: /:3:8: .*query-status/ },
  {
    text: md('(QEMU) blockdev-del node-nam=x'),
    args: SCHEMA,
    status: 1,
    says: /:3:21: .*node-nam.*did you mean node-name/,
  },
  { text: md('(QEMU) block-job-set-speed device=j speed=fast'), args: SCHEMA, status: 1, says: /:3:43: / },
  { text: md('(QEMU) block-job-set-speed device=j speed=$x'), status: 1, says: /:3: \$x has no value here/ },
  {
    text: md('(QEMU) query-block\n(QEMU) .let x = [0].size\n(QEMU) block-job-set-speed device=j speed=$x'),
    args: SCHEMA,
    status: 0,
    says: /0 faults/,
  },
  { text: md('(QEMU) .expect [?a=='), status: 1, says: /:3: .*(JMESPath|Invalid)/i },
  { text: md('(QEMU) .exit'), status: 1, says: /:3: \.exit is no word for a page/ },
  { text: md('(QEMU) blockdev-add driver={'), status: 1, says: /:3: / },
  {
    text: md('(QEMU) query-status\n{"execute": "query-block"}'),
    status: 1,
    says: /expected "query-block"\n\s+got\s+"query-status"/,
  },
  {
    text: md('(QEMU) query-status', '---\nparams:\n  a: { kind: size }\n---'),
    args: ['a=much'],
    status: 1,
    says: /a is a size/,
  },
];

for (const { text, args = [], status, says } of CHECKS)
  test(`check ${JSON.stringify(text)}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qt-'));
    try {
      const page = join(folder, 'page.md');
      writeFileSync(page, text);
      const done = await qmpsh(['check', page, ...args]);
      assert.is(done.status, status, done.out + done.err);
      assert.match(done.out, says);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

const FAILING = "$ ls nosuch; false\nls: cannot access 'nosuch': No such file or directory";
const HOSTS: readonly (readonly ['check' | 'play', string, number, RegExp])[] = [
  ['check', FAILING, 0, /2 steps, 0 faults/],
  ['play', FAILING, 0, /^done/m],
  ['check', '$ echo no; exit 3\nyes', 1, /:3: exit status 3[\s\S]*expected yes\n\s+got\s+no/],
  ['play', '$ echo no; exit 3\n...', 1, /exit status 3/],
  ['play', '$ echo no; exit 3', 1, /exit status 3/],
];
for (const [what, step, status, says] of HOSTS)
  test(`${what} ${JSON.stringify(step)}: a command of the host that fails`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qt-'));
    try {
      const page = join(folder, 'page.md');
      writeFileSync(page, md(`${step}\n(QEMU) query-status`));
      const done = await qmpsh([what, page, '--practice', '--allow-shell'], { env: { LC_ALL: 'C' } });
      assert.is(done.status, status, done.out + done.err);
      assert.match(done.out, says);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

const USAGE: readonly (readonly [readonly string[], number, RegExp])[] = [
  [['play'], 2, /which page/],
  [['play', 'backp', '--practice'], 2, /no page backp; did you mean backup/],
  [['play', 'backup', '--practice'], 2, /needs node and file[\s\S]*node=\.\.\./],
  [['play', 'backup', '--practice', 'nod=x'], 2, /no parameter nod/],
  [['play', OURS, '--practice'], 2, /\$ qemu-img create -f qcow2 e\.qcow2 39M[\s\S]*--allow-shell/],
  [['play', OURS, '--practice', '--from', '99'], 2, /no step 99; it has 15/],
  [['play', OURS, '--practice', '--section', 'the copy of'], 0, /^/],
  [['play', OURS, '--practice', '--section', 'the copy'], 2, /several sections/],
  [['play', OURS, '--practice', './x.sock'], 2, /takes no address/],
  [['play', OURS, '-c', 'quit'], 2, /exclude/],
  [['play', 'backup', '--update'], 2, /--update belongs to qmpsh check/],
  [['play', 'backup', '--step', '--practice', 'node=node-A', 'file=e'], 2, /needs a terminal/],
  [['play', 'backup', '/nowhere.sock', 'node=a', 'file=b'], 3, /no socket/],
];
for (const [args, status, says] of USAGE)
  test(`qmpsh ${args.join(' ')}`, async () => {
    const done = await qmpsh(status === 0 ? [...args, '--allow-shell'] : args);
    assert.is(done.status, status, done.out + done.err);
    assert.match(done.err, says);
  });

test('a dry run shows every request and sends nothing', async () => {
  const done = await qmpsh([
    'play',
    'backup',
    '--dry-run',
    '--json',
    'node=node-A',
    'file=e.qcow2',
    'verify=yes',
  ]);
  assert.is(done.status, 0, done.err);
  const rows = done.out
    .trim()
    .split('\n')
    .map(row => JSON.parse(row));
  assert.match(rows[0].host.join(), /^\$ qemu-img compare -U \$disk e\.qcow2$/);
  assert.equal(rows[0].undo, ['$ rm -f -- e.qcow2']);
  const names = rows.flatMap(row => row.request?.execute ?? []);
  assert.equal(names.slice(0, 4), [
    'query-named-block-nodes',
    'blockdev-add',
    'blockdev-create',
    'job-dismiss',
  ]);
  assert.match(rows.at(-1).line, /^qemu-img compare -U \$disk e\.qcow2$/);
});

test.run();
