import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  applySetting,
  defaultSettings,
  readSettings,
  SETTINGS,
  writeSettings,
} from '../../src/shell/settings.ts';

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

test('what is wrong in the file is told by its row and the rest holds', () => {
  const { settings, problems } = readSettings('keys vim\nformat json\ncolour 3\n');
  assert.is(settings.format, 'json');
  assert.is(settings.keys, 'emacs');
  assert.match(
    problems.join('\n'),
    /row 1: keys is one of emacs, vi, not vim\nrow 3: there is no setting colour/,
  );
});

test.run();
