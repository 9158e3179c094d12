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

/** The points of a folder by name, and what stands on them. */
interface Family {
  readonly byName: ReadonlyMap<string, Listed>;
  readonly above: ReadonlyMap<string, readonly Listed[]>;
  /** Names that several files have. */
  readonly doubtful: ReadonlySet<string>;
  readonly notes: readonly string[];
}

/** `count`: so many of each chain stay; at least one. */
export function planKeep({ points, needs }: Pick<Listing, 'points' | 'needs'>, count: number): Plan {
  const family = familyOf(points);
  const rest = planLeftovers(points, needs, family);
  const roots = points.filter(({ parent, point }) => !parent && !rest.spent.has(pointName(point)));
  const chains = roots.map(root => planChain(root, needs, family, Math.max(1, count)));
  const notes = [...family.notes, ...chains.flatMap(({ note }) => note ?? [])];
  return {
    merges: [...rest.merges, ...chains.flatMap(({ merge }) => merge ?? [])],
    notes: [...new Set(notes)],
  };
}

function familyOf(points: readonly Listed[]): Family {
  const notes: string[] = [];
  const byName = new Map<string, Listed>();
  const doubtful = new Set<string>();
  const above = new Map<string, Listed[]>();
  for (const row of points) {
    const name = pointName(row.point);
    const other = byName.get(name);
    if (other) {
      doubtful.add(name);
      notes.push(
        `${safe(other.file)} and ${safe(row.file)} are the same point: their chain is left as it is`,
      );
    } else byName.set(name, row);
    if (row.parent) above.set(pointName(row.parent), [...(above.get(pointName(row.parent)) ?? []), row]);
  }
  return { byName, above, doubtful, notes };
}

/**
 * A run that was ended between the merge and the end of the removal: the rest goes now. `spent`: the points that go
 * so, by name.
 */
function planLeftovers(
  points: readonly Listed[],
  needs: Listing['needs'],
  { byName, above, doubtful }: Family,
): { readonly merges: readonly Merge[]; readonly spent: ReadonlySet<string> } {
  const merges: Merge[] = [];
  const tops = points.filter(row => row.held.length > 0 && row.problem === undefined);
  const spent = new Set(tops.flatMap(({ held }) => held.map(pointName)));
  for (const top of tops) {
    const rows = top.held.flatMap(point => byName.get(pointName(point)) ?? []);
    const needed = rows.some(row =>
      (above.get(pointName(row.point)) ?? []).some(one => !spent.has(pointName(one.point))),
    );
    const unsure = rows.some(row => doubtful.has(pointName(row.point)));
    if (rows.length > 0 && !needed && !unsure && userOf(rows, needs) === undefined)
      merges.push({ point: top.point, gone: rows.map(({ file }) => file), held: [] });
    else for (const row of rows) spent.delete(pointName(row.point));
  }
  return { merges, spent };
}

/** What becomes of the chain that stands on `root`, and why it is left alone. */
function planChain(
  root: Listed,
  needs: Listing['needs'],
  { above, doubtful }: Family,
  count: number,
): { readonly merge?: Merge; readonly note?: string } {
  const chain: Listed[] = [];
  let unsure = false;
  let why: string | undefined;
  for (let row: Listed | undefined = root; row; ) {
    const next: readonly Listed[] = above.get(pointName(row.point)) ?? [];
    chain.push(row);
    why ??= row.problem;
    unsure ||= doubtful.has(pointName(row.point));
    if (next.length > 1) why ??= `several points stand on ${safe(row.file)}`;
    row = next.length === 1 ? next[0] : undefined;
  }
  const stays = chain[chain.length - count];
  if (!stays || stays === root) return {};
  if (why !== undefined) return { note: `${why}: its chain is left as it is` };
  if (unsure) return {}; // told with the family
  const below = chain.slice(0, -count).reverse();
  const user = userOf(below, needs);
  if (user)
    return {
      note: `${safe(user[0])}, which is no point, stands on ${safe(user[1])}: its chain is left as it is`,
    };
  const merge = {
    full: stays.file,
    point: stays.point,
    gone: below.map(({ file }) => file),
    held: below.map(({ point }) => point),
  };
  return { merge };
}

/** An image that is no point and stands on one of these. (Whatever folder it names: one that is lost cannot be made again.) */
function userOf(rows: readonly Listed[], needs: Listing['needs']): Listing['needs'][number] | undefined {
  return needs.find(([, path]) => rows.some(({ file }) => file === baseName(path)));
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
