import type { Exit } from '../line/exit.ts';
import { misuse } from '../line/misuse.ts';
import { typedAddress } from '../line/typedaddress.ts';
import type { Word } from '../line/word.ts';
import { QmpshError } from '../qmp/errors.ts';

export const CONNECT: Word = {
  name: '.connect',
  usage: 'ADDRESS',
  help: 'leave this monitor and connect to another, or to this one again',
  more: [
    'Without an address: to the same monitor again, after it was lost. Addresses:',
    '    ./qmp.sock          a unix socket',
    '    host:4444           TCP; [::1]:4444 for IPv6',
    '    tls:host:4444       TCP with TLS; ,dir=FOLDER or ,ca=FILE,cert=FILE,key=FILE behind it',
    '    ssh:host:/run/vm    a unix socket of another host; ssh:host:127.0.0.1:4444 for TCP there',
    '    exec:COMMAND        what a command of this host leads to; all behind exec: is the command',
    '    fd:3                a connection that was passed on to qmpsh',
    '    listen:./vm.sock    a QEMU that connects to us: -qmp unix:./vm.sock,server=off',
  ],
  needs: 'host',
  run: async ({ rest }, host): Promise<Exit> => {
    const typed = typedAddress(rest);
    if (typed === undefined) throw misuse(CONNECT, 'an address is one word');
    const address = typed || host.address;
    // Lines of a file or a pipe are not what somebody typed.
    if (typed.startsWith('exec:') && !host.typist && !host.allowShell)
      throw new QmpshError('usage', 'this line would run a command on this host', {
        advice: '--allow-shell lets it.',
      });
    await host.foreground(`a connection to ${address}`, signal => host.connect(address, signal));
    return 0;
  },
};
