import type { Word } from '../word.ts';

export const HELP: Word = { name: '.help', usage: '', help: '', more: [], run: () => 0 };
