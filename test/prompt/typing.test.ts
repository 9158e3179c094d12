// What a person sees while typing, on a real screen and a real QEMU.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HARMLESS } from '../../src/session/facts.ts';
import { parseJson } from '../../src/text/json.ts';
import { atPrompt, below, type Desk, typedLine, withDesk, withPrompt } from '../desk.ts';
import { startFakeServer } from '../fake-server.ts';
import type { Screen } from '../screen.ts';

/** The role-bearing colour of the first cell of a text in the line being typed. */
function colourOf(screen: Screen, text: string) {
  const row = screen.text().findLastIndex(line => /^\((QEMU|HMP)\)/.test(line) && line.includes(text));
  return screen.cell(row, screen.text()[row]?.indexOf(text) ?? 0);
}

test('the line is coloured by meaning, and a problem is underlined once the cursor has left it', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.type('blockdev-mirror sync=full speed=5 target="x" bogus=1 ');
    await desk.sees(/no argument "?bogus/);
    const [command, key, value, number, text, wrong] = ['blockdev', 'sync', 'full', '5 ', '"x"', 'bogus'].map(
      part => colourOf(screen, part),
    );
    const colours = [command, key, value, number, text].map(cell => `${cell?.colour} ${cell?.bold}`);
    assert.is(new Set(colours).size, 5, colours.join(', '));
    assert.ok(wrong?.underline);
    assert.not(key?.underline);
    screen.type('sp');
    await desk.sees(/sp$/m);
    assert.not(colourOf(screen, 'sp').underline, 'what is being typed is not called wrong');
  }));

test('the row under a line says what Enter says', () =>
  withDesk(async desk => {
    for (const [line, said] of [
      ['blockdev-del force=true', /blockdev-del has no argument "force"/],
      ['info status', /"info" is a command of the human monitor, not of QMP\s+Write \.hmp info status/],
      ['query-block|head', /blanks belong around "\|" +Write query-block \| head/],
      ['$', /a command of this host stands behind "\$"/],
    ] as const) {
      desk.screen.type(`${line} `);
      await desk.sees(shown => said.test(below(shown).join(' ').replace(/ {4,}/g, ' ')));
      await desk.drop();
    }
    await desk.run('.help blokdev-del');
    await desk.sees(/did you\s+mean blockdev-del\?/);
    assert.not(desk.screen.text().join('\n').includes('Usage:'));
  }));

test('the menu comes while typing, is narrowed by it, and Enter runs the line as it is typed', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.type('blockdev-s');
    await desk.sees(/blockdev-snapshot-sync +\S+ \S+/);
    await desk.type('napshot-i');
    await desk.sees(shown => below(shown)[0]?.startsWith(' blockdev-snapshot-internal-sync') === true);
    assert.not(below(screen).join('\n').includes('blockdev-snapshot-sync'));
    screen.key('Enter');
    await desk.sees(/there is no command "blockdev-snapshot-i"/);
    screen.key('Tab');
    await desk.drop();
    screen.type('  ');
    await desk.sees(({ cursor }) => cursor.col === '(QEMU)   '.length);
    assert.equal(below(screen), [], 'blanks ask for nothing');
    await desk.drop();
    await desk.type('stop');
    screen.key('Esc');
    await desk.sees(shown => !below(shown).some(row => row.startsWith(' stop')));
  }));

test('candidates say type, need and meaning; the letters that match are marked', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.type('blockdev-mirror sp');
    await desk.sees(/^ speed +int · optional +how many bytes/m);
    const row = screen.text().findIndex(line => line.startsWith(' speed'));
    assert.not.equal(screen.cell(row, 1), screen.cell(row, 3));
    await desk.drop();
    await desk.type('qnbn');
    screen.key('Tab');
    await desk.sees(shown => typedLine(shown).startsWith('query-named-block-nodes'));
    await desk.drop();
    await desk.type('blokdev-bakup');
    screen.key('Tab');
    await desk.sees(shown => /blockdev-backup/.test(typedLine(shown) + below(shown).join()));
    await desk.drop();
    await desk.type('block-job-');
    await desk.sees(/^ block-job-cancel/m);
    screen.key('Tab');
    await desk.sees(shown => typedLine(shown) === 'block-job-cancel');
    screen.key('Down');
    await desk.sees(shown => /^block-job-(?!cancel)\S+$/.test(typedLine(shown)));
    screen.key('S-Tab');
    await desk.sees(shown => typedLine(shown) === 'block-job-cancel');
  }));

