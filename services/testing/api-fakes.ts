import { createHash, randomBytes } from "node:crypto";
import type { Agent, AgentSecret, Person, SessionSummary } from "../../schemas/api.ts";
import type { ApprovalView, DelegationList } from "../../schemas/approval-api.ts";
import type { AttributionRule } from "../../schemas/attribution.ts";
import type { AutonomyView } from "../../schemas/autonomy-api.ts";
import type { BudgetView } from "../../schemas/budget-api.ts";
import type { DecisionAnswer, DecisionRecord, DecisionRequest } from "../../schemas/decision.ts";
import type { RunView, SuiteDetail } from "../../schemas/holdback-api.ts";
import type { LineView } from "../../schemas/line-api.ts";
import type { Role } from "../../schemas/person.ts";
import type { BundleList, ImpactRun, PolicyDetail } from "../../schemas/policy-api.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import type { ApiDeps, CostQuery, EventQuery, NewToken, SessionQuery } from "../api/deps.ts";
import { decodeOtlp } from "../collect/otlp/decode.ts";
import { checkEvent } from "../domain/check-event.ts";
import { USUAL_FAILURE } from "../hooks/failure.ts";
import type { HookDecision, HookRequest } from "../hooks/hook.ts";
import type { Refused } from "../ports/quarantine.ts";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
export const ADMIN_TOKEN = "andon_admin_for-tests";
const ROLE_TOKEN = "andon_person_in-role-";
const AGENT_KEY = "andon_key-of-agent-one";

const noTokens = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
const noCost = { tokens: noTokens, cost: "0", reportedCost: null, unpriced: 0, events: 0 };

const sessionSummary = (more: Partial<SessionSummary> = {}): SessionSummary => ({
  id: "s1",
  agent: "a1",
  agentName: "One",
  team: "Payments",
  feature: null,
  repo: null,
  branch: null,
  ticket: null,
  vendor: "claude-code",
  models: ["m-1"],
  startedAt: "2026-11-21T10:00:00.000Z",
  lastAt: "2026-11-21T10:05:00.000Z",
  heardAt: "2026-11-21T10:05:01.000Z",
  durationS: 300,
  outcome: "completed",
  prompts: 1,
  modelCalls: 1,
  toolCalls: 0,
  errors: 0,
  ...noCost,
  ...more,
});

const agent = (more: Partial<Agent> = {}): Agent => ({
  id: "a1",
  name: "One",
  team: "Payments",
  feature: null,
  vendor: null,
  registeredAt: "2026-11-01T00:00:00.000Z",
  lastHeardAt: null,
  vendorsSeen: [],
  sessions: 0,
  keys: [{ keyId: "k1", issuedAt: "2026-11-01T00:00:00.000Z", expires: null, revokedAt: null }],
  ...more,
});

const person = (more: Partial<Person> = {}): Person => ({
  id: "psn_1",
  name: "Ana Prado",
  roles: ["approver"],
  teams: ["Payments"],
  registeredAt: "2026-11-01T00:00:00.000Z",
  tokens: [{ tokenId: "tok_1", issuedAt: "2026-11-01T00:00:00.000Z", expires: null, revokedAt: null }],
  ...more,
});

/** One person for each role, with a token that says so. */
const presentIn = (role: string) => ({ personId: `psn_${role}`, tokenId: "tok_1", name: role, roles: [role as Role], teams: [] }) as const;
const tokenOf = (found: Person): NewToken => ({ person: found, token: `andon_person_${randomBytes(8).toString("hex")}`, tokenId: "tok_2" });

const digest = (character: string): string => character.repeat(64);

const decisionAnswer = (agentId: string, request: unknown): DecisionAnswer => ({
  id: `dec_${agentId}_${(request as DecisionRequest).id ?? 1}`,
  effect: "allow",
  reasons: [],
  obligations: [],
  policy: digest("a"),
  data: digest("b"),
  input: digest("c"),
  expires: new Date(NOW).toISOString(),
});

