// Many clients on one shared monitor at once: clients of Node, one of Python that knows nothing of qmpsh, one that is killed in
// the middle, one that never reads. Each reply says in its text which command it answers, so that none can be mistaken.
import { type ChildProcess, spawn } from 'node:child_process';
import { isObject, type JsonObject, member } from '../src/text/json.ts';
import { BIN } from './command.ts';
import { RawClient } from './rawclient.ts';

export interface Shared {
  /** The socket at which clients connect. */
  readonly path: string;
  readonly pid: number;
  /** What it has said on standard error. */
  said(): string;
  /** Waits until it has said so. */
  until(text: string): Promise<void>;
  /** Ends it as Ctrl-C does; gives its exit status. */
  stop(): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

/** `qmpsh share` on a monitor, once it serves. */
export async function share(address: string, path: string, args: readonly string[] = []): Promise<Shared> {
  const child = spawn(process.execPath, [BIN, 'share', address, '--listen', path, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  let wake = () => {};
  let over = false;
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text;
    wake();
  });
  const exited = new Promise<number | null>(resolve => {
    child.on('close', status => {
      over = true;
      wake();
      resolve(status);
    });
  });
  const until = async (text: string) => {
    while (!said.includes(text)) {
      if (over) throw new Error(`it has ended, and said: ${said}`);
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    }
  };
  await until(' is shared at ');
  const stop = () => {
    child.kill('SIGINT');
    return exited;
  };
  return { path, pid: child.pid ?? 0, said: () => said, until, stop, exited };
}

export interface Crowd {
  /** Replies that came to the wrong command, or out of order. */
  readonly mixed: number;
  readonly lost: number;
  readonly replies: number;
}

/** The command with a number; QEMU's refusal repeats the name. */
export function numbered(client: string, i: number): JsonObject {
  return { execute: 'blockdev-del', arguments: { 'node-name': `${client}-${i}` }, id: i };
}

/** Sends so many commands, many at a time, and reads each reply. */
export async function hurry(path: string, name: string, commands: number): Promise<Crowd> {
  const client = await RawClient.open(path);
  let mixed = 0;
  let sent = 0;
  let replies = 0;
  const more = () => {
    const until = Math.min(commands, replies + 64);
    let text = '';
    for (; sent < until; sent++) text += `${JSON.stringify(numbered(name, sent))}\n`;
    if (text !== '') client.write(text);
  };
  more();
  for (; replies < commands; replies++) {
    const reply = await client.until(message => !('event' in message)).catch(() => undefined);
    if (!reply) break;
    const error = member(reply, 'error');
    const desc = isObject(error) ? String(member(error, 'desc')) : '';
    if (reply['id'] !== replies || !desc.includes(`'${name}-${replies}'`)) mixed++;
    if (sent - replies < 32) more();
  }
  client.close();
  return { mixed, lost: commands - replies, replies };
}

const PYTHON = `
import json, socket, sys
path, name, commands = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = socket.socket(socket.AF_UNIX)
s.connect(path)
f = s.makefile("rwb")
def read():
    while True:
        m = json.loads(f.readline())
        if "event" not in m:
            return m
def ask(m):
    f.write(json.dumps(m).encode() + b"\\n")
    f.flush()
    return read()
assert "QMP" in read()
assert ask({"execute": "qmp_capabilities"}) == {"return": {}}
mixed = 0
for i in range(commands):
    m = ask({"execute": "blockdev-del", "arguments": {"node-name": f"{name}-{i}"}, "id": i})
    if m.get("id") != i or f"'{name}-{i}'" not in m["error"]["desc"]:
        mixed += 1
print(mixed, commands)
`;

/** The same by Python, one command at a time. */
export function python(path: string, name: string, commands: number): Promise<Crowd> {
  const child = spawn('python3', ['-c', PYTHON, path, name, String(commands)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', chunk => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', () => {
      const [mixed = commands, replies = 0] = text.trim() === '' ? [] : text.trim().split(' ').map(Number);
      resolve({ mixed, lost: commands - replies, replies });
    });
  });
}

/** A client in a process of its own that sends all it can, and is killed after its first replies. */
export async function killed(path: string): Promise<void> {
  const code = `const s=require('net').connect(${JSON.stringify(path)});
s.on('data',d=>process.stdout.write(d));
s.write('{"execute":"qmp_capabilities"}\\n');
for(let i=0;i<5000;i++)s.write(JSON.stringify({execute:'blockdev-del',arguments:{'node-name':'killed-'+i},id:i})+'\\n');`;
  const child: ChildProcess = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  await new Promise<void>(resolve => {
    child.stdout?.setEncoding('utf8').on('data', chunk => {
      text += chunk;
      if (text.includes('killed-20')) resolve();
    });
  });
  child.kill('SIGKILL');
}

/** All of them together: so many clients, one of them Python's, each with so many commands. */
export async function crowd(path: string, clients: number, commands: number): Promise<Crowd> {
  const names = Array.from({ length: clients - 1 }, (_, i) => `client${i}`);
  const all = await Promise.all([
    python(path, 'python', commands),
    ...names.map(name => hurry(path, name, commands)),
    killed(path).then(() => ({ mixed: 0, lost: 0, replies: 0 })),
  ]);
  const sum = (key: keyof Crowd) => all.reduce((total, one) => total + one[key], 0);
  return { mixed: sum('mixed'), lost: sum('lost'), replies: sum('replies') };
}
