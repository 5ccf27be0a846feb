import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import type { Agent, Me, PersonSecret } from "../../../schemas/api.ts";
import type { Role } from "../../../schemas/person.ts";
import { openPeopleRegistry } from "../../people/registry.ts";
import { asAdmin, makeWorld } from "../../testing/api-fakes.ts";
import { makePeopleDesk } from "../../wiring/people-desk.ts";
import { createApp } from "../app.ts";

const json = { "content-type": "application/json" };

/** The API with the real registry of people, on a store in memory. */
async function start() {
  const stack = new AsyncDisposableStack();
  const clock = makeWorld();
  const { store } = clock;
  const registry = stack.use(await openPeopleRegistry({ store, now: clock.deps.now, random: randomBytes }));
  const world = makeWorld({ people: makePeopleDesk(registry), now: clock.deps.now });
  const api = stack.use(createApp(world.deps));
  const call = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    api.app.request(`http://127.0.0.1:4400${path}`, {
      method,
      headers: body === undefined ? headers : { ...json, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const add = async (name: string, roles: readonly Role[], more: object = {}): Promise<PersonSecret> => {
    const response = await call("POST", "/api/v1/people", asAdmin, { name, roles, ...more });
    assert.equal(response.status, 201, await response.clone().text());
    return (await response.json()) as PersonSecret;
  };
  const signIn = async (proof: object) => {
    const response = await call("POST", "/api/v1/session", {}, proof);
    return { status: response.status, cookie: (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
  };
  const me = async (headers: Record<string, string>) => {
    const response = await call("GET", "/api/v1/me", headers);
    return response.status === 200 ? ((await response.json()) as Me) : response.status;
  };
  return { tick: clock.tick, store, call, add, signIn, me, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const bearer = ({ token }: PersonSecret) => ({ authorization: `Bearer ${token}` });
const codeIn = ({ signIn }: PersonSecret): string => new URL(signIn.url).hash.slice("#code=".length);

test("a person's token works for programs and to sign in, and both are that person", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["approver", "lead"], { teams: ["Payments"] });
  const expected = { id: ana.person.id, name: "Ana Prado", roles: ["approver", "lead"], teams: ["Payments"] };
  const { cookie } = await api.signIn({ token: ana.token });
  for (const headers of [bearer(ana), { cookie }]) {
    const me = await api.me(headers);
    assert.ok(typeof me === "object");
    const { permissions, ...who } = me;
    assert.deepEqual(who, expected);
    const byName = new Map(permissions.map(({ name, teams }) => [name, teams]));
    assert.equal(byName.get("read"), null);
    assert.deepEqual(byName.get("decide_approvals"), ["Payments"]);
    assert.equal(byName.has("manage_people"), false);
  }
});

test("the sign-in link signs one browser in as the person it was made for", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["auditor"]);
  assert.match(ana.signIn.url, /^http:\/\/127\.0\.0\.1:4400\/#code=[\w-]{43}$/);
  const { cookie } = await api.signIn({ code: codeIn(ana) });
  const me = await api.me({ cookie });
  assert.equal(typeof me === "object" && me.id, ana.person.id);
  assert.equal((await api.signIn({ code: codeIn(ana) })).status, 401);
});

test("a code that a person asks for signs in as that person, not as the administrator", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["auditor"]);
  const { code } = (await (await api.call("POST", "/api/v1/session/codes", bearer(ana))).json()) as { code: string };
  const { cookie } = await api.signIn({ code });
  const me = await api.me({ cookie });
  assert.equal(typeof me === "object" && me.id, ana.person.id);
});

test("revoking a token ends at once what was signed in with it, and nothing else", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["auditor"]);
  const second = (await (await api.call("POST", `/api/v1/people/${ana.person.id}/tokens`, asAdmin, {})).json()) as PersonSecret;
  const byToken = await api.signIn({ token: ana.token });
  const byLink = await api.signIn({ code: codeIn(ana) });
  const byOther = await api.signIn({ token: second.token });
  const live = await api.call("GET", "/api/v1/live", { cookie: byToken.cookie });
  const heard = live.body?.getReader();
  assert.ok(heard && !(await heard.read()).done);

  const revoked = await api.call("DELETE", `/api/v1/people/${ana.person.id}/tokens/${ana.tokenId}?reason=lost`, asAdmin);
  assert.equal(revoked.status, 200);
  for (const headers of [bearer(ana), { cookie: byToken.cookie }, { cookie: byLink.cookie }]) assert.equal(await api.me(headers), 401);
  assert.ok(typeof (await api.me({ cookie: byOther.cookie })) === "object");
  while (!(await heard.read()).done);
  assert.equal((await api.signIn({ token: ana.token })).status, 401);
});

test("a code is void when its token was revoked before it was spent", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["auditor"]);
  await api.call("DELETE", `/api/v1/people/${ana.person.id}/tokens/${ana.tokenId}`, asAdmin);
  assert.equal((await api.signIn({ code: codeIn(ana) })).status, 401);
});

