// The screens that the documentation shows, made by the real shell on a practice VM. In a page stands
// `<!-- screen: NAME -->` and a fence below it; test/docs.test.ts holds the fence against the scene of that name.
import { execFileSync } from 'node:child_process';
import { type Desk, withDesk } from './desk.ts';
import { pictureOf } from './picture.ts';
import { READING, TYPING } from './scenes.ts';
import type { Screen } from './screen.ts';

export interface Scene {
  readonly cols?: number;
  readonly rows?: number;
  /** What is typed; the picture is taken when it resolves. */
  readonly play: (desk: Desk) => Promise<void>;
}

/** The prompt stands there, empty. */
export function atPrompt(screen: Screen): boolean {
  return /^(?:rec )?\((QEMU[^)]*|gone)\)$/.test(screen.text()[screen.cursor.row]?.trimEnd() ?? '');
}

/** Types a line, runs it, and waits until something stands below it and the prompt below that. */
export async function enter(screen: Screen, text: string): Promise<void> {
  screen.type(text);
  const end = text.slice(-20);
  await screen.waitFor(shown => typed(shown).endsWith(end));
  screen.key('Enter');
  await screen.waitFor(shown => {
    const rows = shown.text().slice(0, shown.cursor.row);
    return atPrompt(shown) && !rows.join('').endsWith(end);
  });
}

/** The line being typed, put together from the rows it takes. */
export function typed(screen: Screen): string {
  const rows = screen.text();
  const start = rows.findLastIndex(row => /^(?:rec )?\((QEMU[^)]*|gone)\)/.test(row));
  return rows
    .slice(start, screen.cursor.row + 1)
    .join('')
    .trimEnd();
}

const BACKUP = [
  'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B format=qcow2',
  'blockdev-add driver=qcow2 node-name=node-E file={"driver":"file","filename":"e.qcow2"}',
];

export const SCENES: Readonly<Record<string, Scene>> = {
  ...TYPING,
  ...READING,
  backup: {
    rows: 30,
    async play({ screen, vm }) {
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', 'e.qcow2', '39M'], { cwd: vm.folder });
      for (const text of BACKUP) await enter(screen, text);
      screen.type('blockdev-backup device=node-B target=node-E sync=full job-id=job0');
      screen.key('Enter');
      await screen.waitFor(/^job0 backup done/m);
      await enter(screen, '.graph');
      await screen.waitFor(/^\[e\.qcow2\]/m);
      screen.type('blockdev-mirror device=node-B target=node-E sync=');
      await screen.waitFor(shown => typed(shown).endsWith('sync='));
      screen.key('Tab');
      await screen.waitFor(/^ full +everything /m);
    },
  },
};

/** The rows of a scene, as they stand when it is over. */
export function makeScreen(scene: Scene): Promise<string> {
  return takeFrom(scene, screen =>
    screen
      .text()
      .map(row => row.trimEnd())
      .join('\n')
      .trim(),
  );
}

/** The picture of a scene (SVG); `name` says what it shows. */
export function makePicture(scene: Scene, name: string): Promise<string> {
  return takeFrom(scene, screen => pictureOf(screen, name));
}

async function takeFrom(
  { cols = 80, rows = 24, play }: Scene,
  take: (screen: Screen) => string,
): Promise<string> {
  let taken = '';
  await withDesk(
    async desk => {
      // The first row tells the VM's state once the schema has come.
      await desk.sees(/QEMU \d+\.\d+\.\d+ .*a\.qcow2/);
      await play(desk);
      taken = take(desk.screen);
    },
    { cols, rows },
  );
  return taken;
}

/**
 * What differs from run to run (times, folders, rates) and from one QEMU to the next made alike: its version and what that
 * pushes aside, how many arguments and members it has, and how much of a disk a mirror counts (the data alone, since 11).
 */
export function masked(text: string): string {
  return text
    .replaceAll(/^(in every row|left out): .*(?:\n {2}\S.*)*/gm, '$1')
    .replaceAll(/ +(?=\.help {2}Tab completes)/g, ' ')
    .replaceAll(/\b1-(\d+) of \d+/g, '1-$1 of MANY')
    .replaceAll(/\b(?:39|8) MiB of (?:39|8) MiB/g, 'ALL of ALL')
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')
    .replaceAll(/^(\w+ \w+ done: \d+ MiB in) [\d.]+ m?s$/gm, '$1 TIME')
    .replaceAll(/, for [\d.]+ m?s now\b/g, ', for TIME now')
    .replaceAll(/\d+\.\d+\.\d+/g, 'VERSION')
    .replaceAll(/qmpsh-\w{6}/g, 'FOLDER')
    .replaceAll(/#block\d+/g, '#blockNNN')
    .replaceAll(/\b\d+(?:\.\d)? [KMG]iB\/s/g, 'RATE');
}
