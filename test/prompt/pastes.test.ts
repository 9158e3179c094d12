// What people paste, on a real QEMU: piped, behind -c, and at the prompt.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, requestOf } from '../../src/language/parse.ts';
import { HARMLESS } from '../../src/session/facts.ts';
import { atPrompt, withDesk } from '../desk.ts';
import { refusalIn, runOn } from '../lines.ts';
import { PASTES } from '../pastes.ts';
import { type Qemu, startQemu } from '../qemu.ts';
import { recordedSchema } from '../schema/walked.ts';

const test = suite('pastes');
let vm: Qemu;
test.before(async () => {
  vm = await startQemu();
});
test.after(() => vm?.close());

const schema = recordedSchema('7.2');
const nameOf = (line: string) => {
  const found = parse(line.slice(line.indexOf(' ') + 1), schema);
  return requestOf(found)?.execute ?? (found.kind === 'word' ? 'human-monitor-command' : undefined);
};

for (const { what, text, runs, answers = 0, prose } of PASTES) {
  if (prose) continue;
  const expected = runs.map(nameOf);
  for (const piped of [true, false])
    test(`${piped ? 'piped' : 'behind -c'}: ${what}`, async () => {
      const told = await runOn(vm.address, [text], false, piped);
      // What the shell itself asks is on the list of queries that cannot harm a VM.
      const sent = told.sent.filter(name => expected.includes(name) || !HARMLESS.has(name));
      // Behind -c nothing is sent where a line is wrong.
      const wrong = expected.includes(undefined) && !piped;
      assert.equal(sent, wrong ? [] : expected.filter(name => name !== undefined));
      const left = told.said.filter(row => row.startsWith('left out: '));
      assert.is(left.length, answers > 0 && (piped || runs.length > 0) ? 1 : 0, told.said.join('\n'));
      if (runs.length === 0) assert.is(told.status, 2);
    });
}

test('a script that begins with the negotiation ends with status 0', async () => {
  const text = '{"execute": "qmp_capabilities"}\n{"execute": "query-status"}\n';
  for (const piped of [true, false]) {
    const told = await runOn(vm.address, [text], false, piped);
    assert.is(told.status, 0);
    assert.match(told.said.join('\n'), /The shell has done this when it connected/);
  }
  const asks = await runOn(vm.address, ['{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}']);
  assert.is(asks.status, 1);
});

// A line that is refused before it is sent, the message, and the line that is offered, which QEMU carries out.
const OFFERED: readonly (readonly [line: string, offered: string])[] = [
  ['blockdev-add {"driver": "null-co", "node-name": "p0"}', 'blockdev-add driver=null-co node-name=p0'],
  ['-blockdev driver=null-co,node-name=p1,size=1M', 'blockdev-add driver=null-co node-name=p1 size=1M'],
  ['object-add iothread,id=i0', 'object-add qom-type=iothread id=i0'],
  ['device_add pcie-root-port,id=r0,chassis=9', 'device_add driver=pcie-root-port id=r0 chassis=9'],
  ['blockdev-del p0', 'blockdev-del node-name=p0'],
  ['object-del i0', 'object-del id=i0'],
  ['qom-get /machine type', 'qom-get path=/machine property=type'],
  ['qom-list /machine', 'qom-list path=/machine'],
  ['query-block foo', 'query-block'],
  ['chardev-add null,id=c0', '.hmp chardev-add null,id=c0'],
  ['chardev-remove c0', 'chardev-remove id=c0'],
  ['{execute:query-status}', '{"execute":"query-status"}'],
  ['{“execute”: “query-status”}', '{"execute": "query-status"}'],
  ["virsh qemu-monitor-command vm --hmp 'info status'", '.hmp info status'],
];
for (const [line, offered] of OFFERED)
  test(`${line}: the line that is meant is carried out`, async () => {
    const told = await runOn(vm.address, [line]);
    assert.is(told.status, 2);
    assert.equal(told.replies, []);
    const errors = told.said.filter(row => row.startsWith('error'));
    assert.is(errors.length, 1, told.said.join('\n'));
    assert.ok(
      told.said.some(row => row.startsWith(`Write ${offered}`)),
      told.said.join('\n'),
    );
    const done = await runOn(vm.address, [offered]);
    // Without an option for it QEMU's root bus takes no device at run time: it is understood all the same.
    if (!offered.startsWith('device_add')) assert.is(done.status, 0, done.said.join('\n'));
    else assert.match(refusalIn(done.replies[0]), /does not support hotplugging/);
  });

test('a line with the prompt in front: a query needs no question, an event stands below what caused it', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.type('(QEMU) query-status');
    await desk.sees(/^Enter runs query-status$/m);
    screen.key('Enter');
    await desk.sees(/^\(QEMU\) query-status\n\{.*"prelaunch"/m);
    assert.not.match(screen.text().join('\n'), /Run this line/);
    await desk.type('(QEMU) cont');
    await desk.sees(/a transcript: Enter shows/);
    screen.key('Enter');
    await desk.sees(/Run this line\?/);
    screen.type('y');
    await desk.sees(/^\(QEMU\) cont\n.*RESUME[\s\S]*^\{\}$/m);
    await desk.sees(atPrompt);
    assert.is(screen.text().filter(row => row === '(QEMU) cont').length, 1);
  }));

test('at the prompt', () =>
  withDesk(
    async ({ screen }) => {
      const greeting = '{"QMP": {"version": {}, "capabilities": []}}';
      screen.paste(
        `$ nc -U q\n${greeting}\n{"execute": "qmp_capabilities"}\n{"return": {}}\n> {"execute": "query-name"} // c`,
      );
      screen.key('Enter');
      await screen.waitFor(
        /1 {2}\{"execute": "qmp_capabilities"\}\s+2 {2}\{"execute": "query-name"\} \/\/ c\s+Run these 2 lines\?/,
      );
      screen.type('y');
      await screen.waitFor(/done this when it connected[\s\S]*query-name[\s\S]*\{\}/);
      screen.paste('query-name; query-uuid');
      screen.key('Enter');
      await screen.waitFor(/1 {2}query-name\s+2 {2}query-uuid\s+Run these 2 lines\?/);
      screen.type('n');
      await screen.waitFor(/nothing was run/);
      screen.paste('\x1b[1m> query-uuid\x1b[0m');
      screen.key('Enter');
      await screen.waitFor(/00000000-0000/);
      screen.paste('{"return": {}}');
      screen.key('Enter');
      await screen.waitFor(/this is what QEMU says, no request/);
      screen.paste('{"return": {}}\n{"return": []}');
      screen.key('Enter');
      await screen.waitFor(/there is no line to run in what was pasted/);
    },
    { rows: 40 },
  ));

test.run();
