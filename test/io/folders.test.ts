import { userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { folderPath } from '../../src/io/folders.ts';

const cases: readonly [Parameters<typeof folderPath>[0], NodeJS.ProcessEnv, string][] = [
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

for (const home of ['', 'relative', undefined])
  test(`HOME ${JSON.stringify(home)} is none: the account's home counts, never the current folder`, () => {
    const path = folderPath('state', home === undefined ? {} : { HOME: home });
    assert.is(path, join(userInfo().homedir, '.local/state/qmpsh'));
  });

test.run();
