/** A key that was not there. */
const ABSENT: unique symbol = Symbol("absent");

/**
 * A map of which older versions stay readable though a newer one was made from it without a copy: the newest holds the entries,
 * an older one holds what differs from the next. Whoever reads an older version takes the entries back to it (after Henry
 * Baker's rerooting), so that using versions in turn costs what changed, and using one after another costs nothing.
 */
export class VersionedMap<V> implements ReadonlyMap<string, V> {
  #entries: Map<string, V> | undefined;
  /** Where the entries went, and what they were here: set in a version that is not the newest. */
  #newer: VersionedMap<V> | undefined;
  #differs: Map<string, V | typeof ABSENT> = new Map();

  constructor(entries: Map<string, V>) {
    this.#entries = entries;
  }

  /** The map itself where it has versions, else a copy that has. */
  static of<V>(map: ReadonlyMap<string, V>): VersionedMap<V> {
    return map instanceof VersionedMap ? (map as VersionedMap<V>) : new VersionedMap(new Map(map));
  }

  /** A newer version that may be written to until another is made from it. */
  branch(): VersionedMap<V> {
    const entries = this.#own();
    const newer = new VersionedMap(entries);
    this.#entries = undefined;
    this.#newer = newer;
    this.#differs = new Map();
    newer.#older = this;
    return newer;
  }

  /** Writes to this version; the one it was made from keeps what it had. */
  set(key: string, value: V): void {
    const entries = this.#own();
    this.#keepForOlder(key, entries);
    entries.set(key, value);
  }

  /** True if the key was there. */
  delete(key: string): boolean {
    const entries = this.#own();
    this.#keepForOlder(key, entries);
    return entries.delete(key);
  }

  /** Lets the version it was made from go: writing is over. */
  seal(): void {
    this.#older = undefined;
  }

  get size(): number {
    return this.#own().size;
  }

  get(key: string): V | undefined {
    return this.#own().get(key);
  }

  has(key: string): boolean {
    return this.#own().has(key);
  }

  keys(): MapIterator<string> {
    return this.#own().keys();
  }

  values(): MapIterator<V> {
    return this.#own().values();
  }

  entries(): MapIterator<[string, V]> {
    return this.#own().entries();
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.#own()) callback(value, key, this);
  }

  /** The version this one was made from, while it may be written to. */
  #older: VersionedMap<V> | undefined;

  #keepForOlder(key: string, entries: ReadonlyMap<string, V>): void {
    if (this.#older === undefined) return;
    const differs = this.#older.#differs;
    if (differs.has(key)) return;
    differs.set(key, entries.has(key) ? (entries.get(key) as V) : ABSENT);
  }

  /** The entries, brought back here if a newer version has them. */
  #own(): Map<string, V> {
    if (this.#entries !== undefined) return this.#entries;
    const path: VersionedMap<V>[] = [];
    const holder = VersionedMap.#findHolder(this, path);
    let entries = holder.#entries ?? new Map<string, V>();
    for (const version of path.reverse()) entries = version.#takeBack(entries);
    return entries;
  }

  /** The version that has the entries; those on the way there are put into `path`. */
  static #findHolder<V>(from: VersionedMap<V>, path: VersionedMap<V>[]): VersionedMap<V> {
    let holder = from;
    while (holder.#entries === undefined && holder.#newer !== undefined) {
      path.push(holder);
      holder = holder.#newer;
    }
    return holder;
  }

  #takeBack(entries: Map<string, V>): Map<string, V> {
    const newer = this.#newer;
    const forward = new Map<string, V | typeof ABSENT>();
    for (const [key, value] of this.#differs) {
      forward.set(key, entries.has(key) ? (entries.get(key) as V) : ABSENT);
      if (value === ABSENT) entries.delete(key);
      else entries.set(key, value);
    }
    if (newer) {
      newer.#entries = undefined;
      newer.#newer = this;
      newer.#differs = forward;
      newer.#older = undefined;
    }
    this.#entries = entries;
    this.#newer = undefined;
    this.#differs = new Map();
    return entries;
  }
}
