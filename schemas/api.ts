import { type Static, type TSchema, Type } from "typebox";
import { AttributionRule } from "./attribution.ts";
import { DecisionEffect, DecisionMade, DecisionReason } from "./decision.ts";
import { Role } from "./person.ts";
import { PriceRow } from "./price.ts";

/** What the HTTP API answers. The console takes its types from here, OpenAPI its schemas. */

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const page = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    /** Pass as `cursor` for the next page; null at the end. */
    next: Nullable(Type.String()),
    /** How fresh the answer is: the moment of the last projected event. */
    asOf: Nullable(Type.String()),
  });

/** RFC 9457. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  /** What to do about it. */
  hint: Type.Optional(Type.String()),
  /** Where in the request it is wrong. */
  at: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String()),
});
export type Problem = Static<typeof Problem>;

export const COST_DIMENSIONS = ["team", "feature", "model", "vendor", "agent", "repo", "changeKind", "day", "hour"] as const;
export type CostDimension = (typeof COST_DIMENSIONS)[number];

export const TokenSums = Type.Object({
  input: Type.Integer(),
  cacheRead: Type.Integer(),
  cacheWrite: Type.Integer(),
  output: Type.Integer(),
  reasoning: Type.Integer(),
});
export type TokenSums = Static<typeof TokenSums>;

const costSums = {
  tokens: TokenSums,
  /** US dollars, computed from the price book; what is unpriced is not in it. */
  cost: Type.String(),
  /** US dollars as the vendors reported them; null when none did. */
  reportedCost: Nullable(Type.String()),
  /** Tokens without a price. */
  unpriced: Type.Integer(),
  /** Ledger movements behind the figures. */
  events: Type.Integer(),
} as const;

export const CostRow = Type.Object({
  team: Type.Optional(Nullable(Type.String())),
  feature: Type.Optional(Nullable(Type.String())),
  model: Type.Optional(Nullable(Type.String())),
  vendor: Type.Optional(Nullable(Type.String())),
  agent: Type.Optional(Nullable(Type.String())),
  repo: Type.Optional(Nullable(Type.String())),
  changeKind: Type.Optional(Nullable(Type.String())),
  day: Type.Optional(Type.String()),
  hour: Type.Optional(Type.String()),
  ...costSums,
});
export type CostRow = Static<typeof CostRow>;

export const CostTotal = Type.Object({
  ...costSums,
  /** Shares of the total, 0 to 1: by cost for unattributed, by tokens for unpriced; null when the total is zero. */
  share: Type.Object({
    unattributedTeam: Nullable(Type.Number()),
    unattributedFeature: Nullable(Type.Number()),
    unpriced: Nullable(Type.Number()),
  }),
});
export type CostTotal = Static<typeof CostTotal>;

export const CostAnswer = Type.Object({
  from: Type.String(),
  to: Type.String(),
  by: Type.Array(Type.String()),
  rows: Type.Array(CostRow),
  total: CostTotal,
  asOf: Nullable(Type.String()),
});
export type CostAnswer = Static<typeof CostAnswer>;

export const SessionSummary = Type.Object({
  id: Type.String(),
  agent: Type.String(),
  agentName: Nullable(Type.String()),
  team: Nullable(Type.String()),
  feature: Nullable(Type.String()),
  repo: Nullable(Type.String()),
  branch: Nullable(Type.String()),
  ticket: Nullable(Type.String()),
  vendor: Nullable(Type.String()),
  models: Type.Array(Type.String()),
  startedAt: Type.String(),
  lastAt: Type.String(),
  /** When the platform last took in something of this session, by its own clock. */
  heardAt: Type.String(),
  /** Seconds between the first and the last event. */
  durationS: Type.Number(),
  /** As reported at its end; `open` before that, and `silent` when an open one has not been heard of for half an hour. */
  outcome: Type.String(),
  prompts: Type.Integer(),
  modelCalls: Type.Integer(),
  toolCalls: Type.Integer(),
  errors: Type.Integer(),
  ...costSums,
});
export type SessionSummary = Static<typeof SessionSummary>;
export const SessionPage = page(SessionSummary);
export type SessionPage = Static<typeof SessionPage>;

