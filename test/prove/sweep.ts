// Plays points of the model, several at once, and says which differ and how to play one again.
import { KINDS, nameOf, type Point, playPoint } from './point.ts';
import { PHASES } from './proxy.ts';
import { SCENES, type Scene } from './scenes.ts';

export interface Sweep {
  /** Parts of names; a point with one of them in its name is played. None: all. */
  readonly parts: readonly string[];
  /** Every so-manieth of those points, beginning with this one. */
  readonly each: number;
  readonly from: number;
  readonly jobs: number;
  /** Also what the shell said. */
  readonly verbose: boolean;
  readonly say: (text: string) => void;
}

export interface Swept {
  readonly points: number;
  readonly differing: number;
}

export async function sweep({ parts, each, from, jobs, verbose, say }: Sweep): Promise<Swept> {
  const began = Date.now();
  const points = (await allPoints(parts, say)).filter((_, i) => (i + each - from) % each === 0);
  let differing = 0;
  let played = 0;
  const queue = [...points];
  const lane = async () => {
    for (let point = queue.shift(); point; point = queue.shift()) {
      const name = nameOf(point);
      const { differences, names, said } = await playPoint(point.scene, point).catch((error: unknown) => ({
        differences: [
          `the point could not be played: ${error instanceof Error ? error.stack : String(error)}`,
        ],
        names: [],
        said: '',
      }));
      played += 1;
      if (differences.length > 0) {
        differing += 1;
        say(`DIFFERS ${name} (${names[Number(point.at) - 1] ?? 'not reached'}): ${differences.join('; ')}`);
        say(`        once more: npm run prove -- ${name}`);
      }
      if (verbose) say(`${name}\n${said}`);
      if (played % 100 === 0) say(`${played} of ${points.length} played, ${differing} differ`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  say(`${played} points, ${differing} differ, ${minutes} minutes`);
  return { points: played, differing };
}

/** Every point whose name is wanted; how many requests a recipe makes is seen by playing it once to the end. */
async function allPoints(parts: readonly string[], say: (text: string) => void): Promise<readonly Point[]> {
  const points: Point[] = [];
  const counts: (readonly [scene: Scene, count: number])[] = [];
  const isKind = (text: string) => KINDS.some(kind => kind === text);
  const heads = parts.map(part => part.split(':')[0] ?? '');
  for (const scene of SCENES) {
    // `kill:` is that way to break off, of every recipe.
    if (parts.length > 0 && !heads.some(head => scene.name.includes(head) || isKind(head))) continue;
    const { names, differences, said } = await playPoint(scene, undefined);
    if (differences.length > 0)
      say(`DIFFERS ${scene.name}, played to the end: ${differences.join('; ')}\n${said}`);
    say(`${scene.name}: ${names.length} requests: ${names.join(' ')}`);
    counts.push([scene, names.length]);
  }
  for (const kind of KINDS)
    for (const [scene, count] of counts)
      for (const phase of PHASES) for (let at = 1; at <= count; at++) points.push({ scene, kind, phase, at });
  return parts.length === 0
    ? points
    : points.filter(point =>
        parts.some(part => `:${nameOf(point)}:`.includes(`:${part}:`) || nameOf(point).includes(part)),
      );
}
