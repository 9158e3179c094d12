// The terminal at a console of a VM: each key goes there, each byte from there to the screen, until Ctrl-] or the console's end. The
// terminal must be lent for it (Terminal.release).
import { spawnSync } from 'node:child_process';
import type { VmConsole } from './console.ts';
import { writeSoon } from './descriptor.ts';

/** Ctrl-], as telnet and `virsh console` have it. */
const LEAVES = 0x1d;
const BELL = '\x07';
/** So much of the latest output is looked at for what it has done to the terminal. */
const TAIL = 256;

interface AttachOptions {
  /** The terminal takes no escape sequences: none is sent by ourselves. */
  readonly plain: boolean;
  /** What is said first, and again where what was kept has wiped it away. */
  readonly banner: string;
}

/**
 * Attaches until somebody leaves it; `left`: by Ctrl-]. What is typed behind that is left for the next reader of standard
 * input.
 */
export async function attach(
  console: VmConsole,
  { plain, banner }: AttachOptions,
): Promise<'left' | 'ended'> {
  const { stdin, stdout } = process;
  const screen = new Screen();
  const give = plain ? () => {} : () => writeSoon(1, screen.givesBack());
  process.once('exit', give);
  stdin.setRawMode(true);
  // Node leaves one thing on: \n becomes \r\n, where a guest means the next row in this very column. (Normal mode brings it back.)
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
  let take: (chunk: Uint8Array) => void = () => {};
  const left = new Promise<'left'>(resolve => {
    take = chunk => {
      const at = chunk.indexOf(LEAVES);
      const typed = at < 0 ? chunk : chunk.subarray(0, at);
      if (typed.length > 0 && !console.write(typed)) stdout.write(BELL);
      if (at < 0) return;
      stdin.off('data', take).pause();
      const rest = chunk.subarray(at + 1);
      if (rest.length > 0) stdin.unshift(rest);
      resolve('left');
    };
  });
  stdout.write(`${banner}\r\n`);
  const stop = console.watch(bytes => {
    screen.follow(bytes);
    stdout.write(bytes);
  });
  if (screen.wiped) stdout.write(`${screen.inRow ? '\r\n' : ''}${banner}\r\n`);
  stdin.on('data', take).resume();
  try {
    return await Promise.race([left, console.ended.then((): 'ended' => 'ended')]);
  } finally {
    stop();
    stdin.off('data', take).pause();
    stdout.write(`${plain ? '' : screen.givesBack()}${screen.inRow ? '\r\n' : ''}`);
    await new Promise<void>(resolve => stdout.write('', () => resolve()));
    stdin.setRawMode(false);
    process.off('exit', give);
  }
}

/** What a guest has done to the terminal, as far as it has to be undone. */
class Screen {
  #tail = '';
  #alternate = false;
  #last = 0x0a;
  #wiped = false;

  follow(bytes: Uint8Array): void {
    const text = this.#tail + Buffer.from(bytes).toString('latin1');
    this.#tail = text.slice(-TAIL);
    for (const [, on] of text.matchAll(/\x1b\[\?(?:47|1047|1049)([hl])/g)) this.#alternate = on === 'h';
    if (text.includes('\x1bc')) this.#alternate = text.lastIndexOf('\x1b[?1049h') > text.lastIndexOf('\x1bc');
    this.#wiped ||= /\x1bc|\x1b\[[23]J|\x1b\[\?(?:47|1047|1049)h/.test(text);
    this.#last = bytes[bytes.length - 1] ?? this.#last;
  }

  /** Whether the screen was cleared, or another one was chosen. */
  get wiped(): boolean {
    return this.#wiped;
  }

  /** Whether the cursor stands in the middle of a row. */
  get inRow(): boolean {
    return this.#last !== 0x0a;
  }

  /** Colours, cursor, wrapping, letters, keys, mouse and margins as a shell wants them. */
  givesBack(): string {
    const screen = this.#alternate ? '\x1b[?1049l' : '';
    const modes = '\x1b[0m\x1b[?25h\x1b[?7h\x1b[4l\x1b(B\x0f\x1b[?1l\x1b>';
    const mouse = [9, 1000, 1002, 1003, 1004, 1005, 1006, 2004].map(mode => `\x1b[?${mode}l`).join('');
    return `${screen}${modes}${mouse}\x1b7\x1b[r\x1b8`;
  }
}
