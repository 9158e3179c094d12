import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderArgumentHelp, renderCommandHelp, renderEventHelp } from '../../src/render/help.ts';
import { renderNames, renderPairs, wrapUsage } from '../../src/render/pairs.ts';
import type { Command, Schema } from '../../src/schema/model.ts';
import * as notes from '../../src/schema/notes.ts';
import { plain } from '../../src/text/line.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';
import { texts, WIDTHS, widest } from './replies.ts';

const LATEST = schemaOf('11.1');

function command(name: string, schema: Schema = LATEST): Command {
  const found = schema.commands.get(name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
}

test('help: a command, without notes', () => {
  assert.equal(texts(renderCommandHelp(command('job-cancel'), { width: 80 })), [
    'job-cancel',
    '',
    '  job-cancel id=str',
    '',
    'required',
    '  id  str',
    '',
    'returns  nothing, {}',
  ]);
});

test('help: required arguments first, all values of a short enum, events and an example', () => {
  const page = texts(renderCommandHelp(command('blockdev-mirror'), { width: 80, notes })).join('\n');
  assert.match(page, /^ {2}blockdev-mirror device=str target=str sync=top\|\.\.\. \[job-id=str\]/m);
  assert.match(page, /^required\n {2}device {2}str[\s\S]*\noptional\n {2}job-id/m);
  assert.match(page, /sync {4}top\|full\|none\|incremental\|bitmap/);
  assert.match(page, /^events {3}.*BLOCK_JOB_READY/m);
  assert.match(page, /^example {2}blockdev-mirror device=/m);
});

test('help: a deprecated command says what to use', () => {
  const page = texts(renderCommandHelp(command('block-job-complete'), { width: 80, notes })).join('\n');
  assert.match(page, /^deprecated: .*job-complete/m);
});

test('help: variants are laid out where they are few, and named where they are many', () => {
  const few = texts(renderCommandHelp(command('set_password'), { width: 80 })).join('\n');
  assert.match(few, /^with protocol=vnc\n {2}display {2}str$/m);
  const many = texts(renderCommandHelp(command('blockdev-add'), { width: 80 })).join('\n');
  assert.match(many, /^driver is one of$/m);
  assert.match(many, /\.help blockdev-add driver=qcow2/);
  const chosen = texts(
    renderCommandHelp(command('blockdev-add'), { width: 80, given: { driver: 'qcow2' } }),
  ).join('\n');
  assert.match(chosen, /^ {2}lazy-refcounts {2}/m);
  assert.not.match(chosen, /is one of$/m);
});

test('help: an argument, its values, and what is inside it', () => {
  const sync = texts(renderArgumentHelp(command('blockdev-mirror'), ['sync'], { width: 80 }) ?? []);
  assert.equal(sync.slice(0, 2), [
    'blockdev-mirror sync=',
    'type     top|full|none|incremental|bitmap, required',
  ]);
  const file = renderArgumentHelp(command('blockdev-add'), ['file'], {
    width: 80,
    given: { driver: 'qcow2' },
  });
  assert.match(texts(file ?? []).join('\n'), /^file\.driver is one of$/m);
  assert.is(renderArgumentHelp(command('stop'), ['nope'], { width: 80 }), undefined);
});

test('help: an argument that only some variants have is found', () => {
  const page = texts(renderArgumentHelp(command('blockdev-add'), ['lazy-refcounts'], { width: 80 }) ?? []);
  assert.equal(page, ['blockdev-add lazy-refcounts=', 'type     bool, optional', 'with     driver=qcow2']);
  const deep = renderArgumentHelp(command('blockdev-add'), ['file', 'filename'], { width: 80 }) ?? [];
  assert.match(texts(deep).join('\n'), /^with {5}driver=qcow2, [\s\S]*^with {5}file\.driver=file, /m);
});

test('help: an event', () => {
  const event = LATEST.events.get('BLOCK_JOB_ERROR');
  assert.ok(event);
  const page = texts(renderEventHelp(event, { width: 80, notes })).join('\n');
  assert.match(page, /^carries\n {2}device {5}str$/m);
  assert.match(page, /action {5}ignore\|report\|stop/);
  assert.match(page, /^wait {5}\.wait BLOCK_JOB_ERROR$/m);
});

for (const version of VERSIONS) {
  const schema = schemaOf(version);
  test(`help: every command and event of ${version} has a page that fits`, () => {
    for (const width of [20, 80]) {
      for (const one of schema.commands.values()) {
        assert.ok(widest(renderCommandHelp(one, { width, notes })) <= width, `${one.name} in ${width}`);
      }
      for (const one of schema.events.values()) {
        assert.ok(widest(renderEventHelp(one, { width, notes })) <= width, `${one.name} in ${width}`);
      }
    }
  });
  test(`help: no type number of ${version} is shown`, () => {
    for (const one of schema.commands.values()) {
      assert.not.match(texts(renderCommandHelp(one, { width: 300 })).join('\n'), /=\d+\b|\s\d+$/m, one.name);
    }
  });
}

test('help: pairs line up, and stack where the screen is narrow', () => {
  const sections = [
    {
      title: 'words',
      rows: [
        ['.exit', 'leaves the shell'],
        ['.help', ''],
      ] as const,
    },
  ];
  assert.equal(texts(renderPairs(sections, 40)), ['words', '  .exit  leaves the shell', '  .help']);
  for (const width of WIDTHS) assert.ok(widest(renderPairs(sections, width)) <= width);
  assert.equal(texts(renderNames('commands', ['stop', 'cont'], 40)), ['commands', '  stop  cont']);
});

test('help: a variant picked inside an argument shows what it brings', () => {
  const page = texts(
    renderCommandHelp(command('chardev-add'), { width: 80, given: { backend: { type: 'socket' } } }),
  ).join('\n');
  assert.match(page, /^backend\.data\.\n\nrequired\n {2}addr /m);
  assert.match(page, /^ {2}server /m);
  const file = texts(
    renderCommandHelp(command('blockdev-add'), {
      width: 80,
      given: { driver: 'qcow2', file: { driver: 'file' } },
    }),
  ).join('\n');
  // The line it names for one is a line that shows it.
  const argument = renderArgumentHelp(command('blockdev-add'), ['file'], { width: 120 }) ?? [];
  assert.match(texts(argument).join('\n'), /\.help blockdev-add driver=qcow2 file\.driver=qcow2/);
  assert.match(file, /^file\.\n[\s\S]*^ {2}filename /m);
});

test('a usage is broken between its parts, not in a bracket', () => {
  const usage = '.x [NAME [key=value ...]|NAME.PART|EVENT|TEXT] [--to FILE] MORE ...';
  const rows = (width: number) => wrapUsage([{ text: usage }], width).map(plain);
  assert.equal(rows(80), [usage]);
  assert.equal(rows(34), [
    '.x [NAME [key=value ...]|',
    '    NAME.PART|EVENT|TEXT]',
    '    [--to FILE] MORE ...',
  ]);
  assert.equal(rows(22), [
    '.x',
    '    [NAME [key=value',
    '    ...]|',
    '    NAME.PART|EVENT|',
    '    TEXT] [--to FILE]',
    '    MORE ...',
  ]);
  for (const width of [12, 20, 30, 40]) for (const row of rows(width)) assert.ok(row.length <= width, row);
});

test.run();
