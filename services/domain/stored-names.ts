/**
 * What an event store takes as names, the same in every engine. Whoever passes something else has a bug, so these throw.
 */

const MAX_NAME = 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The part of a stream's name before the first `-`; the whole name when there is none. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf("-");
  return dash < 0 ? stream : stream.slice(0, dash);
}

export function assertStreamName(stream: string): void {
  if (stream.length === 0 || stream.length > MAX_NAME || CONTROL.test(stream) || !stream.isWellFormed()) {
    throw new TypeError(`a stream's name must have 1 to ${MAX_NAME} characters and no control characters`);
  }
}

interface Event {
  readonly id: string;
  readonly type: string;
  readonly body: string;
}

export function assertEvents(events: readonly Event[]): void {
  if (events.length === 0) throw new TypeError("an append needs at least one event");
  for (const { id, type, body } of events) {
    if (!UUID.test(id)) throw new TypeError("an event's id must be a UUID in lower case");
    if (type.length === 0 || type.length > MAX_NAME || CONTROL.test(type) || !type.isWellFormed()) {
      throw new TypeError(`an event's type must have 1 to ${MAX_NAME} characters and no control characters`);
    }
    if (!body.isWellFormed()) throw new TypeError("an event's body must be well-formed Unicode: it has half of a surrogate pair");
  }
}

export function assertCount(name: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) throw new TypeError(`${name} must be a whole number from ${minimum} on`);
}

/** Those that occur more than once. */
export function repeatedIn(ids: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) repeated.add(id);
    seen.add(id);
  }
  return repeated;
}