test('grey text is taken with Right, and from the history first', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.type('query-iot');
    await desk.sees(/^\(QEMU\) query-iothreads/m);
    await desk.drop();
    await desk.run('query-status');
    await desk.sees(/prelaunch/);
    await desk.type('query-s');
    await desk.sees(/^\(QEMU\) query-status/m);
    screen.key('Right');
    await desk.sees(shown => typedLine(shown) === 'query-status');
    for (const key of ['End', 'C-e']) {
      await desk.drop();
      await desk.type('query-iot');
      await desk.sees(/^\(QEMU\) query-iothreads/m);
      screen.key(key);
      await desk.sees(({ cursor }) => cursor.col === '(QEMU) query-iothreads'.length);
    }
  }));

test('with -H lines are completed as HMP, and never called wrong for what QMP wants', () =>
  withDesk(
    async desk => {
      const { screen } = desk;
      await desk.type('info block-j');
      await desk.sees(shown => below(shown).some(row => row.startsWith(' block-jobs')));
      screen.key('Tab');
      await desk.sees(shown => typedLine(shown).trimEnd() === 'info block-jobs');
      await desk.drop();
      await desk.type('info nosuch x ');
      await desk.sees(shown => below(shown).length === 0);
      assert.not(colourOf(screen, 'info').underline);
      await desk.drop();
      await desk.type('.wai');
      await desk.sees(/^ \.wait /m);
      await desk.drop();
      await desk.run('info block');
      await desk.sees(/Cache mode/);
    },
    { args: ['-H'] },
  ));

async function addDisk({ screen, vm }: Desk, name: string): Promise<void> {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', `${name}.qcow2`, '39M'], { cwd: vm.folder });
  screen.type(
    `blockdev-add driver=qcow2 node-name=node-${name} file.driver=file file.filename=${name}.qcow2\r`,
  );
  await screen.waitFor(new RegExp(`node-${name}[^]*\\{\\}\\n`));
}

// A line, and what the menu must offer for its end.
const LIVE: readonly (readonly [string, RegExp])[] = [
  ['blockdev-mirror device=', /^ node-A +qcow2, a\.qcow2, 39 MiB/m],
  ['device_del id=', /virtio0/],
  ['job-pause id=', /job0/],
  ['block-dirty-bitmap-remove node=node-A name=', /bitmap0/],
  ['block-export-del id=', /export0/],
  ['chardev-remove id=', /^ qmp +|id=qmp$/m],
  ['object-del id=', /io0/],
  ['qom-get path=/machine/per', /\/machine\/peripheral/],
  ['qom-get path=/machine/peripheral/virtio0 property=romf', /romfile/],
  ['blockdev-add driver=file node-name=x filename=', /a\.qcow2/],
  ['device_add driver=virtio-bl', /virtio-blk-pci/],
  ['device_add driver=virtio-blk-pci num', /num-queues/],
  ['human-monitor-command command-line="info b', /info block/],
  ['snapshot-delete job-id=j devices.0=node-A tag=', /snap0/],
  ['device_add driver=virtio-blk-pci iothread=', /io0/],
  ['.hmp info block-', /info block-jobs/],
  ['.graph node-', /node-E +qcow2/],
  ['.help blockdev-mirror.on-t', /blockdev-mirror\.on-target-error/],
  ['.wait BLOCK_JOB_R', /BLOCK_JOB_READY/],
  ['.watch query-bl', /query-block-jobs/],
];

test('Tab knows the names of this VM', () =>
  withDesk(
    async desk => {
      const { screen } = desk;
      await addDisk(desk, 'E');
      for (const line of [
        'block-dirty-bitmap-add node=node-A name=bitmap0',
        'blockdev-snapshot-internal-sync device=node-A name=snap0',
        'object-add qom-type=iothread id=io0',
        'nbd-server-start addr.type=unix addr.data.path=nbd.sock',
        'block-export-add type=nbd id=export0 node-name=node-A',
        'blockdev-mirror device=node-A target=node-E sync=full job-id=job0 speed=256k',
      ])
        await desk.run(line);
      await desk.sees(/^job0 +mirror/m);
      for (const [line, offered] of LIVE) {
        await desk.type(line);
        screen.key('Tab');
        await screen
          .waitFor(shown => offered.test([typedLine(shown), ...below(shown)].join('\n')))
          .catch(error => {
            throw new Error(`${line}: ${error.message}`);
          });
        await desk.drop();
      }
    },
    { rows: 40 },
  ));

