// The human monitor of a real QEMU: with -H, behind `.hmp`, inside human-monitor-command and in pages.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Practice, startPractice } from '../../src/io/practice.ts';
import { BIN, qmpsh } from '../command.ts';
import { atPrompt, withPrompt } from '../desk.ts';
import { type Screen, withScreen } from '../screen.ts';

let vm: Practice;
test.before(async () => {
  vm = await startPractice({ args: ['-smp', '2'] });
});
test.after(() => vm.close());

interface Case {
  readonly args?: readonly string[];
  readonly input?: string;
  readonly status: number;
  readonly out: RegExp | string;
  readonly err?: RegExp | string;
}

const STATUS = 'VM status: paused (prelaunch)';
const MISSING = /^\{"return": "unknown command: 'nosuch'\\r\\n"\}$/;

const CASES: Readonly<Record<string, Case>> = {
  'text as text': { args: ['-H', '-c', 'info status'], status: 0, out: STATUS, err: '' },
  '--json: one JSON a row': {
    args: ['-H', '--json', '-c', 'info status'],
    status: 0,
    out: `{"return": "${STATUS}\\r\\n"}`,
  },
  'many rows': { args: ['-H', '-c', 'info cpus'], status: 0, out: /^\* CPU #0: .*\n {2}CPU #1: .*$/ },
  'a line that says nothing': { args: ['-H', '-c', 'mouse_move 1 1'], status: 0, out: '', err: '' },
  'blank rows and comments': {
    args: ['-H'],
    input: '\n# info cpus\n   # and this\n  info status\r\n',
    status: 0,
    out: STATUS,
    err: '',
  },
  'an open bracket or quote ends with its row': {
    args: ['-H'],
    input: 'print (1\ninfo "status\ninfo status\n',
    status: 1,
    out: /^'\)' expected\nTry .*\nunknown command: 'info "status'\nVM status/,
  },
  'an unknown command': { args: ['-H', '-c', 'nosuch'], status: 1, out: "unknown command: 'nosuch'" },
  'an error of QEMU': {
    args: ['-H', '-c', 'device_del nosuch'],
    status: 1,
    out: "Error: Device 'nosuch' not found",
  },
  'a wrong line': {
    args: ['-H', '-c', 'device_del'],
    status: 1,
    out: /string expected\nTry "help device_del"/,
  },
  'an error that older versions leave the word out of': {
    args: ['-H', '-c', 'commit nosuch'],
    status: 1,
    out: /^(Error: )?Device 'nosuch' not found$/,
  },
  'the first failure is the status, and the rest runs': {
    args: ['-H', '-c', 'nosuch', '-c', 'info status'],
    status: 1,
    out: `unknown command: 'nosuch'\n${STATUS}`,
  },
  '--exit-on-error: the first failure is the end': {
    args: ['-H', '--exit-on-error', '-c', 'info status', '-c', 'nosuch', '-c', 'info status'],
    status: 1,
    out: `${STATUS}\nunknown command: 'nosuch'`,
  },
  'the processor is kept and sent along': {
    args: ['-H', '-v', '-c', 'cpu 1', '-c', 'info cpus', '-c', 'cpu 0', '-c', 'info cpus'],
    status: 0,
    out: /^ {2}CPU #0: .*\n\* CPU #1: .*\n\* CPU #0: .*\n {2}CPU #1: .*$/,
    err: /"command-line": "info cpus", "cpu-index": 1\}(.|\n)*"cpu-index": 0\}/,
  },
  'a processor that is not there is not kept': {
    args: ['-H', '-c', 'cpu 9', '-c', 'info cpus'],
    status: 1,
    out: /^invalid CPU index\n\* CPU #0/,
  },
  'a processor that is no number is not sent': {
    args: ['-H', '-c', 'cpu x'],
    status: 2,
    out: '',
    err: /takes the number of a processor, not x/,
  },
  'the processor behind .hmp': {
    args: ['-c', '.hmp cpu 1', '-c', '.hmp info cpus'],
    status: 0,
    out: /"return": " {2}CPU #0: .*\\r\\n\* CPU #1: /,
  },
  'prompts of all kinds are taken off': {
    args: ['-H'],
    input: '(QEMU) info status\n(qemu) info status\n(HMP) info status\n(qemu)\n',
    status: 0,
    out: [STATUS, STATUS, STATUS].join('\n'),
  },
  "the shell's words are its own": {
    args: ['-H', '-c', '.send {"execute": "query-name"}'],
    status: 0,
    out: '{"return": {}}',
  },
  'JSON is no line of the human monitor': {
    args: ['-H', '-c', '{"execute": "query-name"}'],
    status: 1,
    out: /^unknown command: '\{"execute":'/,
  },
  'exit leaves': { args: ['-H'], input: 'info status\nexit\ninfo status\n', status: 0, out: STATUS },
  '.hmp of an unknown command': { args: ['-c', '.hmp nosuch'], status: 1, out: MISSING },
  'human-monitor-command of an unknown command': {
    args: ['-c', 'human-monitor-command command-line=nosuch'],
    status: 1,
    out: MISSING,
  },
  'the same in JSON': {
    input: '{"execute": "human-monitor-command", "arguments": {"command-line": "nosuch"}}\n',
    status: 1,
    out: MISSING,
  },
  'the same into a pipe': {
    args: ['-c', 'human-monitor-command command-line=nosuch | cat'],
    status: 1,
    out: /^"unknown command: 'nosuch'/,
  },
  "a line behind the human monitor's prompt": {
    args: ['-c', '(qemu) info status'],
    status: 0,
    out: `{"return": "${STATUS}\\r\\n"}`,
  },
  'such lines among others': {
    input: '(qemu) info status\nquery-name\n(qemu) nosuch\n',
    status: 1,
    out: /^\{"return": "VM status.*\n\{"return": \{\}\}\n\{"return": "unknown command/,
  },
  'a command of the human monitor typed as QMP': {
    args: ['-c', 'info block'],
    status: 2,
    out: '',
    err: /"info" is a command of the human monitor, not of QMP\nWrite \.hmp info block \(in QMP: query-block\)\.$/,
  },
  'the same without arguments': {
    args: ['-c', 'savevm'],
    status: 1,
    out: /CommandNotFound/,
    err: /^savevm is a command of the human monitor, not of QMP\nWrite \.hmp savevm \(in QMP: snapshot-save\)\.$/,
  },
  'two faults of one cause are told once': {
    args: ['-c', 'sendkey ctrl-alt-f1 100'],
    status: 2,
    out: '',
    err: /^(?:(?!is no argument)(.|\n))*\(in QMP: send-key\)\.$/,
  },
};

