import assert from "node:assert/strict";
import test from "node:test";
import { Compile } from "typebox/compile";
import { asAdmin, asAgent, makeWorld } from "../../testing/api-fakes.ts";
import { createApp } from "../app.ts";
import type { Route } from "../route.ts";

const price = {
  priceId: "p-1",
  provider: "anthropic",
  route: "direct",
  model: "m-1",
  meter: "input",
  serviceTier: "standard",
  region: "global",
  usdPerMillion: "3",
  from: "2026-01-01T00:00:00Z",
  to: null,
  kind: "list",
  seen: { uri: "https://example.com/prices", on: "2026-11-01" },
};

/** What to send to each route so that it answers with success. A route without an entry fails the test. */
const autonomyScope = { agent: "a1", pathSet: "shop/api", changeClass: "feature", riskTier: 1 };

const requests: Readonly<Record<string, { readonly path?: string; readonly body?: unknown }>> = {
  read_health: {},
  sign_in: { body: { token: asAdmin.authorization.slice(7) } },
  sign_out: {},
  issue_sign_in_code: {},
  read_me: {},
  read_costs: { path: "/api/v1/costs?by=team,feature,model&team=Payments&feature=&from=2026-11-01&to=2026-11-20" },
  list_approvals: {},
  read_approval: { path: "/api/v1/approvals/apr_1" },
  look_at_approval: { path: "/api/v1/approvals/apr_1/look" },
  vote_on_approvals: { body: { approvals: ["apr_1"], vote: "approve", digest: "a".repeat(64) } },
  move_approval: { path: "/api/v1/approvals/apr_1/moves", body: { step: "escalate" } },
  await_approval: { path: "/api/v1/approvals/apr_1/wait?seconds=0" },
  list_delegations: {},
  lend_roles: { body: { to: "psn_2", roles: ["approver"], until: "2026-12-01T00:00:00Z" } },
  end_delegation: { path: "/api/v1/delegations/del_1" },
  list_autonomy: {},
  propose_promotion: { body: { scope: autonomyScope, to: 3, measures: { tests_green: { value: true, source: "ci" } } } },
  sign_promotion: { body: { scope: autonomyScope, proposalId: "prop_1", role: "team_lead" } },
  record_trial: {
    body: {
      scope: autonomyScope,
      trial: {
        ...{ trialId: "chg_1", finishedAt: "2026-11-20T00:00:00Z", merged: true, gatesGreen: true, durable: true },
        ...{ deniedExecuted: 0, worstIncident: null, agentLines: 10, changedLines: 1 },
      },
    },
  },
  report_trouble: { body: { scope: autonomyScope, report: { rule: "incident", ref: "inc_1", severity: 1 } } },
  unfreeze_autonomy: { body: { scope: autonomyScope, ref: "inc_1" } },
  list_lines: {},
  pull_cord: { body: { scope: { kind: "team", name: "Payments" }, symptom: "tests_flaky", note: "since noon" } },
  call_for_help: { body: { symptom: "tests_flaky" } },
  move_line: { body: { scope: { kind: "team", name: "Payments" }, andonId: "adn_1", move: { step: "acknowledge" } } },
  hear_line: { body: { scope: { kind: "team", name: "Payments" }, broadcastId: "adn_1.0", runtimeId: "1" } },
  list_holdback_suites: {},
  read_holdback_suite: { path: "/api/v1/holdback/suites/core" },
  add_holdback_cases: {
    path: "/api/v1/holdback/suites/core/cases",
    body: {
      repos: ["acme/pay"],
      cases: [{ class: "critical", kind: "deterministic", input: "2 + 2", expect: { kind: "exact", value: "4" } }],
    },
  },
  start_holdback_run: {
    path: "/api/v1/holdback/suites/core/runs",
    body: { sha: "a".repeat(40), change: "chg_1", candidate: { command: ["./answer"] }, visible: { passed: 9, total: 10 } },
  },
  read_holdback_run: { path: "/api/v1/holdback/suites/core/runs/run_1" },
  retire_holdback_cases: {
    path: "/api/v1/holdback/suites/core/retirements",
    body: { because: "contaminated", cases: ["case_1"], text: "cnry_" },
  },
  list_budgets: {},
  read_budget: { path: "/api/v1/budgets/bud_1" },
  set_budget: {
    body: { name: "All", scope: { kind: "org", name: "org" }, period: "month", hard: { amount: "1000", atCrossing: "deny" } },
  },
  change_budget: { path: "/api/v1/budgets/bud_1", body: { soft: null } },
  close_budget: { path: "/api/v1/budgets/bud_1?reason=over" },
  list_sessions: { path: "/api/v1/sessions?limit=10&outcome=completed" },
  read_session: { path: "/api/v1/sessions/s1" },
  list_events: { path: "/api/v1/events?type=andon.session.started.v1" },
  read_event: { path: "/api/v1/events/0" },
  take_events: { body: [] },
  ask_decision: { body: { action: "tool.call", resource: { tool: "Bash", class: "execute" } } },
  try_decision: { body: { agent: "a1", request: { action: "tool.call", resource: { tool: "Bash", class: "execute" } } } },
  list_decisions: { path: "/api/v1/decisions?effect=deny&effect=allow&team=Payments&rule=tool_calls" },
  list_policies: {},
  list_policy_bundles: {},
  publish_policy_bundle: { body: { files: { "hours/hours.rego": "package andon.policies.hours", "hours/old.rego": null } } },
  place_policy_bundle: { path: `/api/v1/policies/bundles/${"a".repeat(64)}/place`, body: { stage: "canary", percent: 5 } },
  start_policy_impact: {
    path: `/api/v1/policies/bundles/${"a".repeat(64)}/impact`,
    body: { from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z" },
  },
  read_policy_impact: { path: `/api/v1/policies/bundles/${"a".repeat(64)}/impact` },
  roll_back_policies: { body: { reason: "it was wrong" } },
  read_policy: { path: "/api/v1/policies/budgets?team=Payments&repo=acme/pay" },
  set_policy_settings: {
    path: "/api/v1/policies/budgets/settings",
    body: { scope: { kind: "team", name: "Payments" }, values: { most: "4" }, reason: "less" },
  },
  read_decision: { path: "/api/v1/decisions/dec_1" },
  replay_decision: { path: "/api/v1/decisions/dec_1/replay" },
  list_agents: { path: "/api/v1/agents?team=Payments" },
  register_agent: { body: { name: "Two", team: "Payments" } },
  read_agent: { path: "/api/v1/agents/a1" },
  change_agent: { path: "/api/v1/agents/a1", body: { team: "Core" } },
  issue_agent_key: { path: "/api/v1/agents/a1/keys", body: {} },
  revoke_agent_key: { path: "/api/v1/agents/a1/keys/k1?reason=lost" },
  read_agent_settings: { path: "/api/v1/agents/a1/settings" },
  list_people: {},
  register_person: { body: { name: "Bia Lima", roles: ["lead"], teams: ["Payments"] } },
  change_person: { path: "/api/v1/people/psn_1", body: { roles: ["auditor"] } },
  remove_person: { path: "/api/v1/people/psn_1?reason=left" },
  issue_person_token: { path: "/api/v1/people/psn_1/tokens", body: {} },
  revoke_person_token: { path: "/api/v1/people/psn_1/tokens/tok_1?reason=lost" },
  list_quarantine: { path: "/api/v1/quarantine?state=held" },
  release_quarantined: { path: "/api/v1/quarantine/q_1/release" },
  discard_quarantined: { path: "/api/v1/quarantine/q_1/discard", body: { reason: "a test's rubbish" } },
  list_prices: {},
  withdraw_price: { path: "/api/v1/prices/p-1?reason=a%20typing%20mistake" },
  publish_prices: { body: { rows: [price] } },
  read_attribution_rules: {},
  set_attribution_rules: { body: { rules: [{ when: { repo: "shop-*" }, set: { feature: "Shop" } }] } },
  read_facets: {},
  check_totals: {},
  follow_live: {},
  receive_logs: { body: { resourceLogs: [] } },
  receive_metrics: { body: {} },
  receive_traces: { body: { resourceSpans: [] } },
  answer_hook: { path: "/api/v1/hooks/claude-code?event=Stop", body: {} },
  read_hook_script: {},
  read_openapi: {},
};

function ask(api: ReturnType<typeof createApp>, route: Route) {
  const { path = route.path, body } = requests[route.id] ?? {};
  const headers = { ...(route.access === "agent" ? asAgent : asAdmin), ...(body !== undefined && { "content-type": "application/json" }) };
  return api.app.request(path, { method: route.method.toUpperCase(), headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

test("every route answers as its schema says", async (t) => {
  await using api = createApp(makeWorld().deps);
  assert.ok(api.routes.length > 25);
  for (const route of api.routes) {
    await t.test(route.id, async () => {
      assert.ok(requests[route.id], "the route has an example here");
      const response = await ask(api, route);
      assert.equal(response.status, route.status ?? 200);
      if (route.gives?.includes("text/event-stream")) {
        await response.body?.cancel();
        return;
      }
      const type = response.headers.get("content-type") ?? "";
      if (!type.startsWith("application/json")) {
        assert.ok(route.gives?.some((other) => type.startsWith(other)));
        return;
      }
      const answer: unknown = await response.json();
      assert.deepEqual(Compile(route.answer).Errors(answer), []);
    });
  }
});

test("every route is in the OpenAPI document, with its parameters, body, answer and credential", async () => {
  await using api = createApp(makeWorld().deps);
  const document = (await (await api.app.request("/api/v1/openapi.json")).json()) as {
    openapi: string;
    paths: Record<
      string,
      Record<string, { operationId: string; parameters?: { name: string; in: string }[]; responses: object; security: object[] }>
    >;
  };
  assert.equal(document.openapi, "3.1.0");
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  assert.deepEqual(operations.map(({ operationId }) => operationId).sort(), Object.keys(requests).sort());

  const costs = document.paths["/api/v1/costs"]?.["get"];
  assert.deepEqual(
    costs?.parameters?.map(({ name }) => name),
    ["from", "to", "by", "zone", "team", "feature", "model", "vendor", "agent", "repo", "changeKind"],
  );
  assert.deepEqual(costs?.security, [{ person: [] }, { browser: [] }]);
  assert.deepEqual(document.paths["/v1/logs"]?.["post"]?.security, [{ agent: [] }]);
  assert.deepEqual(document.paths["/api/v1/health"]?.["get"]?.security, [{}]);
  assert.deepEqual(
    document.paths["/api/v1/agents/{id}/keys/{keyId}"]?.["delete"]?.parameters
      ?.filter((each) => each.in === "path")
      .map(({ name }) => name),
    ["id", "keyId"],
  );
});

test("every path parameter is described, and no two routes share a method and path", async () => {
  await using api = createApp(makeWorld().deps);
  for (const { path, params } of api.routes) {
    assert.deepEqual(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      Object.keys(params?.properties ?? {}),
    );
  }
  const keys = api.routes.map(({ method, path }) => `${method} ${path}`);
  assert.equal(new Set(keys).size, keys.length);
});

test("the whole list is exported, every page of it, as a file that no spreadsheet runs", async () => {
  const world = makeWorld();
  await using api = createApp(world.deps);
  const sessions = await api.app.request("/api/v1/sessions?limit=1", { headers: { ...asAdmin, accept: "text/csv" } });
  assert.equal(sessions.headers.get("content-type"), "text/csv; charset=utf-8");
  const lines = (await sessions.text()).split("\r\n");
  assert.equal(lines[0]?.split(",").slice(0, 5).join(","), "id,agent,agentName,team,feature");
  assert.deepEqual(
    lines.slice(1, 4).map((line) => line.split(",")[0]),
    ["s0", "s1", "s2"],
  );
  assert.equal(lines.length, 5);

  const costs = await api.app.request("/api/v1/costs?by=team,model", { headers: { ...asAdmin, accept: "text/csv" } });
  const rows = (await costs.text()).split("\r\n");
  assert.equal(rows[0], "team,model,input,cacheRead,cacheWrite,output,reasoning,costUsd,reportedCostUsd,unpricedTokens,events");
  assert.equal(rows[1], '\'=HYPERLINK(1),"m,1",0,0,0,0,0,-0.5,,0,0');
});

test("an export that breaks off is never taken for a whole one", async () => {
  const world = makeWorld();
  const { queries } = world.deps;
  const broken = { ...queries, sessions: () => Promise.reject(new Error("connection lost: password=hunter2")) };
  await using api = createApp({ ...world.deps, queries: broken });
  const response = await api.app.request("/api/v1/sessions", { headers: { ...asAdmin, accept: "text/csv" } });
  await assert.rejects(response.text(), /could not be completed/);
});

test("a list goes on where the page before ended; a cursor of another list or one made up is refused", async () => {
  const world = makeWorld();
  await using api = createApp(world.deps);
  const get = async (path: string) =>
    (await (await api.app.request(path, { headers: asAdmin })).json()) as {
      items: { id: string }[];
      next: string | null;
      status?: number;
      at?: string;
    };
  const first = await get("/api/v1/sessions");
  assert.match(first.next ?? "", /^[\w-]+$/);
  const second = await get(`/api/v1/sessions?cursor=${first.next}`);
  assert.deepEqual(
    second.items.map(({ id }) => id),
    ["s1"],
  );
  const third = await get(`/api/v1/sessions?cursor=${second.next}`);
  assert.equal(third.next, null);
  for (const path of [
    `/api/v1/events?cursor=${first.next}`,
    "/api/v1/sessions?cursor=abc",
    "/api/v1/sessions?cursor=",
    `/api/v1/sessions?cursor=${first.next}A`,
  ]) {
    assert.deepEqual([(await get(path)).status, (await get(path)).at], [400, "query/cursor"], path);
  }
  const elsewhere = Buffer.from("sessions last\nnonsense").toString("base64url");
  assert.equal((await get(`/api/v1/sessions?cursor=${elsewhere}`)).status, 400);
  assert.equal((await get(`/api/v1/sessions?order=cost&cursor=${first.next}`)).status, 400);
});

test("a query is read exactly: unknown names, bad dates, empty periods and values out of range are errors that help", async () => {
  await using api = createApp(makeWorld().deps);
  const cases: [string, string, RegExp][] = [
    ["/api/v1/costs?teem=x", "query", /Known parameters: from, to, by, zone, team/],
    ["/api/v1/costs?by=team,cosst", "query/by", /up to four of team, feature/],
    ["/api/v1/costs?by=", "query/by", /comma-separated/],
    ["/api/v1/costs?by=team,team", "query/by", /up to four/],
    ["/api/v1/costs?from=yesterday", "query/from", /RFC 3339/],
    ["/api/v1/costs?from=2026-02-31", "query/from", /RFC 3339/],
    ["/api/v1/costs?from=2026-02-01T10:00:00", "query/from", /with a zone/],
    ["/api/v1/costs?to=99999-01-01", "query/to", /a date/],
    ["/api/v1/costs?from=2026-11-21T00:00:00Z&to=2026-11-20", "query/from", /Swap/],
    ["/api/v1/sessions?limit=0", "query/limit", /1 to 500/],
    ["/api/v1/sessions?limit=501", "query/limit", /1 to 500/],
    ["/api/v1/sessions?limit=ten", "query/limit", /1 to 500/],
    ["/api/v1/sessions?limit=1&limit=2", "query/limit", /1 to 500/],
    ["/api/v1/quarantine?state=eaten", "query/state", /held, released or discarded/],
    ["/api/v1/costs?zone=Mars/Olympus", "query/zone", /IANA/],
    ["/api/v1/costs?zone=%2B03:00", "query/zone", /IANA/],
    ["/api/v1/sessions?order=best", "query/order", /last, start, cost, duration/],
    ["/api/v1/me?verbose=1", "query", /takes no parameters/],
  ];
  for (const [path, at, hint] of cases) {
    const response = await api.app.request(path, { headers: asAdmin });
    const problem = (await response.json()) as { at: string; hint: string };
    assert.equal(response.status, 400, path);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.equal(problem.at, at, path);
    assert.match(problem.hint, hint, path);
  }
});

test("a period is half-open, a date is its whole day, and without one it is the last thirty days", async () => {
  const world = makeWorld();
  await using api = createApp(world.deps);
  const period = async (query: string) => {
    await api.app.request(`/api/v1/costs${query}`, { headers: asAdmin });
    const { from, to } = world.asked.costs.at(-1) ?? {};
    return [from, to];
  };
  assert.deepEqual(await period("?from=2026-11-01&to=2026-11-30"), ["2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"]);
  assert.deepEqual(await period("?from=2026-11-01T02:00:00%2B02:00&to=2026-11-01T05:30:00Z"), [
    "2026-11-01T00:00:00.000Z",
    "2026-11-01T05:30:00.000Z",
  ]);
  assert.deepEqual(await period("?from=2026-11-01T02:00:00+02:00&to=2026-11-02"), ["2026-11-01T00:00:00.000Z", "2026-11-03T00:00:00.000Z"]);
  assert.deepEqual(await period(""), ["2026-10-22T12:00:00.001Z", "2026-11-21T12:00:00.001Z"]);
});

test("filters reach the query as they were meant: several values, and empty for not attributed", async () => {
  const world = makeWorld();
  await using api = createApp(world.deps);
  await api.app.request("/api/v1/costs?by=team,day&team=A%2C%20B&team=C&feature=", { headers: asAdmin });
  const query = world.asked.costs.at(-1);
  assert.deepEqual(query?.by, ["team", "day"]);
  assert.deepEqual(query?.where, { team: ["A, B", "C"], feature: [null] });
});

test("events are narrowed by type, team, vendor, agent and session", async () => {
  const world = makeWorld();
  await using api = createApp(world.deps);
  await api.app.request("/api/v1/events?type=andon.session&type=andon.cost&team=&vendor=codex&agent=a1&session=s1", { headers: asAdmin });
  const { types, teams, vendors, agents, session } = world.asked.events[0] ?? {};
  assert.deepEqual([types, teams, vendors, agents, session], [["andon.session", "andon.cost"], [null], ["codex"], ["a1"], "s1"]);
});

test("more groups than anybody reads are refused with what to do", async () => {
  await using api = createApp(makeWorld().deps);
  const response = await api.app.request("/api/v1/costs?by=hour", { headers: asAdmin });
  assert.equal(response.status, 422);
  assert.match(((await response.json()) as { hint: string }).hint, /fewer dimensions/);
});

test("what a use case declines becomes the status that says so", async () => {
  await using api = createApp(makeWorld().deps);
  const send = async (method: string, path: string, body?: object) =>
    (
      await api.app.request(path, {
        method,
        headers: { ...asAdmin, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      })
    ).status;
  assert.equal(await send("POST", "/api/v1/agents", { name: "One", team: "T" }), 409);
  assert.equal(await send("PATCH", "/api/v1/agents/nobody", { team: "T" }), 404);
  assert.equal(await send("GET", "/api/v1/agents/nobody"), 404);
  assert.equal(await send("GET", "/api/v1/sessions/none"), 404);
  assert.equal(await send("DELETE", "/api/v1/prices/p-1"), 400);
  assert.equal(await send("GET", "/api/v1/events/77"), 404);
  assert.equal(await send("POST", "/api/v1/quarantine/q_9/release"), 404);
  assert.equal(await send("POST", "/api/v1/quarantine/q_9/discard", { reason: "x" }), 409);
  assert.equal(await send("POST", "/api/v1/quarantine/q_1/discard", { reason: "  " }), 422);
  assert.equal(await send("POST", "/api/v1/agents", { name: "Two", team: "T", admin: true }), 422);
  assert.equal(await send("PATCH", "/api/v1/agents/a1", {}), 422);
});

test("a failing engine is answered without its words", async () => {
  const world = makeWorld();
  const checkTotals = () => Promise.reject(new Error("Code: 60 at http://default:hunter2@clickhouse"));
  await using api = createApp({ ...world.deps, checkTotals });
  const response = await api.app.request("/api/v1/checks/totals", { headers: asAdmin });
  assert.equal(response.status, 500);
  const problem = (await response.json()) as { instance: string; detail: string };
  assert.ok(!JSON.stringify(problem).includes("hunter2"));
  assert.match(problem.instance, /^urn:uuid:/);
  assert.deepEqual(
    world.logged.map(({ fields }) => (fields as { instance: string }).instance),
    [problem.instance],
  );
});

test("unknown routes and wrong methods are told apart", async () => {
  await using api = createApp(makeWorld().deps);
  const unknown = await api.app.request("/api/v1/coasts", { headers: asAdmin });
  assert.equal(unknown.status, 404);
  assert.equal(unknown.headers.get("content-type"), "application/problem+json");
  const wrong = await api.app.request("/api/v1/costs", { method: "DELETE", headers: asAdmin });
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get("allow"), "GET, HEAD");
  const get = await api.app.request("/v1/logs");
  assert.equal(get.status, 405);
  assert.equal(get.headers.get("allow"), "POST");
  assert.equal((await api.app.request("/api/v1/events", { method: "PUT" })).headers.get("allow"), "GET, POST, HEAD");
  assert.equal((await api.app.request("/v1/profiles", { method: "POST" })).status, 404);
  assert.equal((await api.app.request("/anything", { method: "POST" })).status, 405);
});

test("a session's page is made from its stream: steps, sources, and what each report cost", async () => {
  const world = makeWorld();
  await using api = createApp(world.deps);
  const put = (nth: number, type: string, data: object) => ({
    id: `00000000-0000-8000-8000-00000000000${nth}`,
    type: `andon.${type}`,
    body: JSON.stringify({
      id: `ce${nth}`,
      type: `andon.${type}`,
      time: `2026-11-21T10:00:0${nth}.000Z`,
      data: { sessionId: "s1", ...data },
    }),
  });
  const usage = put(2, "session.usage.recorded.v2", {
    kind: "request",
    key: "c1",
    via: { signal: "log", name: "api_request", rank: 7 },
    convention: "disjoint",
    quality: "exact",
    model: "m-1",
    tokens: { input: 10, output: 5 },
  });
  const moved = put(3, "cost.computed.v1", {
    entry: usage.id,
    provider: "p",
    model: "m-1",
    occurredAt: "2026-11-21T10:00:02.000Z",
    tokens: { input: 10, output: 5 },
    parts: [],
    pico: "105000000",
    unpriced: 0,
    quality: "exact",
    because: "request",
  });
  await world.store.append([
    {
      stream: "session-a1.s1",
      expected: "none",
      events: [put(1, "session.started.v1", {}), usage, moved, put(4, "session.ended.v1", { outcome: "completed" })],
    },
  ]);

  const get = async (query: string) =>
    (await (await api.app.request(`/api/v1/sessions/s1${query}`, { headers: asAdmin })).json()) as {
      sources: unknown;
      next: string | null;
      status?: number;
      steps: { kind: string; position: string; cost: { cost: string } | null }[];
    };
  const whole = await get("");
  assert.deepEqual(
    whole.steps.map(({ kind, cost }) => [kind, cost?.cost ?? null]),
    [
      ["started", null],
      ["usage.recorded", "0.000105"],
      ["ended", null],
    ],
  );
  assert.deepEqual(whole.sources, [{ signal: "log", name: "api_request", reports: 1, reported: 15, counted: 15 }]);

  const first = await get("?limit=2");
  assert.equal(first.steps.length, 2);
  assert.deepEqual(
    (await get(`?limit=2&cursor=${first.next}`)).steps.map(({ kind }) => kind),
    ["ended"],
  );
  assert.equal((await get("?cursor=bm9uc2Vuc2U")).status, 400);
});
