import { recall, remember } from "./stored.ts";

const COLOURS = 9;
const KEY = "colours";

/**
 * One colour for one name, on every screen and from one visit to the next. A name takes the colour its letters lead to,
 * or the next that is free among the names of the same dimension.
 */
class Colours {
  readonly #taken = new Map<string, number>();

  constructor() {
    try {
      const stored: unknown = JSON.parse(recall(KEY) ?? "{}");
      for (const [name, colour] of Object.entries(stored as object)) {
        if (typeof colour === "number") this.#taken.set(name, colour);
      }
    } catch {
      // Nothing is lost: names take their colours again.
    }
  }

  of(dimension: string, name: string | null | undefined): string {
    if (name === null || name === undefined) return "var(--cat-none)";
    const key = `${dimension}:${name}`;
    let colour = this.#taken.get(key);
    if (colour === undefined) {
      colour = this.#choose(dimension, name);
      this.#taken.set(key, colour);
      remember(KEY, JSON.stringify(Object.fromEntries([...this.#taken].slice(-500))));
    }
    return `var(--cat-${colour + 1})`;
  }

  #choose(dimension: string, name: string): number {
    const uses = Array.from({ length: COLOURS }, () => 0);
    for (const [key, colour] of this.#taken) {
      if (key.startsWith(`${dimension}:`)) uses[colour] = (uses[colour] ?? 0) + 1;
    }
    const fewest = Math.min(...uses);
    const start = hash(name) % COLOURS;
    for (let step = 0; step < COLOURS; step += 1) {
      const colour = (start + step) % COLOURS;
      if (uses[colour] === fewest) return colour;
    }
    return start;
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}

export const colours = new Colours();
