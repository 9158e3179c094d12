// A recording holds no secret of a request, also where QEMU's answer repeats it, and nothing that a replay cannot give.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Recorder } from '../../src/line/recorder.ts';
import type { Reply, Request } from '../../src/qmp/message.ts';
import { Session } from '../../src/session/client.ts';
import type { Json } from '../../src/text/json.ts';
import { FakeClock, fakeMonitor } from '../fake-transport.ts';

const REQUEST: Request = { execute: 'set_password', arguments: { protocol: 'vnc', password: 'hunter22' } };
const LINE = 'set_password protocol=vnc password=hunter22';

/** What is written while the act goes on. */
async function written(act: (recorder: Recorder) => void | Promise<void>): Promise<string> {
  let text = '';
  const recorder = new Recorder({
    append: piece => {
      text += piece;
      return true;
    },
    options: { markdown: true, replies: true },
  });
  await act(recorder);
  recorder.close();
  return text;
}

const message: Json = { execute: REQUEST.execute, arguments: REQUEST.arguments };

const desc = "the password 'hunter22' is too short";
const value = { was: 'hunter22', note: 'it is hunter22 now', list: ['hunter22'] };
const REPLIES: readonly (readonly [what: string, reply: Reply, holds: RegExp])[] = [
  [
    'a refusal',
    { kind: 'refusal', class: 'GenericError', desc, raw: { error: { class: 'GenericError', desc } } },
    /# failed: set_password protocol=vnc password=\*{8}\n# {3}GenericError: the password '\*{8}' is too short/,
  ],
  [
    'a reply',
    { kind: 'success', value, raw: { return: value } },
    /\(QEMU\) set_password protocol=vnc password=\$\{secret\}[\s\S]*"was": "\*{8}"/,
  ],
];
for (const [what, reply, holds] of REPLIES)
  test(`${what} that repeats the secret`, async () => {
    const text = await written(recorder => recorder.sent(LINE, message, REQUEST, reply));
    assert.not.match(text, /hunter22/);
    assert.match(text, holds);
  });

test('what is another each time stands as `...`', async () => {
  const request: Request = { execute: 'query-jobs', arguments: {} };
  const job = { id: 'j', status: 'running', 'current-progress': 5, 'total-progress': 9 };
  const text = await written(recorder =>
    recorder.sent('query-jobs', { execute: 'query-jobs' }, request, {
      kind: 'success',
      value: [job],
      raw: { return: [job, { node: '#block123', seconds: 1, rd_bytes: 2 }] },
    }),
  );
  assert.match(text, /"current-progress": "\.\.\."/);
  assert.match(text, /"total-progress": 9/);
  assert.match(text, /"node": "\.\.\.",\s+"seconds": "\.\.\.",\s+"rd_bytes": "\.\.\."/);
});

const JOB = { device: 'copy', type: 'backup', len: 9, offset: 9, speed: 0 };
const ENDS: readonly (readonly [
  what: string,
  data: typeof JOB & { readonly error?: string },
  wait: RegExp,
])[] = [
  ['went well', JOB, /^\(QEMU\) \.wait job copy$/m],
  ['failed', { ...JOB, error: 'No space' }, /^$/],
];
for (const [what, data, wait] of ENDS)
  test(`a job that ${what} ${what === 'failed' ? 'is not' : 'is'} waited for`, async () => {
    const fake = fakeMonitor();
    const session = await Session.open(fake, { clock: new FakeClock(), address: 'x' });
    const text = await written(recorder => {
      recorder.follow(session);
      fake.tell({ event: 'JOB_STATUS_CHANGE', data: { id: 'copy', status: 'running' } });
      fake.tell({ event: 'BLOCK_JOB_COMPLETED', data });
    });
    assert.match(text, wait);
  });

test.run();
