import type { ReadResp } from "@eventstore/db-client/generated/streams_pb.js";
import { categoryOf } from "../../domain/stored-names.ts";
import type { Filter, Page, Position, RecordedEvent } from "../../ports/event-store.ts";
import { type Connection, SCAN_DEADLINE_MS, STREAM_DEADLINE_MS } from "./connection.ts";
import { kindOf } from "./passing.ts";
import { recordedIn } from "./recorded.ts";
import { lastOfAllRequest, readAllRequest, readStreamRequest } from "./requests.ts";

/** Events of one stream. Throws when the server has lost some of them: whoever folds the rest would get a wrong state. */
export async function readStreamEvents(
  connection: Connection,
  namespace: string,
  stream: string,
  from: number,
  limit: number,
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  let last: string | undefined;
  const take = (response: ReadResp): boolean => {
    if (response.hasLastStreamPosition()) last = response.getLastStreamPosition();
    const event = recordedIn(response, namespace);
    if (event) events.push(event);
    return false;
  };
  await connection.read(readStreamRequest(namespace + stream, from, limit), STREAM_DEADLINE_MS, take).catch((error: unknown) => {
    if (kindOf(error) === "stream-deleted") throw lost(stream, "it was deleted");
    if (kindOf(error) !== "stream-not-found") throw error;
  });
  const missing = events.findIndex(({ revision }, nth) => revision !== from + nth);
  if (missing >= 0) throw lost(stream, `revision ${from + missing} is missing`);
  if (events.length === 0 && last !== undefined && Number(last) >= from) throw lost(stream, `revisions ${from} to ${last} are missing`);
  return events;
}

export function lost(stream: string, what: string): Error {
  return new Error(
    `stream ${stream} is damaged: ${what} on the server. Remove $maxAge, $maxCount and $tb from its metadata if they are set, or restore a backup`,
  );
}

/** Position of our newest event. */
export async function readHead(connection: Connection, namespace: string): Promise<Position | null> {
  let head: RecordedEvent | null = null;
  await connection.read(lastOfAllRequest([namespace]), SCAN_DEADLINE_MS, (response) => (head ??= recordedIn(response, namespace)) !== null);
  return (head as RecordedEvent | null)?.position ?? null;
}

/**
 * A page of all streams. Where to go on is always one of our own positions: an event of the server's or of somebody
 * else's may be scavenged, and a subscription that starts at a place that is gone skips the event behind it.
 */
export async function readPage(
  connection: Connection,
  namespace: string,
  after: Position | null,
  limit: number,
  filter: Filter | undefined,
): Promise<Page> {
  // Before the page: what is stored in between belongs to the next one.
  const head = await readHead(connection, namespace);
  assertWithin(after, head);
  if (after === head || filter?.categories?.length === 0) return { events: [], next: head, atEnd: true };
  const events = await readAfter(connection, namespace, after, limit + 1, filter);
  const page = events.slice(0, limit);
  const last = page.at(-1)?.position ?? null;
  if (events.length > limit) return { events: page, next: last, atEnd: false };
  return { events: page, next: last !== null && (head === null || last > head) ? last : head, atEnd: true };
}

function assertWithin(after: Position | null, head: Position | null): void {
  if (after === null || (head !== null && after <= head)) return;
  throw new Error(`position ${after} lies beyond the newest event: it belongs to another event store`);
}

/** A subscription that starts where no event of ours lies would silently skip the one behind it. */
export async function assertStored(connection: Connection, namespace: string, position: Position): Promise<void> {
  let found: Position | null = null;
  await connection.read(readAllRequest(position, 1, [namespace]), SCAN_DEADLINE_MS, (response) => {
    found ??= recordedIn(response, namespace)?.position ?? null;
    return found !== null;
  });
  if (found !== position)
    throw new Error(`at position ${position} there is no event: it belongs to another event store, or the event was lost`);
}

/** The server begins with the event at the position itself, and sends what its filter cannot tell apart: both are left out. */
async function readAfter(
  connection: Connection,
  namespace: string,
  after: Position | null,
  count: number,
  filter: Filter | undefined,
): Promise<RecordedEvent[]> {
  const passes = passingFilter(filter);
  const events: RecordedEvent[] = [];
  await connection.read(readAllRequest(after, Number.MAX_SAFE_INTEGER, prefixesOf(namespace, filter)), SCAN_DEADLINE_MS, (response) => {
    const event = recordedIn(response, namespace);
    if (event && (after === null || event.position > after) && passes(event)) events.push(event);
    return events.length === count;
  });
  return events;
}

/** The server knows prefixes only: `price` also lets `prices-…` through. */
export function prefixesOf(namespace: string, filter: Filter | undefined): string[] {
  return filter?.categories ? filter.categories.map((category) => namespace + category) : [namespace];
}

export function passingFilter(filter: Filter | undefined): (event: RecordedEvent) => boolean {
  if (!filter?.categories) return () => true;
  const categories = new Set(filter.categories);
  return ({ stream }) => categories.has(categoryOf(stream));
}
