// All puzzling refusals in one table.
import { BLOCK } from './block.ts';
import { DEVICES } from './devices.ts';
import { JOBS } from './jobs.ts';
import { MACHINE } from './machine.ts';
import { NAMES } from './names.ts';
import type { Puzzle } from './puzzle.ts';

// The order decides where two rows match.
export const PUZZLES: readonly Puzzle[] = [...JOBS, ...NAMES, ...BLOCK, ...DEVICES, ...MACHINE];