for (const [name, { args = [], input, status, out, err }] of Object.entries(CASES))
  test(name, async () => {
    const done = await qmpsh([...args, vm.address], input === undefined ? {} : { input });
    const said = `status ${done.status}\n--- out\n${done.out}--- err\n${done.err}`;
    for (const [wanted, got] of [
      [out, done.out],
      [err, done.err],
    ] as const)
      if (wanted instanceof RegExp) assert.match(got.trimEnd(), wanted, said);
      else if (wanted !== undefined) assert.is(got.trimEnd(), wanted, said);
    assert.is(done.status, status, said);
  });

// steps of a page, the status of playing it, what is said
const PAGES: readonly (readonly [string, number, RegExp])[] = [
  ['(QEMU) .hmp info status', 0, /info status/],
  ['(QEMU) .hmp nosuch\n(QEMU) query-name', 1, /the human monitor refused it: unknown command: 'nosuch'/],
  ['(QEMU) human-monitor-command command-line=nosuch', 1, /refused it: unknown command: 'nosuch'/],
  ['(QEMU) .hmp nosuch\n{"return": "unknown command: \'nosuch\'\\r\\n"}', 0, /nosuch/],
  ['(QEMU) .hmp nosuch\n{"return": "..."}', 1, /refused it: unknown command/],
  ["(QEMU) .hmp cpu 1\n(QEMU) .hmp info cpus\n(QEMU) .expect contains(@, '* CPU #1')", 0, /info cpus/],
  ['(QEMU) {"execute": "query-name", "id": "mine"}\n{"return": {}, "id": "mine"}', 0, /mine/],
];
for (const [steps, status, says] of PAGES)
  test(`a page: ${steps.replaceAll('\n', ' / ')}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qt-'));
    try {
      const page = join(folder, 'page.md');
      writeFileSync(page, `\`\`\`qmp\n${steps}\n\`\`\`\n`);
      const done = await qmpsh(['check', page, vm.address]);
      assert.is(done.status, status, done.out + done.err);
      const played = await qmpsh(['play', page, vm.address]);
      assert.is(played.status, status, played.out + played.err);
      assert.match(played.out + played.err, says);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