const decisionRecord = (): DecisionRecord => ({
  decisionId: "dec_1",
  request: digest("d"),
  door: "http",
  action: "tool.call",
  agentId: "a1",
  team: "Payments",
  effect: "allow",
  reasons: [],
  obligations: [],
  coveredBy: ["tool_calls"],
  engine: "evaluated",
  engineUs: 50,
  stage: "active",
  policy: digest("a"),
  data: digest("b"),
  input: digest("c"),
  sealed: { kind: "decision_input", length: 900 },
  expires: new Date(NOW).toISOString(),
});

export interface World {
  readonly deps: ApiDeps;
  readonly store: ReturnType<typeof openMemoryEventStore>;
  /** Advances the clock the API sees. */
  tick(ms: number): void;
  readonly quarantined: Refused[];
  /** What the front doors were given. */
  readonly taken: { agentId: string; what: string; items: number; claims?: object; wait?: boolean }[];
  readonly asked: { costs: CostQuery[]; sessions: SessionQuery[]; events: EventQuery[] };
  readonly logged: { level: string; message: string; fields: object }[];
  readonly requests: { method: string; route: string; status: number; by: string }[];
  /** What hooks asked, and what they are answered. */
  readonly hooked: (HookRequest & { readonly agentId: string })[];
  decision: () => Promise<HookDecision>;
  revoked: boolean;
  /** null: the bus takes what it is given. */
  busFault: Error | null;
}

/** A platform in memory: the same answers as the real parts give, without their engines. */
const autonomyScope: AutonomyView = {
  ...{ id: "scope_1", agent: "a1", agentName: "One", pathSet: "shop/api", changeClass: "feature", riskTier: 1 },
  ...{ level: 3, state: "probation", shadow: false, frozenFor: [], since: "2026-11-01T00:00:00.000Z", until: null },
  ...{ trials: { trials: 36, successes: 36, lower: 0.9036 }, probationLeft: 12, proposal: null },
};

const approval: ApprovalView = {
  id: "apr_1",
  status: "waiting",
  decisionId: "dec_1",
  digest: "a".repeat(64),
  policy: "b".repeat(64),
  action: "tool.call",
  rules: ["tool_calls/destructive_command"],
  needs: [{ class: "tool_call", quorum: 1, roles: ["lead"] }],
  fourEyes: false,
  requester: { kind: "agent", id: "a1", name: "One" },
  team: "Payments",
  repo: null,
  changeId: null,
  sessionId: "s1",
  requestedAt: "2026-11-21T11:00:00.000Z",
  expires: "2026-11-21T11:20:00.000Z",
  votes: [],
  escalatesAt: null,
  escalated: false,
  consumedBy: null,
  glass: null,
  notMine: null,
  identical: [],
};

const lent: DelegationList = {
  items: [
    {
      id: "del_1",
      to: { kind: "human", id: "psn_2", name: "Bia" },
      roles: ["approver"],
      until: "2026-12-01T00:00:00.000Z",
      over: false,
    },
  ],
};

const pulledLine: LineView = {
  scope: { kind: "team", name: "Payments" },
  colour: "yellow",
  active: {
    andonId: "adn_1",
    state: "called",
    since: "2026-11-21T11:00:00.000Z",
    pulledAt: "2026-11-21T11:00:00.000Z",
    pullers: [{ kind: "human", id: "psn_1", at: "2026-11-21T11:00:00.000Z", symptom: "tests_flaky", rule: null }],
    dueAt: "2026-11-21T11:15:00.000Z",
    causeClass: null,
    acknowledgedBy: null,
    countermeasuredBy: null,
    stoppedAt: null,
    releasedAt: null,
    trial: null,
    escalatedFrom: null,
    escalatedTo: null,
    voidProposedBy: null,
  },
  past: [],
  heard: [{ runtime: "agt_a/1", latencyMs: 12 }],
  missing: [],
};

