import { LIMITS } from "./primitives.ts";

/** The messages of the AsyncAPI document that are not single events. */

export type Json = Record<string, unknown>;

export const ref = (path: string): Json => ({ $ref: `#/${path}` });

export const batch: Json = {
  name: "batch",
  title: "Several events in one message",
  contentType: "application/cloudevents-batch+json",
  payload: { type: "array", maxItems: LIMITS.batchEvents, items: ref("components/schemas/envelope") },
};

export const receiptSchema: Json = {
  type: "object",
  required: ["stored", "duplicates", "quarantined"],
  properties: {
    stored: { type: "integer", description: "Events that are in the event store now." },
    duplicates: { type: "integer", description: "Events that were in the event store before." },
    quarantined: {
      type: "array",
      items: {
        type: "object",
        required: ["at", "code", "reason"],
        properties: {
          at: { type: "integer", description: "Place of the event in the message, from 0." },
          code: { type: "string" },
          reason: { type: "string" },
          entryId: { type: "string", description: "The quarantine entry, from which it can be released." },
        },
      },
    },
  },
};

export const receipt: Json = {
  name: "receipt",
  title: "What became of one message",
  summary: "Sent after everything in the message is durable.",
  contentType: "application/json",
  payload: ref("components/schemas/receipt"),
};

export const answer: Json = {
  name: "answer",
  title: "What was taken",
  summary: "202: the bus has stored what was accepted. 200 with a receipt when the request asked to wait for it (`?wait=stored`).",
  contentType: "application/json",
  payload: {
    type: "object",
    required: ["accepted", "rejected"],
    properties: {
      accepted: { type: "integer" },
      rejected: {
        type: "array",
        items: {
          type: "object",
          required: ["index", "code", "reason", "at"],
          properties: {
            index: { type: "integer" },
            code: { type: "string" },
            reason: { type: "string" },
            at: { type: "string", description: "JSON pointer into the event." },
            quarantineId: { type: "string" },
          },
        },
      },
      receipt: ref("components/schemas/receipt"),
    },
  },
};

export const otlp: Json = {
  name: "otlp",
  title: "An OTLP export request",
  summary: "As OpenTelemetry defines it, in JSON (application/json) or protobuf; gzip, deflate, br and zstd are understood.",
  contentType: "application/x-protobuf",
};