test("removing a person signs them out everywhere at once", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["lead"]);
  const { cookie } = await api.signIn({ token: ana.token });
  assert.equal((await api.call("DELETE", `/api/v1/people/${ana.person.id}?reason=left`, asAdmin)).status, 200);
  assert.equal(await api.me({ cookie }), 401);
  assert.equal(await api.me(bearer(ana)), 401);
  const list = (await (await api.call("GET", "/api/v1/people", asAdmin)).json()) as { items: unknown[] };
  assert.deepEqual(list.items, []);
});

test("a session ends with the token that it was opened with", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["lead"], { expires: "2026-11-21T12:30:00Z" });
  const { cookie } = await api.signIn({ token: ana.token });
  api.tick(29 * 60_000);
  assert.ok(typeof (await api.me({ cookie })) === "object");
  api.tick(60_000);
  assert.equal(await api.me({ cookie }), 401);
});

test("a role that is given or taken holds from the next request on", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["auditor"]);
  const { cookie } = await api.signIn({ token: ana.token });
  const headers = { cookie, "x-andon-csrf": "1" };
  const discard = () => api.call("POST", "/api/v1/quarantine/q_1/discard", headers, { reason: "rubbish" });
  assert.equal((await discard()).status, 403);
  await api.call("PATCH", `/api/v1/people/${ana.person.id}`, asAdmin, { roles: ["compliance"] });
  assert.equal((await discard()).status, 200);
  await api.call("PATCH", `/api/v1/people/${ana.person.id}`, asAdmin, { roles: ["auditor"] });
  assert.equal((await discard()).status, 403);
});

test("a lead of a team manages the agents of that team, and can neither take nor give away others", async () => {
  await using api = await start();
  const lead = bearer(await api.add("Ana Prado", ["lead"], { teams: ["Payments"] }));
  const stranger = bearer(await api.add("Bia Lima", ["lead"], { teams: ["Risk"] }));
  const attempt = async (headers: Record<string, string>, method: string, path: string, body?: object) =>
    (await api.call(method, path, headers, body)).status;
  assert.equal(await attempt(lead, "POST", "/api/v1/agents", { name: "Two", team: "Payments" }), 201);
  assert.equal(await attempt(lead, "POST", "/api/v1/agents", { name: "Two", team: "Risk" }), 403);
  // The agent a1 belongs to Payments.
  assert.equal(await attempt(lead, "PATCH", "/api/v1/agents/a1", { name: "New" }), 200);
  assert.equal(await attempt(lead, "PATCH", "/api/v1/agents/a1", { team: "Risk" }), 403);
  assert.equal(await attempt(stranger, "PATCH", "/api/v1/agents/a1", { team: "Risk" }), 403);
  assert.equal(await attempt(stranger, "POST", "/api/v1/agents/a1/keys", {}), 403);
  assert.equal(await attempt(stranger, "DELETE", "/api/v1/agents/a1/keys/k1"), 403);
  assert.equal(await attempt(lead, "DELETE", "/api/v1/agents/a1/keys/k1"), 200);
  assert.equal(await attempt(stranger, "PATCH", "/api/v1/agents/nobody", { name: "New" }), 404);
  const agent = (await (await api.call("GET", "/api/v1/agents/a1", stranger)).json()) as Agent;
  assert.equal(agent.team, "Payments");
});

test("the last administrator stays, and the administrator of the first start is not one of the people", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["admin"]);
  const remove = () => api.call("DELETE", `/api/v1/people/${ana.person.id}`, bearer(ana));
  const refused = await remove();
  assert.equal(refused.status, 409);
  assert.match(((await refused.json()) as { detail: string }).detail, /last administrator/);
  assert.equal((await api.call("PATCH", `/api/v1/people/${ana.person.id}`, asAdmin, { roles: ["lead"] })).status, 409);
  await api.add("Bia Lima", ["admin"]);
  assert.equal((await remove()).status, 200);
  assert.equal((await api.call("DELETE", "/api/v1/people/admin", asAdmin)).status, 404);
  assert.ok(typeof (await api.me(asAdmin)) === "object");
});

test("whoever does something is on record under their own id, never their name", async () => {
  await using api = await start();
  const ana = await api.add("Ana Prado", ["admin"]);
  const response = await api.call("POST", "/api/v1/people", bearer(ana), { name: "Bia Lima", roles: ["lead"] });
  const { person } = (await response.json()) as PersonSecret;
  const [first] = await api.store.readStream(`person-${person.id}`, 0, 1);
  const event = JSON.parse(first?.body ?? "") as { actorkind: string; actorid: string; source: string };
  assert.deepEqual([event.actorkind, event.actorid, event.source], ["human", ana.person.id, `/people/${ana.person.id}`]);
  assert.ok(!first?.body.includes("Ana Prado"));
});
