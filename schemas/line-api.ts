import { type Static, type TSchema, Type } from "typebox";
import { LineScope } from "./line.ts";
import { Id, Name, ShortText } from "./primitives.ts";

/** What the HTTP API takes and answers about lines and the cord. */

const closed = { additionalProperties: false } as const;
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const literals = <const Names extends readonly string[]>(names: Names) =>
  Type.Union(names.map((name) => Type.Literal(name))) as unknown as ReturnType<typeof Type.Unsafe<Names[number]>>;
const Code = Type.String({ pattern: "^[a-z][a-z0-9_]{0,63}$" });
const Said = Type.String({ minLength: 1, maxLength: 1024, pattern: "\\S" });
const Ids = Type.Array(Id, { maxItems: 1000 });

export const NewPull = Type.Object(
  {
    scope: LineScope,
    symptom: Code,
    note: Type.Optional(ShortText),
    evidence: Type.Optional(Type.Array(Id, { maxItems: 20, description: "ids of what shows it: events, decisions, sessions" })),
    causeClass: Type.Optional(Code),
    stop: Type.Optional(Type.Boolean({ description: "stop the line at once; for who could answer the pull as well" })),
  },
  closed,
);
export type NewPull = Static<typeof NewPull>;

const step = <Step extends string, Fields extends Record<string, TSchema>>(name: Step, fields: Fields) =>
  Type.Object({ step: Type.Literal(name), ...fields }, closed);

/** A step on a pulled line's way back to normal. */
export const LineStep = Type.Union([
  step("acknowledge", {}),
  step("clear", { cause: Said }),
  step("stop", {}),
  step("contain", { inFlight: Ids, reverted: Ids, fenced: Ids }),
  step("countermeasure", {
    causeClass: Code,
    cause: Said,
    countermeasure: Type.Object({ kind: literals(["fix", "check", "policy", "eval_case", "context_item"]), reference: Name }, closed),
  }),
  step("start_trial", { changeId: Id }),
  step("end_trial", { outcome: literals(["passed", "failed"]) }),
  step("release", { note: Type.Optional(ShortText) }),
  step("close", { learning: Name }),
  step("void", { because: literals(["test", "duplicate"]), note: Said }),
  step("escalate", { widen: Type.Boolean() }),
]);
export type LineStep = Static<typeof LineStep>;

export const LineMove = Type.Object({ scope: LineScope, andonId: Id, move: LineStep }, closed);

const Pull = Type.Object({
  andonId: Id,
  state: literals([
    "called",
    "responding",
    "cleared",
    "stopped",
    "contained",
    "countermeasure",
    "trial",
    "released",
    "closed",
    "escalated",
    "voided",
  ]),
  /** When this state began. */
  since: Type.String(),
  pulledAt: Type.String(),
  /** Everybody who pulled, the first one first. A rule is a puller too. */
  pullers: Type.Array(Type.Object({ kind: Type.String(), id: Type.String(), at: Type.String(), symptom: Code, rule: Nullable(Code) })),
  /** When the clock moves it by itself: a call that nobody answers stops the line, a stop that lasts calls the next owner. */
  dueAt: Nullable(Type.String()),
  causeClass: Nullable(Code),
  acknowledgedBy: Nullable(Type.String()),
  countermeasuredBy: Nullable(Type.String()),
  stoppedAt: Nullable(Type.String()),
  releasedAt: Nullable(Type.String()),
  trial: Nullable(Type.Object({ changeId: Id, passed: Type.Boolean() })),
  /** From where it was escalated: its next step is the next one from there. */
  escalatedFrom: Nullable(literals(["stopped", "contained"])),
  escalatedTo: Nullable(LineScope),
  voidProposedBy: Nullable(Type.String()),
});
export type PullView = Static<typeof Pull>;

export const LineView = Type.Object({
  scope: LineScope,
  colour: literals(["green", "yellow", "red"]),
  /** The pull that is being worked on; null: the line runs. */
  active: Nullable(Pull),
  /** Pulls that are over, the latest first; `released` ones wait for what was learned. */
  past: Type.Array(Pull),
  /** Who has heard of the newest state, and how long after it was stored. */
  heard: Type.Array(Type.Object({ runtime: Type.String(), latencyMs: Type.Number() })),
  /** Connected, and not a word from them yet. */
  missing: Type.Array(Type.String()),
});
export type LineView = Static<typeof LineView>;

export const LineList = Type.Object({ items: Type.Array(LineView) });

/** A runtime has heard of a line's state. */
export const Hearing = Type.Object({ scope: LineScope, broadcastId: Id, runtimeId: Id }, closed);
