import type {
  Agent,
  AgentPage,
  AgentSecret,
  AttributionRules,
  CostAnswer,
  DecisionDetail,
  DecisionPage,
  DecisionReplay,
  EventItem,
  EventPage,
  Facets,
  Health,
  Me,
  Person,
  PersonPage,
  PersonSecret,
  PricePage,
  Problem,
  QuarantinePage,
  SessionDetail,
  SessionPage,
  TotalsCheck,
} from "../../../schemas/api.ts";
import type {
  ApprovalDetail,
  ApprovalInbox,
  ApprovalMove,
  ApprovalSubject,
  ApprovalView,
  DelegationList,
  NewDelegation,
  NewVotes,
} from "../../../schemas/approval-api.ts";
import type { AttributionRule } from "../../../schemas/attribution.ts";
import type { AutonomyView, NewProposal, NewReport, NewSignature, NewTrial, Proposed, Unfreezing } from "../../../schemas/autonomy-api.ts";
import type { BudgetChange, BudgetView, NewBudget } from "../../../schemas/budget-api.ts";
import type { LineScope } from "../../../schemas/line.ts";
import type { LineStep, LineView, NewPull } from "../../../schemas/line-api.ts";
import type { Role } from "../../../schemas/person.ts";
import type { PolicyScope } from "../../../schemas/policy.ts";
import type { BundleList, BundlePlacement, PolicyDetail, PolicyList } from "../../../schemas/policy-api.ts";
import type { PriceRow } from "../../../schemas/price.ts";

const ROOT = "/api/v1";

export type QueryValue = string | number | undefined | null | readonly string[];
export type Query = Readonly<Record<string, QueryValue>>;

/** An answer that is not what was asked for, with what the platform says about it. Status 0: no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem | null;
  readonly body: unknown;

  constructor(status: number, body: unknown = null) {
    const problem = isProblem(body) ? body : null;
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    this.body = body;
  }
}

let signedOut: () => void = () => {};

/** Called whenever the platform says that nobody is signed in. */
export function whenSignedOut(then: () => void): void {
  signedOut = then;
}

export function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    if (typeof value === "object") for (const one of value) params.append(name, one);
    else params.set(name, String(value));
  }
  const search = params.toString();
  return `${ROOT}${path}${search ? `?${search}` : ""}`;
}

interface Options {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
  accept?: string;
}

async function ask(path: string, { method = "GET", query = {}, body, signal, accept = "application/json" }: Options): Promise<Response> {
  const headers: Record<string, string> = { accept };
  if (method !== "GET") headers["x-andon-csrf"] = "1";
  if (body !== undefined) headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(address(path, query), {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0);
  }
  if (response.ok) return response;
  if (response.status === 401 && path !== "/session") signedOut();
  throw new ApiError(response.status, readJson(await response.text()));
}

