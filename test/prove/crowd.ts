// The long form of the test of `qmpsh share`: eight clients with so many commands each, on one QEMU. One is Python's, and a
// ninth is killed in the middle.
import { join } from 'node:path';
import { crowd, share } from '../crowd.ts';
import { withQemu } from '../qemu.ts';

const CLIENTS = 8;

/** Gives whether every reply came, to its own command and in order. */
export async function proveCrowd(commands: number, say: (text: string) => void): Promise<boolean> {
  let good = false;
  await withQemu({}, async qemu => {
    const shared = await share(qemu.address, join(qemu.folder, 's'));
    const began = performance.now();
    const { replies, mixed, lost } = await crowd(shared.path, CLIENTS, commands);
    const seconds = (performance.now() - began) / 1000;
    say(`${replies} replies in ${seconds.toFixed(1)} s, ${mixed} mixed up, ${lost} lost`);
    await shared.stop();
    good = mixed === 0 && lost === 0 && replies === CLIENTS * commands;
  });
  return good;
}
