// docs/instead.md: each line of its tables is run, and what it does is what the other tool does, where that one is here: the real
// qmp-shell and socat.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startPractice } from '../../src/io/practice.ts';
import { findProgram } from '../../src/io/program.ts';
import { WORDS } from '../../src/words/words.ts';
import { startAgent } from '../agent.ts';
import { BIN } from '../command.ts';
import { inFolder } from '../folder.ts';
import { startManaged } from '../libvirt.ts';
import { needQmpShell, qmpShellEnv } from '../qmpshell.ts';

const PAGE = 'docs/instead.md';

/** The lines of a row: what stands in its first two columns as code. */
const rows = readFileSync(PAGE, 'utf8')
  .split('\n')
  .flatMap(row => {
    const [, before, now] = /^\| `(.+?)` \| `(.+?)`(?: \(.*\))? \|$/.exec(row) ?? [];
    const plain = (text: string) => text.replaceAll('\\|', '|');
    return before && now ? [{ before: plain(before), now: plain(now) }] : [];
  });

interface Trial {
  /** What is typed there. */
  readonly typed?: string;
  /** What both say, in whatever form. */
  readonly says: RegExp;
  /** Why the other tool is not run. */
  readonly apart?: string;
}

const STATUS = /"status": *"prelaunch"/;
const typed = 'query-status\n';
const PROXMOX = { apart: 'there is no Proxmox here' };
const trials: Readonly<Record<string, Trial>> = {
  'qmpsh ./qmp.sock < qmp-shell ./qmp.sock': { typed, says: STATUS },
  'qmpsh -p ./qmp.sock < qmp-shell -p ./qmp.sock': { typed, says: /\n {4,8}"status": "prelaunch"/ },
  'qmpsh -v ./qmp.sock < qmp-shell -v ./qmp.sock': {
    typed,
    says: /"execute": *"query-status"[\s\S]*prelaunch|prelaunch[\s\S]*"execute": *"query-status"/,
  },
  'qmpsh -l qmp.log ./qmp.sock < qmp-shell -l qmp.log ./qmp.sock': {
    typed,
    says: STATUS,
    apart: 'it cuts the VM off',
  },
  'qmpsh -c query-status ./qmp.sock < echo query-status | qmp-shell ./qmp.sock': { says: STATUS },
  'qmpsh --agent ./vm.agent < qmp-shell -N ./vm.agent': { typed: 'guest-get-timezone\n', says: /"offset"/ },
  'qmpsh -- qemu-system-x86_64 -display none < qmp-shell-wrap -- qemu-system-x86_64 -display none': {
    typed: 'query-name\nquit\n',
    says: /"return"/,
  },
  'qmpsh -H ./qmp.sock < qmp-shell -H ./qmp.sock': { typed: 'info status\n', says: /VM status: paused/ },
  "qmpsh -H -c 'info status' ./qmp.sock < echo 'info status' | qmp-shell -H ./qmp.sock": {
    says: /VM status: paused/,
  },
  "qmpsh -c '.hmp info status' ./qmp.sock < echo 'info status' | qmp-shell -H ./qmp.sock": {
    says: /VM status: paused/,
  },
  'qmpsh ./qmp.sock < socat - UNIX-CONNECT:./qmp.sock': {
    typed: '{"execute": "qmp_capabilities"}\n{"execute": "query-status"}\n',
    says: STATUS,
  },
  'qmpsh --agent -c guest-get-time ./vm.agent': { says: /"return": *\d{16,}/ },
  'qmpsh -c query-status libvirt:VM': { says: /"status": ?"(?:running|paused|prelaunch)"/ },
  "qmpsh -H -c 'info status' libvirt:VM": { says: /VM status: \w+/ },
  'virsh qemu-monitor-command VM "$(qmpsh json query-status)"': { says: /"status": ?"\w+"/ },
  'qmpsh -H /var/run/qemu-server/100.qmp': { typed: 'info status\n', says: /VM status: paused/, ...PROXMOX },
  "qmpsh -H -c 'info status' /var/run/qemu-server/100.qmp": { says: /VM status: paused/, ...PROXMOX },
  'qmpsh --agent -c guest-ping /var/run/qemu-server/100.qga': { says: /"return": *\{\}/, ...PROXMOX },
  'qmpsh --agent -c guest-get-osinfo /var/run/qemu-server/100.qga': { says: /"kernel-release"/, ...PROXMOX },
};

