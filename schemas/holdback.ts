import { type Static, Type } from "typebox";
import { event } from "./event.ts";
import { ContentRef, Count, Id, Milliseconds, Name, Sha256 } from "./primitives.ts";

/** Names a suite, its stream and its key. */
export const SuiteName = Type.String({ pattern: "^[a-z][a-z0-9_-]{0,63}$" });
/** A whole commit: a shortened one could be another tomorrow. */
export const CommitSha = Type.String({ pattern: "^([0-9a-f]{40}|[0-9a-f]{64})$" });

export const CaseClass = Type.Union([Type.Literal("critical"), Type.Literal("normal")]);
export type CaseClass = Static<typeof CaseClass>;
/** `repeated`: the answer may differ each time, so the case runs several times. */
export const CaseKind = Type.Union([Type.Literal("deterministic"), Type.Literal("repeated")]);
export type CaseKind = Static<typeof CaseKind>;
export const RetiredBecause = Type.Union([Type.Literal("contaminated"), Type.Literal("refreshed")]);
export type RetiredBecause = Static<typeof RetiredBecause>;

export const Tally = Type.Object({ passed: Count, total: Count }, { additionalProperties: false });
export type Tally = Static<typeof Tally>;
export const ClassTallies = Type.Object({ critical: Tally, normal: Tally }, { additionalProperties: false });
export type ClassTallies = Static<typeof ClassTallies>;

export const HoldbackSuiteDefined = event(
  "holdback.suite.defined",
  1,
  "platform",
  "A suite of cases that agents never see was set up, or covers other repositories now.",
  Type.Object({
    suite: SuiteName,
    repos: Type.Array(Name, { minItems: 1, maxItems: 100, uniqueItems: true }),
    /** What the canaries are made with. */
    canaryKey: ContentRef,
  }),
);

export const HoldbackCaseAdded = event(
  "holdback.case.added",
  1,
  "platform",
  "A case was sealed into a suite. Nothing of it is readable here.",
  Type.Object({
    suite: SuiteName,
    caseId: Id,
    /** Of the case with its canary, which nobody can guess. */
    digest: Sha256,
    class: CaseClass,
    kind: CaseKind,
    /** SHA-256 of the case's canary. */
    canary: Sha256,
    sealed: ContentRef,
  }),
);

export const HoldbackCaseRead = event(
  "holdback.case.read",
  1,
  "platform",
  "A sealed case was opened, for a run.",
  Type.Object({ suite: SuiteName, caseId: Id, runId: Id }),
);

export const HoldbackCaseRetired = event(
  "holdback.case.retired",
  1,
  "platform",
  "A case decides nothing any more: somebody may have seen it, or newer ones took its place.",
  Type.Object({ suite: SuiteName, caseId: Id, because: RetiredBecause }),
);

const runFields = {
  suite: SuiteName,
  runId: Id,
  /** Of the set of cases. */
  digest: Sha256,
  sha: CommitSha,
  changeId: Id,
  attempt: Type.Integer({ minimum: 1, maximum: 1000 }),
};

export const HoldbackRunStarted = event(
  "holdback.run.started",
  1,
  "platform",
  "A candidate is shown the cases. From here on it is an attempt; only an end gives it a verdict.",
  Type.Object({
    ...runFields,
    /** How the tests that everybody sees went, as whoever started the run says. */
    visible: Type.Optional(Tally),
  }),
);

export const HoldbackRunFinished = event(
  "holdback.run.finished",
  1,
  "platform",
  "A candidate was judged. Only counts.",
  Type.Object({
    ...runFields,
    passed: Count,
    total: Count,
    classes: ClassTallies,
    satisfaction: Type.Number({ minimum: 0, maximum: 1 }),
    verdict: Type.Union([Type.Literal("passed"), Type.Literal("failed")]),
    durationMs: Milliseconds,
  }),
);

export const holdbackEvents = [
  HoldbackSuiteDefined,
  HoldbackCaseAdded,
  HoldbackCaseRead,
  HoldbackCaseRetired,
  HoldbackRunStarted,
  HoldbackRunFinished,
];
