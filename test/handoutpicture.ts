// What a hand-out looks like, as a picture (SVG) for the documentation: the very page and its style, in a frame.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { qmpsh } from './command.ts';
import { inFolder } from './folder.ts';

const WIDE = 760;
/** As high as browsers make it, with some room: another font takes more. */
const HIGH = 1080;

const PAGE = `---
title: Copy a disk
practice: { disk: 39M }
---
# Copy a disk

The guest goes on in a **new** image, \`b.qcow2\`. What is below it does not change any more.

\`\`\`qmp
(QEMU) blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B format=qcow2
\`\`\`

The target is at least as large as the disk:

\`\`\`qmp
$ qemu-img create -q -f qcow2 e.qcow2 39M
(QEMU) blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=e.qcow2
(QEMU) blockdev-backup device=node-B target=node-E sync=full job-id=copy
(QEMU) query-block-jobs
\`\`\`

The page has waited for its job, so no job is left.
`;

/** The picture of a play on a practice VM; `name` is what it is called for those who do not see it. */
export async function handOutPicture(name: string): Promise<string> {
  let made = '';
  await inFolder(async folder => {
    writeFileSync(join(folder, 'copy.md'), PAGE);
    const args = ['play', 'copy.md', '--practice', '--allow-shell', '--html', 'copy.html'];
    const played = await qmpsh(args, { cwd: folder });
    if (played.status !== 0) throw new Error(played.out + played.err);
    made = framed(readFileSync(join(folder, 'copy.html'), 'utf8'), name);
  });
  return made;
}

/** A page of HTML that is XML, too, as a picture: browsers draw pages in pictures, without scripts and other files. */
function framed(html: string, name: string): string {
  const [, style = ''] = /<style>\n([\s\S]*?)\n<\/style>/.exec(html) ?? [];
  const [, body = ''] = /<body>\n([\s\S]*?)\n<\/body>/.exec(html) ?? [];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDE} ${HIGH}" width="${WIDE}" height="${HIGH}" role="img">
<title>${name}</title>
<style>
${style.replace('\nbody { max-width: 56rem; margin: 2rem auto; padding: 0 1rem;', '\n.body { padding: .1rem 1.5rem; color: var(--text);')}
:root { --page: #ffffff; --edge: #d0d0d0; --text: #1f1f1f; }
@media (prefers-color-scheme: dark) { :root { --page: #161616; --edge: #4a4a4a; --text: #e4e4e4; } }
.page { fill: var(--page); stroke: var(--edge); }
</style>
<rect class="page" x=".5" y=".5" width="${WIDE - 1}" height="${HIGH - 1}" rx="6"/>
<foreignObject width="${WIDE}" height="${HIGH}">
<div xmlns="http://www.w3.org/1999/xhtml" class="body">
${body}
</div>
</foreignObject>
</svg>
`;
}
