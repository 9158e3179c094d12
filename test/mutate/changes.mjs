// The changes: what would go wrong, the text that is changed (it stands in one place of the sources), what is put there,
// and (parts of) the names of the test files that must notice.
import { MACHINE } from './changes/machine.mjs';
import { SHELL } from './changes/shell.mjs';
import { VALUES } from './changes/values.mjs';

export const CHANGES = [...VALUES, ...MACHINE, ...SHELL];
