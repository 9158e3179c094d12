// `qmpsh completion SHELL`: prints the script for a host's shell.
import { lessonFiles } from '../io/lessons.ts';
import { findPages } from '../io/pages.ts';
import { writeAll } from '../io/stdio.ts';
import { lessonName } from '../lesson/lesson.ts';
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Invocation } from './invocation.ts';
import { completionScript, SHELLS } from './scripts.ts';

export async function completionCommand(invocation: Invocation): Promise<Exit> {
  const [name, extra] = invocation.positionals;
  const shell = SHELLS.find(known => known === name);
  if (shell && extra === undefined) {
    const pages = findPages().map(page => page.name);
    const lessons = lessonFiles().map(path => lessonName(path).name);
    writeAll(1, completionScript(shell, { pages, lessons }));
    return 0;
  }
  const what = extra ?? name;
  throw new QmpshError(
    'usage',
    what === undefined ? 'completion for which shell?' : `completion does not know ${what}`,
    {
      advice: `Write one of: ${SHELLS.map(known => `qmpsh completion ${known}`).join(', ')}.`,
    },
  );
}
