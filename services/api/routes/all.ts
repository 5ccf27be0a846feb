import type { Route } from "../route.ts";
import { agentRoutes } from "./agents.ts";
import { approvalRoutes } from "./approvals.ts";
import { autonomyRoutes } from "./autonomy.ts";
import { budgetRoutes } from "./budgets.ts";
import { costRoutes } from "./costs.ts";
import { decisionRoutes } from "./decisions.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { holdbackRoutes } from "./holdback.ts";
import { hookRoutes } from "./hooks.ts";
import { lineRoutes } from "./line.ts";
import { liveRoutes } from "./live.ts";
import { otlpRoutes } from "./otlp.ts";
import { peopleRoutes } from "./people.ts";
import { policyRoutes } from "./policies.ts";
import { priceRoutes } from "./prices.ts";
import { quarantineRoutes } from "./quarantine.ts";
import { sessionRoutes } from "./session.ts";
import { readSession } from "./session-detail.ts";
import { listSessions } from "./sessions.ts";
import { settingRoutes } from "./settings.ts";
import { takeEvents } from "./take-events.ts";

/** The whole API. The application and the OpenAPI document are both made from this list. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...sessionRoutes,
  ...costRoutes,
  ...budgetRoutes,
  ...holdbackRoutes,
  ...lineRoutes,
  ...autonomyRoutes,
  ...approvalRoutes,
  listSessions,
  readSession,
  ...decisionRoutes,
  ...policyRoutes,
  ...eventRoutes,
  takeEvents,
  ...agentRoutes,
  ...peopleRoutes,
  ...quarantineRoutes,
  ...priceRoutes,
  ...settingRoutes,
  ...liveRoutes,
  ...otlpRoutes,
  ...hookRoutes,
];
