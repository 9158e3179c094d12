// The word `.on`: a line on another of the monitors that are held by name.
import type { Exit } from '../line/exit.ts';
import { misuse } from '../line/misuse.ts';
import type { Word } from '../line/word.ts';

/** The words that are about one VM, and show nothing that goes on. */
const FITTING = /^\.(oob|send|hmp|wait|graph)\b/;

export const ON: Word = {
  name: '.on',
  usage: 'NAME LINE',
  help: 'run a line on another monitor, which .connect NAME=ADDRESS has named',
  more: [
    '    .connect b=./b.sock',
    '    .on b query-status',
    'For commands, JSON, .oob, .send, .hmp, .wait and .graph. For all else go there: .connect b',
  ],
  needs: 'typist',
  otherwise: 'qmpsh -c LINE --on A --on B runs lines on several monitors.',
  complete: (before, _typed, { monitors, schema }) => {
    if (before.length === 0)
      return (monitors?.list() ?? []).map(({ name, address }) => ({ text: name, note: address }));
    return before.length === 1 ? [...(schema?.commands.keys() ?? [])].map(text => ({ text })) : [];
  },
  run: async ({ rest }, host): Promise<Exit> => {
    const [, name = '', line = ''] = /^(\S+)\s+(\S[\s\S]*)$/.exec(rest) ?? [];
    if (line === '' || !host.monitors) throw misuse(ON, 'a name and a line stand behind it');
    if (/^[.$?]/.test(line) && !FITTING.test(line))
      throw misuse(ON, `${/^\S+/.exec(line)?.[0] ?? line} is not for one line: .connect ${name} goes there`);
    if (host.recorder) host.note('a recording is about one VM: this line is not in it', 'warning');
    return host.monitors.on(name, line);
  },
};
