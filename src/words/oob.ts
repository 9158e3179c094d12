// The word `.oob`: a command that overtakes those that QEMU has not answered.

import { meaningOf } from '../language/parse.ts';
import { readLine } from '../language/tokens.ts';
import type { Exit } from '../line/exit.ts';
import { misuse } from '../line/misuse.ts';
import { mayOvertake } from '../line/outofband.ts';
import { connected, runRequest } from '../line/send.ts';
import type { Word } from '../line/word.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Schema } from '../schema/model.ts';

export const OOB: Word = {
  name: '.oob',
  usage: 'LINE',
  help: 'run a command at once, past those that have no reply yet',
  more: [
    'Sends the command as exec-oob, and waits for nothing before that:',
    '    .oob query-yank',
    'JSON does the same: {"exec-oob": "query-yank"}. Without a prompt, too, it overtakes the line before it.',
    'QEMU allows it for few commands, which do not need its main loop: Tab shows them. It is for a',
    'QEMU whose main loop hangs, on a dead storage or network connection, say.',
  ],
  ofQemu: true,
  needs: 'host',
  complete: (before, _typed, { schema }) =>
    before.length === 0 ? overtaking(schema).map(text => ({ text, note: 'may overtake' })) : [],
  run: async ({ rest, text, row }, host): Promise<Exit> => {
    if (rest === '') throw misuse(OOB, 'there is no command to run');
    mayOvertake(connected(host));
    // The schema is not asked for: its reply might wait behind what hangs.
    const { schema } = host;
    const line = meaningOf(readLine(rest), schema);
    if (line.kind === 'wrong') {
      host.problems(rest, line.problems, 'error', row);
      return 2;
    }
    if (line.kind !== 'command' || line.pipe !== undefined) throw misuse(OOB, 'only a command can overtake');
    const { request, warnings } = line;
    if (schema?.commands.get(request.execute)?.oob === false)
      throw new QmpshError('usage', `${request.execute} is not allowed to overtake`, {
        advice: `This QEMU allows it for ${overtaking(schema).join(', ') || 'no command'}.`,
      });
    if (warnings.length > 0) host.problems(rest, warnings, 'warning', row);
    return runRequest({ ...request, oob: true }, host, undefined, text);
  },
};

function overtaking(schema: Schema | undefined): readonly string[] {
  return [...(schema?.commands.values() ?? [])].filter(({ oob }) => oob).map(({ name }) => name);
}