test('typing and Tab send nothing but queries that cannot harm a VM', async () => {
  const schema = parseJson(readFileSync(join('test', 'data', 'schema-11.1.json'), 'utf8'));
  const server = await startFakeServer({
    answer: ({ execute }) => (execute === 'query-qmp-schema' ? schema : []),
  });
  try {
    await withPrompt(server.address, async screen => {
      for (const [line] of LIVE) {
        screen.type(line);
        await screen.waitFor(shown => typedLine(shown).startsWith(line));
        screen.key('Tab');
        screen.type('z');
        await screen.waitFor(shown => /z/.test(typedLine(shown)));
        screen.key('C-c');
        await screen.waitFor(atPrompt);
      }
    });
    const sent = new Set(server.received.map(message => String(message['execute'])));
    assert.ok(sent.has('query-named-block-nodes') && sent.has('qom-list'), [...sent].join());
    for (const name of sent) assert.ok(HARMLESS.has(name), `${name} was sent`);
  } finally {
    await server.close();
  }
});

test('the hint row has the signature, what is missing, and what the argument means', () =>
  withDesk(async desk => {
    await desk.type('blockdev-backup device=node-A ');
    await desk.sees(/blockdev-backup .*needs sync, target/);
    await desk.type('sync=');
    await desk.sees(
      /^blockdev-backup device sync target … +needs target\n {2}top\|full\|none\|incremental\|bitmap, required {2}what to copy/m,
    );
  }));

test('.help explains commands, arguments, variants, events, words and keys, and finds what is near', () =>
  withDesk(
    async desk => {
      const { screen } = desk;
      for (const [line, wanted] of [
        ['.help blockdev-mirror', /required[\s\S]*sync[\s\S]*optional[\s\S]*example +blockdev-mirror/],
        ['.help blockdev-mirror.sync', /full[\s\S]*top[\s\S]*incremental/],
        ['.help blockdev-add driver=qcow2', /lazy-refcounts/],
        ['.help BLOCK_JOB_READY', /carries[\s\S]*device/],
        ['.help .watch', /\.watch \[2s\] LINE/],
        ['.help keys', /Ctrl-R/],
        ['.help blockdev-mirorr', /did you mean\s+blockdev-mirror/],
        ['.help bitmap', /block-dirty-bitmap-add/],
        [
          '.help device',
          /mentioned\s+device_add[\s\S]*device_del[\s\S]*device-list-properties[\s\S]*x-query-usb/,
        ],
        ['.help bitmap dirty add', /mentioned[\s\S]*block-dirty-bitmap-add/],
        ['.help system_', /mentioned\s+system_[\s\S]*system_wakeup[\s\S]*POWERDOWN/],
      ] as const) {
        await desk.run(line);
        await desk.sees(wanted);
        screen.key('C-l');
        await desk.sees(shown => shown.text().filter(row => row !== '').length <= 2);
      }
    },
    { rows: 200, cols: 90 },
  ));

test('.help adds what the installed manual says, with its version', () =>
  withDesk(
    async desk => {
      const installed = /qemu-qmp-ref/.test(manual());
      await desk.run('.help stop');
      await desk.sees(installed ? /From the manual of QEMU \d+\.\d+/ : /returns/);
    },
    { rows: 60 },
  ));

