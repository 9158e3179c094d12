// `qmpsh record`: a log becomes a page that plays on a practice VM to what the log's VM had.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startPractice } from '../../src/io/practice.ts';
import { openRows } from '../../src/language/openrows.ts';
import { readLog } from '../../src/log/said.ts';
import { talksIn } from '../../src/log/talk.ts';
import { readPage } from '../../src/page/read.ts';
import { isArray, isObject, type Json, member } from '../../src/text/json.ts';
import { qmpsh } from '../command.ts';
import { inFolder } from '../folder.ts';

const LIBVIRT = join(process.cwd(), 'test/data/logs/libvirtd.txt');

/** The block graph as a query told it: each node with its driver, the name of its file, and whether it is read-only. */
function graphIn(value: Json | undefined): readonly string[] {
  assert.ok(isArray(value));
  return value
    .map(node => {
      assert.ok(isObject(node));
      const name = (key: string) => String(member(node, key) ?? '').replace(/^.*\//, '');
      return ['node-name', 'drv', 'file', 'backing_file', 'backing_file_depth', 'ro'].map(name).join(' ');
    })
    .sort();
}

test("libvirt's log plays on a practice VM to the same block graph", () =>
  inFolder(async folder => {
    const path = join(folder, 'disk.md');
    const done = await qmpsh(['record', LIBVIRT, path, '--no-queries']);
    assert.is(done.status, 0, done.err);
    assert.is(statSync(path).mode & 0o777, 0o600);
    assert.match(done.err, /^54 steps in /);
    assert.match(
      done.err,
      /the page needs \/var\/lib\/libvirt\/images\/second\.qcow2, which nothing in the log made/,
    );
    assert.match(
      done.err,
      /folder=\/var\/lib\/libvirt\/images\/ when it is played puts the files where they were/,
    );
    const text = readFileSync(path, 'utf8');
    assert.not.match(text, /timestamp|"id": ?"libvirt-\d+"|^\(QEMU\) query-/m);
    assert.match(
      text,
      /^\(QEMU\) job-complete id=commit\S+\n\(QEMU\) \.wait job commit\S+\n\(QEMU\) job-dismiss/m,
    );

    const page = await readPage(text, { name: path, isOpen: openRows });
    assert.equal(page.practice, {
      disk: '40894464',
      nodes: ['libvirt-1-format'],
      files: ['libvirt-1-storage'],
    });
    const vm = await startPractice({ keep: join(folder, 'vm'), ...page.practice });
    try {
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(vm.folder, 'second.qcow2'), '8M']);
      const played = await qmpsh(['play', path, vm.address]);
      assert.is(played.status, 0, played.out + played.err);
      const asked = await qmpsh(['-c', 'query-named-block-nodes flat=true', vm.address]);
      const now: Json = JSON.parse(asked.out);
      const [talk] = talksIn(readLog(readFileSync(LIBVIRT, 'utf8')).said);
      const last = talk?.items.findLast(
        item => item.kind === 'asked' && item.request.execute === 'query-named-block-nodes',
      );
      assert.ok(last?.kind === 'asked' && last.reply?.kind === 'success' && isObject(now));
      assert.equal(graphIn(member(now, 'return')), graphIn(last.reply.value));
      assert.is(graphIn(last.reply.value).length, 2);
    } finally {
      await vm.close();
    }
  }));

