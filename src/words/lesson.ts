// The words of lessons: `.learn`, and those that steer the lesson that is under way.
import { lessonFiles } from '../io/lessons.ts';
import { lessonName } from '../lesson/lesson.ts';
import type { Exit } from '../line/exit.ts';
import { misuse } from '../line/misuse.ts';
import type { Typist } from '../line/person.ts';
import type { Tutor } from '../line/tutor.ts';
import type { Word } from '../line/word.ts';
import type { WordFacts } from '../line/wordfacts.ts';
import { QmpshError } from '../qmp/errors.ts';

const LEARN: Word = {
  name: '.learn',
  usage: '[LESSON|list|stop]',
  help: 'lessons on a practice VM: go on, list them, or stop',
  more: [
    'Without an argument: lists the lessons and goes on where you stopped, or with the next one;',
    'in a lesson: shows the task once more.',
    '    .learn 3              lesson 3; its name does, too',
    '    .learn list           all of them, and how far you are',
    '    .learn stop           ends the lesson and goes back to the VM you came from',
    'A lesson has a VM of its own; yours is left alone meanwhile.',
  ],
  needs: 'typist',
  otherwise: 'qmpsh learn --script LESSON prints one, with all answers.',
  complete: before =>
    before.length > 0
      ? []
      : [
          ...lessonFiles().map(path => {
            const { number, name } = lessonName(path);
            return { text: name, note: `lesson ${number}` };
          }),
          { text: 'list', note: 'all lessons' },
          { text: 'stop', note: 'end the lesson' },
        ],
  run: async ({ args }, host, typist): Promise<Exit> => {
    if (args.length > 1) throw misuse(LEARN, 'one lesson at a time');
    const { beginLesson, chooseLesson, firstTask, leaveLesson, lessonRows, overview } = await import(
      '../lesson/learning.ts'
    );
    const [wanted] = args;
    if (wanted === undefined && typist.tutor?.done === false) {
      await typist.tutor.repeat();
      return 0;
    }
    if (wanted === 'list') {
      await host.page(await lessonRows(host.width));
      return 0;
    }
    if (wanted === 'stop') {
      inLesson(typist);
      await leaveLesson(host, typist);
      return 0;
    }
    // The connection to a child cannot be made again: to leave it for the lesson's VM would end it.
    if (!typist.tutor && host.owned?.loss !== undefined)
      throw new QmpshError('usage', 'a lesson has a VM of its own, and leaving this one would end it', {
        advice: 'Run qmpsh learn in another terminal.',
      });
    const shelved = await chooseLesson(wanted);
    // Who has just finished one has seen the list.
    const listed = wanted === undefined && typist.tutor === undefined;
    const above = listed ? await overview(shelved.lesson, host.width, host.height) : [];
    await beginLesson(host, typist, shelved, firstTask(shelved.lesson), above);
    return 0;
  },
};

function steer(
  name: string,
  help: string,
  more: string,
  run: (tutor: Tutor, words: readonly WordFacts[]) => Promise<void>,
): Word {
  const word: Word = {
    name,
    usage: '',
    help: `in a lesson: ${help}`,
    more: [more],
    needs: 'typist',
    otherwise: 'Lessons are led at a prompt: qmpsh learn.',
    run: async ({ args, words }, _host, typist): Promise<Exit> => {
      if (args.length > 0) throw misuse(word, `${name} takes no argument`);
      await run(inLesson(typist), words);
      return 0;
    },
  };
  return word;
}

/** The lesson under way, or the error that says there is none. */
function inLesson(typist: Typist): Tutor {
  if (typist.tutor) return typist.tutor;
  throw new QmpshError('usage', 'no lesson is under way', { advice: '.learn begins one.' });
}

export const LESSON_WORDS: readonly Word[] = [
  LEARN,
  steer(
    '.hint',
    'one hint more',
    'Each time it is asked it gives the next one; the last comes close to the line.',
    tutor => tutor.hint(),
  ),
  steer('.show', 'the line, and what each piece of it means', 'It is still yours to type.', (tutor, words) =>
    tutor.show(words),
  ),
  steer('.skip', 'have the step done for you', 'The lesson goes on with the next one.', tutor =>
    tutor.skip(),
  ),
  steer('.back', 'the step before', 'The VM is set back to where that one begins.', tutor => tutor.back()),
  steer('.restart', 'the lesson from its beginning', 'On a fresh VM.', tutor => tutor.restart()),
];
