// How a QEMU that we start is given its monitor: the options for a chardev, and for QMP on it. From 11.1 on that is an object;
// before, -qmp. A storage daemon has options of its own, and takes none with one dash.
import { execFile } from 'node:child_process';
import { basename } from 'node:path';

const EMULATOR = /^qemu-(?:system-.+|kvm)$/;
const DAEMON = 'qemu-storage-daemon';

/** `chardev`: the backend and its settings without an id, as `socket,fd=3`. `argv` is the command it is for. */
export async function monitorOptions(
  argv: readonly string[],
  id: string,
  chardev: string,
): Promise<readonly string[]> {
  const backend = chardev.replace(/^\w+/, kind => `${kind},id=${id}`);
  const isDaemon = argv.some(word => basename(word) === DAEMON);
  const dash = isDaemon ? '--' : '-';
  const qmp = (await hasObject(argv[0] ?? '', dash))
    ? [`${dash}object`, `monitor-qmp,id=${id},chardev=${id}`]
    : isDaemon
      ? ['--monitor', `chardev=${id}`]
      : ['-qmp', `chardev:${id}`];
  return [`${dash}chardev`, backend, ...qmp];
}

/** Milliseconds that a program has to name its types. */
const PATIENCE = 10_000;

/** Programs that were asked, each once. */
const asked = new Map<string, Promise<boolean>>();

/** Whether a program has the object; false for one that is no QEMU by its name, which is not run for a question. */
function hasObject(program: string, dash: string): Promise<boolean> {
  const name = basename(program);
  if (!EMULATOR.test(name) && name !== DAEMON) return Promise.resolve(false);
  const known =
    asked.get(program) ??
    new Promise<boolean>(resolve => {
      execFile(program, [`${dash}object`, 'help'], { timeout: PATIENCE }, (_error, stdout) => {
        resolve(/^\s*monitor-qmp\s*$/m.test(stdout));
      });
    });
  asked.set(program, known);
  return known;
}
