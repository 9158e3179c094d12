// Lines run as -c runs them, within the test's own process: quicker than a process for each, and what goes to the VM is seen.

import { runInput, runLines } from '../src/batch/batch.ts';
import type { BatchOptions } from '../src/batch/host.ts';
import { CLOCK } from '../src/io/clock.ts';
import { defaultSettings } from '../src/line/settings.ts';
import { isObject, type Json, member, parseJson } from '../src/text/json.ts';
import { plain } from '../src/text/line.ts';
import { openSession } from './qemu.ts';

export interface Told {
  /** The replies to the last line. */
  readonly replies: readonly Json[];
  /** The rows on standard error that belong to it, with --verbose the request among them. */
  readonly said: readonly string[];
  /** The line that is offered to be tried. */
  readonly offered: string | undefined;
  /** What was sent in all, by name, what nobody typed included. */
  readonly sent: readonly string[];
  /** The exit status behind the last line. */
  readonly status: number;
}

/** Runs lines on a connection of their own, or a text as it would be piped, and gives what came of the last. */
export async function runOn(
  address: string,
  lines: readonly string[],
  verbose = false,
  piped = false,
): Promise<Told> {
  const session = await openSession(address);
  const out: string[] = [];
  const err: string[] = [];
  const sent: string[] = [];
  let status = 0;
  session.onReply(({ name }) => sent.push(name));
  try {
    for (const line of lines) {
      out.length = 0;
      err.length = 0;
      const options: BatchOptions = {
        session,
        address,
        practice: undefined,
        settings: defaultSettings(),
        clock: CLOCK,
        schema: undefined,
        folder: '.',
        verbose,
        pretty: false,
        json: false,
        exitOnError: false,
        events: false,
        hmp: false,
        out: text => out.push(text) > 0,
        err: text => err.push(text) > 0,
        paint: row => plain(row),
        signal: new AbortController().signal,
        connect: () => Promise.reject(new Error('no other connection')),
        pipe: async () => 0,
      };
      status = piped ? await runInput(inPieces(line), options) : await runLines([line], options);
    }
  } finally {
    await session.close();
  }
  const said = err.join('').trimEnd().split('\n');
  return {
    replies: out.map(text => parseJson(text)),
    said: said.filter(row => !row.startsWith('try ')),
    offered: said.find(row => row.startsWith('try '))?.slice('try '.length),
    sent,
    status,
  };
}

/** QEMU's text where a reply is a refusal, else nothing. */
export function refusalIn(reply: Json | undefined): string {
  const error = reply !== undefined && isObject(reply) ? member(reply, 'error') : undefined;
  const text = error !== undefined && isObject(error) ? member(error, 'desc') : undefined;
  return typeof text === 'string' ? text : '';
}

/** A text as a pipe gives it: cut anywhere. */
async function* inPieces(text: string): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}
