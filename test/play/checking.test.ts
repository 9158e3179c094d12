// Documents checked on a real VM: what QEMU says is told, what differs is told where it stands, and is mended there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../command.ts';

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  try {
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Case {
  readonly title: string;
  readonly name?: string;
  readonly text: string;
  readonly args?: readonly string[];
  readonly what?: 'check' | 'play';
  readonly status: number;
  /** Rows of the report, in order; each is found behind the one before. */
  readonly says: readonly string[];
  readonly not?: RegExp;
}

const ADD =
  '-> {"execute": "blockdev-add", "arguments": {"driver": "null-co", "node-name": "n"}}\n<- {"return": {}}\n';
const TWICE = `One\n===\n${ADD}\nTwo\n===\n${ADD}`;
const VM = ['--practice', '--allow-shell'];
const CASES: readonly Case[] = [
  {
    title: "QEMU's refusal is told in its own words, once",
    text: [
      '(QEMU) blockdev-del node-name=nosuch',
      '{"return": {}}',
      '{"event": "A", "data": {}}',
      '{"event": "B", "data": {}}',
    ].join('\n'),
    args: VM,
    status: 1,
    says: [
      "page.txt:2:1: QEMU refused it: Failed to find node with node-name='nosuch'; the page shows another reply",
      'page.txt: 1 step, 1 fault',
    ],
    not: /got nothing|did not come/,
  },
  {
    title: 'a command of the host that fails is told with what it printed',
    text: '$ echo one; ls nosuch-file; false\n\n(QEMU) query-status\n',
    args: VM,
    status: 1,
    says: [
      'page.txt:1: exit status 1',
      'one',
      'nosuch-file',
      'page.txt:3: not played, because of row 1: 1 more step',
    ],
  },
  {
    title: 'what can be told of steps behind a failed one is told',
    text: '(QEMU) blockdev-del node-name=x\n\n(QEMU) query-name\n{"execute": "query-block", "arguments": {}}\n',
    args: VM,
    status: 1,
    says: [
      'page.txt:1: QEMU refused it',
      'page.txt:3: not played',
      'page.txt:4:13: the line makes another request',
    ],
  },
  {
    title: 'steps that were not chosen are not counted as not played',
    text: '(QEMU) blockdev-del node-name=x\n\n(QEMU) query-name\n\n(QEMU) query-block\n',
    args: [...VM, '--to', '2'],
    status: 1,
    says: ['page.txt:3: not played, because of row 1: 1 more step'],
  },
  {
    title: '--keep-going goes on behind a failed step',
    text: '(QEMU) blockdev-del node-name=x\n\n(QEMU) query-name\n\n(QEMU) blockdev-del node-name=y\n',
    args: [...VM, '--keep-going'],
    status: 1,
    says: ['page.txt:1: QEMU refused it', 'page.txt:5: QEMU refused it', 'page.txt: 3 steps, 2 faults'],
    not: /not played/,
  },
  {
    title: 'one VM for all sections: the second one meets what the first one made',
    text: TWICE,
    args: [...VM, '--from', '1'],
    status: 1,
    says: ['page.txt:9:4: QEMU refused it', 'page.txt: 2 steps, 1 fault'],
  },
  {
    title: '--fresh: a VM for each section',
    text: TWICE,
    args: [...VM, '--from', '1', '--fresh'],
    status: 0,
    says: ['page.txt: 2 steps, 0 faults'],
  },
  {
    title: 'a document that shows requests is played only where somebody says which',
    text: 'One\n===\n-> {"execute": "stop"}\n<- {"return": {}}\n',
    args: VM,
    status: 2,
    says: ['shows requests and does not say that they are to be played', 'Sections with steps: One'],
  },
  {
    title: 'its header can say so',
    text: '# qmpsh:\n#   practice: {}\n\n-> {"execute": "stop"}\n<- {"return": {}}\n',
    args: VM,
    status: 0,
    says: ['page.txt: 1 step, 0 faults'],
  },
  {
    title: 'a header expects a fault, with its reason',
    text: [
      '# qmpsh:',
      '#   practice: {}',
      '#   skip: [{ command: quit, why: the VM is still wanted }]',
      '#   faults:',
      '#     - { command: query-status, says: status, why: shown as it was in the lecture }',
      '',
      '-> {"execute": "query-status"}',
      '<- {"return": {"status": "paused", ...}}',
      '-> {"execute": "quit"}',
      '<- {"return": {}}',
    ].join('\n'),
    args: VM,
    status: 0,
    says: ['page.txt: 1 step, 0 faults, 1 expected fault, 1 skipped'],
  },
  {
    title: 'a fault that the header expects and that is gone',
    text: [
      '# qmpsh:',
      '#   practice: {}',
      '#   faults: [{ says: status, why: an old QEMU }]',
      '',
      '-> {"execute": "query-status"}',
      '<- {"return": {"status": "prelaunch", ...}}',
    ].join('\n'),
    args: VM,
    status: 1,
    says: ['page.txt:3: the header says that there is a fault, and there is none: an old QEMU'],
  },
  {
    title: 'a request that is not whole is not sent',
    what: 'play',
    text: 'One\n===\n-> {"execute": "blockdev-add", "arguments": {"driver": "null-co", ...}}\n',
    args: [...VM, '--section', 'One'],
    status: 2,
    says: ['page.txt:3: this request is not whole', 'nothing was sent'],
  },
  {
    title: 'rows that never end, and those of the human monitor, are left out and named',
    what: 'play',
    text: '$ qemu-system-x86_64 -S\n\n$ ./scripts/qmp/qmp-shell sock\n\n(qemu) info block\n\n(QEMU) query-name\n',
    args: VM,
    status: 0,
    says: [
      'page.txt:1: this row is left out: it starts QEMU in the foreground',
      'page.txt:3: this row is left out: it opens a prompt of its own',
      'page.txt:5: this row is left out: it is a line of the human monitor',
      'done  page.txt: 1 step',
    ],
  },
  {
    title: 'a job on standby can be waited for, and its events come while it is waited for',
    text: [
      '(QEMU) blockdev-add driver=null-co node-name=t size=40894464',
      '',
      '(QEMU) blockdev-mirror job-id=j device=node-A target=t sync=full',
      '{"return": {}}',
      '',
      'It is told to whoever listens:',
      '',
      '{"event": "BLOCK_JOB_READY", "data": {"device": "j", "type": "mirror"}}',
      '',
      '(QEMU) job-pause id=j',
      '',
      '(QEMU) .wait job j standby',
      '',
      '(QEMU) job-resume id=j',
    ].join('\n'),
    args: VM,
    status: 0,
    says: ['page.txt: 5 steps, 0 faults'],
  },
  {
    title: 'sections of a plain text can go to a second VM',
    text: [
      '# qmpsh:',
      '#   params: { to: { help: the other VM } }',
      '#   practice: { disk: 8M, second: to }',
      '#   on: [{ section: The destination, vm: to }]',
      '',
      'The source',
      '==========',
      '(QEMU) query-status',
      '{"return": {"status": "prelaunch"}}',
      '',
      'The destination',
      '===============',
      '-> {"execute": "query-status"}',
      '<- {"return": {"status": "inmigrate", ...}}',
      '',
      'The source again',
      '================',
      '(QEMU) query-status',
      '{"return": {"status": "prelaunch"}}',
    ].join('\n'),
    args: VM,
    status: 0,
    says: ['page.txt: 3 steps, 0 faults'],
  },
  {
    title: 'the line goes on behind a backslash',
    text: '(QEMU) blockdev-add driver=null-co \\\n    node-name=n \\\n    size=1M\n{"return": {}}\n',
    args: VM,
    status: 0,
    says: ['page.txt: 1 step, 0 faults'],
  },
];

for (const { title, name = 'page.txt', text, args = [], what = 'check', status, says, not } of CASES)
  test(title, () =>
    inFolder(async folder => {
      writeFileSync(join(folder, name), text);
      const done = await qmpsh([what, name, ...args], { cwd: folder, env: { LC_ALL: 'C' } });
      const all = done.out + done.err;
      assert.is(done.status, status, all);
      let at = 0;
      for (const part of says) {
        const found = all.indexOf(part, at);
        assert.ok(found >= 0, `${part} is missing in:\n${all}`);
        at = found + part.length;
      }
      if (not) assert.not.match(all, not);
    }),
  );

const LAYOUT = `# a schema's comment
##
# @query-status:
#
# -> { "execute": "query-status" }
# <- { "return": { "running": false,
#                  "status": "running",   # not yet
#                  ... } }
#
# @query-named-block-nodes:
#
# -> { "execute": "query-named-block-nodes", "arguments": { "flat": true } }
# <- {
#      "return": [
#         { "node-name": "node-B", "ro": true, ... },
#         ...
#      ]
#    }
##
{ 'command': 'query-status' }
`;
const MENDED = LAYOUT.replace('"running",   #', '"prelaunch",   #').replace(
  '"node-B", "ro": true',
  '"node-A", "ro": false',
);

for (const end of ['\n', '\r\n'])
  test(`--update mends only what is not true (${JSON.stringify(end)})`, () =>
    inFolder(async folder => {
      const path = join(folder, 'x.json');
      writeFileSync(path, LAYOUT.replaceAll('\n', end));
      const args = ['check', 'x.json', '--practice', '--from', '1'];
      const done = await qmpsh([...args, '--update'], { cwd: folder });
      assert.is(done.status, 0, done.out + done.err);
      assert.is(readFileSync(path, 'utf8'), MENDED.replaceAll('\n', end));
      const again = await qmpsh(args, { cwd: folder });
      assert.match(again.out, /2 steps, 0 faults/);
    }));

test.run();
