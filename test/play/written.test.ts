// What a play writes: a cast in the published form (asciicast v2), a hand-out in which no text becomes mark-up.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { escapeHtml, htmlLines, htmlProse } from '../../src/render/html.ts';
import { qmpsh } from '../command.ts';

const place = mkdtempSync(join(tmpdir(), 'qmpsh-written-'));
test.after(() => rmSync(place, { recursive: true, force: true }));

const PAGE = `---
title: A <copy> & more
practice: { disk: 39M }
params:
  password: { help: of nobody }
---
# A <copy> & more

Take an *overlay* <script>alert(1)</script> of the disk, see [there](javascript:alert(1)) or [here](https://qemu.org/?a=1&b="2").

\`\`\`qmp
(QEMU) blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B format=qcow2
$ echo '<b>' $password
(QEMU) object-add qom-type=secret id=sec0 data=$password
(QEMU) query-jobs
\`\`\`

## The end

\`\`\`qmp
(QEMU) query-status
\`\`\`

That was it.
`;
writeFileSync(join(place, 'page.md'), PAGE);

const play = (...args: readonly string[]) =>
  qmpsh(['play', 'page.md', '--practice', '--yes', 'password=hunter22', ...args], { cwd: place });
const read = (name: string) => readFileSync(join(place, name), 'utf8');

interface Cast {
  readonly header: Readonly<Record<string, unknown>>;
  readonly events: readonly (readonly [number, string, string])[];
}

/** Reads a cast as its published form says, and fails where it is not of that form. */
function readCast(text: string): Cast {
  assert.ok(text.endsWith('\n'));
  const [first = '', ...rows] = text.trimEnd().split('\n');
  const header = JSON.parse(first);
  assert.is(header.version, 2);
  for (const name of ['width', 'height']) assert.ok(Number.isInteger(header[name]) && header[name] > 0, name);
  const types: Readonly<Record<string, string>> = {
    ...{ version: 'number', width: 'number', height: 'number', timestamp: 'number', duration: 'number' },
    ...{ idle_time_limit: 'number', command: 'string', title: 'string', env: 'object', theme: 'object' },
  };
  for (const [name, value] of Object.entries(header)) assert.is(typeof value, types[name], name);
  for (const value of Object.values(header.env ?? {})) assert.type(value, 'string');
  let last = 0;
  const events = rows.map(row => {
    const event = JSON.parse(row);
    assert.is(event.length, 3);
    assert.type(event[0], 'number');
    assert.ok(event[0] >= last, 'time goes on');
    last = event[0];
    assert.is(event[1], 'o');
    assert.type(event[2], 'string');
    return event;
  });
  return { header, events };
}

test('a play is written as a cast and as a hand-out, without its secrets', async () => {
  const { status, out, err } = await play('--cast', 'play.cast', '--html', 'play.html');
  assert.is(status, 0, err);
  const { header, events } = readCast(read('play.cast'));
  assert.is(header['title'], 'A <copy> & more');
  const shown = events.map(([, , text]) => text).join('');
  const bare = shown.replaceAll(/\x1b\[[\d;]*m/g, '').replaceAll('\r\n', '\n');
  const timeless = (text: string) => text.replaceAll(/, [\d.]+ m?s$/gm, '');
  assert.is(timeless(bare), timeless(out));
  assert.ok(bare !== shown, 'it has colours');
  // A line appears letter by letter.
  assert.ok(events.length > 100);

  const html = read('play.html');
  assert.match(html, /^<!doctype html>\n/);
  // Each title once.
  assert.is(html.split('<h1>A &lt;copy&gt; &amp; more</h1>').length, 2);
  assert.is(html.split('<h2>The end</h2>').length, 2);
  assert.match(html, '<em>overlay</em> &lt;script&gt;alert(1)&lt;/script&gt;');
  assert.match(html, 'href="https://qemu.org/?a=1&amp;b=');
  assert.not.match(html, /<script|javascript:/);
  assert.match(html, '<span class="key">node-name</span>');
  assert.match(html, '&lt;b&gt;');
  assert.match(html, /<pre class="came">.*prelaunch/s);
  assert.match(html, '<p>That was it.</p>');
  const [, before = '', after = ''] = html.split('<figcaption>');
  assert.match(before, /^Before[\s\S]*<svg[\s\S]*a\.qcow2/);
  assert.not.match(before.slice(0, before.indexOf('</figure>')), 'b.qcow2');
  assert.match(after, /^After[\s\S]*<svg[\s\S]*b\.qcow2/);

  for (const text of [bare, html]) {
    assert.not.match(text, 'hunter22');
    assert.match(text, 'object-add');
  }
});

test('a play that fails is written, too', async () => {
  writeFileSync(join(place, 'wrong.md'), '```qmp\n(QEMU) block-job-cancel device=nobody\n```\n');
  const { status } = await qmpsh(
    ['play', 'wrong.md', '--practice', '--cast', 'wrong.cast', '--html', 'wrong.html'],
    { cwd: place },
  );
  assert.is(status, 1);
  const { events } = readCast(read('wrong.cast'));
  assert.match(events.map(([, , text]) => text).join(''), 'failed');
  assert.match(read('wrong.html'), /class="error">failed<[\s\S]*nobody/);
});

test('a file of another kind is left alone, and nothing is played', async () => {
  writeFileSync(join(place, 'disk.img'), 'precious');
  for (const option of ['--cast', '--html']) {
    const { status, out, err } = await play(option, 'disk.img');
    assert.is(status, 2);
    assert.match(err, /disk\.img exists and is another kind of file/);
    assert.is(out, '');
    assert.is(read('disk.img'), 'precious');
  }
});

test('options that exclude each other are told', async () => {
  for (const [args, says] of [
    [['--cast', 'x.cast', '--json'], /--cast and --json exclude each other/],
    [['--html', 'x.html', '--dry-run'], /--dry-run plays nothing/],
  ] as const) {
    const { status, err } = await play(...args);
    assert.is(status, 2);
    assert.match(err, says);
  }
});

test('no text becomes mark-up', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const html = escapeHtml(text);
      assert.not.match(html, /[<>"']/);
      assert.not.match(html, /&(?!(amp|lt|gt|quot|#39);)/);
      assert.is(htmlLines([[{ text, role: 'key' }]]), `<span class="key">${html}</span>`);
    }),
  );
});

const TAGS = 'a|p|h[1-6]|em|strong|del|code|pre|ul|ol|li|blockquote|hr|br|table|thead|tbody|tr|th|td|input';
const MARK = new RegExp(
  `<(?!/?(?:${TAGS})(?: (?:href="https?://[^"<>]*"|class="[^"<>]*"|start="\\d+"|align="\\w+"|disabled=""|checked=""|type="checkbox"))*>)`,
  'i',
);
const PIECES = [
  ...[
    '<',
    '>',
    '"',
    "'",
    '`',
    '```\n',
    '[',
    '](',
    ')',
    '![',
    '!',
    '&',
    '\n\n',
    '    ',
    '# ',
    '| a |\n|---|\n',
    '* ',
    '1. ',
  ],
  ...[
    'javascript:',
    'https://x/',
    'data:text/html,',
    '<script>',
    '<img src=x onerror=y>',
    '<!--',
    '-->',
    '<a href="',
    'x',
  ],
];

test('prose makes no other mark-up than that of Markdown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), async pieces => {
      const html = await htmlProse(pieces.join(''));
      assert.not.match(html, MARK, JSON.stringify([pieces.join(''), html]));
    }),
    { numRuns: 2000 },
  );
});

test.run();
