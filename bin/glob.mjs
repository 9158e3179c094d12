import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a folder whose name ends so, sorted. (Node 20 has no fs.globSync.) */
export function globSync(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith(ending))
    .map(name => join(folder, name))
    .sort();
}
