import type { Exit } from '../line/exit.ts';
import { misuse } from '../line/misuse.ts';
import type { Word } from '../line/word.ts';
import { listingNotes, listingTable, listPoints } from '../series/listing.ts';
import { span, wrapLine } from '../text/line.ts';

export const POINTS: Word = {
  name: '.points',
  usage: '[FOLDER]',
  help: 'list the points of backups in a folder of this host, and what is broken or missing',
  more: [
    'It reads the qcow2 images by qemu-img and changes nothing. A point is good when it carries its name, and all that it',
    'stands on is there, whole, and what it was made on; what its clusters hold is not looked at. .help incremental',
    'tells how points are made.',
    '    .points backups',
  ],
  needs: 'connection',
  run: async ({ args }, host): Promise<Exit> => {
    const [folder, ...extra] = args;
    if (extra.length > 0) throw misuse(POINTS, 'one folder is wanted');
    const { describeImages } = await import('../io/images.ts');
    const listing = listPoints(await describeImages(host.folder, folder));
    if (listing.points.length === 0) host.note('no points were found');
    else await host.page(listingTable(listing, host.width));
    for (const note of listingNotes(listing)) host.show(wrapLine([span(note, 'dim')], host.width));
    return listing.points.some(({ problem }) => problem !== undefined) ? 1 : 0;
  },
};
