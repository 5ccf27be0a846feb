import { type Static, Type } from "typebox";
import { event } from "./event.ts";
import { Count, Id, Name, Sha256 } from "./primitives.ts";

/** Why something could not be taken. Machine-readable, few, and the same on every door. */
export const QuarantineCode = Type.Union([
  Type.Literal("not_json"),
  Type.Literal("not_cloudevent"),
  Type.Literal("unknown_type"),
  Type.Literal("unknown_version"),
  Type.Literal("invalid_data"),
  Type.Literal("identity_mismatch"),
  Type.Literal("time_out_of_range"),
  Type.Literal("id_reused"),
  Type.Literal("too_large"),
  Type.Literal("too_deep"),
  Type.Literal("unreadable_otlp"),
  Type.Literal("internal"),
]);
export type QuarantineCode = Static<typeof QuarantineCode>;

export const QuarantineEntered = event(
  "quarantine.entered",
  1,
  "platform",
  "Something was refused. Its bytes are sealed in the payload store.",
  Type.Object({
    entryId: Id,
    agentId: Id,
    door: Type.Union([Type.Literal("otlp"), Type.Literal("http"), Type.Literal("nats")]),
    code: QuarantineCode,
    /** Where it is wrong and how to put it right. Never quotes the content. */
    reason: Type.String({ maxLength: 2000 }),
    /** JSON pointer or position of the fault. */
    at: Type.Optional(Type.String({ maxLength: 512 })),
    bytes: Count,
    sha256: Sha256,
    contentType: Type.Optional(Name),
    payloadId: Id,
    keyId: Id,
  }),
);

export const QuarantineReleased = event(
  "quarantine.released",
  1,
  "platform",
  "The bytes went through the front door again.",
  Type.Object({
    entryId: Id,
    outcome: Type.Union([Type.Literal("taken"), Type.Literal("refused_again")]),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
  }),
);

export const QuarantineDiscarded = event(
  "quarantine.discarded",
  1,
  "platform",
  "A person decided that the bytes are not worth keeping; they were deleted.",
  Type.Object({ entryId: Id, reason: Type.String({ minLength: 1, maxLength: 2000 }) }),
);

export const quarantineEvents = [QuarantineEntered, QuarantineReleased, QuarantineDiscarded] as const;
