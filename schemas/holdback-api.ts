import { type Static, Type } from "typebox";
import { CaseClass, CaseKind, ClassTallies, CommitSha, RetiredBecause, SuiteName, Tally } from "./holdback.ts";
import { Id, Name, Timestamp } from "./primitives.ts";

/** What the HTTP API takes and answers about holdback suites. Cases go in; nothing of them ever comes out. */

const closed = { additionalProperties: false } as const;
const Text = Type.String({ maxLength: 256 * 1024 });

/** When an answer is right. */
export const Expectation = Type.Union([
  Type.Object({ kind: Type.Literal("exact"), value: Text }, closed),
  Type.Object({ kind: Type.Literal("regex"), value: Type.String({ minLength: 1, maxLength: 4096 }) }, closed),
  Type.Object({ kind: Type.Literal("json"), value: Type.Unknown() }, closed),
]);
export type Expectation = Static<typeof Expectation>;

export const NewCase = Type.Object(
  {
    name: Type.Optional(Name),
    class: CaseClass,
    kind: CaseKind,
    input: Type.String({ maxLength: 256 * 1024, description: "what the candidate is given; {{canary}} becomes the case's canary" }),
    expect: Expectation,
    timeLimitMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000, description: "10000 unless said otherwise" })),
  },
  closed,
);
export type NewCase = Static<typeof NewCase>;

const Repos = Type.Array(Name, { minItems: 1, maxItems: 100, uniqueItems: true, description: "needed for a new suite" });

export const NewCases = Type.Object({ repos: Type.Optional(Repos), cases: Type.Array(NewCase, { minItems: 1, maxItems: 200 }) }, closed);
export type NewCases = Static<typeof NewCases>;

export const Candidate = Type.Union([
  Type.Object({ command: Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), { minItems: 1, maxItems: 64 }) }, closed),
  Type.Object({ url: Type.String({ minLength: 1, maxLength: 1024, description: "http, on the loopback of the platform" }) }, closed),
]);
export type Candidate = Static<typeof Candidate>;

export const NewRun = Type.Object(
  {
    sha: CommitSha,
    change: Id,
    candidate: Candidate,
    visible: Type.Optional(Tally),
  },
  closed,
);
export type NewRun = Static<typeof NewRun>;

export const NewRetirement = Type.Object(
  {
    because: RetiredBecause,
    cases: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1000 })),
    text: Type.Optional(Type.String({ maxLength: 8 * 1024 * 1024, description: "retires the cases whose canary is in it; not kept" })),
  },
  closed,
);
export type NewRetirement = Static<typeof NewRetirement>;

export const RunView = Type.Object({
  id: Id,
  suite: SuiteName,
  sha: CommitSha,
  change: Id,
  attempt: Type.Integer(),
  startedAt: Timestamp,
  /** `broken`: it ended without a verdict. */
  state: Type.Union([Type.Literal("running"), Type.Literal("finished"), Type.Literal("broken")]),
  result: Type.Union([
    Type.Null(),
    Type.Object({
      verdict: Type.Union([Type.Literal("passed"), Type.Literal("failed"), Type.Literal("stale")]),
      at: Timestamp,
      passed: Type.Integer(),
      total: Type.Integer(),
      classes: ClassTallies,
      satisfaction: Type.Number(),
      durationMs: Type.Number(),
    }),
  ]),
});
export type RunView = Static<typeof RunView>;

export const SuiteView = Type.Object({
  suite: SuiteName,
  repos: Type.Array(Name),
  /** Live cases. */
  cases: Type.Object({ critical: Type.Integer(), normal: Type.Integer(), repeated: Type.Integer(), retired: Type.Integer() }),
  /** The visible pass rate less this suite's, in points, over 28 days; null: nobody said how the visible tests went. */
  gap: Type.Union([
    Type.Null(),
    Type.Object({ points: Type.Number(), band: Type.Union([Type.Literal("green"), Type.Literal("amber"), Type.Literal("red")]) }),
  ]),
  /** Newest first, at most 20. */
  runs: Type.Array(RunView),
});
export type SuiteView = Static<typeof SuiteView>;
export const SuiteList = Type.Object({ items: Type.Array(SuiteView) });

export const CaseView = Type.Object({
  id: Id,
  class: CaseClass,
  kind: CaseKind,
  addedAt: Timestamp,
  reads: Type.Integer(),
  retired: Type.Union([Type.Null(), RetiredBecause]),
});
export const SuiteDetail = Type.Object({ ...SuiteView.properties, caseList: Type.Array(CaseView) });
export type SuiteDetail = Static<typeof SuiteDetail>;

export const Retired = Type.Object({ retired: Type.Array(Id) });
