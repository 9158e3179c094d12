// Text from outside (a VM, a file, a pasted row) may hold bytes that drive a terminal. Nothing of that kind is
// ever printed raw: it is written as the escape a reader knows from source code.

// C0, DEL, C1; bidi controls and other invisible format characters that hide or reorder text; line separators;
// surrogates that stand alone; letters that show nothing (Hangul and Khmer fillers, selectors of variants); and marks
// heaped on a letter, more than any script has. Joiners (U+200C, U+200D) stay: scripts and emoji need them.
const UNSAFE =
  /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]|\u034f|[\u17b4\u17b5]|[\u180b-\u180d\u180f]|[\ufe00-\ufe0d]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|(?<=\p{M}{16})\p{M}/gu;

// Nearly all text is so, and is told by a much cheaper look.
const PLAIN = /^[\x20-\x7e]*$/;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/**
 * Makes every character visible that would otherwise act on the terminal or hide: `\x1b`, `\u202e`, `\n`.
 * With `keepNewlines` a newline (also CRLF) stays a `\n` and a tab becomes blanks up to the next multiple of 8.
 */
export function safe(text: string, options: { readonly keepNewlines?: boolean } = {}): string {
  if (PLAIN.test(text)) return text;
  if (options.keepNewlines !== true) return text.replace(UNSAFE, visible);
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map(row => expandTabs(row).replace(UNSAFE, visible))
    .join('\n');
}

/** The same for a JSON text, which stays one with the same value: `\u009b`. Its own newlines stay. */
export function safeJson(text: string): string {
  if (!/[^\n\x20-\x7e]/.test(text)) return text;
  return text.replace(UNSAFE, char => (char === '\n' ? char : escaped(char)));
}

function escaped(char: string): string {
  return char
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** Whether the text can be printed as it stands on one row. */
export function isSafe(text: string): boolean {
  return PLAIN.test(text) || text.search(UNSAFE) === -1;
}

function visible(char: string): string {
  const short = SHORT.get(char);
  if (short !== undefined) return short;
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

// Tables that HMP prints are laid out with tabs.
function expandTabs(row: string): string {
  let out = '';
  for (const [i, part] of row.split('\t').entries()) {
    if (i > 0) out += ' '.repeat(8 - (out.length % 8));
    out += part;
  }
  return out;
}
