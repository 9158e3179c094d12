// A person at the real prompt: qmpsh on a real screen, connected to a practice VM of its own (or to any address), with
// an empty home.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Practice, startPractice } from '../src/io/practice.ts';
import { BIN } from './command.ts';
import { openScreen, type Screen, type Wanted } from './screen.ts';

export interface DeskOptions {
  readonly cols?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  /** Milliseconds until the first prompt stands there. */
  readonly patience?: number;
  /** Further arguments of the VM's QEMU. */
  readonly machine?: readonly string[];
}

/** Screen and VM for a test; both are gone afterwards. */
export async function withDesk(run: (desk: Desk) => Promise<void>, options: DeskOptions = {}): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qd-'));
  const vm = await startPractice({ keep: folder, args: options.machine ?? [] });
  try {
    const sit = async (screen: Screen, home: string) => {
      // The first row tells the VM's state once the schema has come; what is typed before stands above it.
      await screen.waitFor(/^QEMU \d/m);
      await run(new Desk(screen, vm, home));
    };
    await withPrompt(vm.address, sit, { folder, ...options });
  } finally {
    await vm.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A prompt connected to an address. */
export async function withPrompt(
  address: string,
  run: (screen: Screen, home: string) => Promise<void>,
  options: DeskOptions & { readonly folder?: string } = {},
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'qh-'));
  const { env, args = [], cols = 80, rows = 24, folder = home, patience } = options;
  const screen = openScreen({
    command: process.execPath,
    args: [BIN, ...args, address],
    cwd: folder,
    cols,
    rows,
    env: { HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, ...env },
  });
  try {
    await screen.waitFor(shown => atPrompt(shown), patience);
    await run(screen, home);
  } finally {
    await screen.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The cursor stands behind an empty prompt. */
export function atPrompt(screen: Screen): boolean {
  return /^(?:rec )?\((QEMU|HMP|guest)[^)]*\)$/.test(screen.text()[screen.cursor.row]?.trimEnd() ?? '');
}

/** The line being typed, up to the cursor's row, put together from the rows it takes. */
export function typedLine(screen: Screen): string {
  const rows = screen.text();
  const start = rows.findLastIndex(
    (row, i) => /^(?:rec )?\((QEMU|HMP|guest)[^)]*\)/.test(row) && i <= screen.cursor.row,
  );
  return rows
    .slice(start, screen.cursor.row + 1)
    .join('')
    .replace(/^(?:rec )?\((QEMU|HMP|guest)[^)]*\) ?/, '');
}

/** What stands under the line: the menu, the hint row, the status rows. */
export function below(screen: Screen): string[] {
  return screen
    .text()
    .slice(screen.cursor.row + 1)
    .filter(row => row !== '');
}

export class Desk {
  readonly screen: Screen;
  readonly vm: Practice;
  readonly home: string;

  constructor(screen: Screen, vm: Practice, home: string) {
    this.screen = screen;
    this.vm = vm;
    this.home = home;
  }

  /** Types, and waits until the line stands there. */
  async type(text: string): Promise<void> {
    this.screen.type(text);
    await this.sees(shown => typedLine(shown).includes(text.trimEnd()));
  }

  async key(...names: readonly string[]): Promise<void> {
    for (const name of names) this.screen.key(name);
  }

  /** Types a line, runs it, and waits for the next prompt. */
  async run(line: string): Promise<void> {
    await this.type(line);
    this.screen.key('Enter');
    await this.sees(atPrompt);
  }

  /** Drops the line. */
  async drop(): Promise<void> {
    this.screen.key('C-c');
    await this.sees(atPrompt);
  }

  sees(wanted: Wanted): Promise<void> {
    return this.screen.waitFor(wanted);
  }
}
