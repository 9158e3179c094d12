// What a key costs, with the schema of QEMU 11.1 and a VM of 1,000 block nodes: from the key to the bytes for the screen,
// and what could stand at the cursor. Each figure is the 99th percentile over lines typed letter by letter.
import type { Request as Asked } from '../../src/editor/editor.ts';
import { LineEditor } from '../../src/editor/screen.ts';
import { Typing } from '../../src/prompt/typing.ts';
import type { Request, Success } from '../../src/qmp/message.ts';
import { Facts } from '../../src/session/facts.ts';
import type { Json } from '../../src/text/json.ts';
import { palette } from '../../src/text/palette.ts';
import { barePrompt, knownBy } from '../bare-prompt.ts';
import { schemaOf } from '../schemas.ts';
import type { Row } from './row.ts';

const NODES = 1000;
const LINES = [
  'blockdev-mirror device=node-512 target=node-999 sync=full job-id=job0 speed=10M on-source-error=stop',
  'blockdev-add driver=qcow2 node-name=top file.driver=file file.filename=x.qcow2 backing=node-1',
  'transaction( block-dirty-bitmap-add node=node-7 name=b blockdev-backup device=node-7 target=node-8 sync=full )',
  'blockdev-add {"driver": "qcow2", "node-name": "top", "file": {"driver": "file", "filename": "x"}}',
  'qnbn flat=true',
  'device_add driver=virtio-blk-pci drive=node-77 id=disk77',
  'blokdev-bakup device=node-1',
];

function answer({ execute }: Request): Success {
  const value: Json =
    execute === 'query-named-block-nodes'
      ? Array.from({ length: NODES }, (_, i) => ({
          'node-name': `node-${i}`,
          drv: 'qcow2',
          file: `/images/disk-${i}.qcow2`,
          ro: false,
          image: { 'virtual-size': 40894464, filename: `/images/disk-${i}.qcow2`, format: 'qcow2' },
        }))
      : [];
  return { kind: 'success', value, raw: { return: value } };
}

interface Bench {
  readonly typing: Typing;
  readonly facts: Facts;
  /** Types the lines; gives the milliseconds of each key and of each completion. */
  type(): Promise<{ readonly keys: readonly number[]; readonly completions: readonly number[] }>;
}

function bench(): Bench {
  const host = barePrompt({ now: () => 0, time: () => 0, after: () => () => {} }, schemaOf('11.1'));
  const facts = new Facts(async request => answer(request));
  const known = knownBy(facts);
  const typing = new Typing(host, { known: () => known, files: () => [] });
  return { typing, facts, type: () => typeLines(typing) };
}

async function typeLines(typing: Typing): Promise<{ keys: number[]; completions: number[] }> {
  const keys: number[] = [];
  const completions: number[] = [];
  let bytes = 0;
  for (const line of LINES) {
    let completing = 0;
    const completed = (text: string, cursor: number) => {
      const started = performance.now();
      const completion = typing.complete(text, cursor);
      completing += performance.now() - started;
      return completion;
    };
    const editor = new LineEditor({
      write: text => {
        bytes += text.length;
      },
      size: { columns: 80, rows: 24 },
      palette: palette(2),
      after: () => () => {},
      defer: () => {},
      decor: { colour: (text, cursor) => typing.highlights(text, cursor) },
      settings: { menu: 'typing' },
    });
    editor.on((effect: Asked) => {
      if (effect.type === 'complete') {
        const { candidates } = completed(effect.text, effect.cursor);
        editor.candidates(effect.ticket, candidates, effect.explicit);
      } else if (effect.type === 'changed') {
        completed(effect.text, effect.cursor);
        editor.setHint(typing.hint(effect.text, effect.cursor));
        editor.setSuggestion(typing.suggestion(effect.text, effect.cursor));
      }
    });
    for (const letter of line) {
      completing = 0;
      const started = performance.now();
      editor.input(letter);
      editor.flush();
      keys.push(performance.now() - started - completing);
      completions.push(completing);
      // The next key comes in a turn of its own.
      await Promise.resolve();
    }
    editor.close();
  }
  if (bytes === 0) throw new Error('nothing was drawn');
  return { keys, completions };
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}

export async function keyRows(): Promise<{ readonly rows: readonly Row[]; close(): Promise<void> }> {
  const { typing, facts, type } = bench();
  const place = { start: 0, end: 0 };
  await typing.learnWords();
  await facts.refresh({ kind: 'node', typed: '', place, given: {}, command: 'blockdev-mirror' });
  if (typing.complete('blockdev-mirror device=', 23).candidates.length < NODES)
    throw new Error('the nodes are not known');
  await type(); // the first time compiles
  const row = (name: string, budget: number, of: 'keys' | 'completions'): Row => ({
    name,
    peer: `${budget} ms`,
    budget: 1,
    ours: async () => p99((await type())[of]),
    theirs: () => Promise.resolve(budget),
  });
  return {
    rows: [row('one key: step, view and paint, p99', 2, 'keys'), row('completion: p99', 5, 'completions')],
    close: async () => {},
  };
}
