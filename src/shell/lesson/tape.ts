// The recording that a reader would have made by now, for a lesson that is taken up behind it.
import { replaceFile } from '../../io/files.ts';
import { pathFrom } from '../../io/pages.ts';
import { parametrize, recordingHead, recordingOf, suggestParams } from '../../page/record.ts';
import type { Request } from '../../qmp/message.ts';
import type { Json } from '../../text/json.ts';
import { startedBy } from '../player/jobs.ts';
import { splitArguments } from '../word.ts';

/** Grows from `.record FILE` to `.record stop`. */
export interface Tape {
  file?: string | undefined;
  rows: string[];
  requests: Json[];
}

const OPTIONS = { markdown: true, replies: false };

/** A line that was sent, with the wait for its job. */
export function recordLine(text: string, request: Request, tape: Tape): void {
  if (tape.file === undefined) return;
  const jobs = startedBy(request).map(({ id }) => `.wait job ${id}`);
  for (const line of [text, ...jobs]) tape.rows.push(recordingOf({ kind: 'line', text: line }, OPTIONS));
  tape.requests.push({ execute: request.execute, arguments: request.arguments });
}

/** `.record FILE`, and `.record stop [name=value ...]`, which writes the file. */
export function recordWord(text: string, tape: Tape, folder: string): void {
  const [word, first, ...names] = splitArguments(text);
  if (word !== '.record' || first === undefined) return;
  if (first !== 'stop') {
    tape.file = first;
    tape.rows = [recordingHead('Recorded in a lesson', OPTIONS)];
    tape.requests = [];
    return;
  }
  if (tape.file === undefined) return;
  const offered = suggestParams(tape.requests);
  const chosen = names.flatMap(arg => {
    const [name = '', value = ''] = arg.split('=');
    const found = offered.find(one => one.value === value);
    return found ? [{ ...found, name }] : [];
  });
  replaceFile(pathFrom(tape.file, folder), parametrize(tape.rows.join(''), chosen));
  tape.file = undefined;
}
