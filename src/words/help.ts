import { contextOf } from '../language/context.ts';
import { messageOf } from '../language/problem.ts';
import { readLine } from '../language/tokens.ts';
import { problemsWhileTyping } from '../language/typing.ts';
import type { Connection } from '../line/connection.ts';
import type { Exit } from '../line/exit.ts';
import { matchesPattern } from '../line/filter.ts';
import { misuse } from '../line/misuse.ts';
import type { Output } from '../line/output.ts';
import type { Word } from '../line/word.ts';
import { wordNamed } from '../line/wordfacts.ts';
import { QmpshError } from '../qmp/errors.ts';
import {
  renderArgumentHelp,
  renderCommandHelp,
  renderEventHelp,
  renderPairs,
  renderReplyHelp,
  wrapUsage,
} from '../render/help.ts';
import { manualSection } from '../render/manual.ts';
import { qemuVersion } from '../render/welcome.ts';
import type { Schema } from '../schema/model.ts';
import * as notes from '../schema/notes.ts';
import { nearest } from '../text/fuzzy.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { comingNear, holding } from '../text/search.ts';
import type { StyledLine } from '../text/style.ts';
import { KEYS } from './keys.ts';

export const HELP: Word = {
  name: '.help',
  usage: '[COMMAND [key=value ...]|COMMAND.ARGUMENT|EVENT|WORD|keys|TEXT]',
  help: 'explain a command, an argument, an event, a word, or the keys',
  more: [
    'Another text is looked for in all names and descriptions, the likeliest first:',
    '    .help blockdev-mirror         .help blockdev-mirror.sync        .help blockdev-add driver=qcow2',
    '    .help BLOCK_JOB_READY         .help query-jobs.status         .help bitmap',
    'help X, ? X and X --help are the same.',
  ],
  needs: 'connection',
  complete: (before, typed, host, words) =>
    before.length > 0 ? [] : (argumentsOf(typed, host) ?? topics(host, words)),
  run: async ({ args, rest, words }, host): Promise<Exit> => {
    if (rest === '') {
      await host.page(overview(words, host.width));
      return 0;
    }
    if (args.length === 1) {
      const page = await onTopic(args[0] ?? '', host, words);
      if (page) {
        await host.page(page);
        return 0;
      }
    }
    if (args.length > 1 && args.slice(1).every(arg => arg.includes('='))) {
      const page = await withGiven(rest, host);
      if (page) {
        await host.page(page);
        return 0;
      }
    }
    const found = search(rest, host, words);
    if (found.length > 0) {
      await host.page(renderPairs([{ title: `Where ${safe(rest)} is mentioned`, rows: found }], host.width));
      return 0;
    }
    const all = topics(host, words);
    const near = nearest(
      rest,
      all.map(topic => topic.text),
    );
    const close = near.length > 0 ? [] : comingNear(rest, all, topic => topic.note ?? '', MOST_NEAR);
    if (close.length > 0)
      await host.page(
        renderPairs([{ title: `What comes near ${safe(rest)}`, rows: close.map(row) }], host.width),
      );
    const message = `nothing is called ${rest}, and no description mentions it`;
    throw new QmpshError(
      'usage',
      messageOf({ place: { start: 0, end: rest.length }, message, nearest: near }),
    );
  },
};

/** The page of a command with the variant that is picked: `blockdev-add driver=qcow2`. */
async function withGiven(
  rest: string,
  host: Connection & Output,
): Promise<readonly StyledLine[] | undefined> {
  const schema = await host.loadSchema();
  const tree = readLine(rest);
  if (!schema || tree.kind !== 'command') return undefined;
  const command = schema.commands.get(tree.call.name);
  if (!command) return undefined;
  const [problem] = problemsWhileTyping(rest, -1, schema);
  if (problem) {
    const near = problem.nearest ?? [];
    throw misuse(HELP, `${problem.message}${near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''}`);
  }
  const { given } = contextOf(command.name, command.arguments, tree.call.args, rest);
  return renderCommandHelp(command, { width: host.width, notes, given });
}