/** One step of a session, ready to be shown. `kind` is the event's name without the family. */
export const TimelineStep = Type.Object({
  position: Type.String(),
  eventId: Type.String(),
  kind: Type.String(),
  type: Type.String(),
  time: Type.String(),
  promptId: Nullable(Type.String()),
  subagentId: Nullable(Type.String()),
  title: Type.String(),
  outcome: Nullable(Type.String()),
  durationMs: Nullable(Type.Number()),
  /** For usage: what of it counted; null when another report of the same call was counted. */
  cost: Nullable(Type.Object(costSums)),
  /** For usage that was not counted: which report was. */
  coveredBy: Nullable(Type.String()),
  model: Nullable(Type.String()),
  content: Type.Array(
    Type.Object({ kind: Type.String(), length: Type.Integer(), sealed: Type.Boolean(), payloadId: Nullable(Type.String()) }),
  ),
  /** The event's data, without content. */
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type TimelineStep = Static<typeof TimelineStep>;

export const SessionDetail = Type.Object({
  session: SessionSummary,
  /** Who reported usage, and how much of it counted. */
  sources: Type.Array(
    Type.Object({
      signal: Type.String(),
      name: Type.String(),
      reports: Type.Integer(),
      /** Tokens as reported (a cumulative counter: its last value). */
      reported: Type.Integer(),
      counted: Type.Integer(),
    }),
  ),
  steps: Type.Array(TimelineStep),
  next: Nullable(Type.String()),
});
export type SessionDetail = Static<typeof SessionDetail>;

export const AgentKey = Type.Object({
  keyId: Type.String(),
  issuedAt: Type.String(),
  expires: Nullable(Type.String()),
  revokedAt: Nullable(Type.String()),
});

export const Agent = Type.Object({
  id: Type.String(),
  name: Type.String(),
  team: Type.String(),
  feature: Nullable(Type.String()),
  vendor: Nullable(Type.String()),
  registeredAt: Type.String(),
  lastHeardAt: Nullable(Type.String()),
  vendorsSeen: Type.Array(Type.String()),
  sessions: Type.Integer(),
  keys: Type.Array(AgentKey),
});
export type Agent = Static<typeof Agent>;
export const AgentPage = page(Agent);
export type AgentPage = Static<typeof AgentPage>;

export const VendorSettings = Type.Object({
  vendor: Type.String(),
  title: Type.String(),
  /** Where the text goes: a file's path, or "shell". */
  where: Type.String(),
  language: Type.String(),
  text: Type.String(),
});
export type VendorSettings = Static<typeof VendorSettings>;

/** Shown once: the key is not stored in clear. */
export const AgentSecret = Type.Object({
  agent: Agent,
  key: Type.String(),
  keyId: Type.String(),
  nats: Nullable(
    Type.Object({
      credentials: Type.String(),
      servers: Type.Array(Type.String()),
      publish: Type.String(),
      inboxPrefix: Type.String(),
    }),
  ),
  settings: Type.Array(VendorSettings),
});
export type AgentSecret = Static<typeof AgentSecret>;

export const QuarantineEntry = Type.Object({
  id: Type.String(),
  enteredAt: Type.String(),
  agent: Type.String(),
  agentName: Nullable(Type.String()),
  door: Type.String(),
  code: Type.String(),
  reason: Type.String(),
  at: Nullable(Type.String()),
  bytes: Type.Integer(),
  contentType: Nullable(Type.String()),
  state: Type.Union([Type.Literal("held"), Type.Literal("released"), Type.Literal("discarded")]),
  settledAt: Nullable(Type.String()),
  settledReason: Nullable(Type.String()),
});
export type QuarantineEntry = Static<typeof QuarantineEntry>;
export const QuarantinePage = Type.Object({
  ...page(QuarantineEntry).properties,
  held: Type.Integer(),
});
export type QuarantinePage = Static<typeof QuarantinePage>;

/** A decision in a list: what it was about and what came of it. Why is in the decision itself. */
export const DecisionItem = Type.Object({
  id: Type.String(),
  at: Type.String(),
  action: Type.String(),
  effect: DecisionEffect,
  agent: Type.String(),
  agentName: Nullable(Type.String()),
  team: Type.String(),
  repo: Nullable(Type.String()),
  feature: Nullable(Type.String()),
  session: Nullable(Type.String()),
  change: Nullable(Type.String()),
  /** `policy.rule` of every reason. */
  rules: Type.Array(Type.String()),
  /** `evaluated`, or how the engine failed. */
  engine: Type.String(),
  engineUs: Type.Integer(),
  stage: Type.Union([Type.Literal("active"), Type.Literal("canary")]),
  policy: Type.String(),
  approval: Nullable(Type.String()),
});
export type DecisionItem = Static<typeof DecisionItem>;
export const DecisionPage = page(DecisionItem);
export type DecisionPage = Static<typeof DecisionPage>;

/** One decision as it was recorded. What was asked stays sealed. */
export const DecisionDetail = Type.Object({
  decision: DecisionMade.data,
  at: Type.String(),
  agentName: Nullable(Type.String()),
  /** Where a person reads about each rule, in the order of the reasons. */
  pages: Type.Array(Type.String()),
});
export type DecisionDetail = Static<typeof DecisionDetail>;

/** A recorded decision made again from its digests. */
export const DecisionReplay = Type.Object({
  id: Type.String(),
  /** Whether the answer is the recorded one, and in which parts it is not. */
  same: Type.Boolean(),
  differs: Type.Array(Type.String()),
  effect: DecisionEffect,
  reasons: Type.Array(DecisionReason),
  /** Kinds alone. */
  obligations: Type.Array(Type.String()),
});
export type DecisionReplay = Static<typeof DecisionReplay>;

export const HealthPart = Type.Object({
  name: Type.String(),
  state: Type.Union([Type.Literal("up"), Type.Literal("degraded"), Type.Literal("down")]),
  product: Type.String(),
  version: Type.String(),
  detail: Type.String(),
  warnings: Type.Array(Type.String()),
  /** Figures worth seeing, with units in the name: `waitingMessages`, `lagMs`. */
  figures: Type.Record(Type.String(), Type.Number()),
});
export type HealthPart = Static<typeof HealthPart>;
export const Health = Type.Object({
  state: Type.Union([Type.Literal("up"), Type.Literal("degraded"), Type.Literal("down")]),
  version: Type.String(),
  startedAt: Type.String(),
  parts: Type.Array(HealthPart),
});
export type Health = Static<typeof Health>;

export const EventItem = Type.Object({
  position: Type.String(),
  stream: Type.String(),
  revision: Type.Integer(),
  event: Type.Record(Type.String(), Type.Unknown()),
});
export type EventItem = Static<typeof EventItem>;
export const EventPage = page(EventItem);
export type EventPage = Static<typeof EventPage>;

export const PriceItem = Type.Object({ row: PriceRow, publishedAt: Type.String() });
export type PriceItem = Static<typeof PriceItem>;
export const PricePage = page(PriceItem);
export type PricePage = Static<typeof PricePage>;

export const AttributionRules = Type.Object({ rules: Type.Array(AttributionRule), setAt: Nullable(Type.String()) });
export type AttributionRules = Static<typeof AttributionRules>;

export const Me = Type.Object({
  id: Type.String(),
  name: Type.String(),
  roles: Type.Array(Role),
  /** Empty: of every team. */
  teams: Type.Array(Type.String()),
  /** What this person may do, and for which teams; null: for every team. What is not listed they may not. */
  permissions: Type.Array(Type.Object({ name: Type.String(), teams: Nullable(Type.Array(Type.String())) })),
});
export type Me = Static<typeof Me>;

/** A token as it may be shown: never the secret. */
export const PersonToken = Type.Object({
  tokenId: Type.String(),
  issuedAt: Type.String(),
  expires: Nullable(Type.String()),
  revokedAt: Nullable(Type.String()),
});

/** Somebody who may sign in. */
export const Person = Type.Object({
  id: Type.String(),
  name: Type.String(),
  roles: Type.Array(Role),
  /** Empty: of every team. */
  teams: Type.Array(Type.String()),
  registeredAt: Type.String(),
  tokens: Type.Array(PersonToken),
});
export type Person = Static<typeof Person>;
export const PersonPage = page(Person);
export type PersonPage = Static<typeof PersonPage>;

/** Shown once: the token is not stored in clear, and the link works once. */
export const PersonSecret = Type.Object({
  person: Person,
  token: Type.String(),
  tokenId: Type.String(),
  signIn: Type.Object({ url: Type.String(), expires: Type.String() }),
});
export type PersonSecret = Static<typeof PersonSecret>;

/** Totals of the ledger by three ways of counting: the event store, the raw rows and the rollup. Equal or wrong. */
export const TotalsCheck = Type.Object({
  equal: Type.Boolean(),
  position: Nullable(Type.String()),
  ledger: Type.Record(Type.String(), Type.String()),
  raw: Type.Record(Type.String(), Type.String()),
  rollup: Type.Record(Type.String(), Type.String()),
});
export type TotalsCheck = Static<typeof TotalsCheck>;

/** Distinct values for the filters of a screen. */
export const Facets = Type.Record(Type.String(), Type.Array(Type.String()));
export type Facets = Static<typeof Facets>;