test('our own log: a snapshot and a stream are played again, by --practice alone', () =>
  inFolder(async folder => {
    const lines = [
      'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B format=qcow2',
      'block-stream device=node-B job-id=stream0',
      '.wait job stream0',
      'blockdev-del node-name=nobody',
      'object-add qom-type=secret id=s0 data=sesame',
      '',
    ];
    await qmpsh(['practice', '-l', 'vm.log'], { cwd: folder, input: lines.join('\n') });
    const done = await qmpsh(['record', 'vm.log', 'again.qmp', 'node=node-A', '--no-queries'], {
      cwd: folder,
    });
    assert.is(done.status, 0, done.err);
    const text = readFileSync(join(folder, 'again.qmp'), 'utf8');
    assert.match(text, /practice: \{ disk: 40894464, nodes: \[node-A\] \}/);
    assert.match(text, /^\(QEMU\) blockdev-snapshot-sync node-name=\$\{node\} /m);
    assert.match(text, /^\(QEMU\) \.wait job stream0$/m);
    assert.match(text, /^# failed: blockdev-del node-name=nobody$/m);
    assert.not.match(text, /sesame/);
    const played = await qmpsh(['play', 'again.qmp', '--practice', 'secret=x'], { cwd: folder });
    assert.is(played.status, 0, played.out + played.err);
    const again = await qmpsh(['record', 'vm.log', 'again.qmp'], { cwd: folder });
    assert.is(again.status, 2);
    assert.match(again.err, /again\.qmp: it exists already/);
  }));

/** Logs that QEMU's own tools wrote on a real QEMU: what stands in their pages, which play to the end. */
const REAL: readonly {
  readonly log: string;
  readonly args?: readonly string[];
  readonly lines: readonly string[];
}[] = [
  {
    log: 'qmp-shell.txt',
    lines: [
      'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B format=qcow2',
      'blockdev-backup device=node-B target=node-E sync=full job-id=job0',
      '.wait job job0',
      '# failed: blockdev-del node-name=nosuch',
      'blockdev-mirror device=node-B target=node-F sync=full job-id=job1',
      '.wait job job1 ready',
      'job-complete id=job1',
    ],
  },
  {
    log: 'qmp-shell-p.txt',
    lines: [
      'blockdev-backup device=node-B job-id=job0 sync=full target=node-E',
      '.wait job job0',
      'blockdev-mirror device=node-B job-id=job1 sync=full target=node-F',
      '.wait job job1 ready',
      'job-complete id=job1',
    ],
  },
  {
    log: 'qemu-qmp.txt',
    args: ['--monitor', 'source'],
    lines: [
      'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B format=qcow2',
      'block-stream device=node-B job-id=job0',
      '.wait job job0',
      '# failed: blockdev-del node-name=nosuch',
    ],
  },
];
for (const { log, args = [], lines } of REAL)
  test(`${log}, as the tool wrote it, plays on a practice VM`, () =>
    inFolder(async folder => {
      const path = join(process.cwd(), 'test/data/logs', log);
      const made = await qmpsh(['record', path, 'a.md', '--no-queries', ...args], { cwd: folder });
      assert.is(made.status, 0, made.err);
      const text = readFileSync(join(folder, 'a.md'), 'utf8');
      assert.match(text, /^practice: \{ disk: 39M, nodes: \[node-A\] \}$/m);
      assert.not.match(text, /sesame|__qmp#/);
      const rows = text.split('\n').map(row => row.replace(/^\(QEMU\) /, ''));
      assert.equal(
        lines.map(line => rows.indexOf(line)).filter((at, i, all) => at < 0 || at < (all[i - 1] ?? 0)),
        [],
        text,
      );
      const vm = await startPractice({ keep: join(folder, 'vm') });
      try {
        for (const name of ['e.qcow2', 'f.qcow2'])
          execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(vm.folder, name), '39M']);
        const played = await qmpsh(['play', 'a.md', vm.address, 'secret=x'], { cwd: folder });
        assert.is(played.status, 0, played.out + played.err);
      } finally {
        await vm.close();
      }
    }));

test('targets that QEMU was started with, and that are no disk of the guest: the page plays', () =>
  inFolder(async folder => {
    const both = (execute: string, args: object) => JSON.stringify({ execute, arguments: args, return: {} });
    const input = [
      both('blockdev-snapshot-sync', {
        'node-name': 'disk',
        'snapshot-file': 'b.qcow2',
        'snapshot-node-name': 'top',
      }),
      both('blockdev-backup', { device: 'top', target: 'copy', sync: 'full', 'job-id': 'j' }),
    ].join('\n');
    const made = await qmpsh(['record', '-', 'a.md'], { cwd: folder, input });
    assert.is(made.status, 0, made.err);
    assert.match(
      readFileSync(join(folder, 'a.md'), 'utf8'),
      /nodes: \[disk, copy\], loose: \[copy\], images: \[disk0\.qcow2, disk1\.qcow2\]/,
    );
    const played = await qmpsh(['play', 'a.md', '--practice'], { cwd: folder });
    assert.is(played.status, 0, played.out + played.err);
  }));

test('the screen of a real qmp-shell: events that it showed late stand where a poll shows them due', () =>
  inFolder(async folder => {
    const path = join(process.cwd(), 'test/data/logs/qmp-shell-screen.txt');
    const made = await qmpsh(['record', path], { cwd: folder });
    assert.is(made.status, 0, made.err);
    assert.match(
      made.out,
      /^\(QEMU\) blockdev-backup \S+ \S+ sync=full job-id=job0\n\(QEMU\) \.wait job job0\n\(QEMU\) query-block-jobs$/m,
    );
    assert.match(
      made.out,
      /^\(QEMU\) transaction\(\nblock-dirty-bitmap-add node=node-B name=b0\nblock-dirty-bitmap-add node=node-B name=b1\n\)$/m,
    );
  }));

test("the library's log of two VMs: which one is asked for", async () => {
  const done = await qmpsh(['record', join(process.cwd(), 'test/data/logs/qemu-qmp.txt')]);
  assert.is(done.status, 2);
  assert.match(
    done.err,
    /2 monitors\n--monitor takes one of them:\n {4}source {2}4 requests that do something\n {4}target {2}2 /,
  );
});

