import assert from "node:assert/strict";
import test from "node:test";
import { ADMIN_TOKEN, asAdmin, asAgent, makeWorld } from "../../testing/api-fakes.ts";
import { createApp } from "../app.ts";

const json = { "content-type": "application/json" };
const HOUR = 60 * 60 * 1000;

function start(world = makeWorld()) {
  const api = createApp(world.deps);
  const call = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
    api.app.request(`http://127.0.0.1:4400${path}`, {
      method,
      headers: body === undefined ? headers : { ...json, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const signIn = async (secret: Record<string, string> = { token: ADMIN_TOKEN }) => {
    const response = await call("POST", "/api/v1/session", {}, secret);
    return { response, cookie: (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
  };
  return { world, api, call, signIn };
}

test("health is open, everything else needs a credential and says how to get one", async () => {
  const { call } = start();
  assert.equal((await call("GET", "/api/v1/health")).status, 200);
  const refused = await call("GET", "/api/v1/me");
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get("www-authenticate"), 'Bearer realm="andon"');
  const problem = (await refused.json()) as { detail: string; hint: string };
  assert.match(problem.hint, /admin\.token/);
});

test("a wrong, a malformed and an oversized credential get the same words", async () => {
  const { call } = start();
  const details = await Promise.all(
    ["Bearer wrong", "Basic YTpi", `Bearer ${"x".repeat(5000)}`, "Bearer"].map(async (authorization) => {
      const response = await call("GET", "/api/v1/me", { authorization });
      assert.equal(response.status, 401);
      return ((await response.json()) as { detail: string }).detail;
    }),
  );
  assert.equal(new Set(details).size, 1);
});

test("the administrator's token reads; an agent's key does not, and is told what it is for", async () => {
  const { call } = start();
  const me = await call("GET", "/api/v1/me", asAdmin);
  const { permissions, ...who } = (await me.json()) as { permissions: { name: string; teams: null }[] };
  assert.deepEqual(who, { id: "admin", name: "Administrator", roles: ["admin"], teams: [] });
  assert.deepEqual(
    permissions.find(({ name }) => name === "manage_people"),
    { name: "manage_people", teams: null },
  );
  const refused = await call("GET", "/api/v1/me", asAgent);
  assert.equal(refused.status, 403);
  assert.match(((await refused.json()) as { detail: string }).detail, /only reports events/);
});

test("the administrator's token does not report events, and the refusal says to use an agent's key", async () => {
  const { call, world } = start();
  const refused = await call("POST", "/v1/logs", { ...asAdmin, ...json }, { resourceLogs: [] });
  assert.equal(refused.status, 403);
  assert.match(((await refused.json()) as { message: string }).message, /andon agents add/);
  assert.equal((await call("POST", "/api/v1/events", asAdmin, [])).status, 403);
  assert.deepEqual(world.taken, []);
});

test("a revoked key opens nothing from the next request on", async () => {
  const { call, world } = start();
  assert.equal((await call("POST", "/v1/logs", asAgent, { resourceLogs: [] })).status, 200);
  world.revoked = true;
  assert.equal((await call("POST", "/v1/logs", asAgent, { resourceLogs: [] })).status, 401);
});

test("an exporter that leaves the header's value percent-encoded is understood", async () => {
  const { call } = start();
  const authorization = asAgent.authorization.replace(" ", "%20");
  assert.equal((await call("POST", "/v1/logs", { authorization }, { resourceLogs: [] })).status, 200);
});

test("signing in gives a cookie that scripts and other sites cannot use", async () => {
  const { call, signIn } = start();
  const { response, cookie } = await signIn();
  assert.equal(response.status, 200);
  const set = response.headers.get("set-cookie") ?? "";
  assert.match(set, /^andon_session_4400=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/);
  assert.equal((await call("GET", "/api/v1/me", { cookie })).status, 200);
});

test("over TLS the cookie is bound to the host and never sent in clear", async () => {
  const { api } = start(makeWorld({ behindProxy: true }));
  const response = await api.app.request("http://andon.example/api/v1/session", {
    method: "POST",
    headers: { ...json, "x-forwarded-proto": "https" },
    body: JSON.stringify({ token: ADMIN_TOKEN }),
  });
  assert.match(response.headers.get("set-cookie") ?? "", /^__Host-andon_session=.*; Secure$/);
});

test("a write with a cookie needs the header that another site cannot send", async () => {
  const { call, signIn } = start();
  const { cookie } = await signIn();
  const rules = { rules: [] };
  assert.equal((await call("PUT", "/api/v1/attribution-rules", { cookie }, rules)).status, 403);
  const own = { cookie, "x-andon-csrf": "1" };
  assert.equal((await call("PUT", "/api/v1/attribution-rules", own, rules)).status, 200);
  assert.equal((await call("PUT", "/api/v1/attribution-rules", { ...own, "sec-fetch-site": "same-origin" }, rules)).status, 200);
  assert.equal((await call("PUT", "/api/v1/attribution-rules", { ...own, "sec-fetch-site": "cross-site" }, rules)).status, 403);
  assert.equal((await call("PUT", "/api/v1/attribution-rules", { ...own, origin: "http://127.0.0.1:4400" }, rules)).status, 200);
  assert.equal((await call("PUT", "/api/v1/attribution-rules", { ...own, origin: "http://evil.example" }, rules)).status, 403);
  assert.equal((await call("PUT", "/api/v1/attribution-rules", { ...own, origin: "null" }, rules)).status, 403);
});

test("another site cannot sign a browser in", async () => {
  const { call } = start();
  const response = await call("POST", "/api/v1/session", { "sec-fetch-site": "cross-site" }, { token: ADMIN_TOKEN });
  assert.equal(response.status, 403);
  assert.equal(response.headers.get("set-cookie"), null);
});

test("signing out ends the session at once", async () => {
  const { call, signIn } = start();
  const { cookie } = await signIn();
  const out = await call("DELETE", "/api/v1/session", { cookie, "x-andon-csrf": "1" });
  assert.equal(out.status, 200);
  assert.match(out.headers.get("set-cookie") ?? "", /Max-Age=0/);
  assert.equal((await call("GET", "/api/v1/me", { cookie })).status, 401);
});

test("a session ends when it is idle for twelve hours", async () => {
  const { world, call, signIn } = start();
  const { cookie } = await signIn();
  world.tick(11 * HOUR);
  assert.equal((await call("GET", "/api/v1/me", { cookie })).status, 200);
  world.tick(11 * HOUR);
  assert.equal((await call("GET", "/api/v1/me", { cookie })).status, 200);
  world.tick(12 * HOUR);
  assert.equal((await call("GET", "/api/v1/me", { cookie })).status, 401);
});

test("a session ends after a week, however busy", async () => {
  const { world, call, signIn } = start();
  const { cookie } = await signIn();
  for (let hours = 0; hours < 7 * 24 - 8; hours += 8) {
    world.tick(8 * HOUR);
    assert.equal((await call("GET", "/api/v1/me", { cookie })).status, 200);
  }
  world.tick(8 * HOUR);
  assert.equal((await call("GET", "/api/v1/me", { cookie })).status, 401);
});

test("a sign-in code works once and for ten minutes", async () => {
  const { world, api, call, signIn } = start();
  const code = api.issueSignInCode();
  const first = await signIn({ code });
  assert.equal(first.response.status, 200);
  assert.equal((await call("GET", "/api/v1/me", { cookie: first.cookie })).status, 200);
  assert.equal((await signIn({ code })).response.status, 401);

  const issued = (await (await call("POST", "/api/v1/session/codes", asAdmin)).json()) as { code: string; expires: string };
  assert.equal(issued.expires, "2026-11-21T12:10:00.000Z");
  world.tick(10 * 60 * 1000);
  assert.equal((await signIn({ code: issued.code })).response.status, 401);
});

test("guessing is slowed down per address and does not lock out who has the token already", async () => {
  const { world, call, signIn } = start();
  for (let guess = 0; guess < 10; guess++) assert.equal((await signIn({ token: `guess-${guess}` })).response.status, 401);
  const { response } = await signIn();
  assert.equal(response.status, 429);
  assert.match(response.headers.get("retry-after") ?? "", /^\d+$/);
  assert.equal((await call("GET", "/api/v1/me", asAdmin)).status, 200);
  assert.ok(!JSON.stringify(world.logged).includes("guess"));
});

test("strangers are told to wait, agents behind the same address are not", async () => {
  const world = makeWorld();
  const api = createApp(world.deps, {
    ingest: { calls: 1000, seconds: 10 },
    people: { calls: 1000, seconds: 10 },
    signIns: { calls: 10, seconds: 60 },
    strangers: { calls: 2, seconds: 60 },
  });
  const ask = async (authorization: string) =>
    (await api.app.request("/v1/logs", { method: "POST", headers: { ...json, authorization }, body: "{}" })).status;
  assert.deepEqual([await ask("Bearer a"), await ask("Bearer b"), await ask("Bearer c")], [401, 401, 429]);
  assert.equal(await ask(asAgent.authorization), 200);
});

test("an agent gone wild is told to wait, in the form that exporters read", async () => {
  const world = makeWorld();
  const rate = { calls: 3, seconds: 60 };
  const api = createApp(world.deps, { ingest: rate, people: rate, signIns: rate, strangers: rate });
  const ask = () => api.app.request("/v1/logs", { method: "POST", headers: { ...json, ...asAgent }, body: "{}" });
  for (let nth = 0; nth < 3; nth++) assert.equal((await ask()).status, 200);
  const refused = await ask();
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get("retry-after")) > 0);
  assert.equal(((await refused.json()) as { code: number }).code, 8);
});

test("behind a proxy the address is the one that the proxy saw, not the one that the client claims", async () => {
  const { api } = start(makeWorld({ behindProxy: true }));
  const guess = async (forwarded: string) => {
    const headers = { ...json, "x-forwarded-for": forwarded };
    return (await api.app.request("/api/v1/session", { method: "POST", headers, body: '{"token":"no"}' })).status;
  };
  for (let nth = 0; nth < 10; nth++) assert.equal(await guess(`10.0.0.${nth}, 203.0.113.7`), 401);
  assert.equal(await guess("10.9.9.9, 203.0.113.7"), 429);
  assert.equal(await guess("203.0.113.8"), 401);
});

test("what is logged and measured holds no credential and no path", async () => {
  const { world, call, signIn } = start();
  const { cookie } = await signIn();
  await call("GET", "/api/v1/sessions/secret-session-name", { cookie });
  await call("GET", "/api/v1/me", { authorization: "Bearer stolen-key" });
  const written = JSON.stringify([world.logged, world.requests]);
  for (const secret of ["secret-session-name", "stolen-key", cookie.split("=")[1] ?? "", ADMIN_TOKEN]) assert.ok(!written.includes(secret));
  assert.deepEqual(world.requests.at(-2), { method: "GET", route: "/api/v1/sessions/{id}", status: 404, by: "person" });
});
