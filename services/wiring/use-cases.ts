import { randomBytes } from "node:crypto";
import { type AgentRegistry, openAgentRegistry } from "../agents/registry.ts";
import { type AttributionRuleBook, followAttributionRules } from "../attribution/rules.ts";
import { type AutonomyBook, openAutonomy } from "../autonomy/autonomy.ts";
import { type Budgets, openBudgets } from "../budgets/budgets.ts";
import { type Collector, makeCollector } from "../collect/collect.ts";
import type { Config } from "../config.ts";
import { followPrices, type LivePrices } from "../cost/live-prices.ts";
import { type Holdback, openHoldback } from "../holdback/holdback.ts";
import type { Incoming, Receipt } from "../ingest/batch.ts";
import { makeReceive } from "../ingest/receive.ts";
import type { Lines } from "../line/lines.ts";
import { openPeopleRegistry, type PeopleRegistry } from "../people/registry.ts";
import type { Quarantine } from "../ports/quarantine.ts";
import { contentHandler } from "../privacy/handle-content.ts";
import { makeQuarantine } from "../quarantine/enter.ts";
import type { Log } from "../telemetry.ts";
import type { Engines } from "./engines.ts";
import type { Figures } from "./figures.ts";
import { linesOf } from "./open-lines.ts";

/** Of a scope that was never granted a level: what holds then is a setting of the policies. */
export const FLOOR_LEVEL = 0;

/** The use cases, each given the few things it needs. */
export interface UseCases {
  readonly registry: AgentRegistry;
  readonly people: PeopleRegistry;
  readonly prices: LivePrices;
  readonly rules: AttributionRuleBook;
  readonly budgets: Budgets;
  readonly autonomy: AutonomyBook;
  readonly holdback: Holdback;
  readonly lines: Lines;
  readonly quarantine: Quarantine;
  readonly receive: (messages: readonly Incoming[]) => Promise<Receipt[]>;
  readonly collector: Collector;
  /** Each rejects when its view can no longer be kept up to date. */
  readonly broken: readonly Promise<never>[];
}

interface Opening {
  readonly config: Config;
  readonly engines: Engines;
  readonly log: Log;
  readonly figures: Figures;
  readonly stack: AsyncDisposableStack;
}

export async function openUseCases({ config, engines, log, figures, stack }: Opening): Promise<UseCases> {
  const { store, bus, payloads, vault } = engines;
  const now = Date.now;
  const trouble = (message: string): void => log("warn", message, { part: "agents" });
  const registry = stack.use(await openAgentRegistry({ store, bus, now, random: randomBytes, trouble }));
  const people = stack.use(await openPeopleRegistry({ store, now, random: randomBytes }));
  const prices = stack.use(await followPrices(store));
  const rules = stack.use(await followAttributionRules(store, now));
  // No team belongs to a department until departments can be declared.
  const budgets = stack.use(await openBudgets({ store, now, random: randomBytes, departmentOf: () => null }));
  const autonomy = stack.use(await openAutonomy({ store, now, random: randomBytes, floor: FLOOR_LEVEL }));
  const unjudged = (message: string): void => log("warn", message, { part: "holdback" });
  const holdback = stack.use(await openHoldback({ store, payloads, vault, now, random: randomBytes, trouble: unjudged }));
  const untold = (message: string): void => log("warn", message, { part: "line" });
  const lines = stack.use(await linesOf({ store, broadcast: bus.lines, org: config.org.name, trouble: untold }));
  const content = contentHandler(config.capture, payloads, vault);
  const quarantine = makeQuarantine({ store, payloads, vault, now });
  const receive = makeReceive({
    store,
    content,
    quarantine,
    identify: (agentId) => registry.identify(agentId),
    prices: () => prices.book,
    rules: () => rules.current().rules,
    now,
  });
  const collector = makeCollector({ bus, content, quarantine, now, ignored: (_agentId, names) => figures.ignored(names) });
  const broken = [
    registry.broken,
    people.broken,
    prices.broken,
    rules.broken,
    budgets.broken,
    autonomy.broken,
    lines.broken,
    holdback.broken,
  ];
  return { registry, people, prices, rules, budgets, autonomy, holdback, lines, quarantine, receive, collector, broken };
}
