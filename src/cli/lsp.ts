// `qmpsh lsp`: the language server on standard input and output.
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import type { Invocation } from './invocation.ts';

/** `qmpsh lsp [ADDRESS] [--schema FILE] [--practice]`. The server ends the process when the editor asks it to, or goes. */
export async function lspCommand({ positionals, switches, schemas }: Invocation): Promise<Exit> {
  const [address, extra] = positionals;
  const [schema] = schemas;
  const practice = switches.has('practice');
  if (extra !== undefined) throw new QmpshError('usage', `one address is enough; what is ${safe(extra)}?`);
  if (practice && address !== undefined)
    throw new QmpshError('usage', `--practice makes a VM of its own and takes no address: ${safe(address)}`);
  const { serve } = await import('../lsp/server.ts');
  serve(process.stdin, process.stdout, {
    ...(schema === undefined ? {} : { schema }),
    ...(practice ? { practice } : {}),
    ...(address === undefined ? {} : { address }),
  });
  return new Promise(() => {});
}
