// `qmpsh [ADDRESS]` and `qmpsh -- QEMU ARGS`: runs lines, or the prompt, on a monitor.
import { writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { OWNED_CHILD } from '../line/owned.ts';
import { QmpshError } from '../qmp/errors.ts';
import { nearest } from '../text/fuzzy.ts';
import { safe } from '../text/safe.ts';
import { converse } from './converse.ts';
import { type Invocation, isForSeveral, strayArgument } from './invocation.ts';
import { SUBCOMMANDS } from './options.ts';

export async function shellCommand(invocation: Invocation): Promise<Exit> {
  const [first, ...extra] = invocation.positionals;
  if (isForSeveral(invocation)) {
    const targets = (await import('./targets.ts')).targetsOf(invocation);
    if (targets) return (await import('./fleet.ts')).linesOnEach(invocation, targets);
  }
  if (extra.length > 0) throw strayArgument(invocation);
  if (invocation.rest && first !== undefined)
    throw new QmpshError('usage', `either an address (${first}) or a QEMU to start (behind --)`, {
      advice: 'A QEMU started behind -- gets a monitor of its own.',
    });
  if (invocation.rest) return child(invocation, invocation.rest);
  const address = first ?? (await anyAddress());
  if (address === undefined) return 130;
  if (address === 'practice')
    return (await import('./practice.ts')).practiceCommand({ ...invocation, positionals: [] });
  try {
    return await converse(invocation, address, {});
  } catch (error) {
    throw first === undefined ? error : perhapsSubcommand(error, first);
  }
}

/** A word that is no address, and as near to a subcommand as a slip: that one was meant perhaps. */
function perhapsSubcommand(error: unknown, word: string): unknown {
  if (!(error instanceof QmpshError) || error.code !== 'ENOENT' || !/^[a-z-]+$/.test(word)) return error;
  const [near] = nearest(
    word,
    SUBCOMMANDS.map(({ name }) => name),
  );
  if (near === undefined) return error;
  const advice = `Did you mean qmpsh ${near}? ${error.advice ?? ''}`.trim();
  return new QmpshError(error.kind, error.message, { code: error.code, advice, cause: error });
}

/**
 * The address to use where none was given: $QMP_SOCKET, or what the user picks; undefined where the user picks none.
 */
export async function anyAddress(): Promise<string | undefined> {
  return process.env['QMP_SOCKET'] || (await import('../io/choose.ts')).chooseAddress();
}

async function child(invocation: Invocation, argv: readonly string[]): Promise<Exit> {
  if (argv.length === 0)
    throw new QmpshError('usage', 'nothing stands behind --', {
      advice: 'Write qmpsh -- qemu-system-x86_64 ARGS.',
    });
  const { spawnQemu } = await import('../io/child.ts');
  let tell = (row: string): unknown => writeAll(2, `${safe(row)}\n`);
  const vm = await spawnQemu(argv, { onRow: row => tell(row) });
  try {
    return await converse(invocation, argv[0] ?? 'qemu', {
      transport: async () => vm.transport,
      owned: OWNED_CHILD,
      child: vm.pid,
      said: show => {
        tell = show;
      },
    });
  } finally {
    await vm.close();
  }
}
