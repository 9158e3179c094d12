// The table of contents of the command line: which file carries out which subcommand.
import { version } from '../../package.json';
import { endProcess, writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { type Invocation, readInvocation } from './invocation.ts';
import { kept } from './kept.ts';
import { report } from './report.ts';

/** Never rejects: what goes wrong is told, as the options want it. */
async function main(argv: readonly string[]): Promise<Exit> {
  let switches: ReadonlySet<string> = new Set();
  try {
    if (argv[0] === '--hold-guest') return await holdCommand(argv);
    const invocation = readInvocation(argv);
    switches = invocation.switches;
    return await run(invocation);
  } catch (error) {
    return report(error, switches);
  }
}

/** This process holds a guest still for another one: `io/stillguest.ts` starts it. */
async function holdCommand([, address = '', limit]: readonly string[]): Promise<Exit> {
  const { holdGuest } = await import('../io/holder.ts');
  await holdGuest(address, Number(limit));
  return 0;
}

/** Each subcommand is a file of its own, loaded when it is wanted. */
async function run(invocation: Invocation): Promise<Exit> {
  if (invocation.switches.has('help')) return print((await import('./usage.ts')).usageText(version));
  if (invocation.switches.has('version')) return print(`qmpsh ${version}\n`);
  switch (invocation.subcommand) {
    case 'json':
      return kept('json', await (await import('./json.ts')).jsonCommand(invocation));
    case 'practice':
      return (await import('./practice.ts')).practiceCommand(invocation);
    case 'play':
      return kept('play', await (await import('./play.ts')).playCommand(invocation));
    case 'check':
      return kept('play', await (await import('./check.ts')).checkCommand(invocation));
    case 'record':
      return (await import('./record.ts')).recordCommand(invocation);
    case 'learn':
      return (await import('./learn.ts')).learnCommand(invocation);
    case 'list':
      return (await import('./list.ts')).listCommand(invocation);
    case 'share':
      return (await import('./share.ts')).shareCommand(invocation);
    case 'doctor':
      return (await import('./doctor.ts')).doctorCommand(invocation);
    case 'points':
      return (await import('./points.ts')).pointsCommand(invocation);
    case 'lsp':
      return (await import('./lsp.ts')).lspCommand(invocation);
    case 'types':
      return (await import('./types.ts')).typesCommand(invocation);
    case 'completion':
      return (await import('./completion.ts')).completionCommand(invocation);
    default:
      return (await import('./shell.ts')).shellCommand(invocation);
  }
}

function print(text: string): Exit {
  writeAll(1, text);
  return 0;
}

void main(process.argv.slice(2)).then(endProcess);