async function call<T>(path: string, options: Options = {}): Promise<T> {
  const text = await (await ask(path, options)).text();
  return (text ? JSON.parse(text) : undefined) as T;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isProblem = (body: unknown): body is Problem => typeof body === "object" && body !== null && "title" in body && "status" in body;

const id = encodeURIComponent;

/** A platform that is down says so with its status too, and still tells which part it is. */
async function readHealth(signal?: AbortSignal): Promise<Health> {
  try {
    return await call<Health>("/health", { signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 503 && isHealth(error.body)) return error.body;
    throw error;
  }
}

const isHealth = (body: unknown): body is Health => typeof body === "object" && body !== null && "parts" in body;

/** A list as a file for a spreadsheet, piece by piece as it comes. */
export const exportCsv = (path: string, query: Query, signal: AbortSignal): Promise<Response> =>
  ask(path, { query, signal, accept: "text/csv" });

export const api = {
  me: (signal?: AbortSignal) => call<Me>("/me", { signal }),
  signIn: (proof: { token: string } | { code: string }) => call<Me>("/session", { method: "POST", body: proof }),
  signOut: () => call<void>("/session", { method: "DELETE" }),

  sessions: (query: Query, signal?: AbortSignal) => call<SessionPage>("/sessions", { query, signal }),
  session: (session: string, query: Query, signal?: AbortSignal) => call<SessionDetail>(`/sessions/${id(session)}`, { query, signal }),
  costs: (query: Query, signal?: AbortSignal) => call<CostAnswer>("/costs", { query, signal }),
  facets: (query: Query, signal?: AbortSignal) => call<Facets>("/facets", { query, signal }),
  events: (query: Query, signal?: AbortSignal) => call<EventPage>("/events", { query, signal }),
  event: (position: string, signal?: AbortSignal) => call<EventItem>(`/events/${id(position)}`, { signal }),

  agents: (query: Query, signal?: AbortSignal) => call<AgentPage>("/agents", { query, signal }),
  addAgent: (body: { name: string; team: string; feature?: string; vendor?: string }) =>
    call<AgentSecret>("/agents", { method: "POST", body }),
  changeAgent: (agent: string, body: { name?: string; team?: string; feature?: string | null }) =>
    call<Agent>(`/agents/${id(agent)}`, { method: "PATCH", body }),
  agentSettings: (agent: string, signal?: AbortSignal) => call<Pick<AgentSecret, "settings">>(`/agents/${id(agent)}/settings`, { signal }),
  issueKey: (agent: string) => call<AgentSecret>(`/agents/${id(agent)}/keys`, { method: "POST", body: {} }),
  revokeKey: (agent: string, key: string, reason: string) =>
    call<Agent>(`/agents/${id(agent)}/keys/${id(key)}`, { method: "DELETE", query: { reason } }),

  people: (query: Query, signal?: AbortSignal) => call<PersonPage>("/people", { query, signal }),
  addPerson: (body: { name: string; roles: Role[]; teams: string[]; expires?: string }) =>
    call<PersonSecret>("/people", { method: "POST", body }),
  changePerson: (person: string, body: { name?: string; roles?: Role[]; teams?: string[] }) =>
    call<Person>(`/people/${id(person)}`, { method: "PATCH", body }),
  removePerson: (person: string, reason: string) => call<Person>(`/people/${id(person)}`, { method: "DELETE", query: { reason } }),
  issueToken: (person: string, body: { expires?: string }) => call<PersonSecret>(`/people/${id(person)}/tokens`, { method: "POST", body }),
  revokeToken: (person: string, token: string, reason: string) =>
    call<Person>(`/people/${id(person)}/tokens/${id(token)}`, { method: "DELETE", query: { reason } }),

  lines: (signal?: AbortSignal) => call<{ items: LineView[] }>("/line", { signal }),
  pullCord: (body: NewPull) => call<LineView>("/line/pulls", { method: "POST", body }),
  moveLine: (scope: LineScope, andonId: string, move: LineStep) =>
    call<LineView>("/line/moves", { method: "POST", body: { scope, andonId, move } }),

  budgets: (signal?: AbortSignal) => call<{ items: BudgetView[] }>("/budgets", { signal }),
  setBudget: (body: NewBudget) => call<BudgetView>("/budgets", { method: "POST", body }),
  changeBudget: (budget: string, body: BudgetChange) => call<BudgetView>(`/budgets/${id(budget)}`, { method: "PATCH", body }),
  closeBudget: (budget: string, reason: string) => call<BudgetView>(`/budgets/${id(budget)}`, { method: "DELETE", query: { reason } }),

  policies: (signal?: AbortSignal) => call<PolicyList>("/policies", { signal }),
  policy: (policy: string, query: Query, signal?: AbortSignal) => call<PolicyDetail>(`/policies/${id(policy)}`, { query, signal }),
  setPolicy: (policy: string, body: { scope: PolicyScope; within?: { team: string }; values: Record<string, unknown>; reason: string }) =>
    call<PolicyDetail>(`/policies/${id(policy)}/settings`, { method: "PUT", body }),
  policyBundles: (signal?: AbortSignal) => call<BundleList>("/policies/bundles", { signal }),
  placeBundle: (digest: string, body: BundlePlacement) =>
    call<BundleList>(`/policies/bundles/${id(digest)}/place`, { method: "POST", body }),
  rollBackPolicies: (reason: string) => call<BundleList>("/policies/rollback", { method: "POST", body: { reason } }),

  autonomy: (signal?: AbortSignal) => call<{ items: AutonomyView[] }>("/autonomy", { signal }),
  proposeLevel: (body: NewProposal) => call<Proposed>("/autonomy/proposals", { method: "POST", body }),
  signLevel: (body: NewSignature) => call<AutonomyView>("/autonomy/signatures", { method: "POST", body }),
  recordTrial: (body: NewTrial) => call<AutonomyView>("/autonomy/trials", { method: "POST", body }),
  reportTrouble: (body: NewReport) => call<AutonomyView>("/autonomy/reports", { method: "POST", body }),
  unfreeze: (body: Unfreezing) => call<AutonomyView>("/autonomy/unfreezings", { method: "POST", body }),

  approvals: (signal?: AbortSignal) => call<ApprovalInbox>("/approvals", { signal }),
  approval: (approval: string, signal?: AbortSignal) => call<ApprovalDetail>(`/approvals/${id(approval)}`, { signal }),
  lookAtApproval: (approval: string) => call<ApprovalSubject>(`/approvals/${id(approval)}/look`, { method: "POST" }),
  vote: (body: NewVotes) => call<{ items: ApprovalView[] }>("/approvals/votes", { method: "POST", body }),
  moveApproval: (approval: string, body: ApprovalMove) => call<ApprovalView>(`/approvals/${id(approval)}/moves`, { method: "POST", body }),
  delegations: (signal?: AbortSignal) => call<DelegationList>("/delegations", { signal }),
  lendRoles: (body: NewDelegation) => call<DelegationList>("/delegations", { method: "POST", body }),
  endDelegation: (delegation: string) => call<DelegationList>(`/delegations/${id(delegation)}`, { method: "DELETE" }),

  decisions: (query: Query, signal?: AbortSignal) => call<DecisionPage>("/decisions", { query, signal }),
  decision: (decision: string, signal?: AbortSignal) => call<DecisionDetail>(`/decisions/${id(decision)}`, { signal }),
  replayDecision: (decision: string) => call<DecisionReplay>(`/decisions/${id(decision)}/replay`, { method: "POST" }),

  quarantine: (query: Query, signal?: AbortSignal) => call<QuarantinePage>("/quarantine", { query, signal }),
  release: (entry: string) => call<void>(`/quarantine/${id(entry)}/release`, { method: "POST" }),
  discard: (entry: string, reason: string) => call<void>(`/quarantine/${id(entry)}/discard`, { method: "POST", body: { reason } }),

  health: readHealth,
  checkTotals: (signal?: AbortSignal) => call<TotalsCheck>("/checks/totals", { signal }),

  prices: (query: Query, signal?: AbortSignal) => call<PricePage>("/prices", { query, signal }),
  publishPrice: (row: PriceRow, reason: string) =>
    call<{ published: number; unchanged: number }>("/prices", { method: "POST", body: { rows: [row], reason } }),
  withdrawPrice: (price: string, reason: string) => call<void>(`/prices/${id(price)}`, { method: "DELETE", query: { reason } }),
  rules: (signal?: AbortSignal) => call<AttributionRules>("/attribution-rules", { signal }),
  setRules: (rules: readonly AttributionRule[]) => call<AttributionRules>("/attribution-rules", { method: "PUT", body: { rules } }),
};
