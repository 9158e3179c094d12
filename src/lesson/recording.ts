// For a lesson that is resumed behind its `.record` task: makes the recording that the reader would have made by then.

import { replaceFile } from '../io/files.ts';
import { pathFrom } from '../io/pages.ts';
import { splitArguments } from '../language/argument.ts';
import { openRows } from '../language/openrows.ts';
import { parametrize, recordingHead, recordingOf, suggestParams } from '../page/record.ts';
import type { Request } from '../qmp/message.ts';
import { startedBy } from '../schema/jobs.ts';
import type { Json } from '../text/json.ts';

/** A recording under way: it grows from `.record FILE` to `.record stop`. */
export interface LessonRecording {
  file?: string | undefined;
  rows: string[];
  requests: Json[];
}

const OPTIONS = { markdown: true, replies: false };

/** Adds a line that was sent, with a `.wait` for the job it started. */
export function recordLine(text: string, request: Request, recording: LessonRecording): void {
  if (recording.file === undefined) return;
  const jobs = startedBy(request).map(({ id }) => `.wait job ${id}`);
  for (const line of [text, ...jobs])
    recording.rows.push(recordingOf({ kind: 'line', text: line }, OPTIONS, openRows));
  recording.requests.push({ execute: request.execute, arguments: request.arguments });
}

/**
 * Carries out `.record FILE`, which begins a recording, and `.record stop [name=value ...]`, which writes it to the
 * file.
 */
export function recordWord(text: string, recording: LessonRecording, folder: string): void {
  const [word, first, ...names] = splitArguments(text);
  if (word !== '.record' || first === undefined) return;
  if (first !== 'stop') {
    recording.file = first;
    recording.rows = [recordingHead('Recorded in a lesson', OPTIONS)];
    recording.requests = [];
    return;
  }
  if (recording.file === undefined) return;
  const offered = suggestParams(recording.requests);
  const chosen = names.flatMap(arg => {
    const [name = '', value = ''] = arg.split('=');
    const found = offered.find(one => one.value === value);
    return found ? [{ ...found, name }] : [];
  });
  replaceFile(pathFrom(recording.file, folder), parametrize(recording.rows.join(''), chosen));
  recording.file = undefined;
}