/** What QEMU's own manual says, where this host has it. */
async function fromManual(name: string, host: Connection & Output): Promise<readonly StyledLine[]> {
  const { manualSource } = await import('../io/manual.ts');
  const source = await manualSource();
  const section = source === undefined ? undefined : manualSection(source, name, host.width);
  if (!section) return [];
  const { version } = section;
  const greeting = host.session?.greeting;
  const own = greeting ? qemuVersion(greeting) : undefined;
  const differs =
    own !== undefined && version !== undefined && own !== version ? `; this VM is QEMU ${own}` : '';
  const title = `From the manual of QEMU${version === undefined ? '' : ` ${version}`}${differs}`;
  return [[], ...wrapLine([span(title, 'title')], host.width), ...section.lines];
}

/** `blockdev-mirror.sy`: the arguments of the command before the dot. */
function argumentsOf(typed: string, host: Pick<Connection, 'schema'>) {
  const [, name = ''] = /^([^.]+)\./.exec(typed) ?? [];
  const command = host.schema?.commands.get(name);
  return command?.arguments.members.map(member => {
    const note = notes.describeArgument(name, [member.name]);
    return { text: `${name}.${member.name}`, ...(note === undefined ? {} : { note }) };
  });
}

function topics(
  host: Pick<Connection, 'schema'>,
  words: readonly Word[],
): readonly { readonly text: string; readonly note?: string }[] {
  const described = (text: string, note: string | undefined) =>
    note === undefined ? { text } : { text, note };
  return [
    ...[...(host.schema?.commands.keys() ?? [])].map(name => described(name, notes.describeCommand(name))),
    ...[...(host.schema?.events.keys() ?? [])].map(name => described(name, notes.describeEvent(name))),
    ...words.map(word => described(word.name, word.help)),
    { text: 'keys', note: 'the keys that edit the line' },
  ];
}

function overview(words: readonly Word[], width: number): readonly StyledLine[] {
  const syntax: readonly (readonly [string, string])[] = [
    ['COMMAND key=value ...', 'run a QMP command: blockdev-del node-name=node-E'],
    ['file.driver=file', 'a dot goes into an object; children.0=x into a list'],
    ['key="a b"', 'a quoted value is always text; { } and [ ] hold JSON'],
    ['transaction( ... )', 'several commands as one, on one row or many'],
    ['COMMAND | jq ...', 'the reply through a program of this host'],
  ];
  const rows = words.map(word => [`${word.name} ${word.usage}`.trim(), word.help] as const);
  return [
    ...renderPairs(
      [
        { title: 'Lines', rows: syntax },
        { title: 'Words of the shell', rows },
      ],
      width,
    ),
    [],
    [
      span('.help blockdev-backup', 'word'),
      span(' explains a command, ', 'dim'),
      span('.help keys', 'word'),
      span(' the keys; ', 'dim'),
      span('Tab', 'key'),
      span(' completes, ', 'dim'),
      span('Ctrl-D', 'key'),
      span(' leaves.', 'dim'),
    ],
  ];
}

/** The page of a thing with exactly that name. */
async function onTopic(
  topic: string,
  host: Connection & Output,
  words: readonly Word[],
): Promise<readonly StyledLine[] | undefined> {
  const { width } = host;
  if (topic === 'keys') return renderPairs(KEYS, width);
  const word = wordNamed(topic, words);
  if (word && (topic.startsWith('.') || !host.schema?.commands.has(topic)))
    return wordPage(word, width, (await word.moreLater?.()) ?? []);
  const schema = await host.loadSchema();
  if (!schema) return undefined;
  const options = { width, notes };
  const command = schema.commands.get(topic);
  if (command) return [...renderCommandHelp(command, options), ...(await fromManual(command.name, host))];
  const event = schema.events.get(topic) ?? schema.events.get(topic.toUpperCase());
  if (event) return [...renderEventHelp(event, options), ...(await fromManual(event.name, host))];
  return argumentPage(topic, schema, width);
}

