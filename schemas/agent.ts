import { Type } from "typebox";
import { type DataOf, event } from "./event.ts";
import { Id, Name, Sha256, ShortText, Timestamp } from "./primitives.ts";

export const AgentRegistered = event(
  "agent.registered",
  1,
  "platform",
  "An agent may report. Team is fixed here; feature is the default when an event names none.",
  Type.Object({ agentId: Id, name: Name, team: Name, feature: Type.Optional(Name), vendor: Type.Optional(Name) }),
);

export const AgentChanged = event(
  "agent.changed",
  1,
  "platform",
  "An agent's registration was changed. Applies to what arrives afterwards.",
  Type.Object({
    agentId: Id,
    name: Type.Optional(Name),
    team: Type.Optional(Name),
    feature: Type.Optional(Type.Union([Name, Type.Null()])),
  }),
);

export const AgentKeyIssued = event(
  "agent.key.issued",
  1,
  "platform",
  "A key was made. Only its SHA-256 is kept: the key has 256 random bits, so a slow hash adds nothing.",
  Type.Object({
    agentId: Id,
    keyId: Id,
    sha256: Sha256,
    /** Public NATS user key whose credentials were handed out with it. */
    natsUser: Type.Optional(Id),
    expires: Type.Optional(Timestamp),
  }),
);

export const AgentKeyRevoked = event(
  "agent.key.revoked",
  1,
  "platform",
  "A key no longer opens anything.",
  Type.Object({ agentId: Id, keyId: Id, reason: Type.Optional(ShortText) }),
);

export type AgentRegistration = DataOf<typeof AgentRegistered>;

export const agentEvents = [AgentRegistered, AgentChanged, AgentKeyIssued, AgentKeyRevoked] as const;
