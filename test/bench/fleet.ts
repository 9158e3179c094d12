// Many paused VMs at once: what a line and a page on all of them take, in time and memory, for each VM. As many VMs are
// started as the memory of this machine holds. Usage: node bin/bench.mjs fleet [COUNT]
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BIN = join(process.cwd(), 'bin/qmpsh.cjs');
/** MiB that must stay free. */
const RESERVE = 600;
const MACHINE = ['-S', '-display', 'none', '-nodefaults', '-M', 'q35', '-m', '8'];

const PAGE = `\`\`\`qmp
(QEMU) blockdev-add driver=null-co node-name=fleet size=64M
(QEMU) blockdev-del node-name=fleet
\`\`\`
\`\`\`qmp on-failure
(QEMU) blockdev-del node-name=fleet
\`\`\`
`;

/** A figure in kB of a file of /proc, in MiB. */
function mib(file: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  return Number(found ?? Number.NaN) / 1024;
}

interface Run {
  readonly seconds: number;
  readonly status: number | null;
  readonly peak: number;
  /** Standard error. */
  readonly err: string;
}

function qmpsh(args: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let peak = 0;
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const look = setInterval(() => {
      try {
        peak = Math.max(peak, mib(`/proc/${child.pid}/status`, 'VmHWM') || 0);
      } catch {
        // it has ended
      }
    }, 20);
    child.once('error', reject);
    child.once('close', status => {
      clearInterval(look);
      resolve({ seconds: (performance.now() - began) / 1000, status, peak, err });
    });
  });
}

export async function fleet(wanted: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'qfl-'));
  const vms: ChildProcess[] = [];
  const stop = () => {
    for (const vm of vms) vm.kill('SIGKILL');
  };
  process.once('exit', stop);
  try {
    const began = performance.now();
    for (let i = 0; i < wanted && mib('/proc/meminfo', 'MemAvailable') > RESERVE; i++) {
      const disk = ['-blockdev', 'driver=null-co,node-name=disk,size=67108864'];
      const monitor = ['-qmp', `unix:vm${i},server=on,wait=off`];
      const options: SpawnOptions = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] };
      const vm = spawn('qemu-system-x86_64', [...MACHINE, ...disk, ...monitor], options);
      vms.push(vm);
      while (!existsSync(join(folder, `vm${i}`))) {
        if (vm.exitCode !== null) throw new Error('QEMU did not start');
        await new Promise(resolve => setTimeout(resolve, 5));
      }
    }
    const count = vms.length;
    const started = (performance.now() - began) / 1000;
    const own = vms.map(vm => mib(`/proc/${vm.pid}/smaps_rollup`, 'Pss'));
    const each = own.reduce((sum, one) => sum + one, 0) / count;
    console.log(
      `${count} of ${wanted} VMs, started in ${started.toFixed(1)} s; ${each.toFixed(1)} MiB of memory each`,
    );
    writeFileSync(join(folder, 'hosts'), vms.map((_, i) => `./vm${i}\n`).join(''));
    writeFileSync(join(folder, 'page.md'), PAGE);
    let good = count > 0;
    for (const parallel of [1, 8, 100])
      for (const [name, args] of [
        ['-c query-status', ['-c', 'query-status']],
        ['play PAGE', ['play', 'page.md']],
      ] as const) {
        const run = await qmpsh([...args, '--hosts', 'hosts', '--parallel', String(parallel)], folder);
        good &&= run.status === 0;
        if (run.status !== 0) console.log(run.err.split('\n').slice(0, 8).join('\n'));
        const per = ((run.seconds * 1000) / count).toFixed(1);
        console.log(
          `${name.padEnd(16)} ${String(parallel).padStart(3)} at a time: ${run.seconds.toFixed(2)} s, ${per} ms a VM; ` +
            `qmpsh took ${run.peak.toFixed(0)} MiB at most; status ${run.status}`,
        );
      }
    return good;
  } finally {
    stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
