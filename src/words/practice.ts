import { startPractice } from '../io/practice.ts';
import type { Exit } from '../line/exit.ts';
import { misuse } from '../line/misuse.ts';
import type { Word } from '../line/word.ts';

export const PRACTICE: Word = {
  name: '.practice',
  usage: '',
  help: 'a fresh practice VM, and the prompt on it',
  more: [
    'A throw-away VM with a small disk in a folder of its own; both are removed when you leave. After quit it is the',
    'way to go on. A VM that you were on lives on, and .connect goes back to it.',
  ],
  needs: 'typist',
  otherwise: 'qmpsh practice begins one.',
  run: async ({ args }, host, typist): Promise<Exit> => {
    if (args.length > 0) throw misuse(PRACTICE, `nothing stands behind .practice; what is ${args[0]}?`);
    if (typist.tutor)
      throw misuse(PRACTICE, 'a lesson has a VM of its own; .restart begins it on a fresh one');
    await host.foreground('a fresh VM', async signal => {
      const vm = await startPractice({ signal, console: true });
      const before = { practice: host.practice, folder: host.folder };
      host.practice = vm;
      host.folder = vm.folder;
      try {
        await host.connect(vm.address, signal);
      } catch (error) {
        host.practice = before.practice;
        host.folder = before.folder;
        await vm.close();
        throw error;
      }
      typist.closing(() => vm.close());
    });
    return 0;
  },
};
