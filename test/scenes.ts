// The scenes of the pages on typing and on reading the screen.
import { execFileSync } from 'node:child_process';
import type { Desk } from './desk.ts';
import type { Scene } from './screens.ts';

async function withTarget({ screen, vm }: Desk): Promise<void> {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', 'e.qcow2', '39M'], { cwd: vm.folder });
  screen.type('blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=e.qcow2\r');
  await screen.waitFor(/e\.qcow2\n\{\}/);
}

/** The rows of a scene begin here: what was done to get there is not part of the picture. */
async function fromHere({ screen }: Desk): Promise<void> {
  screen.key('C-l');
  await screen.waitFor(shown => shown.cursor.row === 0);
}

const scene = (play: (desk: Desk) => Promise<void>, rows = 24): Scene => ({ rows, play });

export const TYPING: Readonly<Record<string, Scene>> = {
  menu: scene(async desk => {
    await fromHere(desk);
    await desk.type('blockdev-mirror ');
    await desk.sees(/needs device, target, sync/);
    await desk.sees(/1-5 of \d+/);
  }),
  'live-names': scene(async desk => {
    await withTarget(desk);
    await fromHere(desk);
    await desk.type('blockdev-mirror device=node');
    await desk.sees(/^ node-A +qcow2/m);
  }),
  problem: scene(async desk => {
    await fromHere(desk);
    await desk.type('blockdev-mirror sync=ful target=');
    await desk.sees(/did you mean full/);
    await desk.sees(/of virtio0/);
  }),
  'help-argument': scene(async desk => {
    await fromHere(desk);
    await desk.type('.help blockdev-mirror.sync');
    desk.screen.key('Enter');
    await desk.sees(/bitmap[\s\S]*\n\(QEMU\) $/m);
  }),
  form: scene(async desk => {
    await fromHere(desk);
    await desk.type('block-dirty-bitmap-add ?');
    desk.screen.key('Enter');
    await desk.sees(/node-A/);
  }),
  paste: scene(async desk => {
    await fromHere(desk);
    desk.screen.paste('(QEMU) query-status\n{"return": {}}\n$ qemu-img info a.qcow2\n(QEMU) query-jobs\n');
    await desk.sees(/a transcript/);
    desk.screen.key('Enter');
    await desk.sees(/\[y\/a\/N\]/);
  }),
};

export const READING: Readonly<Record<string, Scene>> = {
  table: scene(async desk => {
    await fromHere(desk);
    await desk.type('query-named-block-nodes');
    desk.screen.key('Enter');
    await desk.sees(/left out[\s\S]*\n\(QEMU\) $/m);
  }),
  job: scene(async desk => {
    await withTarget(desk);
    await fromHere(desk);
    await desk.type('blockdev-mirror device=node-A target=node-E sync=full job-id=job0');
    desk.screen.key('Enter');
    await desk.sees(/^job0 .*ready/m);
    await desk.sees(/^\{\}$/m);
  }),
  jobs: scene(async desk => {
    await withTarget(desk);
    await desk.run('blockdev-mirror device=node-A target=node-E sync=full job-id=job0');
    await desk.sees(/^job0 .*ready/m);
    await fromHere(desk);
    await desk.type('.jobs');
    desk.screen.key('Enter');
    await desk.sees(/Esc leaves/);
  }),
  graph: scene(async desk => {
    await desk.run('blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B');
    await desk.sees(/\{\}/);
    await fromHere(desk);
    await desk.type('.graph');
    desk.screen.key('Enter');
    await desk.sees(/<-- virtio0[\s\S]*\n\(QEMU\) $/m);
  }),
  doctor: scene(async desk => {
    await withTarget(desk);
    await desk.run('block-dirty-bitmap-add node=node-A name=monday disabled=true');
    await desk.run('blockdev-mirror device=node-A target=node-E sync=full job-id=job0');
    await desk.sees(/^job0 .*ready/m);
    // For how long is told from a second on.
    await new Promise(resume => setTimeout(resume, 1500));
    await fromHere(desk);
    await desk.type('.doctor');
    desk.screen.key('Enter');
    await desk.sees(/of the VM first\.\n\(QEMU\) $/m);
  }),
  refusal: scene(async desk => {
    await withTarget(desk);
    await fromHere(desk);
    await desk.type('blockdev-backup device=virtio0 target=node-E sync=full');
    desk.screen.key('Enter');
    await desk.sees(/try {4}\S[\s\S]*\n\(QEMU\) $/m);
  }),
  rehearse: scene(async desk => {
    await fromHere(desk);
    await desk.type(
      '.rehearse blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B',
    );
    desk.screen.key('Enter');
    await desk.sees(/Run it on the real VM now\? \[y\/N\]/);
  }, 30),
};
