import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FolderKind, folderPath, makeFolder } from '../../src/io/folders.ts';

const cases: readonly [FolderKind, NodeJS.ProcessEnv, string][] = [
  ['state', { HOME: '/h' }, '/h/.local/state/qmpsh'],
  ['state', { HOME: '/h', XDG_STATE_HOME: '/s' }, '/s/qmpsh'],
  ['state', { HOME: '/h', XDG_STATE_HOME: 'relative' }, '/h/.local/state/qmpsh'],
  ['state', { HOME: '/h', XDG_STATE_HOME: '' }, '/h/.local/state/qmpsh'],
  ['config', { HOME: '/h' }, '/h/.config/qmpsh'],
  ['config', { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' }, '/c/qmpsh'],
  ['cache', { HOME: '/h' }, '/h/.cache/qmpsh'],
  ['data', { HOME: '/h' }, '/h/.local/share/qmpsh'],
];
for (const [kind, env, path] of cases) {
  test(`${kind} with ${JSON.stringify(env)} is ${path}`, () => assert.is(folderPath(kind, env), path));
}

test('a folder is made for its owner only, and may be there already', () => {
  const home = mkdtempSync(join(tmpdir(), 'qt-'));
  try {
    const path = makeFolder('state', { HOME: home });
    assert.is(path, join(home, '.local/state/qmpsh'));
    assert.is(statSync(path).mode & 0o777, 0o700);
    assert.is(makeFolder('state', { HOME: home }), path);
  } finally {
    rmSync(home, { recursive: true });
  }
});

test.run();
