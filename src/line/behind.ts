// Requests that go behind the back of libvirt, where the VM is one of its domains: they need the consent of whoever sends them.
import { QmpshError } from '../qmp/errors.ts';
import type { Request } from '../qmp/message.ts';
import { behindLibvirt } from '../schema/behindlibvirt.ts';
import type { Host } from './host.ts';

/**
 * What of a request libvirt does not learn of, as sentences to be asked about; none where nothing is. Throws a usage error
 * where there is nobody to ask.
 */
export function behindOwner(
  request: Request,
  { address, person, yes }: Pick<Host, 'address' | 'person' | 'yes'>,
): readonly string[] {
  const found = isOwned(address) ? (behindLibvirt(request) ?? []) : [];
  const [first] = found;
  if (first === undefined || person || yes) return found;
  throw new QmpshError('usage', first.replace(/\.$/, ''), { advice: '--yes lets it.' });
}

/** Whether a VM is managed by somebody who has to know what becomes of it. */
export function isOwned(address: string): boolean {
  return address.startsWith('libvirt:');
}
