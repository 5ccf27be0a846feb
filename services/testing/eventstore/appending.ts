import shared from "@eventstore/db-client/generated/shared_pb.js";
import type { AppendReq, AppendResp } from "@eventstore/db-client/generated/streams_pb.js";
import protocol from "@eventstore/db-client/generated/streams_pb.js";
import type { ServerReadableStream, sendUnaryData } from "@grpc/grpc-js";
import { type Failure, failure } from "./failures.ts";
import type { Proposed, ServerLog, Written } from "./log.ts";

interface Append {
  readonly stream: string;
  /** -1: no stream; null: an expectation the stand-in does not offer. */
  readonly expected: number | null;
  readonly events: readonly Proposed[];
}

type Answerable = Extract<Written, { kind: "success" | "wrong version" }>;

export async function appendOf(call: ServerReadableStream<AppendReq, AppendResp>): Promise<Append> {
  let stream = "";
  let expected: number | null = null;
  const events: Proposed[] = [];
  for await (const message of call as AsyncIterable<AppendReq>) {
    const options = message.getOptions();
    if (options) {
      stream = Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString("utf8");
      expected = options.hasNoStream() ? -1 : options.hasRevision() ? Number(options.getRevision()) : null;
    }
    const proposed = message.getProposedMessage();
    if (proposed) {
      const metadata = proposed.getMetadataMap();
      const [type, contentType] = [metadata.get("type") ?? "", metadata.get("content-type") ?? ""];
      events.push({ id: proposed.getId()?.getString() ?? "", type, contentType, data: proposed.getData_asU8() });
    }
  }
  return { stream, expected, events };
}

export function answerAppend(log: ServerLog, append: Append, maxBytes: number, answer: sendUnaryData<AppendResp>): void {
  const result = resultOf(log, append, maxBytes);
  if (typeof result === "string") answer(failure(result, 0));
  else answer(null, responseOf(result));
}

function resultOf(log: ServerLog, { stream, expected, events }: Append, maxBytes: number): Failure | Answerable {
  if (expected === null) return "bad request";
  const bytes = events.reduce((sum, { data, type }) => sum + data.length + type.length * 2, 0);
  if (bytes > maxBytes) return "too large";
  const written = log.write(stream, expected, events);
  return written.kind === "deleted" || written.kind === "invalid transaction" ? written.kind : written;
}

function responseOf(written: Answerable): AppendResp {
  const response = new protocol.AppendResp();
  if (written.kind === "wrong version") {
    const wrong = new protocol.AppendResp.WrongExpectedVersion();
    if (written.current < 0) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(written.current));
    response.setWrongExpectedVersion(wrong);
    return response;
  }
  const success = new protocol.AppendResp.Success();
  success.setCurrentRevision(String(written.revision));
  const position = new protocol.AppendResp.Position();
  position.setCommitPosition(String(written.position));
  position.setPreparePosition(String(written.position));
  success.setPosition(position);
  response.setSuccess(success);
  return response;
}
