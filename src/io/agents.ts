// Whether a socket that does not greet is a guest agent's, as far as this host knows: by the program that serves it, and what that
// was started with. Nothing is sent.
import { basename, resolve } from 'node:path';
import type { Guess } from '../session/opening.ts';
import { parseAddress } from './address.ts';
import { servingProcess } from './peer.ts';
import { placeOf } from './silence.ts';
import { lookAtProcess, processes, type VmProcess } from './vmprocess.ts';

/** The name of the port that agents use. */
const PORT = 'org.qemu.guest_agent.';

/** What the server at an address may be. What is not this host's may be an agent. */
export function guessAgent(address: string): Guess {
  const { kind } = parseAddress(address);
  if (kind !== 'unix' && kind !== 'tcp') return 'perhaps';
  const pid = servingProcess(address);
  const server = pid === undefined ? undefined : lookAtProcess(pid);
  if (server && !IS_OURS.test(programOf(server))) return 'perhaps';
  // Whose another user's socket is the kernel does not tell us; a command line says it, too.
  const all = server ? [server] : everyProcess().filter(one => IS_OURS.test(programOf(one)));
  const guesses = all.map(one => guessOf(one, address, one === server));
  return guesses.find(guess => guess !== 'perhaps') ?? 'perhaps';
}

const IS_OURS = /^qemu-(?:ga$|system-|kvm)/;

function programOf({ argv }: VmProcess): string {
  return basename(argv[0] ?? '');
}

function everyProcess(): readonly VmProcess[] {
  try {
    return processes().flatMap(pid => lookAtProcess(pid) ?? []);
  } catch {
    return []; // no /proc
  }
}

function guessOf(server: VmProcess, address: string, serves: boolean): Guess {
  if (programOf(server) !== 'qemu-ga') return guessOfQemu(server, address);
  const { argv, folder = '/' } = server;
  const named = argv.flatMap((word, i) => (/^(?:-p|--path)$/.test(argv[i - 1] ?? '') ? [word] : []));
  return serves || named.some(path => placeOf(resolve(folder, path)) === placeOf(address))
    ? 'agent'
    : 'perhaps';
}

/** What a QEMU has the socket for, by its command line. What came later (chardev-add, a socket passed on) is not on it. */
function guessOfQemu({ argv, folder = '/' }: VmProcess, address: string): Guess {
  const place = placeOf(address);
  const isHere = (at: string) => placeOf(/^localhost:\d+$/.test(at) ? at : resolve(folder, at)) === place;
  const uses = argv.flatMap((option, i) =>
    /^--?[a-z]/.test(option) ? [{ option, value: argv[i + 1] ?? '' }] : [],
  );
  const chardev = uses.find(
    ({ option, value }) => /^--?chardev$/.test(option) && pathsIn(value).some(isHere),
  );
  const id = /(?:^|,)id=([^,]+)/.exec(chardev?.value ?? '')?.[1];
  if (id === undefined)
    return uses.some(({ option, value }) => !/^--?chardev$/.test(option) && pathsIn(value).some(isHere))
      ? 'other'
      : 'perhaps';
  const users = uses.filter(
    ({ option, value }) =>
      !/^--?chardev$/.test(option) &&
      (value.split(/[,:]/).some(part => part === id || part === `chardev=${id}`) ||
        value.includes(`"chardev":"${id}"`)),
  );
  if (users.some(({ value }) => value.includes(PORT))) return 'agent';
  return users.length > 0 ? 'other' : 'perhaps';
}

/** The sockets that an option's value names: `path=/run/x`, `unix:/run/x,server=on`, `host=::1,port=4444`, `tcp:host:4444`. */
function pathsIn(value: string): readonly string[] {
  const path = /(?:^|,)path=([^,]+)/.exec(value)?.[1] ?? /^unix:([^,]+)/.exec(value)?.[1];
  const port = /(?:^|,)port=(\d+)/.exec(value)?.[1] ?? /^tcp:[^,]*:(\d+)/.exec(value)?.[1];
  return [...(path === undefined ? [] : [path]), ...(port === undefined ? [] : [`localhost:${port}`])];
}
