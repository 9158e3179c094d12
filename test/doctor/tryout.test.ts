// Beside what the doctor shows stands the line that rehearses it, where a twin can tell what would come of it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findingRows } from '../../src/doctor/report.ts';
import { plain } from '../../src/text/line.ts';
import { withTryouts } from '../../src/words/tryout.ts';
import { withDesk } from '../desk.ts';

const finding = (...lines: readonly string[]) => ({
  kind: 'x',
  about: 'x',
  seen: 'something is seen',
  why: 'It matters.',
  remedies: [{ what: 'do it', lines }],
});

/** What is shown, and what rehearses it. */
const LINES: readonly (readonly [line: string, rehearses: string | undefined])[] = [
  ['job-complete id=job0', '.rehearse job-complete id=job0'],
  ['job-finalize id=job0', '.rehearse job-finalize id=job0'],
  ['block-job-cancel device=job0', '.rehearse block-job-cancel device=job0'],
  ['block-job-set-speed device=job0 speed=0', '.rehearse block-job-set-speed device=job0 speed=0'],
  ['blockdev-del node-name=node-T', '.rehearse blockdev-del node-name=node-T'],
  ['block-export-del id=export0', '.rehearse block-export-del id=export0'],
  ['block-dirty-bitmap-enable node=a name=b', '.rehearse block-dirty-bitmap-enable node=a name=b'],
  ['.stream node=over-9', '.rehearse stream node=over-9'],
  ['.mirror node=a file=b.saved then=complete', '.rehearse mirror node=a file=b.saved then=complete'],
  ['.unfinished undo', undefined],
  ['cont', undefined],
  ['system_reset', undefined],
  ['quit', undefined],
  ['query-status', undefined],
  ['yank instances=[{"type": "block-node", "node-name": "a"}]', undefined],
  ['.oob yank instances=[{"type": "block-node", "node-name": "a"}]', undefined],
  ['$ kill -CONT 1', undefined],
  ['$ chmod u+w a.qcow2', undefined],
];

for (const [line, rehearses] of LINES)
  test(`${rehearses === undefined ? 'no rehearsal' : 'a rehearsal'} of ${line}`, () => {
    const [found] = withTryouts([finding(line)]);
    assert.equal(found?.remedies[0]?.rehearse, rehearses === undefined ? undefined : [rehearses]);
  });

test('where no line is shown, or one cannot be rehearsed, none is offered', () => {
  for (const lines of [[], ['job-cancel id=a', 'cont']])
    assert.is(withTryouts([finding(...lines)])[0]?.remedies[0]?.rehearse, undefined);
});

test('it stands below the line it is for', () => {
  const rows = findingRows(withTryouts([finding('job-cancel id=a')]), 80).map(plain);
  assert.equal(rows.slice(-3), [
    '   To do: do it',
    '      job-cancel id=a',
    '      try it first: .rehearse job-cancel id=a',
  ]);
});

test('.doctor N rehearse puts it on the prompt, where it runs as it stands', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.run('block-dirty-bitmap-add node=node-A name=monday disabled=true');
    await desk.sees(/\{\}/);
    await desk.type('.doctor');
    screen.key('Enter');
    await desk.sees(/\.doctor N rehearse/);
    await desk.type('.doctor 1 rehearse');
    screen.key('Enter');
    await desk.sees(/^\(QEMU\) \.rehearse block-dirty-bitmap-enable node=node-A name=monday/m);
    screen.key('Enter');
    await desk.sees(/verdict: goes through\n+Run it on the real VM now\? \[y\/N\]/);
    screen.type('y');
    await desk.sees(/\{\}\n\(QEMU\) $/m);
    screen.key('C-l');
    await desk.type('.doctor');
    screen.key('Enter');
    await desk.sees(/Nothing is wrong/);
    await desk.type('.doctor 1 rehearsal');
    screen.key('Enter');
    await desk.sees(/rehearsal is one word too many/);
  }));

test.run();
