import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  applySetting,
  defaultSettings,
  readSettings,
  SETTINGS,
  writeSettings,
} from '../../src/line/settings.ts';
import { barePrompt } from '../bare-prompt.ts';
import { FakeClock } from '../fake-transport.ts';
import { recordedSchema } from '../schema/walked.ts';

test('a settings file read back gives what was written', () => {
  const settings = defaultSettings();
  for (const row of SETTINGS) assert.is(applySetting(settings, row.name, row.values.at(-1) ?? ''), undefined);
  assert.equal(readSettings(writeSettings(settings)), { settings, problems: [] });
});

test('a file of defaults says every setting, each as a comment', () => {
  const text = writeSettings(defaultSettings());
  for (const row of SETTINGS) assert.match(text, new RegExp(`^# ${row.name} `, 'm'));
  assert.equal(readSettings(text).settings, defaultSettings());
});

test('a filter of events of several words is kept, and nothing else may have several', () => {
  const settings = defaultSettings();
  assert.is(applySetting(settings, 'events', 'on -job_*'), undefined);
  assert.match(writeSettings(settings), /^events on -JOB_\*$/m);
  assert.equal(readSettings(writeSettings(settings)), { settings, problems: [] });
  assert.equal(readSettings('keys vi emacs\nevents off STOP\n').problems, [
    'row 1: keys takes one value',
    'row 2: nothing stands beside off: it shows no event',
  ]);
});

test('what is wrong in the file is told by its row and the rest holds', () => {
  const { settings, problems } = readSettings('keys vim\nformat json\ncolour 3\n');
  assert.is(settings.format, 'json');
  assert.is(settings.keys, 'emacs');
  assert.match(
    problems.join('\n'),
    /row 1: keys is one of emacs, vi, not vim\nrow 3: there is no setting colour/,
  );
});

test('.set changes a setting and keeps it; what is wrong changes nothing', async () => {
  const kept: string[] = [];
  const host = barePrompt(new FakeClock(), recordedSchema('11.1'), {
    typist: {
      dialogue: {
        key: async () => undefined,
        line: async () => undefined,
        form: async () => undefined,
        edit: async text => text,
      },
      confirm: async () => true,
      history: () => [],
      keepSettings: async settings => void kept.push(writeSettings(settings)),
      setLine: () => {},
      editLine: async () => {},
      closing: () => {},
    },
  });
  assert.is(await host.run('.set keys vi'), 0);
  assert.is(host.settings.keys, 'vi');
  assert.match(kept.join(''), /^keys vi$/m);
  for (const line of ['.set keys vim', '.set colour on', '.set confirm maybe', '.set keys vi emacs'])
    assert.is(await host.run(line), 2, line);
  assert.is(kept.length, 1);
  assert.is(host.settings.keys, 'vi');
  assert.is(host.settings.confirm, true);
});

test.run();
