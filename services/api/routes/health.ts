import { Health } from "../../../schemas/api.ts";
import { ok, type Route, route } from "../route.ts";

export const healthRoutes: readonly Route[] = [
  route({
    id: "read_health",
    method: "get",
    path: "/api/v1/health",
    summary: "The state of every part. 503 when one that is needed is down, so that load balancers understand it too.",
    access: "open",
    answer: Health,
    async handle(_call, deps) {
      const health = await deps.health();
      return ok(health, { status: health.state === "down" ? 503 : 200 });
    },
  }),
];