const holdbackRun: RunView = {
  id: "run_1",
  suite: "core",
  sha: "a".repeat(40),
  change: "chg_1",
  attempt: 1,
  startedAt: "2026-11-21T11:00:00.000Z",
  state: "finished",
  result: {
    verdict: "failed",
    at: "2026-11-21T11:00:05.000Z",
    passed: 1,
    total: 2,
    classes: { critical: { passed: 1, total: 1 }, normal: { passed: 0, total: 1 } },
    satisfaction: 0.5,
    durationMs: 5000,
  },
};

const holdbackSuite: SuiteDetail = {
  suite: "core",
  repos: ["acme/pay"],
  cases: { critical: 1, normal: 1, repeated: 0, retired: 0 },
  gap: { points: 6, band: "amber" },
  runs: [holdbackRun],
  caseList: [{ id: "case_1", class: "critical", kind: "deterministic", addedAt: "2026-11-20T11:00:00.000Z", reads: 1, retired: null }],
};

const budget: BudgetView = {
  id: "bud_1",
  name: "Payments, each month",
  scope: { kind: "team", name: "Payments" },
  period: "month",
  zone: "America/Sao_Paulo",
  from: "2026-11-01",
  to: "2026-12-01",
  spent: "812.5",
  reserved: "0.25",
  limits: [{ hard: true, atCrossing: "deny", limit: "1000", left: "187.25", crossed: false }],
  overrides: [{ approvalId: "apr_1", amount: "50", until: "2026-11-30T12:00:00.000Z" }],
  perHour: "1.7",
  forecast: null,
  setAt: "2026-11-01T09:00:00.000Z",
  closedAt: null,
};

const policy: PolicyDetail = {
  name: "budgets",
  title: "Budgets",
  description: "What agents may spend.",
  actions: ["model.call"],
  rules: [{ name: "over_limit", answer: "denied", remedy: "wait" }],
  settings: [{ name: "most", title: "At most", help: "Of one call.", type: "money", tighten: "min", default: "5" }],
  bundle: digest("a"),
  page: "# Budgets",
  sources: [{ path: "budgets/budgets.rego", text: "package andon.policies.budgets" }],
  place: { org: "acme", department: null, team: "Payments", repo: null },
  effective: { most: "4" },
  set: [{ scope: { kind: "team", name: "Payments" }, values: { most: "4" } }],
};

const bundles: BundleList = {
  items: [
    {
      digest: digest("a"),
      from: "shipped",
      note: null,
      bytes: 900,
      policies: ["budgets"],
      publishedAt: "2026-11-01T00:00:00.000Z",
      by: { kind: "service", id: "andon" },
      stage: "active",
    },
  ],
  canary: null,
  canRollBack: false,
  moves: [],
};

const impactRun: ImpactRun = {
  digest: digest("a"),
  from: "2026-11-01T00:00:00.000Z",
  to: "2026-11-02T00:00:00.000Z",
  state: "running",
  decisions: 10,
  passed: 20,
  elapsedMs: 3.5,
  report: null,
  reason: null,
};

