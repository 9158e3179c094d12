// The doctor and its table: each fault that is put into a real VM is named, and cured by the lines that are shown.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { examine } from '../../src/doctor/examine.ts';
import { findingJson } from '../../src/doctor/report.ts';
import { CLOCK } from '../../src/io/clock.ts';
import { parse, requestOf } from '../../src/language/parse.ts';
import { withTryouts } from '../../src/words/tryout.ts';
import { BIN, qmpsh } from '../command.ts';
import { openSession, type Qemu, startQemu } from '../qemu.ts';
import { FAULTS, type Fault } from './faults.ts';

interface Row {
  readonly finding: string;
  readonly about: string;
  readonly do: readonly {
    readonly what: string;
    readonly lines: readonly string[];
    readonly rehearse?: readonly string[];
  }[];
}

/** Tests beside this one may keep the machine busy. */
const PATIENT = { greetingTimeout: 20_000 };

/** What the doctor finds by a free monitor. */
async function look(address: string): Promise<readonly Row[]> {
  const session = await openSession(address, PATIENT);
  try {
    const schema = await session.schema();
    const limits = { timeout: 20_000 };
    const { findings } = await examine({ session, address, clock: CLOCK, schema, limits });
    return withTryouts(findings).map(finding => JSON.parse(JSON.stringify(findingJson(finding))));
  } finally {
    await session.close();
  }
}

/** The same from the command line, where nobody may be able to ask. */
async function lookFromOutside(address: string): Promise<readonly Row[]> {
  const { out, err, status } = await qmpsh(['doctor', address, '--json']);
  const rows: Row[] = out
    .split('\n')
    .filter(Boolean)
    .map(row => JSON.parse(row));
  assert.is(status, rows.length === 0 ? 0 : 1, err);
  return rows;
}

/** Does what is shown first of each finding; of a page that was broken off that alone, for it takes the others with it. */
async function treat(found: readonly Row[], vm: Qemu, address: string): Promise<readonly string[]> {
  const page = found.find(row => row.finding === 'page-unfinished');
  const rows = page === undefined ? found : [page];
  const lines = [...new Set(rows.flatMap(row => row.do.find(one => one.lines.length > 0)?.lines ?? []))];
  for (const line of lines.filter(one => one.startsWith('$ ')))
    await promisify(execFile)(
      'sh',
      ['-c', `qmpsh() { '${process.execPath}' '${BIN}' "$@"; }; ${line.slice(2)}`],
      {
        cwd: vm.folder,
      },
    );
  const words = lines.filter(one => one.startsWith('.'));
  for (const word of words) {
    const done = await qmpsh(['-y', '-c', word, address], { cwd: vm.folder });
    assert.is(done.status, 0, `${word}: ${done.err}`);
  }
  const commands = lines.filter(one => /^\w/.test(one));
  if (commands.length === 0) return lines;
  const session = await openSession(address, PATIENT);
  try {
    const schema = await session.schema();
    for (const line of commands) {
      const request = requestOf(parse(line, schema));
      assert.ok(request, line);
      const reply = await session.execute(request.execute, request.arguments, { timeout: 20_000 });
      assert.is(reply.kind, 'success', `${line}: ${JSON.stringify(reply)}`);
    }
  } finally {
    await session.close();
  }
  return lines;
}

/** Plays each line that rehearses what is shown; what is shown first is done on the VM next, and goes through there. */
async function rehearse(rows: readonly Row[], vm: Qemu, address: string): Promise<void> {
  for (const line of new Set(rows.flatMap(row => row.do.flatMap(({ rehearse: tries = [] }) => tries)))) {
    const { out, err, status } = await qmpsh(['-c', line, address], { cwd: vm.folder });
    assert.match(out + err, /^verdict: goes through$/m, line);
    assert.is(status, 0, line);
  }
}

/** What one cure leaves for the next: a node that is free when its job is gone. */
const ROUNDS = 5;

async function heal({ kind, options, make, outside, fleeting }: Fault): Promise<void> {
  const vm = await startQemu((await options?.()) ?? {});
  let end: (() => Promise<void> | void) | undefined;
  try {
    const session = await openSession(vm.address, PATIENT);
    const ill = (await make(session, vm).finally(() => session.close())) ?? {};
    end = ill.end;
    const address = ill.address ?? vm.address;
    const told: string[] = [];
    for (let round = 0; ; round++) {
      const lookAgain = outside ? lookFromOutside : look;
      let rows = await lookAgain(address);
      for (let tries = 1; fleeting && round === 0 && tries < 25; tries++)
        if (!rows.some(row => row.finding === kind)) rows = await lookAgain(address);
      told.push(`${rows.map(row => `${row.finding} ${row.about}`).join(', ')}`);
      if (round === 0)
        assert.ok(
          rows.some(row => row.finding === kind),
          `${kind} is not among: ${told}`,
        );
      if (rows.length === 0) return;
      if (round === 0) await rehearse(rows, vm, address);
      assert.ok(round < ROUNDS, `it is not cured: ${told.join(' | ')}`);
      const lines = await treat(rows, vm, address);
      assert.ok(lines.length > 0, `no line is shown for ${told.at(-1)}`);
      told.push(lines.join('; '));
      if (kind === 'job-never-ready') await end?.();
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  } finally {
    await end?.();
    await vm.close();
  }
}

// Journals of the plays that are killed here.
const home = mkdtempSync(join(tmpdir(), 'qh-'));
process.env['XDG_STATE_HOME'] = home;
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

/** So many VMs at a time. */
const AT_ONCE = 4;
const waiting: (() => void)[] = [];
let free = AT_ONCE;

async function inTurn(run: () => Promise<void>): Promise<void> {
  if (free === 0) await new Promise<void>(resolve => waiting.push(resolve));
  else free--;
  try {
    await run();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

const only = process.env['FAULT'];
for (const fault of FAULTS.filter(({ name }) => only === undefined || name.includes(only))) {
  const healed = inTurn(() => heal(fault));
  healed.catch(() => {});
  test(`${fault.name}: named, and cured by what is shown`, () => healed);
}

test('there are at least 20 faults', () => {
  assert.ok(only !== undefined || FAULTS.length >= 20);
});

test.run();
