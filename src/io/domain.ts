// A domain of libvirt's as virsh finds it: that it is there, and that it runs.
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { type Domain, libvirtError, placeName, virsh } from './virsh.ts';

export interface Running {
  /** The number that libvirt gives a domain each time that it is started. */
  readonly id: string;
  readonly name: string;
  /** libvirt has marked it: somebody was at its monitor before. */
  readonly tainted: boolean;
}

/** Names that are listed where one is not known. */
const MOST_NAMES = 8;

/** Finds a domain that runs. Rejects with a QmpshError that says why there is none. */
export async function findDomain({ uri, domain }: Domain, signal: AbortSignal): Promise<Running> {
  // Behind `--` nothing is an option, whatever the domain is called.
  const { status, out, words } = await virsh(uri, ['dominfo', '--', domain], signal);
  if (status !== 0)
    throw /failed to get domain|no domain with matching/.test(words)
      ? await noDomain({ uri, domain }, signal)
      : libvirtError(words, { uri, domain });
  const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(out)?.[1]?.trim() ?? '';
  const [id, name, state] = [field('Id'), field('Name'), field('State')];
  if (!/^\d+$/.test(id))
    throw new QmpshError('connect', `the domain ${safe(name || domain)} does not run (${safe(state)})`, {
      code: 'not-running',
      advice: `It has a monitor once it runs: virsh start ${safe(name || domain)}`,
    });
  return { id, name, tainted: /custom monitor control/.test(out) };
}

async function noDomain({ uri, domain }: Domain, signal: AbortSignal): Promise<QmpshError> {
  const { out } = await virsh(uri, ['list --all --name; uri'], signal);
  const rows = out.split('\n').filter(row => row.trim() !== '');
  const place = rows.pop() ?? placeName(uri);
  const names = rows.slice(0, MOST_NAMES).map(row => safe(row.trim()));
  if (rows.length > names.length) names.push(`${rows.length - names.length} more`);
  const there = names.length === 0 ? 'It has none.' : `There is: ${names.join(', ')}.`;
  const elsewhere =
    uri === undefined ? ' Another connection is named before it: libvirt:qemu:///system#NAME.' : '';
  return new QmpshError('connect', `libvirt has no domain ${safe(domain)} at ${safe(place)}`, {
    code: 'no-domain',
    advice: there + elsewhere,
  });
}
