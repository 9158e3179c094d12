// `qmpsh record LOG [PAGE]`: makes a page of what a log says was done.
import { basename } from 'node:path';
import { noteRow } from '../batch/jsonrows.ts';
import { createFile, readNamed } from '../io/files.ts';
import { readInput, writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { nameSuggestion } from '../line/suggestion.ts';
import { pageOf } from '../log/page.ts';
import { readLog } from '../log/said.ts';
import { type Talk, talksIn } from '../log/talk.ts';
import type { Suggestion } from '../page/record.ts';
import { asksOnly } from '../play/inverse.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import type { Role } from '../text/style.ts';
import type { Invocation } from './invocation.ts';
import { colours, painter } from './paint.ts';

const USAGE = 'Usage: qmpsh record LOG [PAGE] [name=value ...|all]';
const FORMS = [
  'These are recognised:',
  '    logs of qmpsh -l and of qmp-shell-wrap -l, the debug log of qemu.qmp,',
  '    monitor lines in a log of libvirtd, what socat -v writes,',
  '    transcripts with (QEMU) prompts, requests and replies as JSON.',
].join('\n');

/** How many values are named that could be parameters. */
const SHOWN = 6;

/** Writes the page to PAGE (made with mode 0600), or to standard output. */
export async function recordCommand(invocation: Invocation): Promise<Exit> {
  const { switches, values } = invocation;
  const [log, ...rest] = invocation.positionals;
  if (log === undefined)
    throw new QmpshError('usage', 'which log? Its file is missing', {
      advice: `${USAGE}; - is standard input.`,
    });
  const isChoice = (text: string) => text === 'all' || /^[A-Za-z_]\w*=/.test(text);
  const [page, extra] = rest.filter(text => !isChoice(text));
  if (extra !== undefined)
    throw new QmpshError('usage', `one page is made; what is ${safe(extra)}?`, { advice: USAGE });
  const chosen = rest.filter(isChoice);
  const text = log === '-' ? await wholeInput() : readNamed(log, 'the log');
  const { said, broken } = readLog(text);
  const name = log === '-' ? 'standard input' : basename(log);
  const talk = chooseTalk(talksIn(said), values['monitor'], { name, broken });
  const made = pageOf(
    talk,
    {
      title: `Recorded from ${name}`,
      markdown: page === undefined || /\.(md|markdown)$/i.test(page),
      replies: switches.has('replies'),
      queries: !switches.has('no-queries'),
      paths: switches.has('paths'),
    },
    offered => parametersIn(chosen, offered),
  );
  if (made.steps === 0)
    throw new QmpshError('refused', `nothing in ${safe(name)} becomes a step: ${why(talk, made.queries)}`, {
      advice: made.queries > 0 ? 'Without --no-queries what only asks becomes steps, too.' : FORMS,
    });
  if (page === undefined) writeAll(1, made.text);
  else createFile(page, made.text);

  const paint = await painter(colours(invocation, 2));
  const note = (text: string, role: Role = 'dim') =>
    writeAll(2, `${switches.has('json') ? noteRow(text) : paint([{ text: safe(text), role }])}\n`);
  if (page !== undefined) note(`${count(made.steps, 'step')} in ${page}`, 'ok');
  if (made.queries > 0)
    note(`left out: ${count(made.queries, 'request')} that only ${made.queries === 1 ? 'asks' : 'ask'}`);
  if (broken.length > 0)
    note(
      `left out: ${count(broken.length, 'message')} that cannot be read, the first in row ${broken[0]}`,
      'warning',
    );
  for (const [parameter, folder] of made.folders)
    note(`${parameter}=${folder} when it is played puts the files where they were`);
  for (const file of made.needed) note(`the page needs ${file}, which nothing in the log made`, 'warning');
  if (made.secrets.length > 0) note(`asked for when it is played: ${made.secrets.join(' ')}`);
  if (chosen.length === 0 && made.suggestions.length > 0) {
    const shown = made.suggestions.slice(0, SHOWN).map(one => `${one.name}=${one.value}`);
    const more = made.suggestions.length - shown.length;
    note(
      `these could be parameters: ${shown.join(' ')}${more > 0 ? `, and ${more} more` : ''}; all takes them all`,
    );
  }
  return 0;
}

async function wholeInput(): Promise<string> {
  const parts: string[] = [];
  for await (const chunk of readInput()) parts.push(chunk);
  return parts.join('');
}

function parametersIn(
  chosen: readonly string[],
  offered: readonly Suggestion[],
): readonly Pick<Suggestion, 'name' | 'kind' | 'value'>[] {
  return chosen.includes('all') ? offered : chosen.map(text => nameSuggestion(text, offered));
}

interface Source {
  readonly name: string;
  readonly broken: readonly number[];
}

/** The conversation that the page is made of: the one named, or the only one in which something was done. */
function chooseTalk(talks: readonly Talk[], wanted: string | undefined, { name, broken }: Source): Talk {
  const heard = talks.filter(({ items }) => items.length > 0);
  if (heard.length === 0)
    throw new QmpshError(
      'refused',
      `nothing in ${safe(name)} is recognised as said on a monitor${broken.length > 0 ? ` (row ${broken[0]} cannot be read)` : ''}`,
      { advice: FORMS },
    );
  const list = (found: readonly Talk[]) =>
    found
      .map(({ monitor, items }) => `    ${monitor}  ${items.filter(acts).length} requests that do something`)
      .join('\n');
  if (wanted !== undefined) {
    const found = heard.find(({ monitor }) => monitor === wanted);
    if (found) return found;
    throw new QmpshError('usage', `${safe(name)} has no monitor ${safe(wanted)}`, {
      advice: heard.some(({ monitor }) => monitor !== '')
        ? `It has\n${list(heard)}`
        : 'It does not tell monitors apart; leave --monitor out.',
    });
  }
  const busy = heard.filter(({ items }) => items.some(acts));
  const [only, other] = busy.length === 0 ? heard : busy;
  if (only && (!other || busy.length === 0)) return only;
  throw new QmpshError('usage', `${safe(name)} holds what was done on ${busy.length} monitors`, {
    advice: `--monitor takes one of them:\n${list(busy)}`,
  });
}

function acts(item: Talk['items'][number]): boolean {
  return item.kind === 'asked' && item.request.execute !== 'qmp_capabilities' && !asksOnly(item.request);
}

function why({ items }: Talk, queries: number): string {
  if (queries > 0) return queries === 1 ? 'its 1 request only asks' : `its ${queries} requests only ask`;
  return items.some(({ kind }) => kind === 'asked')
    ? 'QEMU refused every request'
    : 'it has replies and events, and no request';
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
