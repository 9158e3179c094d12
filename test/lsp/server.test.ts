// The language server as an editor sees it: the built command, driven by the protocol's own client library.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, DocumentSymbol } from 'vscode-languageserver-protocol/node';
import { qmpsh } from '../command.ts';
import { withQemu } from '../qemu.ts';
import { type Client, withServer } from './client.ts';

const place = mkdtempSync(join(tmpdir(), 'qmpsh-lsp-'));
test.after(() => rmSync(place, { recursive: true, force: true }));

const SCHEMA = { schema: '7.2' };
const said = (one: Diagnostic | undefined) => (typeof one?.message === 'string' ? one.message : '');
const labels = (items: readonly { readonly label: string }[]) => items.map(({ label }) => label);

/** One server for many short texts. */
async function serving(settings: unknown, act: (client: Client) => Promise<void>): Promise<void> {
  const { status, err } = await withServer({ settings }, act);
  assert.is(err, '');
  assert.is(status, 0);
}

test('the pages of docs/ are checked as qmpsh check checks them, and nothing is said of those without steps', () =>
  serving(SCHEMA, async client => {
    const pages = ['docs', 'docs/recipes', 'docs/lessons'].flatMap(folder =>
      readdirSync(folder)
        .filter(name => name.endsWith('.md'))
        .map(name => `${folder}/${name}`),
    );
    assert.ok(pages.length > 20);
    const schema = join(place, 'schema.json');
    const recorded = JSON.parse(readFileSync('test/data/schema-7.2.json', 'utf8'));
    writeFileSync(schema, JSON.stringify(recorded));
    const { out } = await qmpsh(['check', '--json', '--allow-empty', '--schema', schema, ...pages]);
    const rows = out
      .trim()
      .split('\n')
      .map(row => JSON.parse(row));
    const played = new Set(rows.filter(({ steps }) => steps > 0).map(({ page }) => page));
    assert.ok(played.size > 15);
    const wanted = rows.filter(row => 'rule' in row && played.has(row.file));
    for (const page of pages) {
      const { open, found } = await client.file(page);
      const own = wanted.filter(({ file }) => file === page);
      const told = found.map(({ range, code }) => `${range.start.line + 1} ${code}`);
      assert.equal(
        told,
        own.map(({ line, rule }) => `${line} ${rule}`),
        page,
      );
      // Whatever is asked about a page of ours is answered.
      await open.outline();
      const formatted = await open.formatted();
      assert.is(formatted.split('\n').length, open.text.split('\n').length, page);
      assert.equal(await open.close(), []);
    }
  }));

const FENCED = (line: string) => `# A page\n\n\`\`\`qmp\n${line}\n\`\`\`\n`;

interface Wrong {
  readonly line: string;
  /** What is underlined, and what is said of it. */
  readonly at: string;
  readonly says: RegExp;
  /** The text with the first action taken. */
  readonly fixed?: string;
}

const WRONG: readonly Wrong[] = [
  {
    line: '(QEMU) query-statu',
    at: 'query-statu',
    says: /query-statu.*did you mean query-status/,
    fixed: '(QEMU) query-status',
  },
  {
    line: '(QEMU) blockdev-add driver=raw node-nam=x file=y',
    at: 'node-nam',
    says: /did you mean node-name/,
    fixed: '(QEMU) blockdev-add driver=raw node-name=x file=y',
  },
  {
    line: '(QEMU) blockdev-mirror device=a target=b sync=ful',
    at: 'ful',
    says: /did you mean full/,
    fixed: '(QEMU) blockdev-mirror device=a target=b sync=full',
  },
  {
    line: '-> { "execute": "blockdev-mirror",\n     "arguments": { "device": "a", "target": "b", "sync": "ful" } }',
    at: '"ful"',
    says: /did you mean full/,
    fixed:
      '-> { "execute": "blockdev-mirror",\n     "arguments": { "device": "a", "target": "b", "sync": "full" } }',
  },
  {
    line: '(QEMU) block-job-cancel device=$jb',
    at: '(QEMU) block-job-cancel device=$jb',
    says: /\$jb has no value/,
  },
];

for (const { line, at, says, fixed } of WRONG)
  test(`a fault is told at its place while it is typed: ${line}`, () =>
    serving(SCHEMA, async client => {
      const { open, found: before } = await client.open(
        join(place, 'page.md'),
        FENCED('(QEMU) query-status'),
      );
      assert.equal(before, []);
      const [found, ...more] = await open.become(FENCED(line));
      assert.equal(more, []);
      assert.is(found && open.under(found.range), at);
      assert.match(said(found), says);
      assert.is(found?.source, 'qmpsh');
      if (!found || fixed === undefined) return;
      const [action] = await open.actions(found.range);
      assert.is(action?.kind, 'quickfix');
      const edits = action?.edit?.changes?.[open.uri] ?? [];
      assert.is(open.apply(edits), FENCED(fixed));
      assert.equal(await open.become(open.apply(edits)), []);
    }));