test('--replies makes a page that checks', () =>
  inFolder(async folder => {
    await qmpsh(['practice', '-l', 'vm.log'], {
      cwd: folder,
      input: 'query-status\nblockdev-add driver=null-co node-name=n size=1M\n',
    });
    const done = await qmpsh(['record', 'vm.log', 'doc.md', '--replies'], { cwd: folder });
    assert.is(done.status, 0, done.err);
    const checked = await qmpsh(['check', 'doc.md', '--practice'], { cwd: folder });
    assert.is(checked.status, 0, checked.out + checked.err);
    assert.match(checked.out, /2 steps, 0 faults/);
  }));

const ON = (mon: string, execute: string) =>
  `x : QEMU_MONITOR_SEND_MSG: mon=${mon} msg={"execute":"${execute}","id":"libvirt-1"}\nx : QEMU_MONITOR_RECV_REPLY: mon=${mon} reply={"return": {}, "id": "libvirt-1"}`;

interface Ask {
  readonly what: string;
  readonly log: string;
  readonly args?: readonly string[];
  readonly status: number;
  readonly says: RegExp;
  readonly out?: RegExp;
}
const ASKS: readonly Ask[] = [
  {
    what: 'nothing is recognised',
    log: 'int main(void)\n{ return 0; }\n',
    status: 1,
    says: /nothing in standard input is recognised as said on a monitor[\s\S]*These are recognised:\n {4}logs of qmpsh -l and of qmp-shell-wrap -l/,
  },
  { what: 'an empty log', log: '', status: 1, says: /nothing in standard input is recognised/ },
  {
    what: 'a cut message alone',
    log: '{"execute": "stop", "argu\n',
    status: 1,
    says: /nothing in standard input is recognised as said on a monitor \(row 1 cannot be read\)/,
  },
  {
    what: 'only questions, left out',
    log: '{"execute": "query-status"}\n',
    args: ['--no-queries'],
    status: 1,
    says: /nothing in standard input becomes a step: its 1 request only asks/,
  },
  {
    what: 'only replies',
    log: '{"return": {}}\n{"event": "STOP"}\n',
    status: 1,
    says: /events, and no request/,
  },
  {
    what: 'refused requests alone',
    log: '{"execute": "stop"}\n{"error": {"class": "GenericError", "desc": "no"}}\n',
    status: 1,
    says: /QEMU refused every request/,
  },
  {
    what: 'several monitors',
    log: [ON('0x1', 'stop'), ON('0x2', 'cont'), ON('0x3', 'query-status')].join('\n'),
    status: 2,
    says: /holds what was done on 2 monitors\n--monitor takes one of them:\n {4}0x1 .*\n {4}0x2 /,
  },
  {
    what: 'one of several monitors',
    log: [ON('0x1', 'stop'), ON('0x2', 'cont')].join('\n'),
    args: ['--monitor', '0x2'],
    status: 0,
    says: /^$/,
    out: /\(QEMU\) cont\n(?![\s\S]*stop)/,
  },
  {
    what: 'a monitor that only asked is not meant',
    log: [ON('0x1', 'query-status'), ON('0x2', 'cont')].join('\n'),
    status: 0,
    says: /^$/,
    out: /\(QEMU\) cont\n/,
  },
  {
    what: 'a monitor that is not there',
    log: ON('0x1', 'stop'),
    args: ['--monitor', '0x9'],
    status: 2,
    says: /has no monitor 0x9\nIt has\n {4}0x1/,
  },
  {
    what: 'a name of nothing',
    log: '{"execute": "stop"}',
    args: ['n=x'],
    status: 2,
    says: /n=x names nothing that was recorded/,
  },
  {
    what: 'one word too many',
    log: '',
    args: ['a.md', 'b.md'],
    status: 2,
    says: /one page is made; what is b\.md\?/,
  },
  {
    what: 'an option of others',
    log: '',
    args: ['--step'],
    status: 2,
    says: /--step belongs to qmpsh play/,
  },
];
for (const { what, log, args = [], status, says, out } of ASKS)
  test(`record: ${what}`, () =>
    inFolder(async folder => {
      const done = await qmpsh(['record', '-', ...args], { cwd: folder, input: log });
      assert.is(done.status, status, done.err);
      assert.match(done.err, says);
      if (out) assert.match(done.out, out);
    }));

test('a broken message is left out, and that is said; a file that is not there', () =>
  inFolder(async folder => {
    const path = join(folder, 'a.log');
    writeFileSync(path, '{"execute": "stop"}\n{"return": {}}\n{"execute": "cont", "argum\n');
    const done = await qmpsh(['record', path, 'a.md', '--json'], { cwd: folder });
    assert.is(done.status, 0);
    assert.match(
      done.err,
      /"1 step in a\.md"[\s\S]*left out: 1 message that cannot be read, the first in row 3/,
    );
    const none = await qmpsh(['record', 'nosuch.log'], { cwd: folder });
    assert.is(none.status, 2);
    assert.match(none.err, /cannot read the log nosuch\.log: there is no such file/);
    assert.not.ok(existsSync(join(folder, 'nosuch.md')));
  }));

test.run();
