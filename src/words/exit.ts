import { misuse } from '../line/misuse.ts';
import type { Word } from '../line/word.ts';

export const EXIT: Word = {
  name: '.exit',
  usage: '',
  help: 'leave the shell; only a VM that it started ends, too',
  more: [
    'Ctrl-D on an empty line does the same. A practice VM, and a QEMU started behind --, ends with the shell.',
    'To end another VM, use quit.',
  ],
  needs: 'connection',
  run: ({ rest }, host) => {
    if (rest !== '') throw misuse(EXIT, 'nothing stands behind it');
    host.leave(0);
    return 0;
  },
};
