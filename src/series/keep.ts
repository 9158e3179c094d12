// Which points may go so that so many of a chain are left: the oldest that stays becomes a full point, and those below it go.
import { safe } from '../text/safe.ts';
import type { Listed, Listing } from './listing.ts';
import { type PointName, pointName } from './names.ts';
import { baseName } from './paths.ts';

/** What is done to one chain, in this order. */
interface Merge {
  /** The file whose point becomes a full one; absent where that was done before. */
  readonly full?: string;
  readonly point: PointName;
  /** Files of the points below it, the newest first: at any time those that are left are whole. */
  readonly gone: readonly string[];
  /** The points of these files. */
  readonly held: readonly PointName[];
}

interface Plan {
  readonly merges: readonly Merge[];
  /** Why points are left alone, a sentence each. */
  readonly notes: readonly string[];
}

/** `count`: so many of each chain stay; at least one. */
export function planKeep({ points, needs }: Pick<Listing, 'points' | 'needs'>, count: number): Plan {
  const notes: string[] = [];
  const merges: Merge[] = [];
  const byName = new Map<string, Listed>();
  const doubtful = new Set<string>();
  for (const row of points) {
    const name = pointName(row.point);
    const other = byName.get(name);
    if (other) {
      doubtful.add(name);
      notes.push(
        `${safe(other.file)} and ${safe(row.file)} are the same point: their chain is left as it is`,
      );
    } else byName.set(name, row);
  }
  const above = new Map<string, Listed[]>();
  for (const row of points)
    if (row.parent) above.set(pointName(row.parent), [...(above.get(pointName(row.parent)) ?? []), row]);
  // A run that was ended between the merge and the end of the removal: the rest goes now.
  const spent = new Set<string>();
  for (const { held, problem } of points)
    for (const point of problem === undefined ? held : []) spent.add(pointName(point));
  for (const top of points.filter(row => row.held.length > 0 && row.problem === undefined)) {
    const rows = top.held.flatMap(point => byName.get(pointName(point)) ?? []);
    const needed = rows.find(row =>
      (above.get(pointName(row.point)) ?? []).some(one => !spent.has(pointName(one.point))),
    );
    const unsure = rows.find(row => doubtful.has(pointName(row.point)));
    const used = needs.some(([, path]) => rows.some(({ file }) => file === baseName(path)));
    if (rows.length > 0 && !needed && !unsure && !used)
      merges.push({ point: top.point, gone: rows.map(({ file }) => file), held: [] });
    else for (const row of rows) spent.delete(pointName(row.point));
  }
  for (const root of points.filter(({ parent, point }) => !parent && !spent.has(pointName(point)))) {
    const chain: Listed[] = [];
    let why: string | undefined;
    for (let row: Listed | undefined = root; row; ) {
      const next: readonly Listed[] = above.get(pointName(row.point)) ?? [];
      chain.push(row);
      if (row.problem !== undefined) why ??= row.problem;
      if (doubtful.has(pointName(row.point))) why ??= '';
      if (next.length > 1) why ??= `several points stand on ${safe(row.file)}`;
      row = next.length === 1 ? next[0] : undefined;
    }
    const first = chain.length - Math.max(1, count);
    const stays = chain[first];
    if (first <= 0 || !stays) continue;
    if (why !== undefined) {
      if (why !== '') notes.push(`${why}: its chain is left as it is`);
      continue;
    }
    const below = chain.slice(0, first).reverse();
    // (Whatever folder it names: an image that is lost cannot be made again.)
    const user = needs.find(([, path]) => below.some(({ file }) => file === baseName(path)));
    if (user) {
      notes.push(
        `${safe(user[0])}, which is no point, stands on ${safe(user[1])}: its chain is left as it is`,
      );
      continue;
    }
    merges.push({
      full: stays.file,
      point: stays.point,
      gone: below.map(({ file }) => file),
      held: below.map(({ point }) => point),
    });
  }
  return { merges, notes: [...new Set(notes)] };
}

/** What will be done, a sentence each. */
export function keepSentences(
  { merges }: Pick<Plan, 'merges'>,
  files: ReadonlyMap<string, string>,
): readonly string[] {
  return merges.map(({ full, point, gone }) => {
    const names = gone.map(file => safe(file)).join(', ');
    return full === undefined
      ? `${names} ${gone.length === 1 ? 'goes' : 'go'}: ${safe(files.get(pointName(point)) ?? point.file)} is a full point already`
      : `${safe(full)} becomes a full point, and ${names} ${gone.length === 1 ? 'goes' : 'go'}`;
  });
}