const trialOf = ({ before, now }: (typeof rows)[number]): Trial | undefined =>
  trials[`${now} < ${before}`] ??
  trials[now] ??
  (before.includes('socat -t 3') ? { says: STATUS } : undefined);

/** A virsh that says what it is given, where it is about the agent; no guest of ours has one. */
const VIRSH = `#!/bin/sh
case $1 in qemu-agent-command) printf '%s\\n' "$3";; *) exec ${findProgram('virsh')} "$@";; esac
`;

if (process.platform === 'linux')
  test('each line is tried, and what was typed before does the same', () =>
    inFolder(async folder => {
      if (spawnSync('socat', ['-V']).status !== 0)
        throw new Error('socat is missing: run "npm test", which installs it, or install the package socat');
      needQmpShell();
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      const tools: Readonly<Record<string, string>> = {
        qmpsh: `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`,
        'qmp-shell': '#!/bin/sh\nexec python3 -m qemu.qmp.qmp_shell "$@"\n',
        'qmp-shell-wrap':
          '#!/bin/sh\nexec python3 -c "from qemu.qmp.qmp_shell import main_wrap; main_wrap()" "$@"\n',
        virsh: VIRSH,
      };
      for (const [name, text] of Object.entries(tools)) {
        writeFileSync(join(bin, name), text);
        chmodSync(join(bin, name), 0o755);
      }
      const { QMP_SOCKET: _, ...env } = qmpShellEnv();
      const run = async (line: string, input: string): Promise<string> => {
        const here = line
          .replaceAll('/var/run/qemu-server/', './')
          .replaceAll('libvirt:VM', `'${managed.address}'`)
          .replaceAll(
            'virsh qemu-monitor-command VM',
            `virsh -q -c '${managed.uri}' qemu-monitor-command garden`,
          );
        const child = spawn('bash', ['--norc', '-c', `exec 2>&1\n${here}`], {
          cwd: folder,
          env: { ...env, HOME: folder, PATH: `${bin}:${env['PATH']}` },
          stdio: ['pipe', 'pipe', 'inherit'],
        });
        let out = '';
        child.stdout.setEncoding('utf8').on('data', text => {
          out += String(text);
        });
        child.stdin.on('error', () => {});
        child.stdin.write(input);
        // (socat would be gone before the answers.)
        if (line.startsWith('socat')) setTimeout(() => child.stdin.end(), 2000);
        else child.stdin.end();
        const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
        const [, signal] = await once(child, 'close');
        clearTimeout(late);
        assert.is(signal, null, `${line} does not end\n${out}`);
        return out;
      };
      const managed = await startManaged();
      const vm = await startPractice({ keep: folder });
      const agent = await startAgent(folder);
      // (The stand-in before the real one wants rows, and qmp-shell ends none.)
      for (const name of ['vm.agent', '100.qga']) symlinkSync('ga/real.sock', join(folder, name));
      symlinkSync('qmp.sock', join(folder, '100.qmp'));
      try {
        for (const row of rows) {
          const { before, now } = row;
          if (before.startsWith('virsh qemu-agent')) {
            const given = async (line: string) => ({ arguments: {}, ...JSON.parse(await run(line, '')) });
            assert.equal(await given(now), await given(before), now);
            continue;
          }
          if (now.startsWith('.')) {
            // (test/prompt/console.test.ts tries it on a terminal.)
            assert.ok(
              WORDS.some(({ name }) => name === now),
              now,
            );
            continue;
          }
          const trial = trialOf(row);
          assert.ok(trial, `nobody tries ${now} for ${before}`);
          const ours = await run(now, trial.typed ?? '');
          assert.match(ours, trial.says, `${now}\n${ours}`);
          if (trial.apart !== undefined) continue;
          const theirs = await run(before, trial.typed ?? '');
          assert.match(theirs, trial.says, `${before}\n${theirs}`);
        }
      } finally {
        await agent.close();
        await vm.close();
        await managed.close();
      }
    }));

test('the tables have rows, of each tool', () => {
  assert.ok(rows.length >= 20, String(rows.length));
  for (const tool of [/^qmp-shell /, /qmp-shell -H/, /^virsh qemu-monitor-command/, /socat/, /^qm monitor/])
    assert.ok(
      rows.some(({ before }) => tool.test(before)),
      String(tool),
    );
  const lines = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter(row => /^\| `/.test(row));
  assert.is(rows.length, lines.length);
});

test.run();