/** What asks at a prompt, and what it asks. */
const ASKED: readonly (readonly [readonly string[], string, RegExp])[] = [
  [['-H'], 'quit', /ends this QEMU at once(.|\n)*Run quit\?/],
  [['-H'], 'q', /ends this QEMU at once(.|\n)*Run quit\?/],
  [['-H'], '  system_reset', /Run system_reset\?/],
  [['-H'], 'delvm x', /Run delvm\?/],
  [[], '.hmp q', /Run quit\?/],
  [[], '(qemu) quit', /Run this line\?/],
  [[], '.hmp nmi', /Run nmi\?/],
  [[], 'human-monitor-command command-line=q', /Run quit\?/],
  [[], 'human-monitor-command command-line="loadvm x"', /Run loadvm\?/],
  [[], '{"execute": "human-monitor-command", "arguments": {"command-line": "quit"}}', /Run quit\?/],
];

for (const flags of [['-H'], []])
  test(`what is asked at the prompt ${flags.join(' ')}`, () =>
    withPrompt(
      vm.address,
      async screen => {
        for (const [, line, question] of ASKED.filter(([wanted]) => wanted.length === flags.length)) {
          await fresh(screen);
          screen.type(`${line}\r`);
          await screen.waitFor(question);
          screen.type('n');
          await screen.waitFor(atPrompt);
        }
        // The VM is still there.
        await fresh(screen);
        screen.type(flags.length > 0 ? 'info status\r' : '.hmp info status\r');
        await screen.waitFor(/VM status: paused/);
      },
      { args: flags },
    ));

async function fresh(screen: Screen): Promise<void> {
  screen.key('C-l');
  await screen.waitFor(shown => shown.cursor.row === 0);
}

test('--exit-on-error at a prompt is told to be of no use', () =>
  withScreen({ command: process.execPath, args: [BIN, '--exit-on-error', vm.address] }, screen =>
    screen.waitFor(/is for lines without a prompt/),
  ));

test('a transcript of the human monitor, pasted at the QMP prompt', () =>
  withPrompt(vm.address, async screen => {
    screen.paste('(qemu) info status\nVM status: running\n(qemu) print (1\n(qemu) info name\n');
    await screen.waitFor(/a transcript/);
    screen.key('Enter');
    await screen.waitFor(
      /1 {2}\.hmp info status\n +2 {2}\.hmp print \(1\n +3 {2}\.hmp info name(.|\n)*Run these 3 lines/,
    );
    screen.type('y');
    await screen.waitFor(
      /VM status: paused(.|\n)*'\)' expected(.|\n)*1 more of the pasted lines did not run/,
    );
  }));

test('with -H an open bracket does not go on in the next row, and a comment is not sent', () =>
  withPrompt(
    vm.address,
    async screen => {
      screen.type('# print (1\r');
      screen.type('print (1\r');
      await screen.waitFor(/'\)' expected/);
      assert.not.match(screen.text().join('\n'), /unknown command/);
    },
    { args: ['-H'] },
  ));

test.run();