test('without a schema only what needs none is a fault, and yet names are offered and explained', () =>
  serving(undefined, async client => {
    const { open, found } = await client.open(join(place, 'page.md'), FENCED('(QEMU) query-statu'));
    assert.equal(found, []);
    assert.ok(labels(await open.complete('query-statu')).includes('query-status'));
    const [fault] = await open.become(FENCED('(QEMU) blockdev-add file={"driver": '));
    assert.match(said(fault), /closed|end|missing/i);
  }));

const OFFERS: readonly (readonly [line: string, first: RegExp, taken: string])[] = [
  ['(QEMU) query-statu', /^query-status$/, '(QEMU) query-status'],
  ['(QEMU) ', /./, ''],
  ['(QEMU) blockdev-mirror dev', /^device$/, '(QEMU) blockdev-mirror device='],
  ['(QEMU) blockdev-mirror ', /^device$/, '(QEMU) blockdev-mirror device='],
  ['(QEMU) blockdev-mirror sync=', /^top$/, '(QEMU) blockdev-mirror sync=top'],
  [
    '(QEMU) blockdev-add driver=qcow2 file.dri',
    /^(file\.)?driver$/,
    '(QEMU) blockdev-add driver=qcow2 file.driver=',
  ],
  ['(QEMU) .wai', /^\.wait$/, '(QEMU) .wait '],
  ['-> { "execute": "query-statu', /^query-status$/, '-> { "execute": "query-status'],
];

test('what the prompt offers is offered', () =>
  serving(SCHEMA, async client => {
    const { open } = await client.open(join(place, 'page.md'), FENCED('(QEMU) query-status'));
    for (const [line, first, taken] of OFFERS) {
      await open.become(FENCED(line));
      const [best] = await open.complete(line);
      assert.match(best?.label ?? '', first, `${line}: ${best?.label}`);
      if (taken === '' || !best?.textEdit || !('range' in best.textEdit)) continue;
      const after = open.apply([best.textEdit]);
      assert.ok(after.includes(taken), `${line}: ${after}`);
    }
  }));

const PAGE = `---
params:
  disk: { help: node to copy, kind: node }
  job: { default: "$disk-job" }
---
# Copying

\`\`\`qmp if=disk
(QEMU) blockdev-backup device=$disk target=\${disk}-copy sync=full job-id=$job
(QEMU) query-jobs
{"return": [{"id": "$job", "type": "backup", "status": "running", "current-progress": 1, "total-progress": 1}]}
(QEMU) .let state = [0].status
(QEMU) .wait job $job
$ echo $state "$disk" $$disk
\`\`\`

## Afterwards

\`\`\`qmp on-failure
(QEMU) job-cancel id=$job
\`\`\`
`;

test('behind a dollar stand the names of the page', () =>
  serving(SCHEMA, async client => {
    const { open } = await client.open(join(place, 'page.md'), PAGE);
    assert.equal(labels(await open.complete('device=$')), ['disk', 'job', 'run']);
    assert.equal(labels(await open.complete('echo $')), ['disk', 'job', 'state', 'run']);
    assert.equal(labels(await open.complete('echo $state "$disk" $$')), []);
  }));

