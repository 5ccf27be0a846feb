import type {
  Agent,
  AgentSecret,
  AttributionRules,
  CostAnswer,
  CostDimension,
  DecisionDetail,
  DecisionPage,
  DecisionReplay,
  EventItem,
  EventPage,
  Facets,
  Health,
  Person,
  PersonSecret,
  PricePage,
  QuarantinePage,
  SessionPage,
  SessionSummary,
  TotalsCheck,
  VendorSettings,
} from "../../schemas/api.ts";
import type {
  ApprovalDetail,
  ApprovalInbox,
  ApprovalMove,
  ApprovalSubject,
  ApprovalView,
  DelegationList,
  NewDelegation,
  NewVotes,
  Waited,
} from "../../schemas/approval-api.ts";
import type { AttributionRule } from "../../schemas/attribution.ts";
import type { AutonomyView, NewProposal, NewReport, NewSignature, NewTrial, Proposed, Unfreezing } from "../../schemas/autonomy-api.ts";
import type { BudgetChange, BudgetView, NewBudget } from "../../schemas/budget-api.ts";
import type { Attribution } from "../../schemas/event.ts";
import type { NewCases, NewRetirement, NewRun, RunView, SuiteDetail, SuiteView } from "../../schemas/holdback-api.ts";
import type { LineScope } from "../../schemas/line.ts";
import type { LineStep, LineView, NewPull } from "../../schemas/line-api.ts";
import type { Role } from "../../schemas/person.ts";
import type {
  BundleDraft,
  BundleList,
  BundlePlacement,
  DraftVerdict,
  ImpactPeriod,
  ImpactRun,
  PolicyDetail,
  PolicyList,
  SettingRefusal,
  SettingsChange,
} from "../../schemas/policy-api.ts";
import type { PriceRow } from "../../schemas/price.ts";
import type { Decided } from "../decide/decide.ts";
import type { Actor } from "../domain/envelope.ts";
import type { OnFailure } from "../hooks/failure.ts";
import type { HookDecision, HookRequest } from "../hooks/hook.ts";
import type { HookRules } from "../hooks/verdict.ts";
import type { EventReader } from "../ports/event-store.ts";
import type { Quarantine } from "../ports/quarantine.ts";
import type { Log } from "../telemetry.ts";

/** What the API needs of the platform: named functions, so that every route can be tested without an engine. */
export interface ApiDeps {
  readonly version: string;
  readonly now: () => number;
  readonly log: Log;
  /** Called after every answer. */
  readonly answered: (answer: Answered) => void;
  /** SHA-256 of the administrator's token, hex. */
  readonly adminTokenSha256: string;
  /** Believe `X-Forwarded-For` and `X-Forwarded-Proto` of the proxy in front. */
  readonly behindProxy: boolean;
  /** The built console; null or a folder that does not exist: a page says how to build it. */
  readonly consoleDir: string | null;
  readonly health: () => Promise<Health>;
  readonly collector: Collecting;
  readonly quarantine: QuarantineDesk;
  readonly agents: AgentDesk;
  readonly hooks: HookDoor;
  readonly people: PeopleDesk;
  readonly queries: Queries;
  readonly events: EventReader;
  readonly prices: PriceDesk;
  readonly attribution: AttributionDesk;
  readonly decisions: DecisionDesk;
  readonly policies: PolicyDesk;
  readonly budgets: BudgetDesk;
  readonly holdback: HoldbackDesk;
  readonly line: LineDesk;
  readonly autonomy: AutonomyDesk;
  readonly approvals: ApprovalDesk;
  /** Three ways of counting the same ledger. */
  readonly checkTotals: () => Promise<TotalsCheck>;
}

/** How an expected failure comes back; the API knows the HTTP status for each. */
export type Declined =
  | { readonly kind: "not_found"; readonly reason: string }
  | { readonly kind: "conflict"; readonly reason: string; readonly hint?: string }
  | { readonly kind: "invalid"; readonly reason: string; readonly hint?: string; readonly at?: string }
  | { readonly kind: "unavailable"; readonly reason: string };
export type Outcome<T> = { readonly kind: "ok"; readonly value: T } | Declined;

export interface Answered {
  readonly method: string;
  /** The pattern, never the path, so that ids do not become labels. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  /** The kind of caller. */
  readonly by: string;
}

