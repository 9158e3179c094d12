// A VM that does not answer: neither the keyboard nor the shell is taken from whoever sits there. QEMU is stopped as
// `kill -STOP` does.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN } from '../command.ts';
import { atPrompt, below, type Desk, type DeskOptions, typedLine, withDesk, withPrompt } from '../desk.ts';
import { startFakeServer } from '../fake-server.ts';
import { type Screen, withScreen } from '../screen.ts';

/** A test at the prompt of a VM that was there, and is stopped now. */
function stopped(run: (desk: Desk) => Promise<void>, options: DeskOptions = {}): Promise<void> {
  return withDesk(async desk => {
    await desk.run('query-name');
    await desk.sees(/query-name\n\{\}/);
    process.kill(desk.vm.pid, 'SIGSTOP');
    try {
      await run(desk);
    } finally {
      process.kill(desk.vm.pid, 'SIGCONT');
    }
  }, options);
}

const everything = (screen: Screen) => screen.lines().join('\n');

test('Tab that gets no answer holds the keys behind it for a moment only, and Ctrl-D leaves', () =>
  stopped(async desk => {
    desk.screen.type('block-export-del id=\t');
    desk.screen.type('abc');
    await desk.sees(shown => typedLine(shown) === 'block-export-del id=abc');
    desk.screen.type('\tdef');
    await desk.sees(shown => typedLine(shown) === 'block-export-del id=abcdef');
    await desk.drop();
    desk.key('C-d');
    assert.is((await desk.screen.waitForExit()).code, 0);
  }));

for (const key of ['Esc', 'q', 'C-c'])
  test(`.watch is left by ${key} before there is a first reply`, () =>
    stopped(async desk => {
      desk.screen.type('.watch query-status\r');
      await desk.sees(/query-status: no reply for \d+ s(.|\n)*kill -CONT \d+(.|\n)*Esc ends/);
      desk.key(key);
      await desk.sees(atPrompt);
      assert.not.match(everything(desk.screen), /error/);
    }));

test('.watch is left between two looks, the last one unanswered, and the last picture stays', () =>
  withDesk(async desk => {
    desk.screen.type('.watch 100ms query-status\r');
    await desk.sees(/"?prelaunch"?(.|\n)*Esc ends/);
    process.kill(desk.vm.pid, 'SIGSTOP');
    await desk.sees(/query-status: no reply for/);
    desk.key('q');
    await desk.sees(atPrompt);
    process.kill(desk.vm.pid, 'SIGCONT');
    await desk.run('query-name');
    assert.match(everything(desk.screen), /\d\d:\d\d:\d\d {2}query-status/);
  }));

const HANGS = 'human-monitor-command command-line="qemu-io node-A \\"sleep 4000\\""';

test('.oob overtakes a command that keeps the main loop busy, and says what cannot', () =>
  withDesk(async desk => {
    await desk.run('query-name');
    desk.screen.type(`${HANGS}\r`);
    await desk.sees(shown => atPrompt(shown) && shown.lines().join('').includes('sleep 4000'));
    desk.screen.type('.oob query-yank\r');
    await desk.sees(/id +type\n[^\n]*\nqmp +chardev/);
    desk.screen.type('{"id": 7, "exec-oob": "query-yank"}\r');
    await desk.sees(/qmp +chardev[\s\S]*qmp +chardev/);
    desk.screen.type('.oob stop\r');
    await desk.sees(/stop is not allowed to overtake\n.*query-yank/);
    assert.not.match(everything(desk.screen), /\(no output\)/);
    await desk.sees('(no output)');
  }));

const WORDS = [
  '.jobs',
  '.graph',
  '.hmp info block',
  '.send {"execute": "query-status"}',
  '.wait job job0',
  '.wait STOP',
  '.backup node=node-A file=e.qcow2',
];

for (const word of WORDS)
  test(`Ctrl-C interrupts ${word}; what is typed meanwhile is seen, waits, and is given up with it`, () =>
    stopped(async desk => {
      desk.screen.type(`${word}\r`);
      await desk.sees(/waiting for .*Ctrl-C (?:stops waiting|breaks it off and undoes it)/);
      desk.screen.type('stop\rcont');
      await desk.sees(/^then stop\nwaiting for .* cont$/m);
      desk.key('C-c');
      await desk.sees(atPrompt);
      process.kill(desk.vm.pid, 'SIGCONT');
      await desk.run('query-uuid');
      await desk.sees(/"UUID"/);
      assert.not.match(everything(desk.screen), /then stop|\(QEMU\) stop|\(QEMU\) cont/);
    }));

