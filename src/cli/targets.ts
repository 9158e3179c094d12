// Several monitors: those of `--on`, and those that a file of `--hosts` names.
import { readFileSync } from 'node:fs';
import { commandOf } from '../io/address.ts';
import { splitArguments } from '../language/argument.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import type { Invocation } from './invocation.ts';

export interface Target {
  /** What its rows begin with: its name, or its address where it has none. */
  readonly name: string;
  readonly address: string;
  /** Values of a page for this monitor alone. */
  readonly given: ReadonlyMap<string, string>;
}

/** The monitors, in the order given; undefined where there is one by its address alone. Throws usage errors. */
export function targetsOf({ on, values, switches }: Invocation): readonly Target[] | undefined {
  const file = values['hosts'];
  const alone = on.length === 0 && file === undefined;
  const more = ['parallel', 'fail-fast'].find(name => name in values || switches.has(name));
  if (alone && more !== undefined)
    throw new QmpshError('usage', `--${more} is for several monitors`, { advice: WANTED });
  if (alone) return undefined;
  for (const name of ['logfile', 'cast', 'html'])
    if (name in values) throw new QmpshError('usage', `--${name} is for one monitor, not for several`);
  for (const name of ['practice', 'step'])
    if (switches.has(name))
      throw new QmpshError('usage', `--${name} and several monitors exclude each other`);
  const targets = on.map(text => readTarget(text, '--on'));
  if (file !== undefined)
    targets.push(...readHosts(file, switches.has('allow-shell') || switches.has('yes')));
  for (const [i, { name, address }] of targets.entries())
    for (const other of targets.slice(0, i))
      if (other.name === name || other.address === address)
        throw new QmpshError('usage', `${safe(other.name === name ? name : address)} is there twice`, {
          advice: 'A monitor serves one client at a time.',
        });
  return targets;
}

const WANTED = 'Name them by --on ADDRESS, given again for each, or --hosts FILE.';

/** How many at a time. */
export function parallelOf({ values }: Invocation): number {
  const text = values['parallel'];
  if (text === undefined) return PARALLEL;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count === 0)
    throw new QmpshError('usage', `--parallel wants a number from 1 to 9999, not ${safe(text)}`);
  return count;
}

const PARALLEL = 8;

function readHosts(file: string, shell: boolean): readonly Target[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new QmpshError(
      'usage',
      `cannot read ${safe(file)}: ${cause instanceof Error ? cause.message : ''}`,
      {
        advice: 'It has one monitor a row: ADDRESS, or NAME=ADDRESS, and values behind it (file=b.qcow2).',
        cause,
      },
    );
  }
  const found: Target[] = [];
  for (const [i, row] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(row)) continue;
    const target = readTarget(row.trim(), `${safe(file)}:${i + 1}`);
    if (commandOf(target.address) !== undefined && !shell)
      throw new QmpshError('usage', `${safe(file)}:${i + 1}: this address runs a command on this host`, {
        advice: '--allow-shell lets it.',
      });
    found.push(target);
  }
  if (found.length === 0) throw new QmpshError('usage', `${safe(file)} names no monitor`);
  return found;
}

/** `[NAME=]ADDRESS [name=value ...]`; all behind `exec:` is the command. */
function readTarget(text: string, where: string): Target {
  const named = /^([A-Za-z][\w.-]*)=(.+)$/s.exec(text.trim());
  const rest = named?.[2] ?? text.trim();
  const [address = '', ...pairs] = rest.startsWith('exec:') ? [rest] : splitArguments(rest);
  if (address === '') throw new QmpshError('usage', `${where}: there is no address`, { advice: WANTED });
  const given = new Map<string, string>();
  for (const pair of pairs) {
    const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined)
      throw new QmpshError(
        'usage',
        `${where}: behind the address stand values, name=value; what is ${safe(pair)}?`,
      );
    given.set(name, value);
  }
  return { name: named?.[1] ?? address, address, given };
}
