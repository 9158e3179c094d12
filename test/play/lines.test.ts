// A page whose lines cannot all be understood sends none of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../command.ts';
import { inFolder } from '../folder.ts';
import { withQemu } from '../qemu.ts';

const SCHEMA = join(process.cwd(), 'test/data/schema-7.2.json');

/** The last line of a page, and what is said of it. */
const WRONG: readonly (readonly [line: string, says: RegExp])[] = [
  ['(QEMU) query-statu', /there is no command "query-statu"/],
  ['(QEMU) block_resize node-name=x', /needs size/],
  ['(QEMU) stop nonsense=1', /has no argument "nonsense"/],
  ['(QEMU) .expect', /\.expect is empty/],
  ['(QEMU) .wait', /what for\? Name an event or a job/],
  ['(QEMU) .wait job', /which job\? Its id is missing/],
  ['(QEMU) .wait job J redy', /a job is waited for until .*, not redy/],
  ['(QEMU) .wait job J ready x=1', /a job has an id and a state/],
  ['(QEMU) .wait STOP timeout=soon', /soon is no time; write 500ms, 30s or 2m/],
  [
    '(QEMU) .wait BLOCK_JOB_REDY',
    /no event of this QEMU is called BLOCK_JOB_REDY; did you mean BLOCK_JOB_READY/,
  ],
  ['(QEMU) .wait BLOCK_JOB_READY devcie=J', /BLOCK_JOB_READY has no member devcie; did you mean device\?/],
  ['(QEMU) .wait STOP device=J', /STOP has no member device; it has none/],
  [
    '(QEMU) .wait MIGRATION status=completd',
    /status of MIGRATION is never completd; did you mean completed\?/,
  ],
  ['(QEMU) .send', /there is nothing to send/],
  ['(QEMU) .send {"execute" "query-name"}', /:/],
  ['(QEMU) .send [1]', /\[1\] is no request/],
  ['(QEMU) .hmp', /there is no line to run/],
  ['(QEMU) .hmp cpu first', /cpu takes the number of a processor, not first/],
];

/** The last line of a page that is known to be no fault. */
const RIGHT: readonly string[] = [
  '.wait job J standby',
  '.wait job J null timeout=2s',
  '.wait job $id $state timeout=$limit',
  '.wait $event',
  '.wait MIGRATION status=$state',
  '.wait BLOCK_JOB_* device=$id',
  '.wait block_job_ready device=J type=mirror',
  '.wait GUEST_PANICKED info.type=hyper-v',
  '.send {"execute": "no-such-command", "arguments": {"a": $id}}',
  '.hmp $event',
  '.hmp info $event',
  '.hmp cpu $id',
  '.hmp x/4x 0',
  '.hmp info block',
];

test('nothing is sent of a page with a line that is wrong, not even the lines before', () =>
  withQemu({}, async ({ address }) => {
    const folder = mkdtempSync(join(tmpdir(), 'ql-'));
    try {
      const page = join(folder, 'page.md');
      for (const [line, says] of WRONG) {
        writeFileSync(page, `\`\`\`qmp\n(QEMU) query-name\n${line}\n\`\`\`\n`);
        const { status, out, err } = await qmpsh(['play', page, address]);
        assert.is(status, 2, `${line}\n${out}${err}`);
        assert.match(err, says);
        assert.match(err, /page\.md:3: .*; nothing was sent/);
        assert.not.match(out, /query-name/);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }));

test('a line whose values are not known yet, or that is right, is no fault', () =>
  inFolder(async folder => {
    const page = join(folder, 'page.md');
    const params = 'params: { id: {}, state: {}, limit: {} }';
    const steps = RIGHT.map(line => `(QEMU) ${line}\n`).join('');
    writeFileSync(page, `---\n${params}\n---\n\`\`\`qmp\n(QEMU) .let event = @\n${steps}\`\`\`\n`);
    const { status, out } = await qmpsh(['check', page, '--schema', SCHEMA]);
    assert.is(status, 0, out);
    assert.match(out, new RegExp(`: ${RIGHT.length + 1} steps, 0 faults$`, 'm'));
  }));

test('a command that no human monitor is known to have is warned of at its place', () =>
  inFolder(async folder => {
    const page = join(folder, 'page.md');
    writeFileSync(page, '```qmp\n(QEMU) .hmp ifno block\n(QEMU) .hmp info  blok\n```\n');
    const { status, out } = await qmpsh(['check', page]);
    assert.is(status, 0, out);
    assert.match(out, /page\.md:2:13: warning: no human monitor that is known has ifno; did you mean info\?/);
    assert.match(out, /page\.md:3:13: warning: .* info blok; did you mean info block\?/);
  }));

test.run();
