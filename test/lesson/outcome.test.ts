// What a line that was carried out means for its step. (What needs a QEMU is in the tests of lessons.)
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { outcomeOf } from '../../src/lesson/outcome.ts';
import type { Host } from '../../src/line/host.ts';
import { readPage } from '../../src/page/read.ts';

const REFUSED =
  '```qmp\n(QEMU) blockdev-del node-name=disk\n{"error": {"class": "GenericError", "desc": "..."}}\n```\n';
const DONE = '```qmp\n(QEMU) blockdev-del node-name=disk\n{"return": {}}\n```\n';

/** What the page wants, the exit status of the line, and what it means. */
const TABLE: readonly [page: string, status: number, asMeant: boolean, why: string | undefined][] = [
  [REFUSED, 0, false, 'QEMU took it'],
  [REFUSED, 1, true, undefined],
  [REFUSED, 2, false, undefined],
  [DONE, 0, true, undefined],
  [DONE, 1, false, 'QEMU refused it: something typed before stands in its way'],
];
for (const [text, status, asMeant, why] of TABLE)
  test(`${text === REFUSED ? 'a refusal' : 'success'} is wanted, status ${status}`, async () => {
    const page = await readPage(text, { name: 'x.md', isOpen: () => () => false });
    const [step] = page.steps;
    if (!step) return assert.unreachable();
    // No session: what would be waited for is over.
    const host = { mark: 0 } as Host;
    const outcome = await outcomeOf(
      'blockdev-del node-name=disk',
      step,
      status,
      { kind: 'right' },
      { host, exited: Promise.resolve() },
    );
    assert.is(outcome.asMeant, asMeant);
    assert.is(outcome.why, why);
  });

test.run();
