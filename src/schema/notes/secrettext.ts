// Secrets in text that need not parse: lines for QEMU, for its human monitor and for the host's shell, right or mistyped.
// Each character is looked at a bounded number of times, however long the text and whatever is in it.
import type { Place } from '../../text/place.ts';
import { LONGEST_NAME, namesSecret } from './secretnames.ts';

/** Stands where a secret stood. */
export const MASK = '********';

// Commands whose arguments are a secret, in whatever shape: of QMP, of the human monitor, of the host.
const COMMANDS: ReadonlySet<string> = new Set(
  `set_password change-vnc-password guest-set-user-password sev-inject-launch-secret block_passwd
  htpasswd smbpasswd vncpasswd secret-set-value`.split(/\s+/),
);
// Programs that read it from the command before them: echo root:X | chpasswd
const READERS = /\|\s{0,8}(?:sudo\s{1,8})?(?:chpasswd|passwd)\b/;
// Where these stand, `data` is no secret object's.
const PLAIN_DATA = /\b(?:ringbuf-write|ringbuf_write|send-key|input-send-event)\b/;
const SEPARATOR = /["'\\]{0,4}[ \t]{0,8}(?::=|==|[=:])\s{0,8}/y;
const AFTER_FLAG = /["'\\,\s=]{1,8}/y;
// Programs with an option of one letter for it: `curl -u joe:X`, `sshpass -p X`, `mysql -pX`.
const USER = /(?:^|[\s"'])(?:-u|-U|--user|--proxy-user)["'\\,=\s]{0,8}[^\s:"'=,]{1,64}:/g;
const SHORT =
  /\b(?:sshpass\s{1,4}-p|mysql(?:dump|admin)?\s[^|;&]{0,64}?-p|ldap\w{1,12}\s[^|;&]{0,64}?-w)\s{0,8}(?=\S)/g;
const HMP_CHANGE = /\bchange\s{1,8}\S{1,64}\s{1,8}passw(?:or)?d\s{1,8}(?=\S)/g;
const ROW_END = /["'\r\n]/g;
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))/gi;

/**
 * Whether a text may carry a secret, whatever else is wrong with it. Says yes too often rather than too seldom, since what
 * it lets through is written to the history. Escapes (`\x70assword`) hide nothing.
 */
export function mayHoldSecret(text: string): boolean {
  return places(decoded(text)).length > 0;
}

/** The text with its secrets as stars. Where an escape hides where they are, nothing of the text is left. */
export function maskText(text: string): string {
  return hideIn(text).text;
}

interface Hidden {
  readonly text: string;
  /** Where a place in the text is now. */
  readonly moved: (place: Place) => Place;
  /** What is stars now. */
  readonly secrets: readonly string[];
}

/** The same with what was hidden, for carets below the text and for messages that quote it. */
export function hideIn(text: string): Hidden {
  const found = places(text);
  const plain = decoded(text);
  if (plain !== text && places(plain).length > found.length)
    return { text: MASK, moved: () => ({ start: 0, end: MASK.length }), secrets: valuesAt(plain) };
  if (found.length === 0) return { text, moved: place => place, secrets: [] };
  let masked = '';
  let end = 0;
  for (const place of found) {
    masked += text.slice(end, place.start) + MASK;
    end = place.end;
  }
  const at = (offset: number, isEnd: boolean): number => {
    let shift = 0;
    for (const place of found) {
      if (offset <= place.start) break;
      if (offset < place.end) return place.start + shift + (isEnd ? MASK.length : 0);
      shift += MASK.length - (place.end - place.start);
    }
    return offset + shift;
  };
  return {
    text: masked + text.slice(end),
    moved: place => ({ start: at(place.start, false), end: at(place.end, true) }),
    secrets: valuesAt(text),
  };
}

/** A text with every one of these values as stars, also where it stands quoted for JSON or for a shell. */
export function withoutValues(text: string, values: readonly string[]): string {
  if (values.length === 0) return text;
  const forms = values.flatMap(value => [
    value,
    JSON.stringify(value).slice(1, -1),
    value.replaceAll("'", `'\\''`),
  ]);
  const all = [...new Set(forms)].filter(form => form !== '' && !MASK.includes(form));
  return all
    .sort((a, b) => b.length - a.length)
    .reduce((masked, form) => {
      if (form.length >= 4) return masked.replaceAll(form, MASK);
      // So short a value is part of many words.
      const pattern = new RegExp(`(?<![\\w*])${form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w*])`, 'g');
      return masked.replace(pattern, MASK);
    }, text);
}

function valuesAt(text: string): readonly string[] {
  return places(text).map(({ start, end }) => text.slice(start, end));
}

/** Where the secrets stand, in order, none in another. */
function places(text: string): readonly Place[] {
  if (!/[=:\s,]/.test(text)) return [];
  const found = [...named(text), ...inUrls(text)];
  for (const pattern of [USER, SHORT, HMP_CHANGE])
    for (const match of text.matchAll(pattern)) {
      const start = match.index + match[0].length;
      if (start >= (found.at(-1)?.end ?? 0) || start < (found.at(-1)?.start ?? 0))
        found.push(valueAt(text, start));
    }
  if (READERS.test(text)) return [{ start: 0, end: text.length }];
  if (found.length === 0) found.push(...commanded(text));
  return apart(found);
}

/** Behind a name of a secret: `password=X`, `"token": "X"`, `--password X`, `"--password", "X"`. */
function* named(text: string): Generator<Place> {
  const sets = /\bqom-set\b/.test(text) && mentionsSecret(text);
  const plainData = PLAIN_DATA.test(text);
  const word = /[A-Za-z_][\w-]*/g;
  for (let match = word.exec(text); match; match = word.exec(text)) {
    const [name] = match;
    if (name.length > LONGEST_NAME) continue;
    const before = text[match.index - 1] ?? ' ';
    const scalar = /^(?:data|key|value)$/i.test(name);
    if (!(scalar ? isSecretHere(name.toLowerCase(), before, sets, plainData) : namesSecret(name))) {
      if (/^bearer$/i.test(name)) yield* behindBearer(text, word.lastIndex);
      continue;
    }
    const start = valueStart(text, word.lastIndex, before === '-');
    if (start === undefined || (name.toLowerCase() === 'data' && /[{[]/.test(text[start] ?? ''))) continue;
    const isHeader = text[match.index + name.length] === ':' && /(?:authorization|cookie)$/i.test(name);
    const place =
      isHeader && !/["']/.test(text[start] ?? '')
        ? { start, end: rowEnd(text, start) }
        : valueAt(text, start);
    yield place;
    word.lastIndex = Math.max(word.lastIndex, place.end);
  }
}

function isSecretHere(name: string, before: string, sets: boolean, plainData: boolean): boolean {
  if (name === 'value') return sets;
  return name === 'data' ? !plainData : /[?&:;]/.test(before);
}

function mentionsSecret(text: string): boolean {
  return [...text.matchAll(/[A-Za-z_][\w-]*/g)].some(([name]) => name === 'data' || namesSecret(name));
}

function* behindBearer(text: string, at: number): Generator<Place> {
  if (/\s/.test(text[at] ?? '')) yield valueAt(text, at + 1);
}

/** Where the value of a name begins that ends at `at`; undefined where none follows. */
function valueStart(text: string, at: number, isFlag: boolean): number | undefined {
  for (const pattern of isFlag ? [SEPARATOR, AFTER_FLAG] : [SEPARATOR]) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match && (pattern === SEPARATOR || pattern.lastIndex < text.length)) return pattern.lastIndex;
  }
  return undefined;
}

/** A quoted text without its quotes, or a word; a quote in a word's middle hides the blanks up to the next. */
function valueAt(text: string, start: number): Place {
  let at = start;
  while (text[at] === '\\') at += 1;
  const opening = text[at];
  if (opening === '"' || opening === "'") return { start: at + 1, end: quoteEnd(text, at, opening) };
  for (; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (/\s/.test(char)) break;
    if (char !== '"' && char !== "'") continue;
    // The end of a text around all of it: 'https://host/?token=X'
    if (/^(?:$|[\s,)\]}\\"';|&])/.test(text.slice(at + 1, at + 2))) break;
    at = quoteEnd(text, at, char);
  }
  return { start, end: Math.min(at, text.length) };
}

/** Where the closing quote stands. In a text within a text both are behind a backslash. */
function quoteEnd(text: string, at: number, quote: string): number {
  const nested = text[at - 1] === '\\';
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === quote) return i;
    if (text[i] !== '\\') continue;
    if (nested && text[i + 1] === quote) return i;
    i += 1;
  }
  return text.length;
}

/** Up to the end of the row, or of the quote around it: `-H "Authorization: Basic X"`. */
function rowEnd(text: string, start: number): number {
  ROW_END.lastIndex = start;
  return ROW_END.exec(text)?.index ?? text.length;
}

/** `scheme://user:password@host` */
function* inUrls(text: string): Generator<Place> {
  const scheme = /:\/\/[^\s"'<>]*/g;
  for (const match of text.matchAll(scheme)) {
    const authority = match[0].slice(3);
    const slash = authority.search(/[/?#]/);
    const host = slash === -1 ? authority : authority.slice(0, slash);
    // A password with a slash in it belongs into %2F, and is typed all the same.
    const whole = host.includes('@') || /:(?!\d*$)/.test(host) ? authority : host;
    const at = host.includes('@') ? host.lastIndexOf('@') : whole.lastIndexOf('@');
    const colon = whole.indexOf(':');
    if (colon !== -1 && at > colon + 1)
      yield { start: match.index + 3 + colon + 1, end: match.index + 3 + at };
  }
}

/** All that stands behind a command that takes one, where nothing tells which argument it is. */
function* commanded(text: string): Generator<Place> {
  for (const match of text.matchAll(/[A-Za-z_][\w-]*/g)) {
    if (!COMMANDS.has(match[0].toLowerCase())) continue;
    const from = match.index + match[0].length;
    const first = text.slice(from).search(/\w/);
    if (first !== -1) yield { start: from + first, end: text.length };
    return;
  }
}

function apart(found: readonly Place[]): readonly Place[] {
  const kept: { start: number; end: number }[] = [];
  for (const { start, end } of [...found].sort((a, b) => a.start - b.start)) {
    const last = kept.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else kept.push({ start, end });
  }
  return kept;
}

function decoded(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (whole, two?: string, four?: string, eight?: string) => {
    const point = Number.parseInt(two ?? four ?? eight ?? '', 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
