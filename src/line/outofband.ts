// Lines that go out of band: QEMU answers them while what is before them hangs.
import { parse } from '../language/parse.ts';
import { QmpshError } from '../qmp/errors.ts';
import { requestIn } from '../qmp/protocol.ts';
import type { Session } from '../session/client.ts';

/** Whether a line goes out of band, however it is written: `.oob LINE`, JSON with `exec-oob`, `.send` of such JSON. */
export function isOutOfBand(text: string): boolean {
  if (/^\s*\.oob\s/.test(text)) return true;
  if (!text.includes('exec-oob')) return false;
  const line = parse(text.replace(/^\s*\.send\s+/, ''));
  return line.kind === 'raw' && requestIn(line.message)?.oob === true;
}

/** Throws where the server has said that it has no out-of-band execution: it would take it for a broken command. */
export function mayOvertake({ greeting }: Session): void {
  if (!greeting || greeting.QMP.capabilities.includes('oob')) return;
  throw new QmpshError('refused', 'this monitor has no out-of-band execution', {
    advice: 'It takes commands one after the other. A QEMU offers it on a socket (-qmp unix:...) of its own.',
  });
}
