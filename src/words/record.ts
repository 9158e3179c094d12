import { appendTo, createFile, readNamed } from '../io/files.ts';
import { pathFrom, rewriteFile } from '../io/pages.ts';
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { misuse } from '../line/misuse.ts';
import { Recorder } from '../line/recorder.ts';
import { nameSuggestion } from '../line/suggestion.ts';
import type { Word } from '../line/word.ts';
import { parametrize, recordingHead, type Suggestion, suggestParams } from '../page/record.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';

const NO_FAILED = '--no-failed';

/** The recording of each host, and its file. */
const running = new WeakMap<Recorder, string>();

export const RECORD: Word = {
  name: '.record',
  usage: 'FILE [--replies] [--no-failed] | stop [--no-failed] [name=value ...|all]',
  help: 'write what is done from now on as a page that can be played',
  more: [
    'Every line that runs becomes a step as soon as its reply is there; what failed becomes a comment, a secret',
    'stars. Events you waited for become .wait lines. --replies keeps requests and replies, for a document.',
    '--no-failed leaves out what failed, from the start or at the end; at a terminal, stop asks about it.',
    '    .record recipe.md',
    '    .record stop node=node-A    ends it, and makes each node-A the parameter $node',
    'stop all makes parameters of every node, file and job that is named.',
  ],
  needs: 'host',
  complete: before =>
    before.length === 0
      ? [{ text: 'stop', note: 'end the recording' }]
      : [
          ...(before[0] === 'stop'
            ? [{ text: 'all' }]
            : [{ text: '--replies', note: 'keep requests and replies' }]),
          { text: NO_FAILED, note: 'leave out what failed' },
        ],
  run: async ({ args }, host): Promise<Exit> => {
    const [first, ...rest] = args;
    if (first === 'stop') return stop(rest, host);
    if (first === undefined) {
      const path = host.recorder && running.get(host.recorder);
      host.note(path === undefined ? 'nothing is being recorded' : `recording to ${path}`);
      return 0;
    }
    const replies = rest.includes('--replies');
    const dropsFailed = rest.includes(NO_FAILED);
    const [extra] = rest.filter(arg => arg !== '--replies' && arg !== NO_FAILED);
    if (extra !== undefined) throw misuse(RECORD, `what is ${safe(extra)}?`);
    if (host.recorder) throw misuse(RECORD, 'a recording runs already; .record stop ends it');
    // What is recorded in a lesson goes with the lesson.
    const path = pathFrom(first, host.typist?.tutor && host.folder);
    const options = { markdown: /\.(md|markdown)$/i.test(path), replies };
    createFile(path, recordingHead(`Recorded at ${host.address}`, options));
    const recorder = new Recorder({
      append: text => keeps(path, text, host),
      options,
      dropsFailed,
    });
    if (host.session) recorder.follow(host.session);
    running.set(recorder, path);
    host.recorder = recorder;
    host.note(`recording to ${path}; .record stop ends it`);
    return 0;
  },
};

/** Writes a whole piece. Where it cannot be written, the recording ends with the piece before it; the shell goes on. */
function keeps(path: string, text: string, host: Host): boolean {
  try {
    appendTo(path, text);
    return true;
  } catch (error) {
    const { recorder } = host;
    if (!recorder || !(error instanceof QmpshError)) throw error;
    host.recorder = undefined;
    recorder.end();
    const asks = recorder.secrets.map(name => ` $${name}`).join('');
    host.note(
      `${error.message}; the recording ends there, with ${steps(recorder)}${asks && `, and asks for${asks}`}`,
      'warning',
    );
    return false;
  }
}

function steps({ steps: count }: Recorder): string {
  return `${count} step${count === 1 ? '' : 's'}`;
}

async function stop(args: readonly string[], host: Host): Promise<Exit> {
  const recorder = host.recorder;
  const path = recorder && running.get(recorder);
  if (!recorder || path === undefined) throw misuse(RECORD, 'nothing is being recorded');
  recorder.close();
  // What was seen last could not be written.
  if (host.recorder === undefined) return 1;
  host.recorder = undefined;
  host.note(`${steps(recorder)} in ${path}`, 'ok');
  await dropFailed(path, recorder, args.includes(NO_FAILED), host);
  const names = args.filter(arg => arg !== NO_FAILED);
  const offered = suggestParams(recorder.requests);
  const chosen = await choose(names, offered, host);
  if (chosen.length > 0 || recorder.secrets.length > 0) {
    rewriteFile(path, parametrize(readNamed(path, 'the recording'), chosen, recorder.secrets));
    const made = [...chosen.map(({ name, value }) => `${name}=${value}`), ...recorder.secrets];
    host.note(`parameters: ${made.join(' ')}`);
  } else if (offered.length > 0 && names.length === 0) {
    const could = offered.map(({ name, value }) => `${name}=${value}`).join(' ');
    host.note(`these could be parameters: ${could}`);
  }
  host.note(`.play ${path} plays it`);
  return 0;
}

/** Takes what failed out of the recording where that is wanted; who is there is asked. */
async function dropFailed(path: string, { failures }: Recorder, wanted: boolean, host: Host): Promise<void> {
  if (failures.length === 0) return;
  const lines = failures.length === 1 ? 'line' : `${failures.length} lines`;
  const question = `Leave out the ${lines} that failed? [y/N] `;
  if (!wanted && (await host.person?.dialogue.key(question, ['n', 'y'])) !== 'y') return;
  let text = readNamed(path, 'the recording');
  for (const piece of failures) text = text.replace(piece, () => '');
  rewriteFile(path, text);
  host.note(`left out: the ${lines} that failed`);
}

async function choose(
  args: readonly string[],
  offered: readonly Suggestion[],
  host: Host,
): Promise<readonly Pick<Suggestion, 'name' | 'kind' | 'value'>[]> {
  if (args.length === 1 && args[0] === 'all') return offered;
  if (args.length > 0) return args.map(arg => nameSuggestion(arg, offered));
  if (!host.person || offered.length === 0) return [];
  host.show([
    [{ text: 'These names could be parameters:' }],
    ...offered.map(({ name, value, count }) => [
      { text: `    $${name}`, role: 'key' as const },
      { text: ` = ${safe(value)}, ${count} time${count === 1 ? '' : 's'}` },
    ]),
  ]);
  const key = await host.person.dialogue.key('Make them parameters? [y/N] ', ['n', 'y']);
  return key === 'y' ? offered : [];
}
