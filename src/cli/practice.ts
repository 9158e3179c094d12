// `qmpsh practice`: a throw-away VM and a prompt on it.
import { isTerminal } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { ownedPractice } from '../line/owned.ts';
import { QmpshError } from '../qmp/errors.ts';
import { converse } from './converse.ts';
import type { Invocation } from './invocation.ts';

export async function practiceCommand(invocation: Invocation): Promise<Exit> {
  const [extra] = invocation.positionals;
  if (extra !== undefined)
    throw new QmpshError('usage', `practice makes its own VM and takes no address: ${extra}`, {
      advice: `QEMU's own arguments stand behind --; to connect: qmpsh ${extra}`,
    });
  const { startPractice } = await import('../io/practice.ts');
  const keep = invocation.values['keep'];
  const vm = await startPractice({
    args: invocation.rest ?? [],
    // Only a prompt attaches to it.
    console: invocation.lines.length === 0 && isTerminal(0) && isTerminal(1),
    ...(keep === undefined ? {} : { keep }),
  });
  try {
    const owned = ownedPractice(vm, keep !== undefined);
    return await converse(invocation, vm.address, { practice: vm, owned });
  } finally {
    await vm.close();
  }
}
