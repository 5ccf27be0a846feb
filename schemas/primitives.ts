import { Type } from "typebox";

/** Limits at every boundary. One place, so that the collectors, the bus and the API refuse the same things. */
export const LIMITS = {
  /** Bytes of one HTTP body after decompression. Copilot sends 600 KB for a short session; Codex batches reach 1.2 MB. */
  bodyBytes: 16 * 1024 * 1024,
  /** Bytes of one bus message. NATS' default server limit is 1 MiB; ours is raised to 8 MiB, we stay below it. */
  messageBytes: 4 * 1024 * 1024,
  /** Events in one batch. */
  batchEvents: 5_000,
  /** Bytes of one event as JSON, content included. */
  eventBytes: 1024 * 1024,
  /** Levels of nesting in any JSON that is accepted. */
  jsonDepth: 64,
  /** Tokens in one usage record: the largest context windows are a few million. */
  tokens: 1_000_000_000_000,
  /** An occurrence time may be this far ahead of our clock (milliseconds). */
  clockAheadMs: 24 * 60 * 60 * 1000,
  /** No coding agent reported anything before this moment. */
  earliestTime: "2020-01-01T00:00:00Z",
} as const;

export const Id = Type.String({ minLength: 1, maxLength: 256, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });
export const Name = Type.String({ minLength: 1, maxLength: 256, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });
export const ShortText = Type.String({ maxLength: 1024 });
/** RFC 3339 with a zone. */
export const Timestamp = Type.String({
  maxLength: 40,
  pattern: "^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})$",
});
export const Count = Type.Integer({ minimum: 0, maximum: LIMITS.tokens });
export const SignedCount = Type.Integer({ minimum: -LIMITS.tokens, maximum: LIMITS.tokens });
export const Milliseconds = Type.Number({ minimum: 0, maximum: 1e12 });
/** Pico-dollars (10^-12 USD) as decimal digits: beyond what a JSON number holds exactly. */
export const PicoUsd = Type.String({ pattern: "^-?\\d{1,30}$" });
/** US dollars as a decimal string. */
export const DecimalUsd = Type.String({ pattern: "^-?\\d{1,15}(\\.\\d{1,12})?$" });
/** A page that a person can open: other schemes could do something when they are clicked. */
export const WebUri = Type.String({ pattern: "^https?://[^\\s\\u0000-\\u001f\\u007f]+$", maxLength: 1024 });
export const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });

/**
 * What is known of a piece of content that lives outside the envelope. `commitment` is present when the content was
 * sealed: SHA-256 over associated data, nonce and ciphertext. Without it only the length was kept.
 */
export const ContentRef = Type.Object(
  {
    kind: Type.String({ pattern: "^[a-z_]{1,40}$" }),
    length: Count,
    commitment: Type.Optional(Sha256),
    payloadId: Type.Optional(Id),
    keyId: Type.Optional(Id),
  },
  { additionalProperties: false },
);
