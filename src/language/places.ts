// Where each member of a value stands in the text of a line.
import type { Path } from '../schema/walk.ts';
import type { Place } from '../text/place.ts';

/** The places of a value's members: a tree beside the value. */
export class Places {
  private readonly name: Place | undefined;
  private readonly value: Place | undefined;
  private readonly children = new Map<string, Places>();

  constructor(name?: Place, value?: Place) {
    this.name = name;
    this.value = value;
  }

  /** The places of a member, once it has been added. */
  at(key: string | number): Places | undefined {
    return this.children.get(String(key));
  }

  /** The places of a member below this one, from now on at `name` and `value`. */
  add(key: string | number, name: Place, value: Place): Places {
    const child = new Places(name, value);
    this.children.set(String(key), child);
    return child;
  }

  /** The place of a member, or of the nearest thing around it that has one. */
  find(path: Path, at: 'name' | 'value'): Place | undefined {
    const [key, ...rest] = path;
    if (key === undefined) return at === 'name' ? this.name : this.value;
    return this.children.get(String(key))?.find(rest, at) ?? this.value;
  }
}
