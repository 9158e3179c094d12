// What to use instead of what is deprecated, in our own words.
import { REPLACEMENTS } from './notes/deprecated.ts';
import { lazyTable } from './notes/table.ts';
import type { Path } from './walk.ts';

const replacements = lazyTable(REPLACEMENTS);

/**
 * What to use instead of a deprecated command (no path), argument, or enum value of an argument, as a
 * sentence. `tags` are the values that picked the variants on the way, such as the driver.
 */
export function replacement(
  command: string,
  path: Path = [],
  value?: string,
  tags: readonly string[] = [],
): string | undefined {
  const last = path.at(-1);
  if (last === undefined) return replacements(command);
  if (value !== undefined) return replacements(`${last}=${value}`);
  for (const tag of tags) {
    const found = replacements(`[${tag}].${last}`);
    if (found !== undefined) return found;
  }
  return replacements(`${command}.${last}`);
}