function manual(): string {
  try {
    return execFileSync('man', ['-w', 'qemu-qmp-ref'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}

test('a question mark asks for the arguments; the finished line waits on the prompt', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.type('block-dirty-bitmap-add ?');
    screen.key('Enter');
    await desk.sees(/node +str[\s\S]*node-A/);
    screen.key('Enter');
    await desk.sees(/name +str · required/);
    screen.type('b0');
    screen.key('Enter');
    await desk.sees(/Which others\?[\s\S]*granularity/);
    screen.key('Space');
    screen.key('Enter');
    await desk.sees(/granularity +int/);
    screen.type('64k');
    screen.key('Enter');
    await desk.sees(
      shown => typedLine(shown) === 'block-dirty-bitmap-add node=node-A name=b0 granularity=64k',
    );
    screen.key('Enter');
    await desk.sees(/granularity=64k\n\{\}/);
  }));

test('.edit and Ctrl-X Ctrl-E hand the line to $VISUAL', () => {
  const script = 'sed -i s/status/version/';
  return withDesk(
    async desk => {
      const { screen } = desk;
      await desk.type('query-status');
      screen.type('\x18\x05');
      await desk.sees(shown => typedLine(shown) === 'query-version');
      await desk.drop();
      await desk.type('.edit query-status');
      screen.key('Enter');
      await desk.sees(shown => typedLine(shown) === 'query-version');
    },
    { env: { VISUAL: script } },
  );
});

test('a transcript shows what would run and asks once', () =>
  withDesk(async desk => {
    const { screen, vm } = desk;
    screen.paste(
      'Look:\n\n(QEMU) query-status\n{"return": {}}\n$ echo here > made\n(QEMU) query-version\n{"return": {}}\n',
    );
    await desk.sees(/a transcript: Enter shows/);
    screen.key('Enter');
    await desk.sees(/1 {2}query-status\n +2 {2}\$ echo here > made\n +3 {2}query-version/);
    screen.type('n');
    await desk.sees(/nothing was run/);
    screen.key('C-l');
    await desk.sees(shown => shown.cursor.row === 0);
    screen.key('Up');
    screen.key('Enter');
    await desk.sees(/y: all but the 1 for this host/);
    screen.type('a');
    await desk.sees(/"major"/);
    assert.is(readFileSync(join(vm.folder, 'made'), 'utf8'), 'here\n');
    await desk.sees(atPrompt);
    screen.paste('stop\ncont\n');
    screen.key('Enter');
    await desk.sees(/Run these 2 lines\?/);
    screen.type('y');
    await desk.sees(/RESUME/);
  }));

test('an open line says what is missing and how to leave it', () =>
  withDesk(async desk => {
    for (const [line, missing] of [
      ['{"execute": "query-status", "arguments": {', '}}'],
      ['blockdev-add driver=null-co file={"a": [', ']}'],
      ['transaction (', ')'],
    ] as const) {
      await desk.type(line);
      desk.screen.key('Enter');
      await desk.sees(shown => below(shown)[0] === `missing: ${missing}   Ctrl-C drops the line`);
      await desk.drop();
    }
  }));

test('a line that failed is suggested where no other fits, one that is wrong never', () =>
  withDesk(async desk => {
    const suggested = (text: string) => (shown: Screen) =>
      shown.text()[shown.cursor.row]?.trimEnd() === `(QEMU) ${text}`;
    await desk.run('blockdev-add driver=null-co node-name=small');
    await desk.run('blockdev-del node-name=small');
    await desk.run('blockdev-del node-name=nobody');
    await desk.sees(/Failed to find node/);
    await desk.run('blockdev-del nod=small');
    await desk.sees(/no argument "nod"/);
    desk.screen.type('blockdev-d');
    await desk.sees(suggested('blockdev-del node-name=small'));
    desk.screen.type('el node-name=nob');
    await desk.sees(suggested('blockdev-del node-name=nobody'));
    desk.screen.key('C-u');
    desk.screen.type('blockdev-del no');
    await desk.sees(suggested('blockdev-del node-name=small'));
  }));

test('vi keys and other settings are kept in a file with comments', () =>
  withDesk(async desk => {
    const { screen, home } = desk;
    await desk.run('.set keys vi');
    await desk.type('query-statusxx');
    screen.key('Esc');
    await desk.sees(/normal mode/);
    screen.type('XX');
    screen.type('x');
    await desk.sees(shown => shown.text().some(row => /^\(QEMU\)[: ]query-stat/.test(row)));
    const file = readFileSync(join(home, 'qmpsh', 'settings'), 'utf8');
    assert.match(file, /^# which keys edit the line: emacs, vi\nkeys vi$/m);
    assert.match(file, /^# menu typing$/m);
  }));

test.run();
