/** What of a map is needed where either the map itself or a draft of it may stand. */
export interface Keyed<Value> extends Iterable<readonly [string, Value]> {
  readonly size: number;
  get(key: string): Value | undefined;
  has(key: string): boolean;
  set(key: string, value: Value): unknown;
  delete(key: string): boolean;
  keys(): Iterable<string>;
  values(): Iterable<Value>;
}

const GONE = Symbol("gone");

/**
 * Changes over a map that stays as it is: making one costs nothing, however large the map. Good for as long as nobody
 * changes the map itself. Keeps the map's order; what is set anew comes last, what is set again stays in its place.
 */
export class Layered<Value> implements Keyed<Value> {
  readonly #base: Keyed<Value>;
  readonly #changes = new Map<string, Value | typeof GONE>();
  #size: number;

  constructor(base: Keyed<Value>) {
    this.#base = base;
    this.#size = base.size;
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const changed = this.#changes.get(key);
    if (changed === GONE) return undefined;
    return changed === undefined ? this.#base.get(key) : changed;
  }

  has(key: string): boolean {
    const changed = this.#changes.get(key);
    return changed === undefined ? this.#base.has(key) : changed !== GONE;
  }

  set(key: string, value: Value): void {
    if (!this.has(key)) {
      this.#size += 1;
      // Behind everything that is there, also when it was there before.
      this.#changes.delete(key);
    }
    this.#changes.set(key, value);
  }

  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.#size -= 1;
    if (this.#base.has(key)) this.#changes.set(key, GONE);
    else this.#changes.delete(key);
    return true;
  }

  *[Symbol.iterator](): Generator<readonly [string, Value]> {
    for (const [key, value] of this.#base) {
      const changed = this.#changes.get(key);
      if (changed !== GONE) yield [key, changed === undefined ? value : changed];
    }
    for (const [key, value] of this.#changes) if (value !== GONE && !this.#base.has(key)) yield [key, value];
  }

  *keys(): Generator<string> {
    for (const [key] of this) yield key;
  }

  *values(): Generator<Value> {
    for (const [, value] of this) yield value;
  }
}
