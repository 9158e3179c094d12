// Reads the arguments of `qmpsh play` and `qmpsh check`: pages, values, an address.
import { kindOfPath } from '../io/pages.ts';
import type { Choice } from '../play/choice.ts';
import { pagePath } from '../play/load.ts';
import type { Reading } from '../play/reading.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import type { Invocation } from './invocation.ts';

export interface Asked {
  readonly pages: readonly string[];
  readonly address: string | undefined;
  readonly given: ReadonlyMap<string, string>;
  readonly choice: Choice;
}

/** Throws a usage error for an option that has no meaning for a page. */
export function refuse({ lines, switches }: Invocation): void {
  if (lines.length > 0)
    throw new QmpshError('usage', 'a page and -c exclude each other', {
      advice: 'Put the line into the page.',
    });
  if (switches.has('hmp'))
    throw new QmpshError('usage', '-H has no meaning for a page', { advice: 'A page writes .hmp LINE.' });
}

/**
 * Tells pages, values and the address apart. With `many` there may be several pages, else the first positional is the
 * page.
 */
export function readPositionals(
  invocation: Invocation,
  folder: string,
  reading: Reading,
  many: boolean,
): Asked {
  const given = new Map<string, string>();
  const pages: string[] = [];
  const addresses: string[] = [];
  for (const text of invocation.positionals) {
    const pair = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(text);
    if (pair?.[1] && (pages.length > 0 || kindOfPath(text) !== 'file')) {
      if (given.has(pair[1])) throw new QmpshError('usage', `${pair[1]} is given twice`);
      given.set(pair[1], pair[2] ?? '');
    } else if (
      pages.length === 0 ||
      (many && !isAddress(text) && pagePath(text, folder, reading) !== undefined)
    ) {
      pages.push(text);
    } else if (many && !isAddress(text)) {
      pages.push(text); // a page that is not there: told when it is read
    } else addresses.push(text);
  }
  const [address, extra] = addresses;
  if (extra !== undefined)
    throw new QmpshError('usage', `one address is enough; what is ${safe(extra)}?`, {
      advice: 'Values are given as name=value.',
    });
  const { from, to, section } = invocation.values;
  const choice = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(section === undefined ? {} : { section }),
  };
  return { pages, address, given, choice };
}

function isAddress(text: string): boolean {
  return (
    /^(unix|tcp|ssh):/.test(text) || /^(\[[^\]]*\]|[^:/]*):\d+$/.test(text) || kindOfPath(text) === 'socket'
  );
}
