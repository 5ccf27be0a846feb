import { Type } from "typebox";
import { type DataOf, event } from "./event.ts";
import { ContentRef, Count, DecimalUsd, Id, Milliseconds, Name, ShortText, Timestamp } from "./primitives.ts";
import { Tokens } from "./tokens.ts";

/** On the way in an item is `{kind, text}`; the collector replaces it by a `ContentRef` before the bus. */
const content = Type.Optional(Type.Array(ContentRef, { maxItems: 64 }));

const session = {
  sessionId: Id,
  /** The turn of the conversation this belongs to. */
  promptId: Type.Optional(Id),
  /** Set when a sub-agent did it. */
  subagentId: Type.Optional(Id),
} as const;

export const SessionStarted = event(
  "session.started",
  1,
  "agent",
  "An agent began, resumed or forked a session.",
  Type.Object({
    ...session,
    harness: Type.Optional(Name),
    harnessVersion: Type.Optional(Name),
    model: Type.Optional(Name),
    start: Type.Optional(Type.Union([Type.Literal("fresh"), Type.Literal("resume"), Type.Literal("fork"), Type.Literal("other")])),
    parentId: Type.Optional(Id),
    content,
  }),
);

export const SessionEnded = event(
  "session.ended",
  1,
  "agent",
  "A session came to its end, or its process did.",
  Type.Object({
    ...session,
    outcome: Type.Optional(
      Type.Union([Type.Literal("completed"), Type.Literal("failed"), Type.Literal("interrupted"), Type.Literal("unknown")]),
    ),
    reason: Type.Optional(ShortText),
  }),
);

export const PromptSubmitted = event(
  "session.prompt.submitted",
  1,
  "agent",
  "A person or a program gave the agent a prompt.",
  Type.Object({ ...session, length: Type.Optional(Count), command: Type.Optional(Name), content }),
);

export const ResponseProduced = event(
  "session.response.produced",
  1,
  "agent",
  "The agent answered.",
  Type.Object({ ...session, length: Type.Optional(Count), model: Type.Optional(Name), content }),
);

export const ToolDecided = event(
  "session.tool.decided",
  1,
  "agent",
  "A tool call was allowed or refused on the agent's side.",
  Type.Object({
    ...session,
    tool: Name,
    callId: Type.Optional(Id),
    decision: Type.Union([Type.Literal("allow"), Type.Literal("deny"), Type.Literal("ask"), Type.Literal("unknown")]),
    by: Type.Optional(Name),
  }),
);

export const ToolCalled = event(
  "session.tool.called",
  1,
  "agent",
  "A tool ran, failed or was blocked.",
  Type.Object({
    ...session,
    tool: Name,
    callId: Type.Optional(Id),
    outcome: Type.Union([Type.Literal("ok"), Type.Literal("failed"), Type.Literal("blocked"), Type.Literal("unknown")]),
    durationMs: Type.Optional(Milliseconds),
    inputBytes: Type.Optional(Count),
    outputBytes: Type.Optional(Count),
    mcpServer: Type.Optional(Name),
    content,
  }),
);

export const FileChanged = event(
  "session.file.changed",
  1,
  "agent",
  "The agent wrote to a file. The path itself is content.",
  Type.Object({
    ...session,
    operation: Type.Union([
      Type.Literal("create"),
      Type.Literal("update"),
      Type.Literal("delete"),
      Type.Literal("read"),
      Type.Literal("unknown"),
    ]),
    language: Type.Optional(Name),
    linesAdded: Type.Optional(Count),
    linesRemoved: Type.Optional(Count),
    content,
  }),
);

export const CommitRecorded = event(
  "session.commit.recorded",
  1,
  "agent",
  "A commit was made inside the session.",
  Type.Object({ ...session, sha: Type.String({ pattern: "^[0-9a-f]{7,64}$" }), ref: Type.Optional(Name) }),
);

export const ErrorRaised = event(
  "session.error.raised",
  1,
  "agent",
  "A model request or the agent itself failed.",
  Type.Object({
    ...session,
    error: Name,
    status: Type.Optional(Type.Integer({ minimum: 0, maximum: 999 })),
    attempt: Type.Optional(Count),
    model: Type.Optional(Name),
    durationMs: Type.Optional(Milliseconds),
    content,
  }),
);

export const SubagentFinished = event(
  "session.subagent.finished",
  1,
  "agent",
  "A sub-agent returned to its parent.",
  Type.Object({
    ...session,
    name: Type.Optional(Name),
    model: Type.Optional(Name),
    outcome: Type.Optional(Name),
    durationMs: Type.Optional(Milliseconds),
    toolCalls: Type.Optional(Count),
  }),
);

