// The help on what stands at the cursor: a command, an argument, an event, a word, a name of the page.

import { spotAt } from '../language/locate.ts';
import type { Spot } from '../language/spot.ts';
import { wordNamed } from '../line/wordfacts.ts';
import type { Page, Param } from '../page/model.ts';
import { RUN } from '../page/names.ts';
import { renderArgumentHelp, renderCommandHelp, renderEventHelp } from '../render/help.ts';
import type { Schema } from '../schema/model.ts';
import * as notes from '../schema/notes.ts';
import type { Place } from '../text/place.ts';
import type { StyledLine } from '../text/style.ts';
import { allWords } from '../words/words.ts';
import { lineAt, type PageDocument } from './document.ts';
import { definitionOf, nameAt, namePlaces } from './names.ts';

interface Help {
  readonly text: string;
  readonly place: Place;
}

/** Cells of a row. */
const WIDTH = 78;
const WORD = /[\w.-]*/y;

export function helpAt({ page }: PageDocument, offset: number, schema: Schema | undefined): Help | undefined {
  return onName(page, offset) ?? onEvent(page, offset, schema) ?? onLine(page, offset, schema);
}

function onName(page: Page, offset: number): Help | undefined {
  const places = namePlaces(page);
  const found = nameAt(places, offset);
  if (!found) return undefined;
  const { name, place } = found;
  const param = page.params.find(one => one.name === name);
  if (param) return { text: aboutParam(param), place };
  if (name === RUN) return { text: '$run: a word that no other run has', place };
  const at = definitionOf(places, found);
  const row = at && page.text.slice(0, at.place.start).split('\n').length;
  return row === undefined ? undefined : { text: `$${name}: it gets its value in row ${row}`, place };
}

function aboutParam({ name, help, kind, default: fallback, choices }: Param): string {
  const value = typeof fallback === 'string' ? fallback : JSON.stringify(fallback);
  return [
    `$${name}${help === undefined ? '' : `: ${help}`}`,
    ...(kind === undefined ? [] : [`kind     ${kind}`]),
    ...(choices === undefined ? [] : [`choices  ${choices.join(', ')}`]),
    fallback === undefined ? 'required' : `default  ${value === '' ? 'none' : value}`,
  ].join('\n');
}

/** An event's name, in a message that the page shows or behind `.wait`. */
function onEvent(page: Page, offset: number, schema: Schema | undefined): Help | undefined {
  const place = wordAround(page.text, offset);
  const event = schema?.events.get(page.text.slice(place.start, place.end));
  return event && { text: plain(renderEventHelp(event, { width: WIDTH, notes })), place };
}

function onLine(page: Page, offset: number, schema: Schema | undefined): Help | undefined {
  const line = lineAt(page, offset);
  if (!line) return undefined;
  const { text, cursor } = line;
  WORD.lastIndex = cursor;
  const end = cursor + (WORD.exec(text)?.[0].length ?? 0);
  const spot = spotAt(text, end, schema);
  const lines = linesFor(spot, text.slice(0, end), schema);
  if (!lines || !('place' in spot)) return undefined;
  return { text: plain(lines), place: line.toPage({ start: spot.place.start, end }) };
}

function linesFor(spot: Spot, before: string, schema: Schema | undefined): readonly StyledLine[] | undefined {
  const options = { width: WIDTH, notes };
  switch (spot.kind) {
    case 'command': {
      if (spot.typed.startsWith('.')) return wordLines(spot.typed);
      const command = schema?.commands.get(spot.typed);
      return command && renderCommandHelp(command, options);
    }
    case 'key':
    case 'value': {
      const command = schema?.commands.get(spot.context.name);
      const own = spot.kind === 'key' ? [...spot.path, spot.typed] : spot.path;
      if (!command) return undefined;
      // In a message as it goes over the wire the arguments are a member of their own.
      const isMessage = before.trimStart().startsWith('{');
      const path = isMessage ? own.slice(1) : own;
      if (isMessage && own[0] !== 'arguments' && own[0] !== 'execute') return undefined;
      if (path.length === 0) return renderCommandHelp(command, options);
      return renderArgumentHelp(
        command,
        path,
        isMessage ? options : { ...options, given: spot.context.given },
      );
    }
    default:
      return undefined;
  }
}

function wordLines(name: string): readonly StyledLine[] | undefined {
  const word = wordNamed(name, allWords());
  if (!word) return undefined;
  const rows = [`${word.name} ${word.usage}`.trim(), word.help, '', ...word.more];
  return rows.map(text => [{ text, role: 'plain' }]);
}

function plain(lines: readonly StyledLine[]): string {
  return lines.map(line => line.map(({ text }) => text).join('')).join('\n');
}

function wordAround(text: string, offset: number): Place {
  let start = offset;
  while (start > 0 && /\w/.test(text[start - 1] ?? '')) start -= 1;
  let end = offset;
  while (end < text.length && /\w/.test(text[end] ?? '')) end += 1;
  return { start, end };
}
