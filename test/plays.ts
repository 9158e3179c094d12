// A practice VM with a second monitor, for tests that play pages: what the guest writes, what the images hold.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Practice, type PracticeOptions, startPractice } from '../src/io/practice.ts';
import type { Session } from '../src/session/client.ts';
import { isArray, isObject, type Json } from '../src/text/json.ts';
import { type Done, qmpsh, type RunOptions } from './command.ts';
import { openSession } from './qemu.ts';

export interface Stand {
  readonly vm: Practice;
  /** On the second monitor, which sees every event. */
  readonly session: Session;
  /** `qmpsh play` on the VM, in its folder. */
  play(args: readonly string[], options?: RunOptions): Promise<Done>;
  /** Writes through the guest's device: `write -P 0x44 1M 64k`. */
  guest(command: string): Promise<void>;
  /** When the job of that kind runs: writes, and lets it run at full speed. */
  during(job: string, act: (id: string) => Promise<void>): Promise<void>;
  value(command: string, args?: { readonly [name: string]: Json }): Promise<Json>;
  /** Names of nodes, jobs and files: what a page must leave as it found it. */
  state(): Promise<string>;
  /** Whether the image holds the byte in the range, by the host's qemu-io. */
  holds(file: string, byte: number, range: string, format?: string): boolean;
  compare(one: string, other: string): string;
  /** Ends QEMU as `quit` does; images may be looked at then. */
  quit(): Promise<void>;
  close(): Promise<void>;
}

const SECOND = [
  ...['-chardev', 'socket,id=two,path=two.sock,server=on,wait=off'],
  ...['-mon', 'chardev=two,mode=control'],
];

export async function stand(options: PracticeOptions = {}): Promise<Stand> {
  const vm = await startPractice({ ...options, args: [...SECOND, ...(options.args ?? [])] });
  const session = await second(vm).catch(async (error: unknown) => {
    await vm.close();
    throw error;
  });
  const value = async (command: string, args: { readonly [name: string]: Json } = {}): Promise<Json> => {
    const reply = await session.execute(command, args);
    if (reply.kind === 'refusal') throw new Error(`${command}: ${reply.desc}`);
    return reply.value;
  };
  const names = (list: Json, key: string) =>
    (isArray(list) ? list : []).map(item => String(isObject(item) ? item[key] : item));
  const run = (program: string, args: readonly string[]) =>
    spawnSync(program, args, { cwd: vm.folder, encoding: 'utf8' });
  return {
    vm,
    session,
    value,
    play: (args, more = {}) => qmpsh(['play', ...args], { cwd: vm.folder, ...more }),
    guest: async command => {
      const line = `qemu-io -d /machine/peripheral/virtio0/virtio-backend "${command}"`;
      await value('human-monitor-command', { 'command-line': line });
    },
    during: async (job, act) => {
      const event = await session.waitFor(
        ({ name, data }) =>
          name === 'JOB_STATUS_CHANGE' &&
          (data['status'] === 'running' || data['status'] === 'ready') &&
          String(data['id']).startsWith(job),
        { since: session.events.end, timeout: 20_000 },
      );
      const id = String(event.data['id']);
      await act(id);
      await session.execute('block-job-set-speed', { device: id, speed: 0 });
    },
    state: async () => {
      const nodes = names(await value('query-named-block-nodes', { flat: true }), 'node-name');
      const jobs = names(await value('query-jobs'), 'id');
      return [nodes.filter(name => !name.startsWith('#')).sort(), jobs, readdirSync(vm.folder).sort()]
        .map(list => list.join(' '))
        .join('\n');
    },
    holds: (file, byte, range, format = 'qcow2') => {
      const done = run('qemu-io', ['-r', '-U', '-f', format, file, '-c', `read -P ${byte} ${range}`]);
      return done.status === 0 && !/verification failed/i.test(done.stdout + done.stderr);
    },
    compare: (one, other) => run('qemu-img', ['compare', one, other]).stdout.trim(),
    quit: async () => {
      await session.execute('quit');
      await vm.exited;
    },
    close: async () => {
      await session.close();
      await vm.close();
    },
  };
}

/** The second monitor opens a moment after the first, which the VM was waited for by. */
async function second(vm: Practice): Promise<Session> {
  for (let tries = 0; ; tries++) {
    try {
      return await openSession(join(vm.folder, 'two.sock'));
    } catch (error) {
      if (tries > 500) throw error;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }
}

export async function onStand(
  run: (stand: Stand) => Promise<void>,
  options: PracticeOptions = {},
): Promise<void> {
  const made = await stand(options);
  try {
    await run(made);
  } finally {
    await made.close();
  }
}
