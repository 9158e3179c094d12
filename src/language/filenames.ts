// File names that hold what no file name holds: in quotes `\n` is a line feed, which bites where folders are parted by
// backslashes.
import { namingAt } from '../schema/names.ts';
import { type Path, showPath } from '../schema/walk.ts';
import { isArray, isObject, type Json, type JsonObject } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import type { Warning } from './line.ts';
import type { Places } from './places.ts';

/** A warning for each file name among a command's arguments that holds a control character. */
export function fileNameWarnings(
  command: string,
  args: JsonObject,
  places: Places,
  whole: Place,
): readonly Warning[] {
  const found: Warning[] = [];
  const look = (value: Json, path: Path): void => {
    if (isArray(value)) for (const [i, item] of value.entries()) look(item, [...path, i]);
    else if (isObject(value)) for (const [key, inner] of Object.entries(value)) look(inner, [...path, key]);
    else if (typeof value === 'string') {
      const mark = CONTROL.exec(value)?.[0];
      if (mark === undefined || namingAt(command, path, args)?.kind !== 'file') return;
      const what = NAMES.get(mark) ?? 'a control character';
      const place = places.find(path, 'value') ?? whole;
      found.push({ place, message: `the file name ${showPath(path)} holds ${what}`, advice: ADVICE });
    }
  };
  look(args, []);
  return found;
}

const ADVICE =
  'In quotes a backslash is written as \\\\; without quotes it stands for itself: C:\\new\\a.qcow2';

const CONTROL = /[\u0000-\u001f\u007f]/;

const NAMES: ReadonlyMap<string, string> = new Map([
  ['\n', 'a line feed (\\n)'],
  ['\t', 'a tab (\\t)'],
  ['\r', 'a carriage return (\\r)'],
  ['\b', 'a backspace (\\b)'],
  ['\f', 'a form feed (\\f)'],
  ['\v', 'a vertical tab (\\v)'],
  ['\u0007', 'a bell (\\a)'],
  ['\0', 'a zero byte (\\0)'],
]);
