import { contextOf } from '../../language/context.ts';
import { readLine } from '../../language/tokens.ts';
import { problemsWhileTyping } from '../../language/typing.ts';
import { renderArgumentHelp, renderCommandHelp, renderEventHelp, renderPairs } from '../../render/help.ts';
import { manualSection } from '../../render/manual.ts';
import { qemuVersion } from '../../render/welcome.ts';
import type { Schema } from '../../schema/model.ts';
import * as notes from '../../schema/notes.ts';
import { nearest } from '../../text/fuzzy.ts';
import { span, wrapLine } from '../../text/line.ts';
import { safe } from '../../text/safe.ts';
import type { StyledLine } from '../../text/style.ts';
import { matchesPattern } from '../filter.ts';
import type { Exit, Host } from '../host.ts';
import { KEYS } from '../keys.ts';
import { misuse } from '../misuse.ts';
import { type Word, wordNamed } from '../word.ts';

export const HELP: Word = {
  name: '.help',
  usage: '[COMMAND [key=value ...]|COMMAND.ARGUMENT|EVENT|WORD|keys|TEXT]',
  help: 'explain a command, an argument, an event, a word, or the keys',
  more: [
    'Another text is looked for in all names and descriptions:',
    '    .help blockdev-mirror         .help blockdev-mirror.sync        .help blockdev-add driver=qcow2',
    '    .help BLOCK_JOB_READY         .help bitmap',
  ],
  complete: (before, typed, host, words) =>
    before.length > 0 ? [] : (argumentsOf(typed, host) ?? topics(host, words)),
  run: async ({ args, rest, words }, host): Promise<Exit> => {
    if (rest === '') {
      await showLong(overview(words, host.width), host);
      return 0;
    }
    if (args.length === 1) {
      const page = await onTopic(args[0] ?? '', host, words);
      if (page) {
        await showLong(page, host);
        return 0;
      }
    }
    if (args.length > 1 && args.slice(1).every(arg => arg.includes('='))) {
      const page = await withGiven(rest, host);
      if (page) {
        await showLong(page, host);
        return 0;
      }
    }
    const found = search(rest, host, words);
    if (found.length > 0) {
      await showLong(
        renderPairs([{ title: `Where ${safe(rest)} is mentioned`, rows: found }], host.width),
        host,
      );
      return 0;
    }
    const near = nearest(
      rest,
      topics(host, words).map(topic => topic.text),
    );
    const meant = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
    throw misuse(HELP, `nothing is called ${rest}, and no description mentions it${meant}`);
  },
};

/** A page that may be longer than the screen. */
async function showLong(lines: readonly StyledLine[], host: Host): Promise<void> {
  if (host.page) await host.page(lines);
  else host.show(lines);
}

/** The page of a command with the variant that is picked: `blockdev-add driver=qcow2`. */
async function withGiven(rest: string, host: Host): Promise<readonly StyledLine[] | undefined> {
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
async function fromManual(name: string, host: Host): Promise<readonly StyledLine[]> {
  const { manualSource } = await import('../../io/manual.ts');
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
function argumentsOf(typed: string, host: Host) {
  const [, name = ''] = /^([^.]+)\./.exec(typed) ?? [];
  const command = host.schema?.commands.get(name);
  return command?.arguments.members.map(member => {
    const note = notes.describeArgument(name, [member.name]);
    return { text: `${name}.${member.name}`, ...(note === undefined ? {} : { note }) };
  });
}

function topics(
  host: Host,
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
  host: Host,
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
  const page = renderArgumentHelp(command, path, { width, notes });
  if (page) return page;
  const names = command.arguments.members.map(member => member.name);
  const near = nearest(path.join('.'), names);
  const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
  throw misuse(HELP, `${command.name} has no argument ${path.join('.')}${hint}`);
}

function wordPage(word: Word, width: number, later: readonly string[]): readonly StyledLine[] {
  return [
    [span(`${word.name} ${word.usage}`.trim(), 'title')],
    ...renderPairs([{ rows: [['', word.help]] }], width).map(line => line),
    ...[...word.more, ...later].map(
      (row): StyledLine => [span(`  ${row}`, row.startsWith('    ') ? 'command' : 'plain')],
    ),
  ];
}

/** Names and descriptions that hold the text, or match it where it has a `*`. */
function search(text: string, host: Host, words: readonly Word[]): readonly (readonly [string, string])[] {
  const wanted = text.toLowerCase();
  const holds = (name: string, note: string) =>
    text.includes('*')
      ? matchesPattern(name.toUpperCase(), text)
      : name.toLowerCase().includes(wanted) || note.toLowerCase().includes(wanted);
  return topics(host, words)
    .map(topic => [topic.text, topic.note ?? ''] as const)
    .filter(([name, note]) => holds(name, note));
}
