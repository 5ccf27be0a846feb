import { type Static, Type } from "typebox";
import { DECISION_LIMITS, PolicyWord } from "./decision.ts";
import { event } from "./event.ts";
import { literals } from "./literals.ts";
import { Count, Id, Name, Sha256, ShortText } from "./primitives.ts";

const closed = { additionalProperties: false } as const;

/** From wide to narrow. A narrower scope can only tighten what a wider one set. */
export const SCOPE_KINDS = ["org", "department", "team", "repo"] as const;
const ScopeKind = literals(SCOPE_KINDS);

export const PolicyScope = Type.Object({ kind: ScopeKind, name: Name }, closed);
export type PolicyScope = Static<typeof PolicyScope>;

export const PolicySettingsSet = event(
  "policy.settings.set",
  1,
  "platform",
  "What one scope sets for one policy, as a whole. Applies to what is decided afterwards.",
  Type.Object({
    scope: PolicyScope,
    policy: PolicyWord,
    /** Canonical JSON: each policy declares its own settings, with types and limits. `{}` takes back what was set. */
    settings: Type.String({ minLength: 2, maxLength: 65_536 }),
    reason: Type.Optional(ShortText),
  }),
);

export const PolicyBundlePublished = event(
  "policy.bundle.published",
  1,
  "platform",
  "A compiled set of policies is kept and can be put to work. Its bytes are in the payload store under its digest.",
  Type.Object({
    digest: Sha256,
    /** Id of the key whose signature over the digest was checked. */
    signedBy: Id,
    bytes: Count,
    policies: Type.Array(PolicyWord, { maxItems: 100 }),
    from: literals(["shipped", "console", "cli"]),
    payloadId: Id,
    keyId: Id,
    commitment: Sha256,
    note: Type.Optional(ShortText),
  }),
);

const Percent = Type.Integer({ minimum: 1, maximum: 100 });

export const PolicyBundleActivated = event(
  "policy.bundle.activated",
  1,
  "platform",
  "A bundle took a place: shadow only watches, canary decides for some teams or a share of sessions, active decides for all others.",
  Type.Object({
    digest: Sha256,
    stage: literals(["shadow", "canary", "active"]),
    teams: Type.Optional(Type.Array(Name, { maxItems: 500 })),
    percent: Type.Optional(Percent),
    reason: Type.Optional(ShortText),
  }),
);

export const PolicyBundleRolledBack = event(
  "policy.bundle.rolledback",
  1,
  "platform",
  "The bundle that was active before decides again; shadow and canary ended.",
  Type.Object({ from: Sha256, to: Sha256, reason: ShortText }),
);

export const PolicyDataRecorded = event(
  "policy.data.recorded",
  1,
  "platform",
  "Effective settings that decisions were made with, once per digest.",
  Type.Object({
    digest: Sha256,
    /** Canonical JSON whose SHA-256 is the digest. */
    document: Type.String({ minLength: 2, maxLength: DECISION_LIMITS.dataBytes }),
  }),
);

export const policyEvents = [
  PolicySettingsSet,
  PolicyBundlePublished,
  PolicyBundleActivated,
  PolicyBundleRolledBack,
  PolicyDataRecorded,
] as const;
