// Bitmaps from which no increment can be made.
import { member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import { type Chart, lineFor } from './chart.ts';
import type { Finding } from './finding.ts';

export function bitmapFindings(chart: Chart): readonly Finding[] {
  return chart.nodes.flatMap(entry => {
    const node = text(entry, 'node-name');
    return objectsIn(member(entry, 'dirty-bitmaps')).flatMap((bitmap): readonly Finding[] => {
      const name = text(bitmap, 'name');
      if (name === '') return [];
      const which = `the bitmap ${safe(name)} of ${safe(node)}`;
      const args = { node, name };
      if (member(bitmap, 'inconsistent') === true)
        return [
          {
            kind: 'bitmap-inconsistent',
            about: name,
            seen: `${which} is inconsistent`,
            why: 'QEMU ended without storing it, so nobody knows what it has missed. No increment can be made from it, and it can only be removed.',
            remedies: [
              {
                what: 'remove it, and make a full backup next',
                lines: lineFor(chart, 'block-dirty-bitmap-remove', args),
              },
            ],
          },
        ];
      if (member(bitmap, 'busy') === true) return busy(bitmap, node, chart);
      // In an image that nobody writes to there is nothing to note.
      if (member(bitmap, 'recording') !== false || member(entry, 'ro') === true) return [];
      return [
        {
          kind: 'bitmap-disabled',
          about: name,
          seen: `${which} is disabled`,
          why: 'It does not note what the guest writes: an increment made from it lacks that.',
          remedies: [
            {
              what: 'let it note from now on; what was written meanwhile it has missed: make a full backup next',
              lines: lineFor(chart, 'block-dirty-bitmap-enable', args),
            },
          ],
        },
      ];
    });
  });
}

/** Busy is right while a job runs; with an export it stays so until that ends. */
function busy(bitmap: Parameters<typeof text>[0], node: string, chart: Chart): readonly Finding[] {
  if ((chart.looks.at(-1) ?? []).length > 0) return [];
  const [holder, ...more] = chart.exports.filter(one => text(one, 'node-name') === node);
  if (holder === undefined || more.length > 0) return [];
  const id = text(holder, 'id');
  return [
    {
      kind: 'bitmap-busy',
      about: text(bitmap, 'name'),
      seen: `the bitmap ${safe(text(bitmap, 'name'))} of ${safe(node)} is held, most likely by the export ${safe(id)}`,
      why: 'No job runs, and a bitmap in use can be neither cleared nor removed, nor be the base of an increment.',
      remedies: [
        {
          what: 'end the export, where its reader is done',
          lines: lineFor(chart, 'block-export-del', { id }),
        },
      ],
    },
  ];
}
