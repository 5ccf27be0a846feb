import shared from "@eventstore/db-client/generated/shared_pb.js";
import type { AppendReq, ReadReq } from "@eventstore/db-client/generated/streams_pb.js";
import protocol from "@eventstore/db-client/generated/streams_pb.js";
import type { NewEvent, Position } from "../../ports/event-store.ts";
import { commitOf } from "./position.ts";

const { Options } = protocol.ReadReq;
const [FORWARDS, BACKWARDS] = [0, 1] as const;
/** Events the server looks at before it checks whether anybody still listens. Its own 32 makes sparse reads slow. */
const WINDOW = 1024;
/** A sign of life from a quiet filter every so many windows. */
const WINDOWS_PER_CHECKPOINT = 64;
/** Any number from 1 on asks the server to also tell where a stream begins and ends. */
const WITH_ENDS = 1;

export function readStreamRequest(stream: string, from: number, count: number): ReadReq {
  const options = newOptions();
  const ofStream = new Options.StreamOptions();
  ofStream.setStreamIdentifier(identifier(stream));
  ofStream.setRevision(String(from));
  options.setStream(ofStream);
  options.setCount(String(count));
  options.setNoFilter(new shared.Empty());
  const control = new Options.ControlOption();
  control.setCompatibility(WITH_ENDS);
  options.setControlOption(control);
  return requestOf(options);
}

/** From a position on, which is included; filtered by the server to streams whose names begin so. */
export function readAllRequest(from: Position | null, count: number, prefixes: readonly string[]): ReadReq {
  const options = newOptions();
  options.setAll(allFrom(from));
  options.setCount(String(count));
  options.setFilter(filterOf(prefixes));
  return requestOf(options);
}

export function lastOfAllRequest(prefixes: readonly string[]): ReadReq {
  const options = newOptions();
  const all = new Options.AllOptions();
  all.setEnd(new shared.Empty());
  options.setAll(all);
  options.setReadDirection(BACKWARDS);
  options.setCount("1");
  options.setFilter(filterOf(prefixes));
  return requestOf(options);
}

/** After a position, which is left out, and then whatever comes. */
export function subscribeRequest(after: Position | null, prefixes: readonly string[]): ReadReq {
  const options = newOptions();
  options.setAll(allFrom(after));
  options.setSubscription(new Options.SubscriptionOptions());
  options.setFilter(filterOf(prefixes));
  return requestOf(options);
}

/** `revision` -1: the stream must not exist yet. */
export function appendRequests(stream: string, revision: number, events: readonly NewEvent[]): AppendReq[] {
  const options = new protocol.AppendReq.Options();
  options.setStreamIdentifier(identifier(stream));
  if (revision < 0) options.setNoStream(new shared.Empty());
  else options.setRevision(String(revision));
  const header = new protocol.AppendReq();
  header.setOptions(options);
  return [header, ...events.map(proposed)];
}

/** The body goes as the bytes it has, marked as JSON so that the server's own tools can show it. */
function proposed({ id, type, body }: NewEvent): AppendReq {
  const message = new protocol.AppendReq.ProposedMessage();
  const uuid = new shared.UUID();
  uuid.setString(id);
  message.setId(uuid);
  message.getMetadataMap().set("type", type);
  message.getMetadataMap().set("content-type", "application/json");
  message.setData(Uint8Array.from(Buffer.from(body, "utf8")));
  const request = new protocol.AppendReq();
  request.setProposedMessage(message);
  return request;
}

function newOptions(): ReadReq.Options {
  const options = new Options();
  const uuid = new Options.UUIDOption();
  uuid.setString(new shared.Empty());
  options.setUuidOption(uuid);
  options.setReadDirection(FORWARDS);
  options.setResolveLinks(false);
  return options;
}

function allFrom(position: Position | null): ReadReq.Options.AllOptions {
  const all = new Options.AllOptions();
  if (position === null) all.setStart(new shared.Empty());
  else {
    const place = new Options.Position();
    place.setCommitPosition(commitOf(position));
    place.setPreparePosition(commitOf(position));
    all.setPosition(place);
  }
  return all;
}

function filterOf(prefixes: readonly string[]): ReadReq.Options.FilterOptions {
  const expression = new Options.FilterOptions.Expression();
  expression.setPrefixList([...prefixes]);
  const filter = new Options.FilterOptions();
  filter.setStreamIdentifier(expression);
  filter.setMax(WINDOW);
  filter.setCheckpointintervalmultiplier(WINDOWS_PER_CHECKPOINT);
  return filter;
}

function identifier(stream: string): InstanceType<typeof shared.StreamIdentifier> {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Uint8Array.from(Buffer.from(stream, "utf8")));
  return identifier;
}

function requestOf(options: ReadReq.Options): ReadReq {
  const request = new protocol.ReadReq();
  request.setOptions(options);
  return request;
}
