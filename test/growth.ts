// Functions that take text from a user, a page or a server, and texts that such functions are slow on where they are
// careless. Each must take time in proportion to its text: a paste, a page or a server must not freeze the shell.

import { buffer } from '../src/editor/buffer.ts';
import { KeyDecoder } from '../src/editor/keys.ts';
import { layOut } from '../src/editor/layout.ts';
import { wordLeft, wordRight } from '../src/editor/motion.ts';
import { DEFAULT_SETTINGS, initialState } from '../src/editor/state.ts';
import { finished, view } from '../src/editor/view.ts';
import { colour } from '../src/language/colour.ts';
import { complete } from '../src/language/complete.ts';
import { hint } from '../src/language/hint.ts';
import { openRows } from '../src/language/openrows.ts';
import { parse } from '../src/language/parse.ts';
import { print } from '../src/language/print.ts';
import { problemText } from '../src/language/problem.ts';
import { suggest } from '../src/language/suggest.ts';
import { completeness } from '../src/language/tokens.ts';
import { isTranscript, transcript } from '../src/language/transcript.ts';
import { problemsWhileTyping } from '../src/language/typing.ts';
import { matchesPattern } from '../src/line/filter.ts';
import { RowReader } from '../src/line/rows.ts';
import { readSettings } from '../src/line/settings.ts';
import { bind, bindQuery, bindText } from '../src/page/bind.ts';
import { readExpectation } from '../src/page/expect.ts';
import { textDifferences } from '../src/page/match.ts';
import { namesIn } from '../src/page/names.ts';
import { readPage, writePage } from '../src/page/read.ts';
import { readPattern } from '../src/page/readpattern.ts';
import { recordingOf } from '../src/page/record.ts';
import { pageFaults } from '../src/play/document/faults.ts';
import { Reading } from '../src/play/reading.ts';
import { keepEntry, readHistory } from '../src/prompt/historyfile.ts';
import { Framer } from '../src/qmp/framing.ts';
import { checkSendable } from '../src/qmp/sendable.ts';
import { markChanges } from '../src/render/diff.ts';
import { renderEvent } from '../src/render/event.ts';
import { manualSection } from '../src/render/manual.ts';
import { renderMarkdown } from '../src/render/page.ts';
import { renderReply } from '../src/render/reply.ts';
import { maskSecrets } from '../src/schema/notes/secrets.ts';
import { mayHoldSecret } from '../src/schema/notes/secrettext.ts';
import { explainRefusal } from '../src/schema/puzzles.ts';
import { UNKNOWN } from '../src/schema/world.ts';
import { nearest, rank } from '../src/text/fuzzy.ts';
import { parseJson, stringifyJson } from '../src/text/json.ts';
import { fitLine, wrapLine } from '../src/text/line.ts';
import { safe, safeJson } from '../src/text/safe.ts';
import { comingNear, holding } from '../src/text/search.ts';
import { grid, table } from '../src/text/table.ts';
import { fit, head, letters, tail, width } from '../src/text/width.ts';
import { wrap } from '../src/text/wrap.ts';
import { schemaOf } from './schemas.ts';

export interface Entry {
  readonly name: string;
  readonly run: (text: string) => unknown;
}

const SIZE = { columns: 80, rows: 24 };
const schema = schemaOf('7.2');
const NAMES = [...schema.commands.keys()];
const value = { json: "a'b c", loose: false };
const values = new Map([['a', value]]);
const page = (name: string) => (text: string) => readPage(text, { name, isOpen: openRows }).then(writePage);
const faults = (name: string) => async (text: string) =>
  pageFaults(await readPage(text, { name, isOpen: openRows }), schema, { reading: new Reading() });
const quiet = (run: () => unknown) => {
  try {
    return run();
  } catch {
    return undefined; // a clear error is as good an end as any
  }
};
const reply = (text: string, format: 'table' | 'json' | 'raw') =>
  renderReply(
    { kind: 'success', value: { text, list: [text] }, raw: { return: { text } } },
    { command: 'x', width: 80, format },
  );
const rows = (text: string) => text.split('\n');
const request = (text: string) => ({ execute: 'x', arguments: { a: text, b: { c: [text] } } });

