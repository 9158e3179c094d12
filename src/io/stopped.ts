// Whether a VM of this host is stopped, as `kill -STOP`, Ctrl-Z and a debugger do: it takes connections and says nothing.
import { realpathSync } from 'node:fs';
import { findMonitors } from './monitors.ts';
import { isStopped } from './vmprocess.ts';

/**
 * Tells, each time it is called, the process of the VM at an address where it is on this host and stopped; undefined where
 * it runs, and where that cannot be known. `pid` is the process where it is known.
 */
export function stoppedProcess(address: string, pid: number | undefined): () => number | undefined {
  let known: { readonly pid: number | undefined } | undefined;
  return () => {
    known ??= { pid: pid ?? processAt(address) };
    return known.pid !== undefined && isStopped(known.pid) ? known.pid : undefined;
  };
}

function processAt(address: string): number | undefined {
  const here = real(address);
  return findMonitors().find(monitor => real(monitor.address) === here)?.pid;
}

function real(address: string): string {
  try {
    return realpathSync(address);
  } catch {
    return address.replace(/^(localhost|\[::1\])?:/, '127.0.0.1:');
  }
}
