// The settings on file.
import { readIfThere, replaceFile } from '../io/files.ts';
import { folderPath } from '../io/folders.ts';
import { QmpshError } from '../qmp/errors.ts';
import { defaultSettings, readSettings, type Settings, writeSettings } from './settings.ts';

export class SettingsFile {
  readonly #path = `${folderPath('config')}/settings`;

  /** The settings, and what is wrong with the file: that is no reason to stay away. */
  read(): { readonly settings: Settings; readonly problems: readonly string[] } {
    try {
      const { settings, problems } = readSettings(readIfThere(this.#path) ?? '');
      return { settings, problems: problems.map(problem => `${this.#path}: ${problem}`) };
    } catch (error) {
      if (!(error instanceof QmpshError)) throw error;
      return { settings: defaultSettings(), problems: [error.message] };
    }
  }

  /** Throws a QmpshError where the file cannot be written. */
  keep(settings: Settings): void {
    replaceFile(this.#path, writeSettings(settings));
  }
}
