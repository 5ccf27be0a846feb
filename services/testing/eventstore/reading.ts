import { once } from "node:events";
import shared from "@eventstore/db-client/generated/shared_pb.js";
import type { ReadReq, ReadResp } from "@eventstore/db-client/generated/streams_pb.js";
import protocol from "@eventstore/db-client/generated/streams_pb.js";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { failure } from "./failures.ts";
import type { LogRecord, ServerLog } from "./log.ts";

type Call = ServerWritableStream<ReadReq, ReadResp>;
type Passes = (record: LogRecord) => boolean;

const BACKWARDS = 1;

export async function answerRead(log: ServerLog, call: Call): Promise<void> {
  const options = call.request.getOptions() as ReadReq.Options;
  if (options.hasStream()) await answerStream(log, call, options);
  else await answerAll(log, call, options);
  call.end();
}

async function answerStream(log: ServerLog, call: Call, options: ReadReq.Options): Promise<void> {
  const asked = options.getStream() as ReadReq.Options.StreamOptions;
  const name = Buffer.from(asked.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString("utf8");
  const found = log.readStream(name, Number(asked.getRevision()));
  if (found === "deleted") return void call.emit("error", failure("deleted", 0));
  if (found === null) return void (await send(call, notFound(name)));
  for (const record of found.records.slice(0, Number(options.getCount()))) await send(call, eventOf(record));
  if ((options.getControlOption()?.getCompatibility() ?? 0) < 1) return;
  const end = new protocol.ReadResp();
  end.setLastStreamPosition(String(found.last));
  await send(call, end);
}

/** Like the real one, it goes on looking after the last event that was asked for, until it finds another or the end. */
async function answerAll(log: ServerLog, call: Call, options: ReadReq.Options): Promise<void> {
  const passes = filterOf(options);
  const from = startOf(options);
  const records =
    options.getReadDirection() === BACKWARDS ? log.records.toReversed() : log.records.filter(({ position }) => position >= from);
  let left = BigInt(options.getCount());
  for (const record of records) {
    if (call.cancelled) return;
    if (record.scavenged || !passes(record)) continue;
    if (left-- === 0n) return;
    await send(call, eventOf(record));
  }
}

/**
 * Like the real one, it finds its start by reading one record at the position, whatever that is, and goes on behind it:
 * where the record that was meant has been scavenged, the next one is skipped.
 */
export function subscribe(log: ServerLog, call: Call): () => void {
  const options = call.request.getOptions() as ReadReq.Options;
  const passes = filterOf(options);
  const interval = (options.getFilter()?.getMax() ?? 32) * (options.getFilter()?.getCheckpointintervalmultiplier() ?? 1);
  const start = options.getAll()?.hasPosition() ? startOf(options) : -1;
  const first = log.records.findIndex(({ position, scavenged }) => !scavenged && position >= start);
  let next = start < 0 ? 0 : first < 0 ? log.records.length : first + 1;
  let considered = 0;
  let caughtUp = false;
  let pumping: Promise<void> | null = null;

  const pump = async (): Promise<void> => {
    for (; next < log.records.length && !call.cancelled; next++) {
      const record = log.records[next] as LogRecord;
      if (!record.scavenged && passes(record)) {
        await send(call, eventOf(record));
        log.served += 1;
      }
      if (++considered % interval === 0) await send(call, checkpointAt(record));
    }
    if (!caughtUp) await send(call, caughtUpNow());
    caughtUp = true;
  };
  const onWrite = (): void => {
    pumping = (pumping ?? Promise.resolve()).then(pump);
  };

  const unwatch = log.watch(onWrite);
  const confirmation = new protocol.ReadResp();
  confirmation.setConfirmation(new protocol.ReadResp.SubscriptionConfirmation().setSubscriptionId("stand-in"));
  call.write(confirmation);
  onWrite();
  return unwatch;
}

/** Waits when the client does not keep up. */
async function send(call: Call, response: ReadResp): Promise<void> {
  if (call.cancelled || call.destroyed || call.writableEnded || call.write(response)) return;
  const waiting = new AbortController();
  const events = ["drain", "cancelled", "close"].map((event) => once(call, event, { signal: waiting.signal }));
  await Promise.race(events).catch(() => {});
  waiting.abort();
  await Promise.allSettled(events);
}

function startOf(options: ReadReq.Options): number {
  return Number(options.getAll()?.getPosition()?.getCommitPosition() ?? 0);
}

function filterOf(options: ReadReq.Options): Passes {
  const prefixes = options.getFilter()?.getStreamIdentifier()?.getPrefixList();
  return prefixes ? ({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix)) : () => true;
}

function eventOf(record: LogRecord): ReadResp {
  const recorded = new protocol.ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  id.setString(record.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifier(record.stream));
  recorded.setStreamRevision(String(record.revision));
  recorded.setCommitPosition(String(record.position));
  recorded.setPreparePosition(String(record.position));
  recorded.getMetadataMap().set("type", record.type).set("content-type", record.contentType).set("created", "16094592000000000");
  recorded.setData(record.data);
  const event = new protocol.ReadResp.ReadEvent();
  event.setEvent(recorded);
  event.setCommitPosition(String(record.position));
  const response = new protocol.ReadResp();
  response.setEvent(event);
  return response;
}

function identifier(name: string) {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Uint8Array.from(Buffer.from(name, "utf8")));
  return identifier;
}

function notFound(name: string): ReadResp {
  const missing = new protocol.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifier(name));
  const response = new protocol.ReadResp();
  response.setStreamNotFound(missing);
  return response;
}

function checkpointAt({ position }: LogRecord): ReadResp {
  const checkpoint = new protocol.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  const response = new protocol.ReadResp();
  response.setCheckpoint(checkpoint);
  return response;
}

function caughtUpNow(): ReadResp {
  const response = new protocol.ReadResp();
  response.setCaughtUp(new protocol.ReadResp.CaughtUp());
  return response;
}