export type Signal = "logs" | "traces" | "metrics";
export type OtlpEncoding = "json" | "protobuf";

type OtlpTaken =
  | { readonly kind: "accepted"; readonly accepted: number; readonly rejected: number; readonly message: string }
  | { readonly kind: "unreadable"; readonly reason: string; readonly at?: string }
  | { readonly kind: "unavailable"; readonly reason: string };

export interface RejectedEvent {
  readonly index: number;
  readonly code: string;
  readonly reason: string;
  readonly at: string;
  readonly quarantineId?: string;
}

/** `receipt` is there when it was waited for: everything accepted is in the event store. */
export type EventsTaken =
  | {
      readonly kind: "accepted";
      readonly accepted: number;
      readonly rejected: readonly RejectedEvent[];
      readonly receipt?: { readonly stored: number; readonly duplicates: number; readonly quarantined: readonly unknown[] };
    }
  | { readonly kind: "unavailable"; readonly reason: string };

/** The front doors. Resolve once the bus has stored what was accepted; a rejected promise means that nothing may be assumed. */
export interface Collecting {
  otlp(agentId: string, signal: Signal, encoding: OtlpEncoding, body: Uint8Array, claims: Attribution): Promise<OtlpTaken>;
  cloudEvents(agentId: string, items: readonly unknown[], options: { readonly wait: boolean }): Promise<EventsTaken>;
}

export interface QuarantineDesk extends Quarantine {
  list(
    query: PageQuery & { readonly state?: string; readonly agent?: string; readonly code?: string },
  ): Promise<QuarantinePage | BadCursor>;
  release(id: string, actor: Actor): Promise<Outcome<{ readonly state: "released" }>>;
  discard(id: string, reason: string, actor: Actor): Promise<Outcome<{ readonly state: "discarded" }>>;
}

export interface ApprovalDesk {
  inbox(by: Actor): ApprovalInbox;
  get(id: string, by: Actor): Promise<Outcome<ApprovalDetail>>;
  look(id: string, by: Actor): Promise<Outcome<ApprovalSubject>>;
  vote(votes: NewVotes, by: Actor): Promise<Outcome<{ items: ApprovalView[] }>>;
  move(id: string, move: ApprovalMove, by: Actor): Promise<Outcome<ApprovalView>>;
  wait(id: string, by: Actor, signal: AbortSignal): Promise<Outcome<Waited>>;
  delegations(by: Actor): DelegationList;
  delegate(wanted: NewDelegation, by: Actor): Promise<Outcome<DelegationList>>;
  endDelegation(id: string, by: Actor): Promise<Outcome<DelegationList>>;
}

export interface AutonomyDesk {
  list(): readonly AutonomyView[];
  propose(proposal: NewProposal, by: Actor): Promise<Outcome<Proposed>>;
  /** @param roles those that the person has */
  sign(signature: NewSignature, roles: readonly Role[], by: Actor): Promise<Outcome<AutonomyView>>;
  recordTrial(trial: NewTrial, by: Actor): Promise<Outcome<AutonomyView>>;
  report(report: NewReport, by: Actor): Promise<Outcome<AutonomyView>>;
  unfreeze(unfreezing: Unfreezing, by: Actor): Promise<Outcome<AutonomyView>>;
}

export interface LineDesk {
  list(): readonly LineView[];
  pull(pull: NewPull, actor: Actor): Promise<Outcome<LineView>>;
  move(scope: LineScope, andonId: string, move: LineStep, actor: Actor): Promise<Outcome<LineView>>;
  hear(hearing: { scope: LineScope; broadcastId: string; runtimeId: string }, actor: Actor): Promise<Outcome<{ latencyMs: number }>>;
}

export interface HoldbackDesk {
  list(): readonly SuiteView[];
  get(suite: string): Outcome<SuiteDetail>;
  add(suite: string, cases: NewCases, actor: Actor): Promise<Outcome<SuiteDetail>>;
  /** Starts it. */
  run(suite: string, run: NewRun, actor: Actor): Promise<Outcome<RunView>>;
  readRun(suite: string, run: string): Outcome<RunView>;
  retire(suite: string, retirement: NewRetirement, actor: Actor): Promise<Outcome<{ retired: string[] }>>;
}

