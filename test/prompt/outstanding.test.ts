// Commands that are under way: what waits is seen, each reply stands under its line, and leaving asks.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atPrompt, below, withPrompt } from '../desk.ts';
import { startFakeServer } from '../fake-server.ts';
import type { Screen } from '../screen.ts';

/** A prompt at a server that answers nothing but what the test answers. */
async function unanswered(
  run: (
    screen: Screen,
    type: (...lines: readonly string[]) => Promise<void>,
    answer: (command: string, value: string) => void,
  ) => Promise<void>,
): Promise<void> {
  const asked = new Map<string, unknown>();
  const server = await startFakeServer({
    answer: ({ execute, id }) => {
      if (execute === 'query-qmp-schema') return { error: { class: 'CommandNotFound', desc: 'none' } };
      if (typeof execute !== 'string' || !/^query-(name|uuid|kvm)$/.test(execute)) return {};
      asked.set(execute, id);
      return undefined;
    },
  });
  try {
    await withPrompt(server.address, screen =>
      run(
        screen,
        async (...lines) => {
          for (const line of lines) {
            screen.type(`${line}\r`);
            await screen.waitFor(shown => atPrompt(shown) && shown.text().includes(`(QEMU) ${line}`));
            while (!asked.has(line)) await new Promise(resolve => setTimeout(resolve, 10));
          }
        },
        (command, value) =>
          server.tell(`{"return": {"was": "${value}"}, "id": ${JSON.stringify(asked.get(command))}}\r\n`),
      ),
    );
  } finally {
    await server.close();
  }
}

const rows = (screen: Screen) => screen.text().filter(row => /^\(QEMU\) query|was/.test(row));

test('each reply stands under its line, whatever the order in which they come', () =>
  unanswered(async (screen, type, answer) => {
    await type('query-name', 'query-uuid', 'query-kvm');
    answer('query-kvm', 'kvm');
    await screen.waitFor('"kvm"');
    answer('query-name', 'name');
    await screen.waitFor('"name"');
    answer('query-uuid', 'uuid');
    await screen.waitFor('"uuid"');
    assert.equal(rows(screen), [
      '(QEMU) query-name',
      '(QEMU) query-uuid',
      '(QEMU) query-kvm',
      '{"was": "kvm"}',
      '(QEMU) query-name',
      '{"was": "name"}',
      '(QEMU) query-uuid',
      '{"was": "uuid"}',
    ]);
  }));

test('what waits is named with its seconds', () =>
  unanswered(async (screen, type) => {
    await type('query-name', 'query-uuid');
    await screen.waitFor(
      /^query-name: no reply for \d s, query-uuid: \d s; \.oob LINE overtakes, Ctrl-C stops\n +waiting/m,
    );
  }));

test('Ctrl-D with something unanswered asks; n stays, and with the reply Ctrl-D leaves', () =>
  unanswered(async (screen, type, answer) => {
    await type('query-name');
    screen.key('C-d');
    await screen.waitFor(/QEMU has not answered query-name yet[\s\S]*Leave\? \[y\/N\]/);
    screen.key('n');
    await screen.waitFor(shown => atPrompt(shown) && /not left/.test(shown.text().join('\n')));
    answer('query-name', 'name');
    await screen.waitFor('"name"');
    assert.equal(below(screen), []);
    screen.key('C-d');
    assert.is((await screen.waitForExit()).code, 0);
  }));

test('Ctrl-D with something unanswered leaves when it is to', () =>
  unanswered(async (screen, type) => {
    await type('query-name');
    screen.key('C-d');
    await screen.waitFor('Leave?');
    screen.key('y');
    assert.is((await screen.waitForExit()).code, 0);
  }));

test.run();
