// Whether a VM of this host is stopped, as `kill -STOP`, Ctrl-Z and a debugger do: it takes connections and says nothing.
import { readFileSync, realpathSync } from 'node:fs';
import { findMonitors } from './monitors.ts';

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

function isStopped(pid: number): boolean {
  try {
    // The name in brackets may hold anything, brackets too; the state stands behind the last one.
    return /^[Tt]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1) ?? '');
  } catch {
    return false; // it has ended, or this host has no /proc
  }
}

function real(address: string): string {
  try {
    return realpathSync(address);
  } catch {
    return address.replace(/^(localhost|\[::1\])?:/, '127.0.0.1:');
  }
}
