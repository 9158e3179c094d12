// The one place that tells which commands a line can run on this host. Pages, pastes, lessons and dry runs ask here.
import { parseAddress } from '../io/address.ts';
import { requestOf } from '../language/parse.ts';
import { typedAddress } from '../line/typedaddress.ts';
import { shellWord } from '../page/hostline.ts';
import type { PracticeSpec, Step } from '../page/model.ts';
import { programsOf } from '../schema/notes/programs.ts';
import { safe } from '../text/safe.ts';
import { Reading } from './reading.ts';

/** The commands of this host that a step's line (values in it) runs, each as a person reads it; empty for most. */
export function stepCommands(
  { kind }: Pick<Step, 'kind'>,
  line: string,
  reading?: Reading,
): readonly string[] {
  return (kind === 'shell' ? [`$ ${line}`] : lineCommands(line, reading)).map(command =>
    safe(command, { keepNewlines: true }),
  );
}

/** The same for a line as it is typed or pasted, where `$ ` begins a command of the host. */
export function lineCommands(line: string, reading = new Reading()): readonly string[] {
  const text = line.trim();
  if (text.startsWith('$ ')) return [text];
  if (text.startsWith('.')) return wordCommands(text, reading);
  const tree = reading.tree(text);
  const pipe = tree.kind === 'command' || tree.kind === 'transaction' ? tree.pipe?.text : undefined;
  const request = requestOf(reading.line(text));
  // An address that only the run tells may begin with `exec:`.
  const open = /^migrate[\w-]*\s[^|]*\buri=\$/.test(text)
    ? [`(if the address begins with exec:) ${text}`]
    : [];
  return [
    ...(request ? programsOf(request).map(program => `QEMU runs ${program}`) : []),
    ...open.map(what => `QEMU runs ${what}`),
    ...(pipe === undefined ? [] : [`| ${pipe}`]),
  ];
}

/** What connecting to an address starts. `$name` is an address that only the run tells. */
export function addressCommands(address: string): readonly string[] {
  if (address.startsWith('exec:')) return [`${safe(address.slice('exec:'.length).trim())} (a connection)`];
  if (address.includes('$'))
    return [`ssh, if ${address} is an ssh: address, or a command, if it is an exec: one`];
  if (address.startsWith('libvirt:')) return [`virsh (to ${safe(address.slice('libvirt:'.length))})`];
  if (!/^ssh:/.test(address)) return [];
  const to = parseAddress(address);
  return to.kind === 'ssh' ? [`ssh ${safe(to.host)} (to ${safe(to.path)})`] : [];
}

/** What the front matter adds to the command that starts the practice VM. */
export function practiceCommands(practice: PracticeSpec | undefined): readonly string[] {
  const args = practice?.args ?? [];
  return args.length === 0 ? [] : [`QEMU, with ${safe(args.map(shellWord).join(' '))}`];
}

function wordCommands(text: string, reading: Reading): readonly string[] {
  const [, word = '', rest = ''] = /^(\.[\w-]+)\s*([\s\S]*)$/.exec(text) ?? [];
  switch (word) {
    case '.send': {
      const request = requestOf(reading.line(rest));
      return request ? programsOf(request).map(program => `QEMU runs ${program}`) : [];
    }
    case '.hmp': {
      const request = { execute: 'human-monitor-command', arguments: { 'command-line': rest } };
      return programsOf(request).map(program => `QEMU runs ${program}`);
    }
    case '.connect':
      return addressCommands(typedAddress(rest) ?? rest);
    case '.edit':
      return ['the editor ($VISUAL, $EDITOR or vi)'];
    case '.oob':
      return lineCommands(rest, reading);
    case '.watch':
      return lineCommands(rest.replace(/^[\d.]+m?s\s+/, ''), reading);
    default:
      return [];
  }
}