export interface BudgetDesk {
  list(): readonly BudgetView[];
  get(id: string): BudgetView | null;
  set(budget: NewBudget, actor: Actor): Promise<Outcome<BudgetView>>;
  change(id: string, change: BudgetChange, actor: Actor): Promise<Outcome<BudgetView>>;
  close(id: string, reason: string | undefined, actor: Actor): Promise<Outcome<BudgetView>>;
}

/** Hooks of coding agents. */
interface HookDoor {
  /** Decides and records; the agent is the credential's. `undecided`: there is no decision, and asking again is safe. */
  decide(agentId: string, request: HookRequest): Promise<HookDecision | { readonly kind: "undecided"; readonly reason: string }>;
  readonly rules: Omit<HookRules, "console"> & { readonly onFailure: OnFailure };
  /** The hook command's text. */
  readonly script: string;
}

interface AgentIdentity {
  readonly agentId: string;
  readonly keyId: string;
}

export interface AgentDesk {
  /** null: no such key, or none any more. */
  authenticate(key: string): Promise<AgentIdentity | null> | AgentIdentity | null;
  list(
    query: PageQuery & { readonly team?: string },
  ): Promise<{ readonly items: Agent[]; readonly next: string | null; readonly asOf: string | null }>;
  get(id: string): Promise<Agent | null>;
  /** @param origin where agents reach this platform, for the settings to paste */
  register(agent: NewAgent, actor: Actor, origin: string): Promise<Outcome<AgentSecret>>;
  change(id: string, change: AgentChange, actor: Actor): Promise<Outcome<Agent>>;
  issueKey(id: string, expires: string | null, actor: Actor, origin: string): Promise<Outcome<AgentSecret>>;
  revokeKey(id: string, keyId: string, reason: string | undefined, actor: Actor): Promise<Outcome<Agent>>;
  /** What to paste, without a key: with a placeholder in its place. */
  settings(id: string, origin: string): Promise<Outcome<readonly VendorSettings[]>>;
}

interface NewAgent {
  readonly name: string;
  readonly team: string;
  readonly feature?: string;
  readonly vendor?: string;
  readonly expires?: string;
}

interface AgentChange {
  readonly name?: string;
  readonly team?: string;
  readonly feature?: string | null;
}

/** Who holds a token, as they are now. */
interface PresentPerson {
  readonly personId: string;
  readonly tokenId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
}

export interface PeopleDesk {
  /** null: no such token, or none any more. */
  authenticate(token: string): PresentPerson | null;
  /** Of whoever signed in with this token; null when it no longer opens. */
  present(personId: string, tokenId: string): PresentPerson | null;
  /** Calls whenever anything about people was stored. @returns how to stop */
  whenChanged(listener: () => void): () => void;
  list(query: PageQuery): { readonly items: Person[]; readonly next: string | null; readonly asOf: string | null };
  /** With a first token. */
  register(person: NewPerson, actor: Actor): Promise<Outcome<NewToken>>;
  change(id: string, change: Partial<Omit<NewPerson, "expires">>, actor: Actor): Promise<Outcome<Person>>;
  issueToken(id: string, expires: string | null, actor: Actor): Promise<Outcome<NewToken>>;
  revokeToken(id: string, tokenId: string, reason: string | undefined, actor: Actor): Promise<Outcome<Person>>;
  remove(id: string, reason: string | undefined, actor: Actor): Promise<Outcome<Person>>;
}

/** Shown once. */
export type NewToken = Omit<PersonSecret, "signIn">;

export interface NewPerson {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Empty: of every team. */
  readonly teams: readonly string[];
  readonly expires?: string | undefined;
}

/** Values to keep, by dimension; null in a list stands for "not attributed". */
export type Where = Readonly<
  Partial<Record<"team" | "feature" | "model" | "vendor" | "agent" | "repo" | "changeKind", readonly (string | null)[]>>
>;

/** Half-open, RFC 3339 UTC: from <= time < to. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

interface PageQuery {
  readonly limit: number;
  /** As a page's `next` said; null: the first page. */
  readonly cursor: string | null;
}

export interface CostQuery extends Period {
  readonly by: readonly CostDimension[];
  readonly where: Where;
  /** IANA name of the time zone whose days are meant; UTC unless said otherwise. */
  readonly zone?: string;
}

