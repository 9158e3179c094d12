// Reads and writes the settings file.
import { readIfThere, replaceFile } from '../io/files.ts';
import { folderPath } from '../io/folders.ts';
import { defaultSettings, readSettings, type Settings, writeSettings } from '../line/settings.ts';
import { QmpshError } from '../qmp/errors.ts';

export class SettingsFile {
  /** The settings, and what is wrong with the file: that is no reason to stay away. */
  read(): { readonly settings: Settings; readonly problems: readonly string[] } {
    try {
      const path = settingsPath();
      const { settings, problems } = readSettings(readIfThere(path) ?? '');
      return { settings, problems: problems.map(problem => `${path}: ${problem}`) };
    } catch (error) {
      if (!(error instanceof QmpshError)) throw error;
      return { settings: defaultSettings(), problems: [error.message] };
    }
  }

  /** Throws a QmpshError where the file cannot be written. */
  keep(settings: Settings): void {
    replaceFile(settingsPath(), writeSettings(settings));
  }
}

function settingsPath(): string {
  return `${folderPath('config')}/settings`;
}
