import { type ConsoleRow, NO_CONSOLE } from '../line/consoles.ts';
import type { Exit } from '../line/exit.ts';
import { misuse } from '../line/misuse.ts';
import type { Word } from '../line/word.ts';
import { QmpshError } from '../qmp/errors.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';

/** Why it is not for lines without a person. */
const NEEDS = 'A console takes each key as it is pressed: that needs a terminal, with a prompt on the VM.';

export const CONSOLE: Word = {
  name: '.console',
  usage: '[NAME | free NAME]',
  help: "go to a console of the shell's own VM (Ctrl-] comes back)",
  more: [
    'A serial port or a human monitor of a practice VM, or of a QEMU behind --, that its options have put on a',
    'terminal: -serial pty, -monitor pty. What it writes while you are at the prompt is kept, the last 256 KiB.',
    '    qmpsh -- qemu-system-x86_64 ... -serial pty',
    '    .console            the only one, or a list of them',
    '    .console serial0',
    '    .console free serial0    another program is to have it: screen /dev/pts/3',
    'Every key goes there, Ctrl-C too; Ctrl-] alone comes back.',
  ],
  ofQemu: true,
  needs: 'typist',
  otherwise:
    'A console takes each key as it is pressed, and there is no terminal here: qmpsh at one, then .console.',
  complete: (before, _typed, { typist }) => {
    const names = (typist?.consoles?.names() ?? []).map(text => ({ text }));
    if (before.length === 0) return [...names, { text: 'free', note: 'leave one to another program' }];
    return before.length === 1 && before[0] === 'free' ? names : [];
  },
  run: async ({ args }, host, { consoles }): Promise<Exit> => {
    if (!consoles) throw new QmpshError('usage', 'there is no terminal here', { advice: NEEDS });
    const [first, second, ...more] = args;
    if (more.length > 0 || (second !== undefined && first !== 'free'))
      throw misuse(CONSOLE, 'one name is enough');
    const rows = await consoles.list();
    if (first === 'free') {
      if (second === undefined) throw misuse(CONSOLE, 'which one?');
      if (!consoles.free(second))
        throw new QmpshError('usage', `${safe(second)} is not read here`, {
          advice: `There is: ${rows.map(({ name }) => safe(name)).join(', ') || 'none'}.`,
        });
      host.note(`${safe(second)} is left to other programs; .console ${safe(second)} takes it again`);
      return 0;
    }
    if (rows.length === 0)
      throw new QmpshError('usage', 'this VM has no console to attach to', { advice: NO_CONSOLE });
    const [only, ...others] = rows;
    const name = first ?? (others.length === 0 ? only?.name : undefined);
    if (name === undefined) {
      host.show(rows.map(rowOf));
      host.note('.console NAME attaches to one.');
      return 0;
    }
    const how = await consoles.attach(name);
    host.note(
      how === 'left'
        ? `left ${safe(name)}: what it writes is kept, .console ${safe(name)} goes there again`
        : `${safe(name)} has ended`,
      how === 'left' ? 'dim' : 'warning',
    );
    return 0;
  },
};

function rowOf({ name, leadsTo, unseen, over }: ConsoleRow): StyledLine {
  const news = unseen && unseen.kept > 0 ? `  ${bytes(unseen.kept)} not seen` : '';
  return [
    span(name.padEnd(16), 'key'),
    span(` ${safe(leadsTo)}`),
    span(`${news}${over ? '  it has ended' : ''}`, 'dim'),
  ];
}