export const ENTRIES: readonly Entry[] = Object.entries<(text: string) => unknown>({
  completeness,
  'parse, no schema': text => parse(text),
  'parse, with schema': text => parse(text, schema),
  'parse of an argument': text => parse(`blockdev-add node-name=${text}`, schema),
  'parse of a transaction': text => parse(`transaction( ${text}`, schema),
  'problem text': text =>
    problemText(text, { place: { start: 0, end: text.length }, message: text }, { role: 'error' }),
  complete: text => complete(text, text.length, schema, {}),
  'complete an argument': text => complete(`blockdev-add ${text}`, text.length + 13, schema, {}),
  hint: text => hint(text, text.length, schema, 80),
  colour: text => colour(text, schema),
  'colour of an argument': text => colour(`blockdev-add ${text}`, schema),
  'problems while typing': text => problemsWhileTyping(text, text.length, schema),
  suggest: text => suggest(text, text.length, [text, 'a', `${text}b`]),
  transcript: text => transcript(text),
  'transcript with shell': text => transcript(`(QEMU) x\n${text}`, { shell: true }),
  isTranscript,
  print: text => print(request(text), schema),
  'rows to lines': text => {
    const reader = new RowReader();
    for (let at = 0; at < text.length; at += 4096) reader.push(text.slice(at, at + 4096));
    return reader.end();
  },
  'rows to lines, in a transaction': text => new RowReader().push(`transaction(\n${text}`),
  'rows to lines, in a literal': text => new RowReader().push(`x a={\n${text}`),
  'page, Markdown': page('p.md'),
  'page, text': page('p.txt'),
  'page, fence': text => page('p.md')(`\`\`\`qmp\n(QEMU) x\n${text}\n\`\`\`\n`),
  'page, open fence': text => page('p.md')(`\`\`\`qmp\n(QEMU) x a={\n${text}\n\`\`\`\n`),
  'page, continued line': text => page('p.md')(`\`\`\`qmp\n(QEMU) x \\\n${text}\n\`\`\`\n`),
  'page, schema file': page('p.json'),
  'page, schema file with definitions': text => page('p.json')(`##\n# = A\n${text}\n##\n`),
  'page, manual': text => page('p.txt')(`  stop (Command)\n${text}`),
  'page, header': text => page('p.txt')(`# qmpsh:\n#   ${text}\n`),
  'page, header that sends sections': text =>
    page('p.txt')(`# qmpsh:\n#   on: [{ section: a, vm: b }]\n\na\n===\n\n${text}`),
  'page, behind an arrow': text => page('p.txt')(`-> {"execute": ${text}`),
  'page, reply to an arrow': text => page('p.txt')(`-> {"execute": "stop"}\n<- {"return": ${text}`),
  'faults of a text': faults('p.txt'),
  'faults of Markdown': faults('p.md'),
  'faults of a schema file': faults('p.json'),
  'page, host step': text => page('p.md')(`\`\`\`qmp\n$ x \\\n${text}\n\`\`\`\n`),
  'page, front matter': text => page('p.md')(`---\n${text}\n---\n`),
  'page, parameter': text => page('p.md')(`---\nparams:\n  a: { help: ${text} }\n---\n`),
  'page, fence words': text => page('p.md')(`\`\`\`qmp ${text}\n(QEMU) x\n\`\`\`\n`),
  'page, below try': text => page('p.md')(`\`\`\`qmp try\n(QEMU) x\n\`\`\`\n${text}`),
  'bind a line': text => bind({ kind: 'qmp', text: `x a=${text}` }, values),
  'bind a word': text => bind({ kind: 'word', text: `.x ${text}` }, values),
  'bind a host line': text => bind({ kind: 'shell', text }, values),
  'bind a query': text => bindQuery(text, values),
  'bind text': text => quiet(() => bindText(text, values)),
  'bind a long value': text =>
    bind({ kind: 'qmp', text: 'x a=$a b="$a"' }, new Map([['a', { json: text, loose: false }]])),
  namesIn,
  'read an expectation': text => quiet(() => readExpectation(text)),
  pattern: text => readPattern(text),
  'text differences': text => textDifferences(rows(text), rows(text.slice(1))),
  record: text =>
    recordingOf({ kind: 'line', text, reply: text }, { markdown: true, replies: true }, openRows),
  framing: text => quiet(() => new Framer(() => {}).push(Buffer.from(text))),
  'framing, a string': text => quiet(() => new Framer(() => {}).push(Buffer.from(`{"a": "${text}`))),
  checkSendable: text => quiet(() => checkSendable(stringifyJson({ a: text }))),
  'json reading': text => quiet(() => parseJson(text)),
  'json reading, exact': text => quiet(() => parseJson(`[12345678901234567890, ${text}`)),
  'json, there and back': text => parseJson(stringifyJson([text, 12345678901234567890n], 4)),
  'watched rows': text =>
    markChanges(
      rows(text).map(row => [{ text: row }]),
      rows(text.slice(1)).map(row => [{ text: row }]),
    ),
  event: text => renderEvent({ name: 'X', data: { a: text, reason: text }, raw: {} }, { width: 80 }),
  'manual section': text => manualSection(text, 'a', 80),
  Markdown: text => renderMarkdown(text, 80),
  'reply as a table': text => reply(text, 'table'),
  'reply as JSON': text => reply(text, 'json'),
  'reply raw': text => reply(text, 'raw'),
  'reply of rows': text =>
    renderReply(
      { kind: 'success', value: rows(text).map(row => ({ name: row, size: row.length })), raw: {} },
      { command: 'x', width: 80, format: 'table' },
    ),
  'reply of names': text =>
    renderReply(
      { kind: 'success', value: rows(text), raw: {} },
      { command: 'x', width: 80, format: 'table' },
    ),
  refusal: text =>
    renderReply(
      { kind: 'refusal', class: 'GenericError', desc: text, raw: {} },
      { command: 'x', width: 80, format: 'table' },
    ),
  'refusal, explained': text =>
    explainRefusal(text, { execute: 'blockdev-add', arguments: { filename: text } }, UNKNOWN),
  'reply of text': text =>
    renderReply(
      { kind: 'success', value: text, raw: {} },
      { command: 'human-monitor-command', width: 80, format: 'table' },
    ),
  mayHoldSecret,
  maskSecrets: text => maskSecrets(request(text)),
  'secret in a human monitor line': text =>
    maskSecrets({ execute: 'human-monitor-command', arguments: { 'command-line': text } }),
  'event filter': text => matchesPattern(text, '*a*b*c*'),
  'event filter, typed': text => matchesPattern('BLOCK_JOB_COMPLETED', text),
  'history entry': text => {
    let file = '';
    const store = {
      read: () => file,
      append: (more: string) => {
        file += more;
      },
      replace: (all: string) => {
        file = all;
      },
    };
    keepEntry(store, text);
    return readHistory(store);
  },
  settings: readSettings,
  'rank, a long name typed': text => NAMES.map(name => rank(text, name)),
  'rank, a long label': text => rank('abc', text),
  'rank, both long': text => rank(text, text.slice(1)),
  'nearest, a long name typed': text => nearest(text, NAMES),
  'nearest, a long label': text => nearest('blockdev-ad', [text, 'blockdev-add']),
  'search, a long text wanted': text => [
    holding(text, NAMES, name => [name]),
    comingNear(text, NAMES, name => name, 5),
  ],
  'search in a long text': text => [
    holding('abc', [text], long => [long]),
    comingNear('abc', [text], long => long, 5),
  ],
  wrapLine: text => wrapLine([{ text }], 20, 4),
  'wrapLine of spans': text =>
    wrapLine(
      rows(text).map(row => ({ text: row })),
      20,
      4,
    ),
  fitLine: text =>
    fitLine(
      rows(text).map(row => ({ text: row })),
      20,
    ),
  wrap: text => wrap(text, 20),
  safe,
  'safe, rows kept': text => safe(text, { keepNewlines: true }),
  safeJson,
  letters,
  width,
  head: text => head(text, 1e9),
  tail: text => tail(text, 1e9),
  fit: text => fit(text, 20, 'middle'),
  table: text =>
    table(
      [{ name: 'a' }, { name: 'b' }],
      rows(text).map(row => [row, 'x']),
      { width: 40 },
    ),
  grid: text => grid(rows(text), 40),
  'key decoder': text => new KeyDecoder().feed(text),
  'key decoder, by pieces': text => {
    const decoder = new KeyDecoder();
    for (let at = 0; at < text.length; at += 1000) decoder.feed(text.slice(at, at + 1000));
    return decoder.flush();
  },
  'paste by pieces': text => {
    const decoder = new KeyDecoder();
    decoder.feed('\x1b[200~');
    for (let at = 0; at < text.length; at += 1000) decoder.feed(text.slice(at, at + 1000));
    return decoder.feed('\x1b[201~');
  },
  layOut: text => layOut(text, { prompt: 7, continuation: 7 }, 80),
  view: text =>
    view({ ...initialState(SIZE), buffer: buffer(text) }, SIZE, { colour: () => [] }, DEFAULT_SETTINGS),
  'view of a question': text =>
    view(
      { ...initialState(SIZE), question: { text, keys: ['y'], passing: false } },
      SIZE,
      { colour: () => [] },
      DEFAULT_SETTINGS,
    ),
  finished: text => finished(text, '', { prompt: { text: '> ' } }, { colour: () => [] }, DEFAULT_SETTINGS),
  'word motions': text => [wordLeft(text, text.length), wordRight(text, 0)],
}).map(([name, run]) => ({ name, run }));

