import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Role } from "../../../schemas/person.ts";
import { ADMIN_TOKEN, asAdmin, asAgent, asRole, makeWorld } from "../../testing/api-fakes.ts";
import { createApp } from "../app.ts";
import type { Route } from "../route.ts";

const ROLES = ["admin", "policy_engineer", "approver", "lead", "compliance", "auditor"] as const satisfies readonly Role[];

/**
 * Who may call each route, written by hand. A column for each role, in the order above: `x` may, `.` may not. Before them
 * whoever has no credential at all, after them an agent. A route that is not here fails the test.
 */
const EXPECTED: Readonly<Record<string, string>> = {
  //                     nobody  adm pol app lea com aud  agent
  read_health: "           x      x   x   x   x   x   x    x",
  read_openapi: "          x      x   x   x   x   x   x    x",
  sign_in: "               x      x   x   x   x   x   x    x",
  sign_out: "              .      x   x   x   x   x   x    .",
  issue_sign_in_code: "    .      x   x   x   x   x   x    .",
  read_me: "               .      x   x   x   x   x   x    .",
  read_costs: "            .      x   x   x   x   x   x    .",
  list_sessions: "         .      x   x   x   x   x   x    .",
  read_session: "          .      x   x   x   x   x   x    .",
  list_events: "           .      x   x   x   x   x   x    .",
  read_event: "            .      x   x   x   x   x   x    .",
  read_facets: "           .      x   x   x   x   x   x    .",
  check_totals: "          .      x   x   x   x   x   x    .",
  follow_live: "           .      x   x   x   x   x   x    .",
  list_agents: "           .      x   x   x   x   x   x    .",
  read_agent: "            .      x   x   x   x   x   x    .",
  read_agent_settings: "   .      x   x   x   x   x   x    .",
  register_agent: "        .      x   .   .   x   .   .    .",
  change_agent: "          .      x   .   .   x   .   .    .",
  issue_agent_key: "       .      x   .   .   x   .   .    .",
  revoke_agent_key: "      .      x   .   .   x   .   .    .",
  list_approvals: "        .      x   x   x   x   x   x    .",
  read_approval: "         .      x   x   x   x   x   x    .",
  look_at_approval: "      .      x   .   x   x   x   .    .",
  vote_on_approvals: "     .      x   .   x   x   x   .    .",
  move_approval: "         .      x   .   x   x   x   .    .",
  await_approval: "        .      .   .   .   .   .   .    x",
  list_delegations: "      .      x   .   x   x   x   .    .",
  lend_roles: "            .      x   .   x   x   x   .    .",
  end_delegation: "        .      x   .   x   x   x   .    .",
  list_autonomy: "         .      x   x   x   x   x   x    .",
  propose_promotion: "     .      x   x   .   x   .   .    .",
  sign_promotion: "        .      x   x   .   x   .   .    .",
  record_trial: "          .      x   x   .   x   .   .    .",
  report_trouble: "        .      x   x   .   x   .   .    .",
  unfreeze_autonomy: "     .      x   x   .   x   .   .    .",
  list_lines: "            .      x   x   x   x   x   x    .",
  pull_cord: "             .      x   x   x   x   x   .    .",
  call_for_help: "         .      .   .   .   .   .   .    x",
  move_line: "             .      x   .   x   x   .   .    .",
  hear_line: "             .      .   .   .   .   .   .    x",
  list_holdback_suites: "  .      x   x   x   x   x   x    .",
  read_holdback_suite: "   .      x   x   .   .   .   .    .",
  add_holdback_cases: "    .      x   x   .   .   .   .    .",
  start_holdback_run: "    .      x   x   .   .   .   .    .",
  read_holdback_run: "     .      x   x   x   x   x   x    .",
  retire_holdback_cases: " .      x   x   .   .   .   .    .",
  list_budgets: "          .      x   x   x   x   x   x    .",
  read_budget: "           .      x   x   x   x   x   x    .",
  set_budget: "            .      x   .   .   .   .   .    .",
  change_budget: "         .      x   .   .   .   .   .    .",
  close_budget: "          .      x   .   .   .   .   .    .",
  list_people: "           .      x   x   x   x   x   x    .",
  register_person: "       .      x   .   .   .   .   .    .",
  change_person: "         .      x   .   .   .   .   .    .",
  remove_person: "         .      x   .   .   .   .   .    .",
  issue_person_token: "    .      x   .   .   .   .   .    .",
  revoke_person_token: "   .      x   .   .   .   .   .    .",
  ask_decision: "          .      .   .   .   .   .   .    x",
  try_decision: "          .      x   x   .   .   .   .    .",
  list_decisions: "        .      x   x   x   x   x   x    .",
  read_decision: "         .      x   x   x   x   x   x    .",
  replay_decision: "       .      x   x   x   x   x   x    .",
  list_policies: "         .      x   x   x   x   x   x    .",
  list_policy_bundles: "   .      x   x   x   x   x   x    .",
  publish_policy_bundle: " .      x   x   .   .   .   .    .",
  place_policy_bundle: "   .      x   x   .   .   .   .    .",
  start_policy_impact: "   .      x   x   .   .   .   .    .",
  read_policy_impact: "    .      x   x   x   x   x   x    .",
  roll_back_policies: "    .      x   x   .   .   .   .    .",
  read_policy: "           .      x   x   x   x   x   x    .",
  set_policy_settings: "   .      x   x   .   .   .   .    .",
  list_quarantine: "       .      x   x   x   x   x   x    .",
  release_quarantined: "   .      x   .   .   .   x   .    .",
  discard_quarantined: "   .      x   .   .   .   x   .    .",
  list_prices: "           .      x   x   x   x   x   x    .",
  publish_prices: "        .      x   .   .   .   .   .    .",
  withdraw_price: "        .      x   .   .   .   .   .    .",
  read_attribution_rules: ".      x   x   x   x   x   x    .",
  set_attribution_rules: " .      x   .   .   .   .   .    .",
  take_events: "           .      .   .   .   .   .   .    x",
  answer_hook: "           .      .   .   .   .   .   .    x",
  read_hook_script: "      x      x   x   x   x   x   x    x",
  receive_logs: "          .      .   .   .   .   .   .    x",
  receive_metrics: "       .      .   .   .   .   .   .    x",
  receive_traces: "        .      .   .   .   .   .   .    x",
};