export const ContextCompacted = event(
  "session.context.compacted",
  1,
  "agent",
  "The conversation was shortened.",
  Type.Object({ ...session, trigger: Type.Optional(Name), tokensBefore: Type.Optional(Count), tokensAfter: Type.Optional(Count) }),
);

export const ActivityMeasured = event(
  "session.activity.measured",
  1,
  "agent",
  "A counter other than tokens moved: lines, commits, active seconds.",
  Type.Object({
    ...session,
    measure: Name,
    unit: Type.Optional(Name),
    value: Type.Number({ minimum: 0, maximum: 1e18 }),
    temporality: Type.Union([Type.Literal("delta"), Type.Literal("cumulative")]),
    /** Identity of the counter: all its attributes. Needed to read a cumulative value. */
    series: Id,
    dimensions: Type.Optional(
      Type.Record(Type.String({ pattern: "^[^\\u0000-\\u001f\\u007f]{1,80}$" }), ShortText, {
        additionalProperties: false,
        maxProperties: 32,
      }),
    ),
  }),
);

const usageIdentity = {
  ...session,
  /**
   * `request`: one model call, `key` names it inside the session (the same call seen in a log and in a span has one key).
   * `counter`: a metric, `key` names the series.
   */
  kind: Type.Union([Type.Literal("request"), Type.Literal("counter")]),
  key: Id,
  /** Where the figures came from, and how much to trust them against another report of the same call: higher wins. */
  via: Type.Object(
    {
      signal: Type.Union([Type.Literal("log"), Type.Literal("span"), Type.Literal("metric"), Type.Literal("event")]),
      name: Name,
      rank: Type.Integer({ minimum: 0, maximum: 9 }),
    },
    { additionalProperties: false },
  ),
  temporality: Type.Optional(Type.Union([Type.Literal("delta"), Type.Literal("cumulative")])),
  /** Start of the counter's interval; a new start is a new series. */
  since: Type.Optional(Timestamp),
  provider: Type.Optional(Name),
  route: Type.Optional(Name),
  /** The model that is billed. */
  model: Type.Optional(Name),
  requestModel: Type.Optional(Name),
  serviceTier: Type.Optional(Name),
  region: Type.Optional(Name),
  /** The whole prompt, cache reads and writes included: decides the price band. */
  promptTokens: Type.Optional(Count),
  convention: Type.Union([Type.Literal("disjoint"), Type.Literal("inclusive")]),
  quality: Type.Union([Type.Literal("exact"), Type.Literal("estimated"), Type.Literal("absent")]),
  reportedCost: Type.Optional(DecimalUsd),
  source: Type.Optional(Type.Union([Type.Literal("main"), Type.Literal("subagent"), Type.Literal("auxiliary")])),
  requestId: Type.Optional(Id),
  /**
   * What the emitting process says of itself, hashed. Joins counters that carry no session with the calls of the same
   * process, so that both are never counted.
   */
  process: Type.Optional(Id),
  durationMs: Type.Optional(Milliseconds),
  ttftMs: Type.Optional(Milliseconds),
} as const;

/**
 * First version, as the pilot agents sent it: cache writes had no time to live.
 * Kept so that the log can be read for ever; `schemas/upcast.ts` lifts it.
 */
export const UsageRecordedV1 = event(
  "session.usage.recorded",
  1,
  "agent",
  "Token usage with a single cache write bucket.",
  Type.Object({
    ...usageIdentity,
    tokens: Type.Object(
      {
        input: Type.Optional(Count),
        cacheRead: Type.Optional(Count),
        cacheWrite: Type.Optional(Count),
        output: Type.Optional(Count),
        reasoning: Type.Optional(Count),
      },
      { additionalProperties: false },
    ),
  }),
);

export const UsageRecorded = event(
  "session.usage.recorded",
  2,
  "agent",
  "What a model call, or a counter of them, used. An observation: the ledger decides what of it counts.",
  Type.Object({ ...usageIdentity, tokens: Tokens }),
);
export type Usage = DataOf<typeof UsageRecorded>;

export const sessionEvents = [
  SessionStarted,
  SessionEnded,
  PromptSubmitted,
  ResponseProduced,
  ToolDecided,
  ToolCalled,
  FileChanged,
  CommitRecorded,
  ErrorRaised,
  SubagentFinished,
  ContextCompacted,
  ActivityMeasured,
  UsageRecordedV1,
  UsageRecorded,
] as const;
