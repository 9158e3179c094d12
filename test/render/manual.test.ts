import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { manualSection } from '../../src/render/manual.ts';
import { lineWidth, plain } from '../../src/text/line.ts';

const page = (heading: string) => `.TH "QEMU-QMP-REF" "7" "May 25, 2026" "9.9.1" "QEMU"
.SS ${heading}
.sp
Does a thing\\(aqs work, \\fBdevice\\fP and all\\&.
.SS Arguments
.INDENT 0.0
.TP
.B \\fBjob\\-id\\fP: \\fBstring\\fP (optional)
a name that is quite long and will have to go on in the row below it
.UNINDENT
.INDENT 0.0
.IP \\(bu 2
one
.UNINDENT
.sp
.nf
\\-> { \\(dqexecute\\(dq: \\(dqdo\\-it\\(dq }
.fi
.SS \\fBother\\fP (Command)
.sp
Not of this section.
`;

const SECTION = [
  "  Does a thing's work, device and",
  '  all.',
  '',
  '  Arguments',
  '  job-id: string (optional)',
  '      a name that is quite long and',
  '      will have to go on in the row',
  '      below it',
  '  - one',
  '',
  '  -> { "execute": "do-it" }',
];

for (const heading of [
  '\\fBdo\\-it\\fP (Command)',
  'Command \\fBdo\\-it\\fP (Since: 2.6)',
  'Command do\\-it',
]) {
  test(`the section headed ${heading}`, () => {
    const section = manualSection(page(heading), 'do-it', 36);
    assert.is(section?.version, '9.9.1');
    assert.equal(section?.lines.map(plain), SECTION);
    for (const line of section?.lines ?? []) assert.ok(lineWidth(line) <= 36, plain(line));
  });
}

test('what the manual does not have is nothing', () => {
  assert.is(manualSection(page('\\fBdo\\-it\\fP (Command)'), 'do', 80), undefined);
  assert.is(manualSection('', 'do-it', 80), undefined);
});

test.run();