/** Pieces of which long texts are made by repeating them. */
export const PIECES: readonly string[] = [
  'a',
  'a a ',
  'A-',
  ' ',
  '?',
  '? ',
  '\n',
  '{',
  '{\n',
  '[',
  '[\n',
  '{}',
  '{}\n',
  '"',
  "'",
  '"a" ',
  '\\',
  '\\\\ ',
  '(',
  ')',
  '()',
  '$',
  '$a',
  '$a ',
  '${',
  '`',
  '` `a',
  '```\n',
  '~~~\n',
  '=',
  'a=',
  'a=1 ',
  'a=1\n',
  'a.',
  'a.b=1 ',
  'a.0=1 ',
  ',',
  ':',
  '"a": ',
  '-',
  '_',
  '*',
  '**a ',
  '#',
  '# a\n',
  '<',
  '<!-- ',
  '![](',
  '[a](',
  '[a]: ',
  '|',
  '|a|\n',
  '& ',
  '| ',
  '> ',
  '- a\n',
  '  - a\n',
  '1. ',
  '\t',
  '\r\n',
  '\0',
  '\x1b',
  '\x1b[',
  '\x1b]',
  '\x1b[1;',
  '\x9b',
  ' \\\n',
  '{}{',
  'a; ',
  '>',
  '> {\n',
  '<- {}\n',
  '//',
  '\u201c',
  '&quot;',
  'echo {"a":1}',
  '漢',
  '漢 ',
  'e\u0301',
  '\u0301',
  '\u200d',
  '👩\u200d',
  '😀',
  '\ud800',
  '🇩',
  '1',
  '12345678901234567890 ',
  '1e',
  '\\u',
  '\\u0061',
  '\\ud800',
  '://',
  'a://',
  'a:',
  'a:/@ ',
  '@',
  'http://a:',
  'password',
  'password ',
  'secret data ',
  'data',
  'change a ',
  'object_add ',
  'qom-set ',
  'cookie"',
  'set_password ',
  '(QEMU) a\n',
  '(QEMU) a={\n',
  '(QEMU) {}\n',
  '(QEMU) transaction(\n',
  '$ a\n',
  '$ a \\\n',
  '-> {\n',
  '<- {\n',
  '-> {"execute": "stop"}\n',
  '<- {"return": {}}\n',
  '-> {"execute": "stop"}\n<- {"return": {}}\n\n',
  '<- {"event": "STOP"}\n',
  '# -> {"execute": "x"}\n',
  '{"event": "STOP"}\n\n',
  '(qemu) a\n',
  '(QEMU) \\\n',
  'a \\\n',
  '##\n',
  '# = a\n',
  '... a\n',
  'TRANS> a\n',
  'transaction(\n',
  'a b=c\n',
  'a b={\n',
  'transaction',
  '---\n',
  'a: b\n',
  'a: {',
  'a: [',
  '? a\n',
  '!!a ',
  '&a ',
  '*a ',
  'hint: a\n\n',
  'wrong: `a\n\n',
  '```graph\n',
  '===\n',
  'a\n===\n',
  'a\n\n',
  '"a\n',
  "a='",
  '{"a": ',
  '{"a": 1}\n',
  '{"return": {}}\n',
  '<->',
  '. ',
  '.a',
  '.0',
  ';',
  '%',
  '/',
  '/a',
  'u"',
  '"\\',
];
