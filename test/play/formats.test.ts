// Reports of a check for programs, held against what is published of their forms.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { version } from '../../package.json';
import { RULES } from '../../src/play/document/fault.ts';
import { isArray, isObject, type Json, type JsonObject, parseJson } from '../../src/text/json.ts';
import { qmpsh } from '../command.ts';

const schema = (name: string) => ['--schema', resolve(`test/data/schema-${name}.json`)];
const PAGE = [
  '(QEMU) query-statsu',
  '',
  '(QEMU) block-job-complete device=j',
  '',
  '-> {"execute": "blockdev-del", "arguments": {"node-name": "<&>\\u0007,:%", "x": 1,}}',
  '',
  '(qemu) info block',
  '',
].join('\n');
const SOUND = '(QEMU) query-status\n';
const NAME = 'a page, 1:2.txt';

/** What a check of a page with faults and of one without prints. */
async function report(args: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  try {
    writeFileSync(join(folder, NAME), PAGE);
    writeFileSync(join(folder, 'sound.txt'), SOUND);
    const own = args.includes('--schema') ? [] : schema('11.1');
    const done = await qmpsh(['check', NAME, 'sound.txt', ...own, ...args], { cwd: folder });
    assert.is(done.status, 1, done.err);
    assert.is(done.err, '');
    return done.out;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('text', async () => {
  const out = await report([]);
  assert.match(
    out,
    /^a page, 1:2\.txt:1:8: there is no command "query-statsu"; did you mean query-status or query-stats\?$/m,
  );
  assert.match(out, /^a page, 1:2\.txt:3:8: warning: block-job-complete is deprecated/m);
  assert.match(out, /^a page, 1:2\.txt:5:75: blockdev-del has no argument "x"$/m);
  assert.match(out, /^a page, 1:2\.txt:5:81: a comma stands before the closing '}'$/m);
  assert.match(out, /^a page, 1:2\.txt:7: note: this row is left out: it is a line of the human monitor/m);
  assert.match(out, /^a page, 1:2\.txt: 3 steps, 3 faults, 1 warning\nsound\.txt: 1 step, 0 faults\n$/m);
});

/** A workflow command: its name, its properties (each known to annotations), its text. */
const ANNOTATION =
  /^::(error|warning|notice) ((?:file|line|endLine|col|endColumn|title)=[^,:]*(?:,(?:file|line|endLine|col|endColumn|title)=[^,:]*)*)::(.*)$/;

test('github: annotations of GitHub Actions', async () => {
  const rows = (await report(['--format', 'github'])).trimEnd().split('\n');
  const read = rows.map(row => {
    const found = ANNOTATION.exec(row);
    assert.ok(found, row);
    const pairs = (found[2] ?? '').split(',').map(pair => pair.split('='));
    return { level: found[1], text: found[3], ...Object.fromEntries(pairs) };
  });
  assert.equal(
    read.map(one => [one.level, one['line'], one['col'], one['endColumn']]),
    [
      ['error', '1', '8', '20'],
      ['warning', '3', '8', '26'],
      ['error', '5', '75', '78'],
      ['error', '5', '81', '82'],
      ['notice', '7', undefined, undefined],
    ],
  );
  assert.is(read[0]?.['file'], 'a page%2C 1%3A2.txt');
  assert.ok(rows.every(row => !/%(?!25|0A|0D|3A|2C)/.test(row)));
});

/** Elements and what they may hold, as CI servers read JUnit's reports; `!` marks attributes that must be there. */
const JUNIT: Readonly<Record<string, { attributes: readonly string[]; inside: readonly string[] }>> = {
  testsuites: {
    attributes: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'],
    inside: ['testsuite'],
  },
  testsuite: {
    attributes: [
      'name!',
      'tests!',
      'failures',
      'errors',
      'time',
      'disabled',
      'skipped',
      'timestamp',
      'hostname',
      'id',
      'package',
    ],
    inside: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    attributes: ['name!', 'assertions', 'time', 'classname', 'status'],
    inside: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { attributes: ['type', 'message'], inside: [] },
  skipped: { attributes: ['type', 'message'], inside: [] },
};

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
}

/** Reads well-formed XML of elements, attributes and text; throws at anything else. */
function readXml(text: string): Element {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  assert.ok(text.startsWith(head));
  const root: Element = { name: '', attributes: new Map(), children: [] };
  const open = [root];
  let at = head.length;
  const piece =
    /<(\/?)([a-z]+)((?: [a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#10);[^"<&]*)*")*)(\/?)>|([^<&]|&(?:amp|lt|gt|quot|#10);)+/y;
  while (at < text.length) {
    piece.lastIndex = at;
    const found = piece.exec(text);
    if (!found) throw new Error(`no XML at ${JSON.stringify(text.slice(at, at + 40))}`);
    at = piece.lastIndex;
    const [, close, name, list = '', empty] = found;
    if (name === undefined) continue;
    if (close) assert.is(open.pop()?.name, name);
    else {
      const attributes = new Map(
        [...list.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
      );
      const made = { name, attributes, children: [] };
      open.at(-1)?.children.push(made);
      if (!empty) open.push(made);
    }
  }
  assert.is(open.length, 1, 'every element is closed');
  const [first] = root.children;
  if (!first || root.children.length > 1) throw new Error('one root element');
  return first;
}

test('junit: elements, attributes and counts', async () => {
  const text = await report(['--format', 'junit']);
  assert.not.match(text, /[\u0000-\u0009\u000b-\u001f]/);
  const root = readXml(text);
  const walk = (element: Element) => {
    const known = JUNIT[element.name];
    assert.ok(known, element.name);
    const names = known.attributes.map(name => name.replace('!', ''));
    for (const name of element.attributes.keys()) assert.ok(names.includes(name), `${element.name} ${name}`);
    for (const name of known.attributes.filter(one => one.endsWith('!')))
      assert.ok(element.attributes.has(name.slice(0, -1)), `${element.name} ${name}`);
    for (const child of element.children) {
      assert.ok(known.inside.includes(child.name), `${child.name} in ${element.name}`);
      walk(child);
    }
  };
  walk(root);
  assert.is(root.name, 'testsuites');
  for (const suite of root.children) {
    const failed = suite.children.filter(one => one.children.some(({ name }) => name === 'failure'));
    assert.is(suite.attributes.get('tests'), String(suite.children.length));
    assert.is(suite.attributes.get('failures'), String(failed.length));
  }
  assert.equal(
    root.children.map(suite => [suite.attributes.get('name'), suite.attributes.get('failures')]),
    [
      [NAME, '2'],
      ['sound.txt', '0'],
    ],
  );
});

function object(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error(`no object: ${JSON.stringify(value)}`);
  return value;
}

function list(value: Json | undefined): readonly Json[] {
  if (!isArray(value)) throw new Error(`no list: ${JSON.stringify(value)}`);
  return value;
}

/** An object of these members only, with those that must be there. */
function shaped(
  value: Json | undefined,
  required: readonly string[],
  optional: readonly string[],
): JsonObject {
  const found = object(value);
  for (const name of required) assert.ok(Object.hasOwn(found, name), name);
  for (const name of Object.keys(found)) assert.ok([...required, ...optional].includes(name), name);
  return found;
}

test('sarif: version 2.1.0', async () => {
  const log = shaped(parseJson(await report(['--format', 'sarif'])), ['version', 'runs'], ['$schema']);
  assert.is(log['version'], '2.1.0');
  const [run] = list(log['runs']);
  const { tool, results, columnKind } = shaped(run, ['tool'], ['results', 'columnKind']);
  assert.is(columnKind, 'utf16CodeUnits');
  const driver = shaped(shaped(tool, ['driver'], [])['driver'], ['name'], ['version', 'rules']);
  assert.equal([driver['name'], driver['version']], ['qmpsh', version]);
  const rules = list(driver['rules']).map(rule => {
    const { id, shortDescription } = shaped(rule, ['id'], ['shortDescription']);
    assert.type(shaped(shortDescription, ['text'], [])['text'], 'string');
    assert.ok(typeof id === 'string' && Object.hasOwn(RULES, id));
    return id;
  });
  assert.is(new Set(rules).size, rules.length, 'rules are unique');
  const levels: Json[] = [];
  for (const item of list(results)) {
    const result = shaped(item, ['message'], ['ruleId', 'ruleIndex', 'level', 'locations']);
    levels.push(result['level'] ?? null);
    assert.ok(['none', 'note', 'warning', 'error'].includes(String(result['level'])));
    assert.is(rules[Number(result['ruleIndex'])], result['ruleId']);
    assert.type(shaped(result['message'], ['text'], [])['text'], 'string');
    for (const location of list(result['locations'])) {
      const { physicalLocation } = shaped(location, ['physicalLocation'], []);
      const { artifactLocation, region } = shaped(physicalLocation, ['artifactLocation', 'region'], []);
      const { uri } = shaped(artifactLocation, ['uri'], []);
      assert.is(decodeURI(String(uri)), NAME);
      assert.not.match(String(uri), /[ ?#]/);
      const at = shaped(region, ['startLine'], ['startColumn', 'endLine', 'endColumn']);
      for (const value of Object.values(at)) assert.ok(Number.isInteger(value) && Number(value) >= 1);
    }
  }
  assert.equal(levels, ['error', 'warning', 'error', 'error', 'note']);
});

test('json: one a row', async () => {
  const rows = (await report(['--json']))
    .trimEnd()
    .split('\n')
    .map(row => object(parseJson(row)));
  assert.equal(
    rows.map(row => [row['line'] ?? null, row['column'] ?? null, row['rule'] ?? row['page'] ?? null]),
    [
      [1, 8, 'unknown-command'],
      [3, 8, 'deprecated'],
      [5, 75, 'unknown-member'],
      [5, 81, 'slip'],
      [7, null, 'page'],
      [null, null, NAME],
      [null, null, 'sound.txt'],
    ],
  );
});

test('several schemas: what holds where', async () => {
  const out = await report([...schema('11.1'), ...schema('7.2'), ...schema('10.0')]);
  assert.match(out, /^ +7\.2 +10\.0 +11\.1$/m);
  assert.match(
    out,
    /:3:8 +yes +yes +deprecated +block-job-complete: deprecated from 11\.1 on\. Use job-complete id=\.\.\. instead\.$/m,
  );
  assert.match(out, /:1:8 +no +no +no +there is no command "query-statsu"\.$/m);
});

test('a page that cannot be read does not lose what was found before', async () => {
  const done = await qmpsh(['check', 'test/data/document.txt', './nowhere.txt', '--format', 'github']);
  assert.is(done.status, 2);
  assert.match(done.out, /^::error file=test\/data\/document\.txt,line=47/m);
  assert.match(done.err, /no page .*nowhere\.txt/);
});

test('--schema all: the versions that ship', async () => {
  const out = await report(['--schema', 'all']);
  assert.match(out, /^ +7\.2 +10\.0 +11\.1$/m);
});

const USAGE: readonly (readonly [readonly string[], RegExp])[] = [
  [['check', 'x', '--format', 'xml'], /no format xml[\s\S]*text, junit, sarif, github/],
  [['check', 'x', '--format', 'junit', '--json'], /exclude each other/],
  [['check', 'test/data/document.txt', '--fresh'], /--fresh makes a practice VM[\s\S]*--practice/],
  [['check', 'test/data/document.txt', '--keep-going'], /belongs to a check on a VM/],
  [['check', 'test/data/document.txt', '--fresh', '--practice', '--update'], /exclude each other/],
  [['play', 'x', '--allow-empty'], /belongs to qmpsh check/],
  [
    ['check', 'test/data/document.txt', '--practice', '--schema', 'all'],
    /several schemas belong to a check without/,
  ],
  [['json', 'stop', '--schema', 'all'], /--schema all belongs to qmpsh check/],
  [['json', 'stop', ...schema('7.2'), ...schema('11.1')], /--schema is given twice/],
];
for (const [args, says] of USAGE)
  test(`qmpsh ${args.map(arg => arg.split('/').at(-1)).join(' ')}`, async () => {
    const done = await qmpsh(args);
    assert.is(done.status, 2, done.out);
    assert.match(done.err, says);
  });

test.run();
