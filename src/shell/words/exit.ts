import type { Word } from '../word.ts';

export const EXIT: Word = {
  name: '.exit',
  usage: '',
  help: 'leave the shell; the VM lives on',
  more: ['Ctrl-D on an empty line does the same. A practice VM ends with the shell. To end a VM, use quit.'],
  run: (_, host) => {
    host.leave(0);
    return 0;
  },
};
