// Who manages a VM of this host, as its command line shows.
import { dirname } from 'node:path';
import { fieldsOf, optionsOf } from './qemuargs.ts';

export type Manager = 'libvirt' | 'KubeVirt' | 'Proxmox' | 'Incus' | 'LXD';

/** The folder that libvirt has made for a domain, by a file of its in it; undefined where libvirt has not started the VM. */
export function libvirtFolder(argv: readonly string[]): string | undefined {
  for (const [name, value] of optionsOf(argv)) {
    if (name !== 'object' && name !== 'chardev') continue;
    const { id, file, path } = fieldsOf(value, '');
    if (id === 'masterKey0' && file) return dirname(file);
    if (id === 'charmonitor' && path) return dirname(path);
  }
  return undefined;
}

/** Undefined where nobody known has started the VM. `path` is the socket of its monitor or agent. */
export function managerOf(argv: readonly string[], path: string | undefined): Manager | undefined {
  if (libvirtFolder(argv) !== undefined) {
    const isKubeVirt = [...optionsOf(argv)].some(
      ([name, value]) => name === 'smbios' && fieldsOf(value, '')['manufacturer'] === 'KubeVirt',
    );
    return isKubeVirt ? 'KubeVirt' : 'libvirt';
  }
  if (path === undefined) return undefined;
  if (/^(?:\/var)?\/run\/qemu-server\/\d+\.(?:qmp|qga)$/.test(path)) return 'Proxmox';
  if (/\/incus\/(?:run\/)?[^/]+\/qemu\.monitor$/.test(path)) return 'Incus';
  return /\/lxd\/(?:logs\/)?[^/]+\/qemu\.monitor$/.test(path) ? 'LXD' : undefined;
}
