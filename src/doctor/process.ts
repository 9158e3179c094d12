// The process of a VM and its monitor, as this host shows them: what can be told even where QEMU does not answer.
import { clientOf, isTaken } from '../io/clients.ts';
import { findMonitors } from '../io/monitors.ts';
import { servingProcess } from '../io/peer.ts';
import { openToAll } from '../io/rights.ts';
import { lookAtProcess, type VmProcess } from '../io/vmprocess.ts';
import { shellWord } from '../page/hostline.ts';
import { safe } from '../text/safe.ts';
import type { OtherClient } from './chart.ts';
import type { Finding } from './finding.ts';

/** The process that serves an address, where that is on this host. */
export function processAt(address: string): VmProcess | undefined {
  const isDomain = address.startsWith('libvirt:');
  const pid = isDomain
    ? findMonitors().find(monitor => monitor.address === address)?.pid
    : servingProcess(address);
  const process = pid === undefined ? undefined : lookAtProcess(pid);
  // A relay serves a monitor, too; what it has open is not the VM's.
  return process !== undefined && QEMU.test(process.argv[0] ?? '') ? process : undefined;
}

const QEMU = /(?:^|\/)qemu-(?:system-|kvm)[^/]*$/;

/** A process that takes part in nothing. */
export function stoppedFinding(process: VmProcess): Finding | undefined {
  const { pid, state } = process;
  if (state === 'T' || state === 't')
    return {
      kind: 'process-stopped',
      about: String(pid),
      seen: `QEMU (process ${pid}) is stopped${state === 't' ? ' by a debugger' : ', as by kill -STOP or Ctrl-Z'}`,
      why: 'The guest stands still, its network connections run into their time limits, and the monitor answers nobody.',
      remedies:
        state === 't'
          ? [{ what: 'let the debugger continue it, or detach', lines: [] }]
          : [{ what: 'let it go on', lines: [`$ kill -CONT ${pid}`] }],
    };
  return undefined;
}

/** A process that waits for a device and cannot be interrupted, seen so at two looks. */
export function waitingFinding(first: VmProcess, last: VmProcess): Finding | undefined {
  if (first.state !== 'D' || last.state !== 'D') return undefined;
  return {
    kind: 'process-waits',
    about: String(last.pid),
    seen: `QEMU (process ${last.pid}) waits in the kernel for a device or a network file system (state D)`,
    why: 'It can neither answer nor be ended before that answers: most often an NFS server or a disk that is gone.',
    remedies: [{ what: "bring the storage back; the kernel's log names it", lines: ['$ dmesg | tail -20'] }],
  };
}

/** Somebody else who holds the monitor. A manager that is there to hold it is no fault; `manager` names it. */
export function holderOf(
  address: string,
  server: VmProcess,
): { readonly finding: Finding } | { readonly manager: string } | undefined {
  if (isTaken(address, server.pid) !== true) return undefined;
  const client = clientOf(address, server.pid);
  if (client === undefined ? LIBVIRTS.test(address) : MANAGERS.test(client.name))
    return { manager: client?.name ?? 'libvirt' };
  const who = client === undefined ? 'somebody' : `${safe(client.name)} (process ${client.pid})`;
  return {
    finding: {
      kind: 'monitor-held',
      about: address,
      seen: `${who} is connected to this monitor`,
      why: 'A monitor serves one client: everyone else gets no answer until that one leaves.',
      remedies: [
        client === undefined
          ? { what: 'end that client, or give QEMU a second monitor (-qmp)', lines: [] }
          : { what: 'end it in its own way, where it is forgotten', lines: [`$ kill ${client.pid}`] },
      ],
    },
  };
}

/** Who is connected to the VM's other monitors: they may be about to decide what the doctor finds undecided. */
export function otherClients({ pid }: VmProcess): readonly OtherClient[] {
  return findMonitors().flatMap(monitor => {
    if (monitor.pid !== pid) return [];
    const { address } = monitor;
    // (Our own connection is none.)
    const client = clientOf(address, pid);
    return client === undefined ? [] : [{ name: client.name, pid: client.pid, address }];
  });
}

const MANAGERS = /^(?:libvirtd|virtqemud)/;
/** Where libvirt has the monitors of its VMs: other users' processes cannot be told. */
const LIBVIRTS = /\/libvirt\/qemu\//;

/** A monitor's socket that everybody on this host may use. */
export function socketFindings(address: string): readonly Finding[] {
  const path = openToAll(address);
  if (path === undefined) return [];
  return [
    {
      kind: 'monitor-open',
      about: address,
      seen: `every user of this host may connect to the monitor ${safe(path)}`,
      why: 'Who has the monitor has the VM, its disks, and what QEMU may do on this host.',
      remedies: [{ what: 'leave it to its owner', lines: [`$ chmod go-rwx ${shellWord(path)}`] }],
    },
  ];
}