export function makeWorld(more: Partial<ApiDeps> = {}): World {
  const store = openMemoryEventStore();
  let now = NOW;
  let rules: readonly AttributionRule[] = [];
  const quarantined: Refused[] = [];
  const enter = async (refused: readonly Refused[]) =>
    refused.map((each) => {
      quarantined.push(each);
      return `q_${quarantined.length}`;
    });
  const secretOf = (found: Agent): AgentSecret => ({
    agent: found,
    key: `andon_${randomBytes(8).toString("hex")}`,
    keyId: "k2",
    nats: null,
    settings: [{ vendor: "codex", title: "Codex", where: "~/.codex/config.toml", language: "toml", text: "[otel]" }],
  });
  const world: World = {
    store,
    tick: (ms) => {
      now += ms;
    },
    quarantined,
    taken: [],
    asked: { costs: [], sessions: [], events: [] },
    logged: [],
    requests: [],
    hooked: [],
    decision: async () => ({ effect: "allow", reasons: [], obligations: [] }),
    revoked: false,
    busFault: null,
    deps: {
      version: "0.1.0",
      now: () => now,
      log: (level, message, fields = {}) => void world.logged.push({ level, message, fields }),
      answered: ({ ms: _, ...entry }) => void world.requests.push(entry),
      adminTokenSha256: createHash("sha256").update(ADMIN_TOKEN).digest("hex"),
      behindProxy: false,
      consoleDir: null,
      health: async () => ({ state: "up", version: "0.1.0", startedAt: new Date(NOW).toISOString(), parts: [] }),
      collector: {
        async otlp(agentId, signal, encoding, body, claims) {
          if (world.busFault) throw world.busFault;
          const decoded = decodeOtlp(signal, encoding, body);
          if (decoded.kind === "unreadable") return decoded;
          const { length } = decoded.batch.records;
          world.taken.push({ agentId, what: `${signal} ${encoding}`, items: length, claims });
          return { kind: "accepted", accepted: length, rejected: decoded.rejected, message: decoded.problems[0]?.reason ?? "" };
        },
        async cloudEvents(agentId, items, { wait }) {
          if (world.busFault) throw world.busFault;
          const refusals = items.flatMap((item, index) => {
            const checked = checkEvent(item, agentId, now);
            return checked.kind === "refused" ? [{ index, ...checked.refusal, bytes: Buffer.from(JSON.stringify(item)) }] : [];
          });
          const ids = await enter(refusals.map(({ bytes, index: _, ...refusal }) => ({ agentId, door: "http", refusal, bytes })));
          const accepted = items.length - refusals.length;
          world.taken.push({ agentId, what: "events", items: accepted, wait });
          const rejected = refusals.map(({ bytes: _, ...refusal }, nth) => ({ ...refusal, quarantineId: ids[nth] as string }));
          return { kind: "accepted", accepted, rejected, ...(wait && { receipt: { stored: accepted, duplicates: 0, quarantined: [] } }) };
        },
      },
      quarantine: {
        enter,
        list: async () => ({ items: [], next: null, asOf: null, held: quarantined.length }),
        release: async (id) =>
          id === "q_1" ? { kind: "ok", value: { state: "released" } } : { kind: "not_found", reason: "No such entry." },
        discard: async (id) => (id === "q_1" ? { kind: "ok", value: { state: "discarded" } } : { kind: "conflict", reason: "Not held." }),
      },
      agents: {
        authenticate: (key) => (key === AGENT_KEY && !world.revoked ? { agentId: "a1", keyId: "k1" } : null),
        list: async () => ({ items: [agent()], next: null, asOf: null }),
        get: async (id) => (id === "a1" ? agent() : null),
        register: async ({ name, team }) =>
          name === "One" ? { kind: "conflict", reason: "The name is taken." } : { kind: "ok", value: secretOf(agent({ name, team })) },
        change: async (id, { team }) =>
          id === "a1" ? { kind: "ok", value: agent(team === undefined ? {} : { team }) } : { kind: "not_found", reason: "No such agent." },
        issueKey: async () => ({ kind: "ok", value: secretOf(agent()) }),
        revokeKey: async () => ({ kind: "ok", value: agent() }),
        settings: async () => ({ kind: "ok", value: secretOf(agent()).settings }),
      },
      people: {
        authenticate: (token) => (token.startsWith(ROLE_TOKEN) ? presentIn(token.slice(ROLE_TOKEN.length)) : null),
        present: (personId, tokenId) => (tokenId === "tok_1" ? presentIn(personId.slice("psn_".length)) : null),
        whenChanged: () => () => {},
        list: () => ({ items: [person()], next: null, asOf: null }),
        register: async ({ name, roles, teams }) =>
          name === "Ana Prado"
            ? { kind: "conflict", reason: "The name is taken." }
            : { kind: "ok", value: tokenOf(person({ name, roles: [...roles], teams: [...teams] })) },
        change: async (id) => (id === "psn_1" ? { kind: "ok", value: person() } : { kind: "not_found", reason: "No such person." }),
        issueToken: async () => ({ kind: "ok", value: tokenOf(person()) }),
        revokeToken: async () => ({ kind: "ok", value: person() }),
        remove: async () => ({ kind: "ok", value: person() }),
      },
      hooks: {
        async decide(agentId, request) {
          world.hooked.push({ agentId, ...request });
          return world.decision();
        },
        rules: { approval: "deny", onFailure: USUAL_FAILURE },
        script: "#!/bin/sh\n",
      },
      queries: {
        async costs(query) {
          world.asked.costs.push(query);
          if (query.by.includes("hour")) return { kind: "too_many_rows", limit: 50_000 };
          const row = { team: "=HYPERLINK(1)", model: "m,1", ...noCost, cost: "-0.5" };
          const share = { unattributedTeam: null, unattributedFeature: null, unpriced: null };
          return { from: query.from, to: query.to, by: [...query.by], rows: [row], total: { ...noCost, share }, asOf: null };
        },
        async sessions(query) {
          world.asked.sessions.push(query);
          if (query.cursor === "nonsense") return { kind: "bad_cursor" };
          const page = Number(query.cursor ?? 0);
          return { items: [sessionSummary({ id: `s${page}` })], next: page < 2 ? String(page + 1) : null, asOf: null };
        },
        session: async (id) => (id === "s1" ? sessionSummary() : null),
        async events(query) {
          world.asked.events.push(query);
          return { items: [], next: null, asOf: null };
        },
        event: async (position) => (position === "0" ? { position, stream: "agent-a1", revision: 0, event: {} } : null),
        facets: async () => ({ team: ["Payments"] }),
      },
      events: store,
      approvals: {
        inbox: () => ({ items: [approval], followUps: [] }),
        get: async (id) =>
          id === approval.id
            ? { kind: "ok", value: { approval, similar: [{ by: "rule", approval: { ...approval, id: "apr_0", status: "consumed" } }] } }
            : { kind: "not_found", reason: "No such approval." },
        look: async () => ({ kind: "ok", value: { action: "tool.call", resource: { tool: "Bash" }, context: {} } }),
        vote: async () => ({ kind: "ok", value: { items: [{ ...approval, status: "approved" }] } }),
        move: async () => ({ kind: "ok", value: { ...approval, escalated: true } }),
        wait: async (id) => ({ kind: "ok", value: { id, status: "waiting" } }),
        delegations: () => ({ items: [] }),
        delegate: async () => ({ kind: "ok", value: lent }),
        endDelegation: async () => ({ kind: "ok", value: lent }),
      },
      autonomy: {
        list: () => [autonomyScope],
        propose: async () => ({
          kind: "ok",
          value: { proposed: false, reason: "35 trials are needed.", evidence: { events: 3, bounds: [], conditions: [], refs: [] } },
        }),
        sign: async () => ({ kind: "ok", value: autonomyScope }),
        recordTrial: async () => ({ kind: "ok", value: autonomyScope }),
        report: async () => ({ kind: "ok", value: { ...autonomyScope, level: 2 } }),
        unfreeze: async () => ({ kind: "ok", value: autonomyScope }),
      },
      line: {
        list: () => [pulledLine],
        pull: async () => ({ kind: "ok", value: pulledLine }),
        move: async (_scope, andonId) =>
          andonId === "adn_1" ? { kind: "ok", value: pulledLine } : { kind: "conflict", reason: "A release needs a second person." },
        hear: async () => ({ kind: "ok", value: { latencyMs: 12 } }),
      },
      holdback: {
        list: () => [holdbackSuite],
        get: () => ({ kind: "ok", value: holdbackSuite }),
        add: async () => ({ kind: "ok", value: holdbackSuite }),
        run: async () => ({ kind: "ok", value: { ...holdbackRun, state: "running", result: null } }),
        readRun: () => ({ kind: "ok", value: holdbackRun }),
        retire: async () => ({ kind: "ok", value: { retired: ["case_1"] } }),
      },
      budgets: {
        list: () => [budget],
        get: (id) => (id === budget.id ? budget : null),
        set: async () => ({ kind: "ok", value: budget }),
        change: async (id) => (id === budget.id ? { kind: "ok", value: budget } : { kind: "not_found", reason: "No such budget." }),
        close: async () => ({ kind: "ok", value: { ...budget, closedAt: "2026-11-21T10:00:00.000Z" } }),
      },
      prices: {
        list: async () => ({ items: [], next: null, asOf: null }),
        publish: async (rows) => ({ kind: "ok", value: { published: rows.length, unchanged: 0 } }),
        withdraw: async (priceId) => ({ kind: "ok", value: { priceId } }),
      },
      attribution: {
        current: () => ({ rules: [...rules], setAt: null }),
        async set(next) {
          rules = next;
          return { kind: "ok", value: { rules: [...next], setAt: new Date(now).toISOString() } };
        },
      },
      decisions: {
        ask: async (agentId, request) => ({ kind: "decided", answer: decisionAnswer(agentId, request) }),
        tryOut: async (agentId, request) =>
          agentId === "a1"
            ? { kind: "decided", answer: { ...decisionAnswer(agentId, request), dryRun: true } }
            : { kind: "not_found", reason: "No such agent." },
        list: async () => ({ items: [], next: null, asOf: null }),
        get: async (id) =>
          id === "dec_1" ? { decision: decisionRecord(), at: new Date(NOW).toISOString(), agentName: "One", pages: [] } : null,
        replay: async (id) =>
          id === "dec_1"
            ? { kind: "ok", value: { id, same: true, differs: [], effect: "allow", reasons: [], obligations: [] } }
            : { kind: "not_found", reason: "No such decision." },
      },
      policies: {
        list: async () => ({ org: "acme", active: digest("a"), canary: null, shadow: null, items: [policy] }),
        get: async (name) => (name === policy.name ? policy : null),
        async set(_name, { values }) {
          if (values["most"] !== "9") return { kind: "ok", value: policy };
          const around = { scope: { kind: "org", name: "acme" } as const, value: "5" };
          return { kind: "refused", reason: "it is too much", refusals: [{ setting: "most", message: "it is too much", around }] };
        },
        bundles: async () => bundles,
        async draft({ files }) {
          const sound = Object.values(files).every((text) => text === null || text.startsWith("package"));
          const problems = sound ? [] : [{ code: "rego_parse_error", message: "no package", file: "a/a.rego", line: 1, column: 2 }];
          const tests = { passed: sound ? 1 : 0, failed: 0, failures: [] };
          return { kind: "ok", value: { sound, digest: sound ? digest("b") : null, problems, warnings: [], tests } };
        },
        place: async (of) => (of === digest("a") ? { kind: "ok", value: bundles } : { kind: "conflict", reason: "never published" }),
        rollBack: async () => ({ kind: "ok", value: bundles }),
        impact: (of) => (of === digest("a") ? impactRun : null),
        measure: async () => ({ kind: "ok", value: impactRun }),
      },
      checkTotals: async () => ({ equal: true, position: null, ledger: {}, raw: {}, rollup: {} }),
      ...more,
    },
  };
  return world;
}

export const asAdmin = { authorization: `Bearer ${ADMIN_TOKEN}` };
/** As somebody who has this role and no other, for every team. */
export const asRole = (role: Role) => ({ authorization: `Bearer ${ROLE_TOKEN}${role}` });
export const asAgent = { authorization: `Bearer ${AGENT_KEY}` };
