// What terminal.test.ts runs on a screen: each key typed does one thing with the terminal.
import { spawn } from 'node:child_process';
import { Terminal } from '../../src/io/terminal.ts';

function open(): Terminal {
  try {
    return Terminal.open();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(2);
  }
}

const terminal = open();
const size = () => `${terminal.size.columns}x${terminal.size.rows}`;

function host(command: string): Promise<void> {
  return new Promise(resolve => {
    spawn('/bin/sh', ['-c', command], { stdio: 'inherit' }).on('close', () => resolve());
  });
}

const keys: Readonly<Record<string, () => unknown>> = {
  q: () => terminal.close().then(() => process.exit(7)),
  x: () => process.exit(5),
  t: () => {
    throw new Error('boom \x1b[31m');
  },
  r: () => Promise.reject(new Error('late')),
  z: () => terminal.suspend(),
  n: () => terminal.write('\r\n'),
  w: async () => {
    const kept = terminal.write(`${'x'.repeat(999)}\r\n`.repeat(1000));
    await terminal.drained();
    terminal.write(`kept up: ${kept}, all out\r\n`);
  },
  e: () =>
    terminal.release(async () => {
      terminal.write('[kept]\r\n');
      await host('echo "host $(stty -g)"; read x; echo "host got $x"; kill -INT $PPID');
    }),
  l: () =>
    terminal.release(() => host('(sleep 0.05; kill -INT $PPID; kill -QUIT $PPID) > /dev/null 2>&1 & :')),
  b: () => Promise.all([terminal.release(() => host('echo one; read x')), terminal.release(async () => {})]),
};

if (!process.env['QUIET']) {
  terminal.onExit(() => {
    terminal.write('[sync]');
  });
  terminal.onExit(async () => {
    await new Promise(resolve => setTimeout(resolve, 20));
    terminal.write('[async]');
  });
}
const unlisten = terminal.onExit(() => {
  terminal.write('[never]');
});
unlisten();
terminal.onResize(() => terminal.write(`[size ${size()}]`));
terminal.onRepaint(() => terminal.write('\r\nagain> '));
terminal.onInput(chunk => {
  const text = new TextDecoder().decode(chunk);
  const run = process.env['PLAIN'] ? keys[text.trim()] : keys[text];
  if (run) run();
  else terminal.write(`<${Buffer.from(chunk).toString('hex')}>`);
});
terminal.write(`pid ${process.pid} size ${size()}\r\nready> `);
