// Whether a socket that does not greet is a guest agent's, as far as this host knows: by the program that serves it, and what that
// was started with. Nothing is sent.
import { basename, resolve } from 'node:path';
import type { Guess } from '../session/opening.ts';
import { parseAddress } from './address.ts';
import { findMonitors } from './monitors.ts';
import { servingProcess } from './peer.ts';
import { fieldsOf, optionsOf } from './qemuargs.ts';
import { placeOf } from './silence.ts';
import { lookAtProcess, processes, type VmProcess } from './vmprocess.ts';

/** What the server at an address may be. What is not this host's may be an agent. */
export function guessAgent(address: string): Guess {
  const { kind } = parseAddress(address);
  if (kind === 'libvirt') return 'other';
  if (kind !== 'unix' && kind !== 'tcp') return 'perhaps';
  const listed = findMonitors().find(one => placeOf(one.address) === placeOf(address));
  if (listed) return listed.what === 'guest agent' ? 'agent' : 'other';
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
  const { argv, folder = '/' } = server;
  const isHere = (at: string) =>
    placeOf(/^localhost:\d+$/.test(at) ? at : resolve(folder, at)) === placeOf(address);
  if (programOf(server) !== 'qemu-ga') return guessOfQemu([...optionsOf(argv)], isHere);
  const named = argv.some((word, i) => /^(?:-p|--path)$/.test(argv[i - 1] ?? '') && isHere(word));
  return serves || named ? 'agent' : 'perhaps';
}

/** What else a QEMU has the socket for, by its command line. What came later (chardev-add) is not on it. */
function guessOfQemu(
  options: readonly (readonly [name: string, value: string])[],
  isHere: (at: string) => boolean,
): Guess {
  const found = options.find(([, value]) => placesIn(value).some(isHere));
  if (!found) return 'perhaps';
  const [name, value] = found;
  if (name !== 'chardev') return 'other';
  const { id } = fieldsOf(value, 'backend');
  const isUsed = options.some(([, text]) => {
    const words = Object.values(fieldsOf(text, 'chardev'));
    return text !== value && words.some(word => word === id || word === `chardev:${id}`);
  });
  return isUsed ? 'other' : 'perhaps';
}

/** The sockets that an option's value names: `path=/run/x`, `unix:/run/x,server=on`, `host=::1,port=4444`, `tcp:host:4444`. */
function placesIn(value: string): readonly string[] {
  const { path, port, '': first = '' } = fieldsOf(value, '');
  const own = path ?? /^unix:(.+)$/s.exec(first)?.[1];
  const at = port ?? /^(?:tcp|telnet):.*:(\d+)$/.exec(first)?.[1];
  return [...(own === undefined ? [] : [own]), ...(at === undefined ? [] : [`localhost:${at}`])];
}
