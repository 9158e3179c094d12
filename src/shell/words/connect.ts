import type { Exit } from '../host.ts';
import { misuse } from '../misuse.ts';
import type { Word } from '../word.ts';

export const CONNECT: Word = {
  name: '.connect',
  usage: 'ADDRESS',
  help: 'leave this monitor and connect to another, or to this one again',
  more: [
    'Without an address: to the same monitor again, after it was lost. Addresses:',
    '    ./qmp.sock          a unix socket',
    '    host:4444           TCP; [::1]:4444 for IPv6',
  ],
  run: async ({ args }, host): Promise<Exit> => {
    if (args.length > 1) throw misuse(CONNECT, 'an address is one word');
    const address = args[0] ?? host.address;
    await host.foreground(`a connection to ${address}`, signal => host.connect(address, signal));
    return 0;
  },
};
