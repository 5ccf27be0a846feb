import { type Static, type TSchema, Type } from "typebox";
import { PolicyWord } from "./decision.ts";
import { literals } from "./literals.ts";
import { PolicyScope } from "./policy.ts";
import { SettingDeclaration } from "./policy-settings.ts";
import { Count, Id, Name, Sha256, ShortText, Timestamp } from "./primitives.ts";

/** What the HTTP API takes and answers about policies. */

const closed = { additionalProperties: false } as const;
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Reason = Type.String({ minLength: 1, maxLength: 1024, description: "why, for the record" });

const Stage = literals(["active", "canary", "shadow"] as const);
export type Stage = Static<typeof Stage>;

const Canary = Type.Object({ digest: Sha256, teams: Type.Array(Name), percent: Type.Integer() });

/** A rule as the policy's page says it, in Markdown. */
const PolicyRule = Type.Object({ name: PolicyWord, answer: Type.String(), remedy: Type.String() });

const SettingField = Type.Object({ name: PolicyWord, ...SettingDeclaration.properties });
export type SettingField = Static<typeof SettingField>;

const summary = {
  name: PolicyWord,
  title: Type.String(),
  description: Type.String(),
  /** What it covers, such as `tool.call`. */
  actions: Type.Array(Type.String()),
  rules: Type.Array(PolicyRule),
  settings: Type.Array(SettingField),
};

export const PolicySummary = Type.Object(summary);
export type PolicySummary = Static<typeof PolicySummary>;

export const PolicyList = Type.Object({
  /** Name of the organisation's scope. */
  org: Name,
  active: Nullable(Sha256),
  canary: Nullable(Canary),
  shadow: Nullable(Sha256),
  /** Of the active bundle. */
  items: Type.Array(PolicySummary),
});
export type PolicyList = Static<typeof PolicyList>;

const Values = Type.Record(PolicyWord, Type.Unknown(), { maxProperties: 200 });

const Place = Type.Object({ org: Name, department: Nullable(Name), team: Nullable(Name), repo: Nullable(Name) });

export const PolicyDetail = Type.Object({
  ...summary,
  /** The bundle it is of. */
  bundle: Sha256,
  /** Markdown. */
  page: Type.String(),
  sources: Type.Array(Type.Object({ path: Type.String(), text: Type.String() })),
  /** What holds at this place, by setting. */
  place: Place,
  effective: Values,
  /** What each scope sets for this policy. */
  set: Type.Array(Type.Object({ scope: PolicyScope, values: Values })),
});
export type PolicyDetail = Static<typeof PolicyDetail>;

/** Sets all of a policy's values for a scope; `{}` takes back what was set. */
export const SettingsChange = Type.Object(
  {
    scope: PolicyScope,
    /** What is around the scope: of a team its department, of a repo also its team. */
    within: Type.Optional(Type.Object({ department: Type.Optional(Name), team: Type.Optional(Name) }, closed)),
    values: Values,
    reason: Reason,
  },
  closed,
);
export type SettingsChange = Static<typeof SettingsChange>;

/** Why a setting was refused. `around`: the scope and value that it would loosen. */
export interface SettingRefusal {
  readonly setting: string;
  readonly message: string;
  readonly around: { readonly scope: PolicyScope | null; readonly value: unknown };
}

const By = Type.Object({ kind: Type.String(), id: Id });

export const BundleItem = Type.Object({
  digest: Sha256,
  from: literals(["shipped", "console", "cli"] as const),
  note: Nullable(ShortText),
  bytes: Count,
  policies: Type.Array(PolicyWord),
  publishedAt: Timestamp,
  by: By,
  stage: Nullable(Stage),
});
export type BundleItem = Static<typeof BundleItem>;

const BundleMove = Type.Object({
  at: Timestamp,
  by: By,
  kind: literals(["placed", "rolled_back"] as const),
  digest: Sha256,
  stage: Stage,
  teams: Type.Array(Name),
  percent: Nullable(Type.Integer()),
  reason: Nullable(ShortText),
});

