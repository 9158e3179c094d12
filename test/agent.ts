// A guest agent for tests: the real qemu-ga on a unix socket, and before it a stand-in that answers what freezes and thaws by
// itself. The real one is told to refuse all that changes the machine, so that nothing can pass by mistake.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

const REFUSED =
  'guest-fsfreeze-freeze,guest-fsfreeze-freeze-list,guest-fsfreeze-thaw,guest-fstrim,guest-shutdown,guest-suspend-disk,guest-suspend-ram,guest-suspend-hybrid,guest-set-time,guest-set-vcpus,guest-set-user-password,guest-set-memory-blocks,guest-file-open,guest-file-write,guest-exec,guest-ssh-add-authorized-keys,guest-ssh-remove-authorized-keys';

export interface Agent {
  /** The stand-in's socket. */
  readonly path: string;
  frozen: boolean;
  /** What was asked for, in its order. */
  readonly log: readonly string[];
  /** How many file systems it says to freeze, and how many to thaw. */
  counts: { freeze: number; thaw: number };
  /** Commands that it never answers. */
  silent: readonly string[];
  /** Awaited before it thaws. */
  beforeThaw: () => Promise<void>;
  /** Drops the connections that it has. */
  hangUp(): void;
  close(): Promise<void>;
}

export async function startAgent(folder: string): Promise<Agent> {
  const state = join(folder, 'ga');
  mkdirSync(state);
  const real = join(state, 'real.sock');
  const args = ['-m', 'unix-listen', '-p', real, '-t', state, '-f', join(state, 'pid'), `-b${REFUSED}`];
  const child = spawn('qemu-ga', args, {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  });
  await listening(child, real);
  const agent = new StandIn(join(folder, 'agent.sock'), real, child);
  await agent.listen();
  return agent;
}

async function listening(child: ChildProcess, path: string): Promise<void> {
  let why: string | undefined;
  child.on('error', error => {
    why = error.message;
  });
  child.on('exit', code => {
    why = `it ended with ${code}`;
  });
  for (let tries = 0; !existsSync(path); tries++) {
    if (why !== undefined || tries > 1000) throw new Error(`qemu-ga: ${why ?? 'it does not listen'}`);
    await new Promise(resume => setTimeout(resume, 10));
  }
}

class StandIn implements Agent {
  readonly path: string;
  readonly #real: string;
  readonly #child: ChildProcess;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly log: string[] = [];
  frozen = false;
  counts = { freeze: 2, thaw: 2 };
  silent: readonly string[] = [];
  beforeThaw = async (): Promise<void> => {};

  constructor(path: string, real: string, child: ChildProcess) {
    this.path = path;
    this.#real = real;
    this.#child = child;
    this.#server = createServer(socket => this.#serve(socket));
  }

  listen(): Promise<void> {
    return new Promise(resolve => this.#server.listen(this.path, resolve));
  }

  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    this.#server.close();
    const gone = new Promise(resolve => this.#child.once('exit', resolve));
    this.#child.kill();
    if (this.#child.exitCode === null) await gone;
    rmSync(this.path, { force: true });
  }

  #serve(socket: Socket): void {
    const real = connect(this.#real);
    this.#sockets.add(socket).add(real);
    for (const one of [socket, real]) {
      one.on('error', () => {});
      one.on('close', () => {
        socket.destroy();
        real.destroy();
      });
    }
    real.on('data', bytes => socket.write(bytes));
    let rest = '';
    socket.on('data', bytes => {
      rest += bytes.toString('latin1');
      for (let cut = rest.indexOf('\n'); cut >= 0; cut = rest.indexOf('\n')) {
        const line = rest.slice(0, cut + 1);
        rest = rest.slice(cut + 1);
        const name = /"execute": ?"([^"]+)"/.exec(line)?.[1] ?? '';
        this.log.push(name);
        if (this.silent.includes(name)) continue;
        if (name === 'guest-fsfreeze-thaw')
          void this.beforeThaw().finally(() => this.#pass(name, line, socket, real));
        else this.#pass(name, line, socket, real);
      }
    });
  }

  #pass(name: string, line: string, socket: Socket, real: Socket): void {
    const answer = this.#answer(name);
    if (answer === undefined) real.write(Buffer.from(line, 'latin1'));
    else socket.write(`${JSON.stringify(answer)}\n`);
  }

  #answer(name: string): object | undefined {
    switch (name) {
      case 'guest-fsfreeze-status':
        return { return: this.frozen ? 'frozen' : 'thawed' };
      case 'guest-fsfreeze-freeze':
        this.frozen = true;
        return { return: this.counts.freeze };
      case 'guest-fsfreeze-thaw': {
        const count = this.frozen ? this.counts.thaw : 0;
        this.frozen = false;
        return { return: count };
      }
      default:
        return /freeze|thaw/.test(name) ? { error: { class: 'GenericError', desc: 'not here' } } : undefined;
    }
  }
}