test('a row tells what is waited for, how long, and that QEMU is stopped; it goes with the reply', () =>
  stopped(async desk => {
    desk.screen.type('query-version\r');
    await desk.sees(
      new RegExp(
        `query-version: no reply for \\d s; Ctrl-C stops waiting, then Ctrl-D leaves\\nQEMU \\(process ${desk.vm.pid}\\) is stopped; kill -CONT ${desk.vm.pid} lets it go on`,
      ),
    );
    await desk.sees(/no reply for 4 s/);
    desk.screen.type('query-name');
    await desk.sees(shown => typedLine(shown) === 'query-name');
    process.kill(desk.vm.pid, 'SIGCONT');
    await desk.sees(shown => !below(shown).some(row => /no reply/.test(row)));
    await desk.sees(/"package"/);
  }));

test('a command that was sent and given up may still happen, and is told when it has', () =>
  stopped(async desk => {
    desk.screen.type('blockdev-add driver=null-co node-name=n\r');
    await desk.sees(/blockdev-add: no reply/);
    desk.key('C-c');
    await desk.sees(/stopped waiting for the reply to blockdev-add\n.*It was sent and may still happen/);
    process.kill(desk.vm.pid, 'SIGCONT');
    await desk.sees(/the reply to blockdev-add has come after all: it was done/);
  }));

test('lines typed before the first answers of QEMU are given up by Ctrl-C, and never sent', async () => {
  const asked: string[] = [];
  const held: (() => void)[] = [];
  const server = await startFakeServer({
    answer: ({ execute, id }, tell) => {
      asked.push(String(execute));
      const answer = () => tell({ return: execute === 'query-block' ? [] : {}, id: id ?? null });
      if (asked.length > 2) answer();
      else held.push(answer);
      return undefined;
    },
  });
  try {
    await withScreen({ command: process.execPath, args: [BIN, server.address] }, async screen => {
      await screen.waitFor(/waiting for the first answers of QEMU; Ctrl-C stops waiting/);
      screen.type('blockdev-backup device=a target=b sync=full\rcont');
      await screen.waitFor(/^then blockdev-backup .*\nwaiting for .* cont/m);
      screen.key('C-c');
      // There is a prompt now, and the VM is named by what it greeted with.
      await screen.waitFor(shown => /QEMU 7\.2\.22/.test(shown.text().join('\n')) && atPrompt(shown));
      for (const answer of held) answer();
      screen.type('query-name\r');
      await screen.waitFor(shown => /query-name\n(.|\n)*\{\}/.test(shown.text().join('\n')));
      assert.not.ok(
        asked.some(name => /backup|cont/.test(name)),
        asked.join(' '),
      );
    });
  } finally {
    await server.close();
  }
});

test('the VM is welcomed before the first line, however early that is typed', async () => {
  const answers: (() => void)[] = [];
  const server = await startFakeServer({
    answer: ({ execute, id }, tell) => {
      const refusal = { error: { class: 'CommandNotFound', desc: 'no' }, id: id ?? null };
      const answer = () => tell(execute === 'query-qmp-schema' ? refusal : { return: {}, id: id ?? null });
      if (answers.length < 2) answers.push(answer);
      else answer();
      return undefined;
    },
  });
  try {
    await withScreen({ command: process.execPath, args: [BIN, server.address] }, async screen => {
      screen.type('query-name\r');
      await screen.waitFor(/^then query-name$/m);
      for (const answer of answers) answer();
      await screen.waitFor(/QEMU 7\.2\.22 .*\n\(QEMU\) query-name\n\{\}\n\(QEMU\)/);
    });
  } finally {
    await server.close();
  }
});

test('what waits for the schema is given up by Ctrl-C; words that need none run', async () => {
  const server = await startFakeServer({
    answer: ({ execute }) => (execute === 'query-qmp-schema' ? undefined : {}),
  });
  try {
    await withPrompt(server.address, async screen => {
      screen.type('eject id=x\r');
      await screen.waitFor(/waiting for the VM's schema/);
      screen.key('C-c');
      await screen.waitFor(/not sent: eject id=x/);
      await screen.waitFor(atPrompt);
      screen.type('.set\r');
      await screen.waitFor(shown => atPrompt(shown) && /paging/.test(shown.text().join('\n')));
      assert.not.ok(server.received.some(({ execute }) => execute === 'eject'));
    });
  } finally {
    await server.close();
  }
});

test.run();