export interface SessionQuery extends Period, PageQuery {
  readonly where: Where;
  readonly branch?: string;
  readonly ticket?: string;
  readonly outcome?: string;
  /** Part of an id, a repository or a branch. */
  readonly text?: string;
  readonly order?: SessionOrder;
}

export const SESSION_ORDERS = ["last", "start", "cost", "duration"] as const;
type SessionOrder = (typeof SESSION_ORDERS)[number];

export interface EventQuery extends Period, PageQuery {
  /** Whole names, or their beginnings up to a dot. */
  readonly types?: readonly string[];
  readonly teams?: readonly (string | null)[];
  readonly vendors?: readonly (string | null)[];
  readonly agents?: readonly string[];
  readonly session?: string;
}

/** A list that was asked to go on from a place that is not one of its own. */
export interface BadCursor {
  readonly kind: "bad_cursor";
}

/** More groups than anybody reads. */
interface TooManyRows {
  readonly kind: "too_many_rows";
  readonly limit: number;
}

/** Answers from the read store. */
export interface Queries {
  costs(query: CostQuery): Promise<CostAnswer | TooManyRows>;
  sessions(query: SessionQuery): Promise<SessionPage | BadCursor>;
  /** @param agent tells apart sessions of different agents with the same id */
  session(id: string, agent: string | null): Promise<SessionSummary | null>;
  events(query: EventQuery): Promise<EventPage | BadCursor>;
  event(position: string): Promise<EventItem | null>;
  facets(period: Period): Promise<Facets>;
}

export interface PriceDesk {
  list(query: PageQuery & { readonly provider?: string; readonly model?: string }): Promise<PricePage>;
  publish(
    rows: readonly PriceRow[],
    reason: string | undefined,
    actor: Actor,
  ): Promise<Outcome<{ readonly published: number; readonly unchanged: number }>>;
  /** What the row priced is rated anew. */
  withdraw(priceId: string, reason: string, actor: Actor): Promise<Outcome<{ readonly priceId: string }>>;
}

export interface DecisionQuery extends Period, PageQuery {
  readonly agents?: readonly string[];
  readonly teams?: readonly string[];
  readonly effects?: readonly string[];
  readonly actions?: readonly string[];
  /** `policy.rule`, or a policy. */
  readonly rules?: readonly string[];
  readonly session?: string;
}

export interface DecisionDesk {
  /** An agent asks. */
  ask(agentId: string, request: unknown): Promise<Decided>;
  /** What an agent would be answered. Nothing is recorded. */
  tryOut(agentId: string, request: object): Promise<Decided | Declined>;
  list(query: DecisionQuery): Promise<DecisionPage | BadCursor>;
  get(id: string): Promise<DecisionDetail | null>;
  /** Makes a recorded decision again from its digests. */
  replay(id: string): Promise<Outcome<DecisionReplay>>;
}

/** Scopes below the organisation. */
export interface PolicyPlace {
  readonly department?: string | undefined;
  readonly team?: string | undefined;
  readonly repo?: string | undefined;
}

export interface PolicyDesk {
  list(): Promise<PolicyList>;
  /** @param place whose settings are wanted */
  get(name: string, place: PolicyPlace): Promise<PolicyDetail | null>;
  set(
    name: string,
    change: SettingsChange,
    actor: Actor,
  ): Promise<Outcome<PolicyDetail> | { readonly kind: "refused"; readonly reason: string; readonly refusals: readonly SettingRefusal[] }>;
  bundles(): Promise<BundleList>;
  /** Checks, tests and, unless it is a dry run, publishes. What is not sound is published by nobody. */
  draft(draft: BundleDraft, actor: Actor): Promise<Outcome<DraftVerdict>>;
  place(digest: string, placement: BundlePlacement, actor: Actor): Promise<Outcome<BundleList>>;
  rollBack(reason: string, actor: Actor): Promise<Outcome<BundleList>>;
  /** The last report about a bundle, or how far it is. */
  impact(digest: string): ImpactRun | null;
  /** Starts a report. */
  measure(digest: string, period: ImpactPeriod): Promise<Outcome<ImpactRun>>;
}

interface AttributionDesk {
  current(): AttributionRules;
  set(rules: readonly AttributionRule[], actor: Actor): Promise<Outcome<AttributionRules>>;
}