test('a parameter and a .let name lead to where they get their value, and can be renamed', () =>
  serving(SCHEMA, async client => {
    const { open, found } = await client.open(join(place, 'page.md'), PAGE);
    assert.equal(found, []);
    const param = await open.definition('device=$disk', 10);
    assert.is(
      param && `${param.uri === open.uri} ${param.range.start.line} ${open.under(param.range)}`,
      'true 2 disk',
    );
    const given = await open.definition('echo $state', 7);
    assert.is(given && `${given.range.start.line} ${open.under(given.range)}`, '11 state');
    const renamed = await open.rename('device=$disk', 'source', 10);
    const wanted = PAGE.replaceAll(/(?<!\$)\$disk/g, '$source')
      .replace(/(?<=\$\{)disk/, 'source')
      .replace('  disk:', '  source:')
      .replace('if=disk', 'if=source');
    assert.is(renamed, wanted);
    assert.equal(await open.become(renamed), []);
    assert.is(
      await open.rename('.let state', 'now', 6),
      renamed.replace('.let state', '.let now').replace('$state', '$now'),
    );
    for (const [name, why] of [
      ['2x', /cannot be a name/],
      ['job', /has a name job already/],
      ['run', /every page has/],
    ] as const) {
      const refused = await open.rename('device=$source', name, 10).catch((error: Error) => error.message);
      assert.match(refused, why);
    }
    assert.is(await open.renamable('query-jobs'), null);
  }));

test('a page that is played is found', () =>
  serving(SCHEMA, async client => {
    writeFileSync(join(place, 'other.md'), FENCED('(QEMU) query-status'));
    const text = FENCED('(QEMU) .play other.md\n(QEMU) .backup node=a file=b');
    const { open } = await client.open(join(place, 'page.md'), text);
    const other = await open.definition('.play other', 8);
    assert.is(other?.uri, pathToFileURL(join(place, 'other.md')).href);
    const recipe = await open.definition('.backup');
    assert.is(recipe?.uri, pathToFileURL(join(process.cwd(), 'docs/recipes/backup.md')).href);
  }));

test('hovering shows the help', () =>
  serving(SCHEMA, async client => {
    const text = FENCED(
      '(QEMU) blockdev-mirror device=a target=b sync=full\n(QEMU) .wait BLOCK_JOB_READY\n-> { "execute": "block-job-cancel", "arguments": { "device": "a" } }',
    );
    const { open } = await client.open(join(place, 'page.md'), text);
    assert.match((await open.hover('blockdev-mirror')) ?? '', /^blockdev-mirror {2}.*\n[\s\S]*returns/);
    assert.match((await open.hover('sync=full')) ?? '', /^blockdev-mirror sync= [\s\S]*incremental/);
    assert.match((await open.hover('full')) ?? '', /^blockdev-mirror sync=/);
    assert.match((await open.hover('.wait')) ?? '', /^\.wait /);
    assert.match((await open.hover('BLOCK_JOB_READY')) ?? '', /^BLOCK_JOB_READY/);
    assert.match((await open.hover('block-job-cancel')) ?? '', /^block-job-cancel/);
    assert.match((await open.hover('"device": "a"', 2)) ?? '', /^block-job-cancel device=/);
    assert.is(await open.hover('# A page', 3), undefined);
    await open.become(PAGE);
    assert.match((await open.hover('$disk target')) ?? '', /^\$disk: node to copy\nkind +node\nrequired$/);
    assert.match((await open.hover('$state')) ?? '', /^\$state: it gets its value in row 12$/);
  }));

test('the outline has the parameters, and the steps below their titles', () =>
  serving(SCHEMA, async client => {
    const { open } = await client.open(join(place, 'page.md'), PAGE);
    const drawn = (all: readonly DocumentSymbol[], depth = 0): string[] =>
      all.flatMap(one => [`${'  '.repeat(depth)}${one.name}`, ...drawn(one.children ?? [], depth + 1)]);
    assert.equal(drawn(await open.outline()), [
      '$disk',
      '$job',
      'Copying',
      `  1  blockdev-backup device=$disk target=$\{disk}-copy sync=full job-id=$job`,
      '  2  query-jobs',
      '  3  .let state = [0].status',
      '  4  .wait job $job',
      '  5  $ echo $state "$disk" $$disk',
      '  Afterwards',
      '    undo  job-cancel id=$job',
    ]);
    const inside = (all: readonly DocumentSymbol[]): boolean =>
      all.every(one => {
        const [from, to] = [open.offset(one.range.start), open.offset(one.range.end)];
        const [head, end] = [open.offset(one.selectionRange.start), open.offset(one.selectionRange.end)];
        return from <= head && end <= to && inside(one.children ?? []);
      });
    assert.ok(inside(await open.outline()));
  }));

const FORMATS: readonly (readonly [typed: string, canonical: string])[] = [
  ['(QEMU)   query-status  ', '(QEMU) query-status'],
  ['(QEMU) blockdev-del   node-name="a"', '(QEMU) blockdev-del node-name=a'],
  ["(QEMU) blockdev-del node-name='a b'", '(QEMU) blockdev-del node-name="a b"'],
  [
    '(QEMU) blockdev-add driver=raw node-name=x file={"driver": "file", "filename": "y"}',
    '(QEMU) blockdev-add driver=raw node-name=x file.driver=file file.filename=y',
  ],
  [
    '(QEMU) blockdev-mirror  device=a target=b sync=full &',
    '(QEMU) blockdev-mirror device=a target=b sync=full &',
  ],
  // Left as they are.
  ['(QEMU) blockdev-del  node-name="$a"', '(QEMU) blockdev-del  node-name="$a"'],
  ['(QEMU) query-status  | jq .', '(QEMU) query-status  | jq .'],
  ['(QEMU) blockdev-dell  node-name=a', '(QEMU) blockdev-dell  node-name=a'],
  ['$ ls   -l', '$ ls   -l'],
  ['(QEMU) {"execute":   "query-status"}', '(QEMU) {"execute":   "query-status"}'],
];

test('a line gets its canonical spelling', () =>
  serving(SCHEMA, async client => {
    const { open } = await client.open(join(place, 'page.md'), '');
    for (const [typed, canonical] of FORMATS) {
      await open.become(FENCED(typed));
      assert.is(await open.formatted(), FENCED(canonical));
    }
  }));

test('plain pages and reStructuredText are pages, too', () =>
  serving(SCHEMA, async client => {
    const rst =
      'Title\n=====\n\n.. code-block:: QMP\n\n  -> { "execute": "query-statu" }\n  <- { "return": { "statu": 1 } }\n';
    const { open, found } = await client.open(join(place, 'page.rst'), rst);
    assert.equal(
      found.map(one => open.under(one.range)),
      ['"query-statu"'],
    );
    const plain = await client.open(join(place, 'page.qmp'), '(QEMU) query-statu\n(QEMU) ');
    assert.equal(
      plain.found.map(one => plain.open.under(one.range)),
      ['query-statu'],
    );
    assert.ok((await plain.open.complete('query-statu\n(QEMU) ')).length > 100);
    const other = await client.open(join(place, 'notes.md'), '---\nlayout: post\n---\nNo page.\n');
    assert.equal(other.found, []);
  }));

test('columns are counted in UTF-16 units, as the protocol does', () =>
  serving(SCHEMA, async client => {
    const { open, found } = await client.open(
      join(place, 'page.md'),
      FENCED('(QEMU) blockdev-add driver=raw node-name="😀" fil=y'),
    );
    assert.equal(
      found.map(one => open.under(one.range)),
      ['fil'],
    );
  }));

test('a VM at an address gives its schema and its names', () =>
  withQemu({ args: ['-blockdev', 'driver=null-co,node-name=the-disk,read-zeroes=on'] }, async qemu => {
    const check = async (client: Client) => {
      const { open } = await client.open(join(place, 'page.md'), FENCED('(QEMU) blockdev-del node-name='));
      const [first] = await open.complete('node-name=');
      assert.is(first?.label, 'the-disk');
      const found = await open.become(FENCED('(QEMU) query-statu'));
      assert.match(said(found[0]), /did you mean query-status/);
    };
    await serving({ address: qemu.address }, check);
    await withServer({ args: [qemu.address] }, check);
    await withServer({ configuration: { address: qemu.address } }, async client => {
      // The settings come after the first messages.
      for (let tries = 0; ; tries++) {
        const { open } = await client.open(
          join(place, `page${tries}.md`),
          FENCED('(QEMU) blockdev-del node-name='),
        );
        if (labels(await open.complete('node-name=')).includes('the-disk')) break;
        assert.ok(tries < 100);
      }
      await check(client);
    });
  }));

test('a practice VM gives its schema and its names, and ends with the server', async () => {
  await serving({ practice: true }, async client => {
    const { open } = await client.open(join(place, 'page.md'), FENCED('(QEMU) blockdev-del node-name='));
    assert.ok(labels(await open.complete('node-name=')).includes('node-A'));
  });
});

const SETTINGS: readonly (readonly [unknown, RegExp])[] = [
  [{ schema: '3.1' }, /no schema of QEMU 3\.1 ships with qmpsh.*7\.2/],
  [{ schema: '/nowhere.json' }, /\/nowhere\.json/],
  [{ adress: 'x' }, /no setting adress; did you mean address\?/],
  [{ practice: 'yes' }, /practice of qmpsh must be true or false/],
  [{ address: '/nowhere.sock' }, /\/nowhere\.sock/],
  [{ address: 'ssh:host:/run/vm.sock' }, /runs a program on this host: ssh host/],
  [{ address: 'exec:touch x' }, /runs a program on this host: touch x/],
];

for (const [settings, says] of SETTINGS)
  test(`settings that cannot be are told: ${JSON.stringify(settings)}`, () =>
    serving(settings, async client => {
      assert.match(await client.message(), says);
      const { found } = await client.open(join(place, 'page.md'), FENCED('(QEMU) .wait job job0'));
      assert.equal(found, []);
    }));

test('other settings change what is said of the pages that are open', () =>
  serving({ schema: '11.1' }, async client => {
    const { open } = await client.open(join(place, 'page.md'), FENCED('(QEMU) query-statu'));
    const told = client.told(open.uri, 1);
    await client.configure({ qmpsh: { schema: '' } });
    assert.equal(await told, []);
  }));

test('what it is called with is checked', async () => {
  for (const [args, says] of [
    [['lsp', 'a.sock', 'b.sock'], /one address is enough; what is b\.sock\?/],
    [['lsp', '--practice', 'a.sock'], /takes no address/],
    [['lsp', '--json'], /qmpsh lsp takes no --json/],
  ] as const) {
    const { status, err } = await qmpsh(args);
    assert.is(status, 2);
    assert.match(err, says);
  }
});

test('it ends when the editor goes without a word', async () => {
  const { status, out } = await qmpsh(['lsp', '--stdio']);
  assert.is(out, '');
  assert.ok(status === 0 || status === 1);
});

test.run();
