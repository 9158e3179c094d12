// The word `.unfinished`: plays whose shell or host died in the middle, to be finished, undone or forgotten.
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { misuse } from '../line/misuse.ts';
import { connected } from '../line/send.ts';
import type { Word } from '../line/word.ts';
import type { Unfinished } from '../play/journal.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';

const DEEDS = [
  { text: 'undo', note: 'take back what it did' },
  { text: 'finish', note: 'go on behind what it did' },
  { text: 'forget', note: 'leave all as it is, and tell of it no more' },
] as const;

export const UNFINISHED: Word = {
  name: '.unfinished',
  usage: '[undo|finish|forget]',
  help: 'a page that was broken off on this VM, for its shell or host died: what it did, and what to do about it',
  more: [
    'Each step of a page that is played is written to a journal beside the history before it is done, secrets as stars;',
    'when the page is over, the journal goes. One that is left tells what the page did. undo takes that back as a page that',
    'fails does; finish goes on behind it, and first waits for a job that was under way; forget leaves all as it is.',
    'Where it is not known whether the last step was done, finish does nothing, and says so.',
  ],
  needs: 'host',
  complete: before => (before.length === 0 ? DEEDS : []),
  run: async ({ args }, host): Promise<Exit> => {
    const [deed, ...more] = args;
    if (more.length > 0) throw misuse(UNFINISHED, `${more[0]} is one word too many`);
    if (deed !== undefined && !DEEDS.some(({ text }) => text === deed))
      throw misuse(UNFINISHED, `what is ${deed}?`);
    connected(host);
    const { stepsBegun, unfinishedAt } = await import('../play/journal.ts');
    const [play] = unfinishedAt(host.address);
    if (play === undefined) {
      host.note('no page was broken off on this VM');
      return 0;
    }
    if (deed === 'undo' || deed === 'finish') {
      const { resume } = await import('../play/resume.ts');
      const exit = await resume(play, deed, host, { show: host.show.bind(host) });
      // A page that is undone ends as one that was broken off; here that is what was asked for.
      return deed === 'undo' && exit === 130 ? 0 : exit;
    }
    if (deed === 'forget') {
      const { forgetJournal } = await import('../io/journals.ts');
      forgetJournal(play.name);
      host.note(`what ${play.title} did is left as it is`, 'ok');
      return 0;
    }
    await host.page(rowsOf(play, stepsBegun(play), host));
    return 0;
  },
};

function rowsOf(play: Unfinished, steps: string, { width, utcOffset }: Host): readonly StyledLine[] {
  const time = new Date(play.time + utcOffset() * 60_000).toISOString().slice(0, 16).replace('T', ' ');
  const wrap = (line: StyledLine) => wrapLine(line, width, 3);
  return [
    ...wrap([{ text: `${safe(play.title)} (${safe(play.page)})`, bold: true }]),
    ...wrap([span(`   played ${time}, and broken off after ${steps}. It did:`, 'dim')]),
    ...play.begun
      .filter(({ text, ended, refused }) => !ended || !(refused || /^(?:\.|query-)/.test(text)))
      .flatMap(({ text, ended }) =>
        wrap([
          span('   '),
          span(safe(text), 'command'),
          ...(ended ? [] : [span('  it is not known whether this was done', 'warning')]),
        ]),
      ),
    ...DEEDS.map(({ text, note }) => [span(`   .unfinished ${text}`.padEnd(24), 'word'), span(note, 'dim')]),
  ];
}
