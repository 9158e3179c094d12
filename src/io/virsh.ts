// libvirt's command line, virsh: one run of it, and what its words of an error mean.
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { bound } from './bound.ts';
import { findProgram } from './program.ts';

/** A domain at a connection of libvirt's; without `uri` at the one that libvirt takes by itself. */
export interface Domain {
  readonly uri?: string | undefined;
  /** Its name, or its number while it runs. */
  readonly domain: string;
}

interface Run {
  readonly status: number | null;
  readonly out: string;
  /** What it has said of an error, in one row. */
  readonly words: string;
}

/** The words that are understood here are English ones. */
export const ENGLISH = { LC_ALL: 'C.UTF-8', LANGUAGE: 'C' };

/** virsh with these arguments, as a program and its arguments. Throws a QmpshError `connect` where it is not installed. */
export function virshCommand(uri: string | undefined, args: readonly string[]): readonly string[] {
  const program = findProgram('virsh');
  if (program === undefined)
    throw new QmpshError('connect', 'the program virsh is not installed, by which libvirt is reached', {
      code: 'no-virsh',
      advice: "Install libvirt's clients: the package libvirt-clients (Debian), libvirt-client (Fedora).",
    });
  return [program, '-q', ...(uri === undefined ? [] : ['-c', uri]), ...args];
}

/** Runs virsh to its end, whatever that is. Rejects where it is not installed, and as `interrupted` when it is stopped. */
export async function virsh(
  uri: string | undefined,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<Run> {
  const child = bound(virshCommand(uri, args), ENGLISH);
  const text = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text.out += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text.err += chunk;
  });
  return new Promise((resolve, reject) => {
    const abort = () => {
      child.stdin?.end();
      reject(new QmpshError('interrupted', 'stopped connecting'));
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    child.once('error', reject);
    child.once('close', status => {
      signal?.removeEventListener('abort', abort);
      resolve({ status, out: text.out, words: wordsOf(text.err) });
    });
  });
}

/** What a libvirt program has said, in one row, without what it logs. */
export function wordsOf(text: string): string {
  return text
    .split('\n')
    .map(row => row.replace(/^error: /, '').trim())
    .filter(row => row !== '' && !/^\d{4}-\d\d-\d\d .*: (?:debug|info|warning|error) : /.test(row))
    .join('; ');
}

/** The connection as messages name it. */
export function placeName(uri: string | undefined): string {
  return uri === undefined ? "libvirt's default connection" : safe(uri);
}

interface Meaning {
  readonly says: RegExp;
  readonly kind?: 'usage';
  readonly code: string;
  readonly message: (place: string) => string;
  readonly advice: string;
}

const MEANINGS: readonly Meaning[] = [
  {
    says: /Unable to parse URI|no connection driver available|does not include a driver name|invalid URI|unknown transport/i,
    kind: 'usage',
    code: 'libvirt-uri',
    message: place => `${place} is no URI of a libvirt connection`,
    advice: 'It is one such as qemu:///system, qemu:///session or qemu+ssh://HOST/system.',
  },
  {
    says: /not supported by the connection driver/,
    code: 'libvirt-other',
    message: place => `the machines at ${place} are no QEMUs`,
    advice: 'Only the connections qemu:... of libvirt lead to a QEMU.',
  },
  {
    says: /Permission denied \(|Host key verification failed|Could not resolve hostname|ssh: /,
    code: 'libvirt-ssh',
    message: place => `ssh could not reach ${place}`,
    advice:
      'libvirt starts ssh for each of its connections: it needs a key or an agent, for nothing can be asked.',
  },
  {
    says: /Permission denied|authentication (?:unavailable|failed|cancelled)|access denied|polkit/i,
    code: 'EACCES',
    message: place => `you have no permission to use libvirt at ${place}`,
    advice:
      'The machines of the system are for root and the group libvirt (sudo, or usermod -aG libvirt USER); your own are at qemu:///session.',
  },
  {
    says: /failed to connect to the hypervisor|Failed to connect socket|Disconnected from|client socket is closed|end of file while reading|Cannot (?:recv|write) data/,
    code: 'libvirt-down',
    message: place => `there is no connection to libvirt at ${place}`,
    advice: 'Does its daemon run there (libvirtd, or virtqemud)? virsh list by itself tells.',
  },
];

/** The sentence for virsh's words of an error, and what to do. */
export function libvirtError(words: string, { uri, domain }: Domain): QmpshError {
  const found = MEANINGS.find(({ says }) => says.test(words));
  const said = safe(words.replace(/^failed to connect to the hypervisor; /, ''));
  if (found)
    return new QmpshError(found.kind ?? 'connect', `${found.message(placeName(uri))}: ${said}`, {
      code: found.code,
      advice: found.advice,
    });
  return new QmpshError('connect', `libvirt does not lead to ${safe(domain)}: ${said || 'virsh failed'}`, {
    code: 'libvirt',
    advice: 'Does virsh dominfo by itself show it?',
  });
}
