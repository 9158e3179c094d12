import { commandOf } from '../io/address.ts';
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { misuse } from '../line/misuse.ts';
import type { HeldMonitor } from '../line/monitors.ts';
import { typedAddress, typedFlag } from '../line/typedaddress.ts';
import type { Word } from '../line/word.ts';
import { QmpshError } from '../qmp/errors.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { addressOffers } from './addresses.ts';

export const CONNECT: Word = {
  name: '.connect',
  usage: '[[NAME=]ADDRESS] [--agent]',
  help: 'leave this monitor and connect to another, or to this one again; with a name, keep both',
  more: [
    'Without an address: to the same monitor again, after it was lost. With a name, this monitor stays',
    'connected: .connect b=./b.sock goes to b, .connect NAME back, .on NAME LINE runs one line there, and',
    '.connect alone lists them. A path that looks like a name is ./NAME. Addresses:',
    '    ./qmp.sock          a unix socket',
    '    host:4444           TCP; [::1]:4444 for IPv6',
    '    tls:host:4444       TCP with TLS; ,dir=FOLDER or ,ca=FILE,cert=FILE,key=FILE behind it',
    '    ssh:host:/run/vm    a unix socket of another host; ssh:host:127.0.0.1:4444 for TCP there',
    "    libvirt:vm1         a domain of libvirt's; libvirt:qemu:///system#vm1 names the connection",
    '    exec:COMMAND        what a command of this host leads to; all behind exec: is the command',
    '    fd:3                a connection that was passed on to qmpsh',
    '    listen:./vm.sock    a QEMU that connects to us: -qmp unix:./vm.sock,server=off',
    '--agent says that a guest agent (qemu-ga) is there. Without it that is found out, which takes seconds where',
    'this host does not know what the socket is for.',
  ],
  needs: 'host',
  complete: (before, _typed, { monitors }) => {
    if (before.length > 0) return [];
    const held = (monitors?.list() ?? []).map(one => ({ text: one.name, note: one.address }));
    return [...held, ...addressOffers()];
  },
  run: async ({ rest }, host): Promise<Exit> => {
    const held = host.monitors?.list() ?? [];
    if (rest.trim() === '' && host.session && held.length > 0) {
      host.show(held.map(rowOf));
      return 0;
    }
    const { text, agent } = typedFlag(rest);
    const [, name, place] = /^([A-Za-z][\w.-]*)=(.+)$/s.exec(text) ?? [];
    const known = held.find(one => one.name === rest.trim());
    if (known) {
      await host.foreground(`a connection to ${known.address}`, async signal =>
        host.monitors?.go(known.name, signal),
      );
      return 0;
    }
    const typed = typedAddress(place ?? text);
    if (typed === undefined) throw misuse(CONNECT, 'an address is one word');
    const address = typed || host.address;
    // Lines of a file or a pipe are not what somebody typed.
    if (commandOf(typed) !== undefined && !host.typist && !host.allowShell)
      throw new QmpshError('usage', 'this line would run a command on this host', {
        advice: '--allow-shell lets it.',
      });
    // The same monitor again is what it was.
    const isAgent = agent || (typed === '' ? undefined : false);
    if (name !== undefined) return named(name, address, isAgent, host);
    await host.foreground(`a connection to ${address}`, signal => host.connect(address, signal, isAgent));
    return 0;
  },
};

/** Holds a further monitor by its name. */
async function named(name: string, address: string, agent: boolean | undefined, host: Host): Promise<Exit> {
  const { monitors } = host;
  if (!monitors)
    throw new QmpshError('usage', 'monitors have names at a prompt only', {
      advice: 'qmpsh -c LINE --on A --on B runs lines on several monitors.',
    });
  const before = await host.foreground(`a connection to ${address}`, signal =>
    monitors.add(name, address, signal, agent),
  );
  if (before !== undefined)
    host.note(
      `the monitor before is called ${before}: .connect ${before} goes back, .on ${before} LINE runs there`,
    );
  return 0;
}

function rowOf({ name, address, here, open }: HeldMonitor): StyledLine {
  const how = here ? 'here' : open ? '' : 'gone';
  return [
    span(here ? '* ' : '  '),
    span(name.padEnd(12), 'key'),
    span(` ${safe(address)}  `),
    span(how, 'dim'),
  ];
}