/** One call without a body: whoever may call gets as far as an answer about it. */
async function letIn(api: ReturnType<typeof createApp>, { path, method }: Route, headers: Record<string, string>): Promise<boolean> {
  const response = await api.app.request(path.replaceAll(/\{\w+\}/g, "x"), { method: method.toUpperCase(), headers });
  await response.body?.cancel();
  return response.status !== 401 && response.status !== 403;
}

describe("every route × every role", () => {
  const world = makeWorld();
  const unlimited = { calls: 100_000, seconds: 60 };
  const api = createApp(world.deps, { ingest: unlimited, people: unlimited, signIns: unlimited, strangers: unlimited });
  const callers = [{}, ...ROLES.map(asRole), asAgent];

  test("the table names every route, and no other", () => {
    assert.deepEqual(api.routes.map(({ id }) => id).sort(), Object.keys(EXPECTED).sort());
  });

  for (const route of api.routes) {
    test(route.id, async () => {
      const expected = [...(EXPECTED[route.id] ?? "").replaceAll(" ", "")].map((mark) => mark === "x");
      assert.equal(expected.length, callers.length);
      const actual: boolean[] = [];
      for (const headers of callers) actual.push(await letIn(api, route, headers));
      assert.deepEqual(actual, expected);
      if (!["open", "agent"].includes(route.access)) assert.equal(await letIn(api, route, asAdmin), true, "the administrator's token");
    });
  }
});

test("who may not is told what it takes, and the OpenAPI document says the same", async () => {
  await using api = createApp(makeWorld().deps);
  const refused = await api.app.request("/api/v1/people/psn_1", { method: "DELETE", headers: asRole("auditor") });
  assert.equal(refused.status, 403);
  const problem = (await refused.json()) as { type: string; detail: string; hint: string };
  assert.equal(problem.type, "urn:andon:problem:not_permitted");
  assert.match(problem.detail, /`manage_people`/);
  assert.match(problem.hint, /: admin\./);
  const document = (await (await api.app.request("/api/v1/openapi.json")).json()) as {
    paths: Record<string, Record<string, { "x-permission"?: string; "x-roles"?: string[] }>>;
  };
  const remove = document.paths["/api/v1/people/{id}"]?.["delete"];
  assert.deepEqual([remove?.["x-permission"], remove?.["x-roles"]], ["manage_people", ["admin"]]);
  assert.equal(document.paths["/api/v1/health"]?.["get"]?.["x-permission"], undefined);
  assert.equal(document.paths["/v1/logs"]?.["post"]?.["x-permission"], undefined);
});

test("a read-only role is refused a write with a cookie as well as with its token", async () => {
  await using api = createApp(makeWorld().deps);
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ token: asRole("auditor").authorization.slice("Bearer ".length) });
  const signedIn = await api.app.request("/api/v1/session", { method: "POST", headers, body });
  assert.equal(signedIn.status, 200);
  const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const write = { method: "DELETE", headers: { cookie, "x-andon-csrf": "1" } };
  assert.equal((await api.app.request("/api/v1/prices/p-1", write)).status, 403);
  assert.equal((await api.app.request("/api/v1/prices", { headers: { cookie } })).status, 200);
});

test("nothing about who was refused is logged or measured but the kind of caller", async () => {
  const world = makeWorld();
  await using api = createApp(world.deps);
  await api.app.request("/api/v1/prices/p-1", { method: "DELETE", headers: asRole("compliance") });
  assert.deepEqual(world.requests, [{ method: "DELETE", route: "/api/v1/prices/{id}", status: 403, by: "person" }]);
  assert.ok(!JSON.stringify([world.logged, world.requests]).includes("psn_"));
  assert.ok(!JSON.stringify(world.requests).includes(ADMIN_TOKEN));
});
