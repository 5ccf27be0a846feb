/** Bytes of request bodies that may be in memory at once, over all requests. */
const MOST = 256 * 1024 * 1024;

/** Keeps the memory that bodies take together within bounds, however many arrive at the same moment. */
export class BodyRoom {
  #free: number;

  constructor(bytes = MOST) {
    this.#free = bytes;
  }

  /** false: there is no room now. What was taken must be given back. */
  take(bytes: number): boolean {
    if (bytes > this.#free) return false;
    this.#free -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#free += bytes;
  }
}
