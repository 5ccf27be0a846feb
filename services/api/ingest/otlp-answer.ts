import type { Context } from "hono";
import protobuf from "protobufjs/minimal.js";
import type { OtlpEncoding, Signal } from "../deps.ts";
import type { Failure } from "../problems.ts";
import { mediaTypeOf } from "../read-json.ts";

export const MEDIA_TYPES: Readonly<Record<string, OtlpEncoding>> = {
  "application/x-protobuf": "protobuf",
  "application/protobuf": "protobuf",
  "application/json": "json",
};

const REJECTED: Readonly<Record<Signal, string>> = {
  logs: "rejectedLogRecords",
  traces: "rejectedSpans",
  metrics: "rejectedDataPoints",
};

/** google.rpc.Code for the HTTP statuses that are used here. */
const CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 413: 3, 415: 3, 429: 8, 500: 13, 503: 14 };

/** `Export…ServiceResponse`: empty when everything was taken. */
export function takenResponse(signal: Signal, encoding: OtlpEncoding, rejected: number, message: string): Response {
  if (encoding === "json") {
    // 64-bit integers are strings in the JSON form of protobuf.
    const answer = rejected === 0 ? {} : { partialSuccess: { [REJECTED[signal]]: String(rejected), errorMessage: message } };
    return respond(200, "json", JSON.stringify(answer));
  }
  const writer = protobuf.Writer.create();
  if (rejected > 0) writer.uint32(0x0a).fork().uint32(0x08).int64(rejected).uint32(0x12).string(message).ldelim();
  return respond(200, "protobuf", writer.finish());
}

/** Exporters read `google.rpc.Status` in the encoding they sent, whatever went wrong. */
export function otlpFailure({ problem, headers }: Failure, context: Context): Response {
  const message = [problem.detail, problem.hint].filter(Boolean).join(" ");
  const code = CODES[problem.status] ?? 2;
  if (MEDIA_TYPES[mediaTypeOf(context)] === "protobuf") {
    const status = protobuf.Writer.create().uint32(0x08).int32(code).uint32(0x12).string(message).finish();
    return respond(problem.status, "protobuf", status, headers);
  }
  return respond(problem.status, "json", JSON.stringify({ code, message }), headers);
}

function respond(
  status: number,
  encoding: OtlpEncoding,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = encoding === "json" ? "application/json" : "application/x-protobuf";
  return new Response(body as Uint8Array<ArrayBuffer> | string, { status, headers: { ...headers, "content-type": type } });
}
