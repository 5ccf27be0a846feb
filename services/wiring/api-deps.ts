import { randomBytes } from "node:crypto";
import type { PriceItem } from "../../schemas/api.ts";
import type { ApiDeps, PriceDesk, Queries } from "../api/deps.ts";
import type { Config } from "../config.ts";
import { publishPrices, withdrawPrice } from "../cost/change-prices.ts";
import { stableId } from "../domain/ids.ts";
import type { EventReader } from "../ports/event-store.ts";
import { checkTotals } from "../project/check-totals.ts";
import { agentActivity } from "../project/queries/agents.ts";
import { asOf } from "../project/queries/as-of.ts";
import { costs } from "../project/queries/costs.ts";
import { listDecisions } from "../project/queries/decisions.ts";
import { type EventPlace, findEvent, listEvents } from "../project/queries/events.ts";
import { facets } from "../project/queries/facets.ts";
import { listQuarantine } from "../project/queries/quarantine.ts";
import { listSessions, readSession } from "../project/queries/sessions.ts";
import type { Log } from "../telemetry.ts";
import { makeAgentDesk } from "./agent-desk.ts";
import { makeApprovalDesk } from "./approval-desk.ts";
import { makeAutonomyDesk } from "./autonomy-desk.ts";
import { makeBudgetDesk } from "./budget-desk.ts";
import { makeCollecting } from "./collecting.ts";
import { makeDecisionDesk } from "./decision-desk.ts";
import type { Decisions } from "./decisions.ts";
import type { Engines } from "./engines.ts";
import type { Figures } from "./figures.ts";
import { readHealth } from "./health.ts";
import { makeHoldbackDesk } from "./holdback-desk.ts";
import { makeHookDoor } from "./hook-door.ts";
import { makeLineDesk } from "./line-desk.ts";
import { makePeopleDesk } from "./people-desk.ts";
import { makePolicyDesk } from "./policy-desk.ts";
import { makeQuarantineDesk } from "./quarantine-desk.ts";
import { FLOOR_LEVEL, type UseCases } from "./use-cases.ts";

/** Longer than this, and somebody who looks at a screen notices. */
const SLOW_MS = 1_000;

interface Parts {
  readonly version: string;
  readonly startedAt: string;
  readonly adminTokenSha256: string;
  readonly consoleDir: string;
  readonly config: Config;
  readonly engines: Engines;
  readonly useCases: UseCases;
  readonly decisions: Decisions;
  readonly figures: Figures;
  readonly log: Log;
  /** Standing warnings of the front door. */
  readonly warnings: readonly string[];
}

/** Everything the API needs, from the use cases and the engines. */
export function apiDeps(parts: Parts): ApiDeps {
  const { version, adminTokenSha256, consoleDir, config, engines, useCases, decisions, log } = parts;
  const { store, reads, payloads, vault } = engines;
  const { registry, people, rules, receive, collector, quarantine } = useCases;
  const nameOf = (agentId: string): string | null => registry.get(agentId)?.name ?? null;
  return {
    version,
    now: Date.now,
    log,
    answered(answer) {
      if (answer.status >= 500) log("error", "a request failed", { ...answer });
      else if (answer.ms > SLOW_MS) log("warn", "an answer took long", { ...answer });
    },
    adminTokenSha256,
    behindProxy: config.behindProxy,
    consoleDir,
    health: () => readHealth(parts),
    collector: makeCollecting(collector, receive),
    quarantine: makeQuarantineDesk({
      quarantine,
      collector,
      receive,
      deps: { store, payloads, vault, now: Date.now },
      list: (query) => listQuarantine(reads, query, nameOf),
    }),
    agents: makeAgentDesk({
      registry,
      activity: async () => ({ byAgent: await agentActivity(reads), asOf: await asOf(reads) }),
    }),
    people: makePeopleDesk(people),
    hooks: makeHookDoor(parts.decisions, config.hooks),
    queries: queriesOf(engines, nameOf),
    events: store,
    prices: priceDesk(parts),
    attribution: {
      current: () => ({ rules: [...rules.current().rules], setAt: rules.current().setAt }),
      async set(next, actor) {
        await rules.set(next, actor, stableId(Date.now(), "attribution-rules", JSON.stringify(next)));
        return { kind: "ok", value: { rules: [...rules.current().rules], setAt: rules.current().setAt } };
      },
    },
    approvals: makeApprovalDesk({
      ...{ approvals: decisions.approvals, store, payloads, vault },
      ...{ now: Date.now, random: randomBytes },
      nameOf({ kind, id }) {
        if (kind === "agent") return nameOf(id);
        return people.list().find(({ personId }) => personId === id)?.name ?? (id === "admin" ? "Administrator" : null);
      },
    }),
    autonomy: makeAutonomyDesk({
      ...{ autonomy: useCases.autonomy, registry, now: Date.now, floor: FLOOR_LEVEL },
      nameOf: (personId) => people.list().find((person) => person.personId === personId)?.name ?? null,
    }),
    line: makeLineDesk(useCases.lines, Date.now),
    holdback: makeHoldbackDesk(useCases.holdback, useCases.lines, Date.now),
    budgets: makeBudgetDesk(useCases.budgets, config.org.zone),
    decisions: makeDecisionDesk({ decisions: parts.decisions, list: (query) => listDecisions(reads, query, nameOf), nameOf }),
    policies: makePolicyDesk(parts.decisions),
    checkTotals: () => checkTotals({ store, reads }),
  };
}

function queriesOf({ store, reads }: Engines, nameOf: (agentId: string) => string | null): Queries {
  return {
    costs: (query) => costs(reads, query),
    sessions: (query) => listSessions(reads, query, nameOf),
    session: (id, agent) => readSession(reads, id, agent, nameOf),
    async events(query) {
      const { items, next, asOf: fresh } = await listEvents(reads, query);
      return { items: await Promise.all(items.map((place) => bodyOf(store, place))), next, asOf: fresh };
    },
    async event(position) {
      const place = await findEvent(reads, position);
      return place && bodyOf(store, place);
    },
    facets: (period) => facets(reads, period),
  };
}

async function bodyOf(store: EventReader, { stream, revision }: EventPlace) {
  const [recorded] = await store.readStream(stream, revision, 1);
  if (!recorded) throw new Error("an event that was projected is not in the event store; run ./andon check");
  return { position: recorded.position as string, stream, revision, event: JSON.parse(recorded.body) as Record<string, unknown> };
}

function priceDesk({ engines, useCases: { prices } }: Parts): PriceDesk {
  return {
    async list({ limit, cursor, provider, model }) {
      const wanted = prices.book
        .rows()
        .filter((row) => (provider === undefined || row.provider === provider) && (model === undefined || row.model.includes(model)))
        .sort((a, b) => (a.priceId < b.priceId ? -1 : 1));
      const start = cursor === null ? 0 : wanted.findIndex(({ priceId }) => priceId === cursor) + 1;
      const rows = wanted.slice(start, start + limit);
      const items: PriceItem[] = rows.map((row) => ({ row, publishedAt: prices.publishedAt(row.priceId) ?? "" }));
      return { items, next: start + limit < wanted.length ? (rows.at(-1)?.priceId ?? null) : null, asOf: new Date().toISOString() };
    },
    publish: (rows, reason, actor) => publishPrices(engines.store, rows, { actor, at: new Date().toISOString(), reason }),
    async withdraw(priceId, reason, actor) {
      const gone = await withdrawPrice(engines.store, priceId, { actor, at: new Date().toISOString(), reason });
      return gone.kind === "ok" ? { kind: "ok", value: { priceId } } : gone;
    },
  };
}
