// Which values of a recording its user makes parameters.
import type { Suggestion } from '../page/record.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';

/** The suggestion that `name=value` takes, under that name. Throws a usage error where the value is none of them. */
export function nameSuggestion(
  text: string,
  offered: readonly Suggestion[],
): Pick<Suggestion, 'name' | 'kind' | 'value'> {
  const [, name, value] = /^([A-Za-z_]\w*)=(.+)$/.exec(text) ?? [];
  const known = offered.find(one => one.value === value);
  if (name === undefined || value === undefined || !known)
    throw new QmpshError('usage', `${safe(text)} names nothing that was recorded`, {
      advice: `There is ${offered.map(one => `${one.name}=${one.value}`).join(' ') || 'nothing to name'}.`,
    });
  return { name, kind: known.kind, value };
}