export const BundleList = Type.Object({
  /** The latest first. */
  items: Type.Array(BundleItem),
  canary: Nullable(Canary),
  /** Whether a bundle was active before the present one. */
  canRollBack: Type.Boolean(),
  /** Who put which bundle where; the latest first. */
  moves: Type.Array(BundleMove),
});
export type BundleList = Static<typeof BundleList>;

/** Rego, tests, pages and settings, such as `hours/hours.rego`. */
const FILE = "^[a-z][a-z0-9_]{0,63}/([a-z][a-z0-9_]{0,63}\\.(rego|md)|settings\\.json)$";

export const BundleDraft = Type.Object(
  {
    base: Type.Optional(Type.String({ ...Sha256, description: "the bundle that is changed; the active one unless said otherwise" })),
    files: Type.Record(Type.String({ pattern: FILE }), Nullable(Type.String({ maxLength: 262_144 })), {
      ...closed,
      maxProperties: 200,
      description: "what takes the place of the base's files, or comes to them; null takes a file away",
    }),
    note: Type.Optional(ShortText),
    dryRun: Type.Optional(Type.Boolean({ description: "check and test only, publish nothing" })),
  },
  closed,
);
export type BundleDraft = Static<typeof BundleDraft>;

const Problem = Type.Object({
  code: Type.String(),
  message: Type.String(),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  hint: Type.Optional(Type.String()),
});
export type DraftProblem = Static<typeof Problem>;

const FailedTest = Type.Object({
  name: Type.String(),
  file: Type.String(),
  line: Type.Integer(),
  outcome: Type.String(),
  detail: Type.String(),
});

export const DraftVerdict = Type.Object({
  /** Compiles, and no test failed. */
  sound: Type.Boolean(),
  /** Of what was published. */
  digest: Nullable(Sha256),
  problems: Type.Array(Problem),
  warnings: Type.Array(Problem),
  tests: Type.Object({ passed: Count, failed: Count, failures: Type.Array(FailedTest) }),
});
export type DraftVerdict = Static<typeof DraftVerdict>;

export const BundlePlacement = Type.Object(
  {
    stage: Stage,
    teams: Type.Optional(Type.Array(Name, { maxItems: 500 })),
    percent: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    reason: Type.Optional(ShortText),
  },
  closed,
);
export type BundlePlacement = Static<typeof BundlePlacement>;

export const RollBack = Type.Object({ reason: Reason }, closed);

/** Half-open: from <= recorded < to. */
export const ImpactPeriod = Type.Object({ from: Timestamp, to: Timestamp }, closed);
export type ImpactPeriod = Static<typeof ImpactPeriod>;

const Shift = Type.Object({ decisions: Count, stricter: Count, looser: Count });
const Counts = Type.Record(Type.String(), Count);

const ImpactFigures = Type.Object({
  decisions: Count,
  lost: Count,
  changed: Count,
  transitions: Counts,
  teams: Type.Record(Type.String(), Shift),
  repos: Type.Record(Type.String(), Shift),
  agents: Type.Record(Type.String(), Shift),
  rules: Type.Record(Type.String(), Type.Object({ added: Count, gone: Count })),
  approvals: Type.Object({ before: Count, after: Count, addedPerDay: Type.Number() }),
  failures: Counts,
  examples: Type.Array(Type.Object({ decisionId: Id, from: Type.String(), to: Type.String() })),
});

export const ImpactRun = Type.Object({
  digest: Sha256,
  from: Timestamp,
  to: Timestamp,
  state: literals(["running", "done", "failed"] as const),
  /** Decisions of the period that were made again so far, and all that were passed on the way. */
  decisions: Count,
  passed: Count,
  elapsedMs: Type.Number(),
  report: Nullable(ImpactFigures),
  /** Why it failed. */
  reason: Nullable(Type.String()),
});
export type ImpactRun = Static<typeof ImpactRun>;