function argumentPage(topic: string, schema: Schema, width: number): readonly StyledLine[] | undefined {
  const at = topic.indexOf('.');
  const command = schema.commands.get(topic.slice(0, at));
  if (at < 0 || !command) return undefined;
  const path = topic.slice(at + 1).split('.');
  const options = { width, notes };
  const page =
    renderArgumentHelp(command, path, options) ??
    (path.length === 1 ? renderReplyHelp(command, path.join(''), options) : undefined);
  if (page) return page;
  const names = command.arguments.members.map(member => member.name);
  const near = nearest(path.join('.'), names);
  const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
  throw misuse(HELP, `${command.name} has no argument ${path.join('.')}${hint}`);
}

function wordPage(word: Word, width: number, later: readonly string[]): readonly StyledLine[] {
  return [
    ...wrapUsage([span(`${word.name} ${word.usage}`.trim(), 'title')], width),
    ...renderPairs([{ rows: [['', word.help]] }], width).map(line => line),
    ...paragraphs([...word.more, ...later], width),
  ];
}

/** Prose flows to the width; examples, which are indented, and rows with columns keep their rows. */
function paragraphs(rows: readonly string[], width: number): readonly StyledLine[] {
  const out: StyledLine[] = [];
  let prose: string[] = [];
  const flow = () => {
    if (prose.length > 0) out.push(...wrapLine([span('  '), span(prose.join(' '))], width, 2));
    prose = [];
  };
  for (const row of rows) {
    if (/^\S/.test(row) && !/\S {2}/.test(row)) {
      prose.push(row);
      continue;
    }
    flow();
    const role = row.startsWith('    ') ? 'command' : 'plain';
    // Examples stand side by side where they fit.
    const parts =
      row.length + 2 > width && role === 'command' ? row.trim().split(/ {3,}/) : [row.trimStart()];
    const lead = ' '.repeat(2 + row.length - row.trimStart().length);
    out.push(...parts.map((part): StyledLine => (part === '' ? [] : [span(`${lead}${part}`, role)])));
  }
  flow();
  return out;
}

/** Names and descriptions that hold the text or its words, the likeliest first; with a `*`, names that match it. */
function search(
  text: string,
  host: Connection & Output,
  words: readonly Word[],
): readonly (readonly [string, string])[] {
  const rows = topics(host, words).map(row);
  if (text.includes('*')) return rows.filter(([name]) => matchesPattern(name.toUpperCase(), text));
  const folded = text.trim().toLowerCase();
  const weigh = ([name]: readonly [string, string]) =>
    2 * Number(!name.toLowerCase().includes(folded)) + rareness(name, host.schema);
  return holding(text, rows, texts => texts).toSorted((a, b) => weigh(a) - weigh(b));
}

// What most people come for stands above what is near it by its letters, and what is on its way out or not there to stay
// below.
const OFTEN: ReadonlySet<string> = new Set(
  'blockdev-add blockdev-backup blockdev-mirror blockdev-snapshot blockdev-del block-commit block-stream block-dirty-bitmap-add block_resize device_add device_del object-add chardev-add netdev_add query-block query-named-block-nodes query-jobs query-status job-cancel job-complete job-dismiss block-job-set-speed'.split(
    ' ',
  ),
);

/** From 0 to 1. */
function rareness(name: string, schema: Schema | undefined): number {
  const features = schema?.commands.get(name)?.features ?? [];
  if (/^x-/.test(name) || features.includes('deprecated') || features.includes('unstable')) return 1;
  return OFTEN.has(name) ? 0 : 0.5;
}

/** So many descriptions that come near are shown where none holds the text. */
const MOST_NEAR = 5;

function row({ text, note = '' }: { text: string; note?: string }): readonly [string, string] {
  return [text, note];
}
