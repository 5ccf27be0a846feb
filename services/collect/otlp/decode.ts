import type { Decoded } from "./decoded.ts";
import { decodeJson } from "./json/decode.ts";
import type { OtlpBatch } from "./model.ts";
import { decodeProtobuf } from "./protobuf/decode.ts";

/** Reads one OTLP request body. Never throws, whatever the bytes. Compression was undone before. */
export function decodeOtlp(signal: OtlpBatch["signal"], encoding: "json" | "protobuf", body: Uint8Array): Decoded {
  return encoding === "json" ? decodeJson(signal, body) : decodeProtobuf(signal, body);
}
