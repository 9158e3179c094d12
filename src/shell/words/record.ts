import { appendTo, createFile, readNamed } from '../../io/files.ts';
import { pathFrom, rewriteFile } from '../../io/pages.ts';
import { parametrize, type Suggestion, suggestParams } from '../../page/record.ts';
import { QmpshError } from '../../qmp/errors.ts';
import { safe } from '../../text/safe.ts';
import type { Exit, Host } from '../host.ts';
import { misuse } from '../misuse.ts';
import { Recorder } from '../recorder.ts';
import type { Word } from '../word.ts';

/** The recording of each host, and its file. */
const running = new WeakMap<Recorder, string>();

export const RECORD: Word = {
  name: '.record',
  usage: 'FILE [--replies] | stop [name=value ...|all]',
  help: 'write what is done from now on as a page that can be played',
  more: [
    'Every line that runs becomes a step as soon as its reply is there; what failed becomes a comment, a secret',
    'stars. Events you waited for become .wait lines. --replies keeps requests and replies, for a document.',
    '    .record recipe.md',
    '    .record stop node=node-A    ends it, and makes each node-A the parameter $node',
    'stop all makes parameters of every node, file and job that is named.',
  ],
  complete: before =>
    before.length === 0
      ? [{ text: 'stop', note: 'end the recording' }]
      : [{ text: '--replies' }, { text: 'all' }],
  run: async ({ args }, host): Promise<Exit> => {
    const [first, ...rest] = args;
    if (first === 'stop') return stop(rest, host);
    if (first === undefined) {
      const path = host.recorder && running.get(host.recorder);
      host.note(path === undefined ? 'nothing is being recorded' : `recording to ${path}`);
      return 0;
    }
    const replies = rest.includes('--replies');
    const [extra] = rest.filter(arg => arg !== '--replies');
    if (extra !== undefined) throw misuse(RECORD, `what is ${safe(extra)}?`);
    if (host.recorder) throw misuse(RECORD, 'a recording runs already; .record stop ends it');
    // What is recorded in a lesson goes with the lesson.
    const path = pathFrom(first, host.tutor && host.folder);
    createFile(path);
    const recorder = new Recorder({
      append: text => appendTo(path, text),
      title: `Recorded at ${host.address}`,
      options: { markdown: /\.(md|markdown)$/i.test(path), replies },
    });
    if (host.session) recorder.follow(host.session);
    running.set(recorder, path);
    host.recorder = recorder;
    host.note(`recording to ${path}; .record stop ends it`);
    return 0;
  },
};

async function stop(args: readonly string[], host: Host): Promise<Exit> {
  const recorder = host.recorder;
  const path = recorder && running.get(recorder);
  if (!recorder || path === undefined) throw misuse(RECORD, 'nothing is being recorded');
  recorder.close();
  host.recorder = undefined;
  const count = recorder.steps;
  host.note(`${count} step${count === 1 ? '' : 's'} in ${path}`, 'ok');
  const offered = suggestParams(recorder.requests);
  const chosen = await choose(args, offered, host);
  if (chosen.length > 0 || recorder.secrets.length > 0) {
    rewriteFile(path, parametrize(readNamed(path, 'the recording'), chosen, recorder.secrets));
    const names = [...chosen.map(({ name, value }) => `${name}=${value}`), ...recorder.secrets];
    host.note(`parameters: ${names.join(' ')}`);
  } else if (offered.length > 0 && args.length === 0) {
    const names = offered.map(({ name, value }) => `${name}=${value}`).join(' ');
    host.note(`these could be parameters: ${names}`);
  }
  host.note(`.play ${path} plays it`);
  return 0;
}

async function choose(
  args: readonly string[],
  offered: readonly Suggestion[],
  host: Host,
): Promise<readonly Pick<Suggestion, 'name' | 'kind' | 'value'>[]> {
  if (args.length === 1 && args[0] === 'all') return offered;
  if (args.length > 0) return args.map(arg => named(arg, offered));
  if (!host.dialogue || offered.length === 0) return [];
  host.show([
    [{ text: 'These names could be parameters:' }],
    ...offered.map(({ name, value, count }) => [
      { text: `    $${name}`, role: 'key' as const },
      { text: ` = ${safe(value)}, ${count} time${count === 1 ? '' : 's'}` },
    ]),
  ]);
  const key = await host.dialogue.key('Make them parameters? [y/N] ', ['n', 'y']);
  return key === 'y' ? offered : [];
}

function named(arg: string, offered: readonly Suggestion[]): Pick<Suggestion, 'name' | 'kind' | 'value'> {
  const found = /^([A-Za-z_]\w*)=(.+)$/.exec(arg);
  const [, name, value] = found ?? [];
  const known = offered.find(one => one.value === value);
  if (name === undefined || value === undefined || !known)
    throw new QmpshError('usage', `${safe(arg)} names nothing that was recorded`, {
      advice: `There is ${offered.map(one => `${one.name}=${one.value}`).join(' ') || 'nothing to name'}.`,
    });
  return { name, kind: known.kind, value };
}
