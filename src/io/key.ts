// One key from the terminal, taken as it is pressed.

/**
 * The first of these keys that is pressed (`Enter`, `Space`, or a letter, however it is written); undefined for Esc,
 * Ctrl-C, Ctrl-D, and where the terminal has gone. Where `n` is one of them, any other letter is a no. What was typed behind it is dropped: it answers no later question. A terminal that was
 * not echoing does not echo afterwards.
 */
export function readKey(keys: readonly string[]): Promise<string | undefined> {
  const { stdin } = process;
  const { isRaw } = stdin;
  return new Promise(resolve => {
    const over = (key: string | undefined) => {
      stdin.off('data', take).off('end', away);
      for (const signal of SIGNALS) process.off(signal, away);
      if (!isRaw) {
        stdin.setRawMode(false);
        stdin.pause();
      }
      resolve(key);
    };
    const away = () => over(undefined);
    const take = (chunk: Buffer | string) => {
      const text = String(chunk);
      // A key that sends a sequence (an arrow) is none of these.
      if (text.startsWith('\x1b') && text.length > 1) return;
      for (const char of text) {
        if (AWAY.has(char)) return away();
        const name = char === '\r' || char === '\n' ? 'Enter' : char === ' ' ? 'Space' : char.toLowerCase();
        if (keys.includes(name)) return over(name);
        // Whoever types a line has not read the question: a `y` further on in it must not answer it.
        if (keys.includes('n')) return over('n');
      }
    };
    for (const signal of SIGNALS) process.on(signal, away);
    stdin.setRawMode(true);
    stdin.on('data', take).on('end', away).resume();
  });
}

const AWAY = new Set(['\x1b', '\x03', '\x04']);
const SIGNALS = ['SIGTERM', 'SIGHUP'] as const;
