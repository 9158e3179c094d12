// Explains the pieces of a host command, for the programs that occur in lessons (qemu-img and others).
import { splitArguments } from '../language/argument.ts';

type Notes = Readonly<Record<string, string>>;

const COMMANDS: Readonly<Record<string, { readonly does: string; readonly options: Notes }>> = {
  'qemu-img create': {
    does: 'make an image: its format, its file, its size',
    options: {
      '-f': 'the format of the new image',
      '-b': "the image it stands on; the size is that one's",
      '-F': 'the format of the image it stands on',
    },
  },
  'qemu-img info': {
    does: 'tell what an image is: format, size, and what it stands on',
    options: {
      '-U': 'read it although QEMU has it open',
      '--backing-chain': 'and tell the same of each image below it',
    },
  },
  'qemu-img compare': {
    does: 'read two images, each with what lies below it, and tell where they differ first',
    options: { '-U': 'read them although QEMU has them open' },
  },
  'qemu-io': {
    does: 'read or write places of an image',
    options: {
      '-r': 'only to read',
      '-U': 'although QEMU has it open',
      '-c': 'what to do; read -v shows the bytes: from where, how many',
    },
  },
};

/** Rows of a piece and its meaning; the first is the dollar itself. */
export function hostNotes(text: string): readonly (readonly [string, string])[] {
  const words = splitArguments(text);
  const [program = '', verb = ''] = words;
  const found = [`${program} ${verb}`, program].find(name => Object.hasOwn(COMMANDS, name));
  const notes = found === undefined ? undefined : COMMANDS[found];
  return [
    ['$', "a command of this host; it runs in the VM's folder"],
    ...(found === undefined || !notes ? [] : [[found, notes.does] as const]),
    ...words.flatMap(word => {
      const means = notes && Object.hasOwn(notes.options, word) ? notes.options[word] : undefined;
      return means === undefined ? [] : [[word, means] as const];
    }),
  ];
}
