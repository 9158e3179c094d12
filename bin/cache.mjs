// Makes V8's code caches of the command's bundle from runs of it on a monitor that is played here: what they compiled need
// not be compiled at each start. One is for runs without a terminal (dist/batch.cache) and one for the prompt
// (dist/prompt.cache), since reading code that a run does not need takes time too. A failure only costs start-up time.
import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Run as a child: executes the bundle (a function, see `wrap`) once for each argument list, the next one when it would have
// ended the process, and then writes V8's code cache, which holds what those runs compiled.
const WARM = `
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const [file, key, into, ...runs] = process.argv.slice(1);
const script = new Script(readFileSync(file, 'latin1'), { filename: file });
const next = () => {
  const args = runs.shift();
  if (args !== undefined) {
    process.argv = [process.execPath, 'qmpsh', ...JSON.parse(args)];
    for (const event of ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGWINCH', 'SIGCONT', 'uncaughtException', 'unhandledRejection'])
      process.removeAllListeners(event);
    script.runInThisContext().call({}, {}, require, { exports: {} }, file, require('node:path').dirname(file));
    return;
  }
  made ??= script.createCachedData();
  writeFileSync(into, Buffer.concat([Buffer.from(key.padEnd(64)), made]));
  leave(0);
};
let made;
// What runs behind the prompt is compiled when it is needed: nobody waits for it, and the cache is the smaller.
const write = process.stdout.isTTY && process.stdout.write;
if (write) process.stdout.write = (text, ...rest) => {
  const written = write.call(process.stdout, text, ...rest);
  if (String(text).includes('(QEMU)')) made ??= script.createCachedData();
  return written;
};
const leave = process.reallyExit.bind(process);
process.exit = () => void setImmediate(next);
next();
`;

/** What a code cache must be for: this very bundle, this Node, this kind of machine. bin/qmpsh.cjs compares it. */
function cacheKey(id) {
  return `${id} ${process.version} ${process.platform} ${process.arch}`;
}

/** The least a monitor can say. */
function playMonitor(socket) {
  socket.on('error', () => {});
  socket.write(
    '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 0, "major": 9}, "package": ""}, "capabilities": ["oob"]}}\r\n',
  );
  socket.setEncoding('utf8').on('data', text => {
    for (const [, id] of text.matchAll(/"id": ?("[^"]*"|\d+)/g))
      socket.write(`{"return": {}, "id": ${id}}\r\n`);
  });
}

const LIMIT = 10_000;

/** Runs Node without a terminal; resolves with whether it ended well. */
function runQuietly(args, env) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, { stdio: 'ignore', timeout: LIMIT, env });
    child.on('error', () => resolve(false));
    child.on('close', code => resolve(code === 0));
  });
}

/** Runs Node in a terminal where node-pty is there to make one, and leaves the prompt when it shows. */
async function runInTerminal(args, env) {
  const pty = await import('node-pty').catch(() => undefined);
  if (!pty) return false;
  return new Promise(resolve => {
    const child = pty.spawn(process.execPath, args, { cols: 80, rows: 24, env });
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
    let output = '';
    let left = false;
    child.onData(chunk => {
      output += chunk;
      if (left || !output.includes('(QEMU)')) return;
      left = true;
      child.write('\x04');
    });
    child.onExit(({ exitCode, signal }) => {
      clearTimeout(timer);
      resolve(exitCode === 0 && !signal);
    });
  });
}

/** `file` is the bundle, `id` its digest. */
export async function cacheCode(file, id) {
  const folder = mkdtempSync(join(tmpdir(), 'qb-'));
  const address = join(folder, 's');
  const server = createServer(playMonitor);
  // No history or settings of the user's.
  const env = { ...process.env, TERM: 'xterm-256color', HOME: folder };
  for (const kind of ['STATE', 'CONFIG', 'CACHE', 'DATA']) delete env[`XDG_${kind}_HOME`];
  const make = async (name, run, ...runs) => {
    const draft = `${file}.${name}-${process.pid}`;
    const args = ['-e', WARM, file, cacheKey(id), draft, ...runs.map(line => JSON.stringify(line))];
    try {
      if (await run(args, env)) renameSync(draft, join(file, `../${name}.cache`));
      else console.error(`no code cache was made: the command starts slower (${name})`);
    } finally {
      rmSync(draft, { force: true });
    }
  };
  try {
    await new Promise(resolve => server.listen(address, resolve));
    await make('batch', runQuietly, ['-c', 'query-status', address], ['json', 'query-status']);
    await make('prompt', runInTerminal, [address]);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
