// Pasted text of many rows to the lines that are to run: a bare list of commands, or a transcript with prompts,
// replies and prose between.

import { PastedLines, PROMPT } from './pasted.ts';
import { marked } from './rowmarks.ts';
import type { PastedLine } from './several.ts';

/** Whether a text is a transcript: then only what stands behind its prompts is run. */
export function isTranscript(text: string): boolean {
  return text.split('\n').some(row => PROMPT.test(marked(row).unquoted));
}

/**
 * The lines in a pasted text, in order, prompts taken off. In a transcript whatever has no prompt (replies, events,
 * prose) is left out, and with `shell` false `$` steps too. A row that begins with `key=` goes on with the line above.
 * With `hmp` lines are the human monitor's: each row is one.
 */
export function transcript(
  text: string,
  options: { readonly shell?: boolean; readonly hmp?: boolean } = {},
): readonly PastedLine[] {
  const lines = new PastedLines({ ...options, pairs: true, prompted: isTranscript(text) });
  const found = [...text.split('\n').flatMap(row => lines.push(row)), ...lines.end()];
  return found
    .filter(line => line.leftOut === undefined)
    .map(line => ({ ...line, text: trimmed(line.text) }))
    .filter(line => line.text !== '' && !COMMENT.test(line.text));
}

/** The one line of a text, where it is a query that needs no question before it is sent. */
export function onlyQuery(text: string): string | undefined {
  // Told with each key: a long paste is not read for it.
  if (text.length > LONGEST_QUERY) return undefined;
  const [only, ...more] = transcript(text, { shell: true });
  return only !== undefined && more.length === 0 && QUERY.test(only.text) ? only.text : undefined;
}

const LONGEST_QUERY = 1000;

// Without a pipe: that would run something on this host.
const QUERY = /^(?:query-[\w-]+(?:\s[^|]*)?|\{\s*"execute"\s*:\s*"query-[\w-]+"\s*\})$/;

const COMMENT = /^(?:#|\/\/)/;

/** The row behind a backslash belongs to the line, empty or not. */
function trimmed(text: string): string {
  const line = text.trim();
  return line.endsWith('\\') ? text.trimStart() : line;
}
