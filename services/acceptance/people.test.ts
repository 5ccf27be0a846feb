import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Me, Person, PersonSecret } from "../../schemas/api.ts";
import { type Andon, startAndon } from "../testing/start-andon.ts";

let andon: Andon;
before(async () => {
  andon = await startAndon();
});
after(() => andon[Symbol.asyncDispose]());

const add = async (name: string, ...flags: string[]): Promise<PersonSecret> =>
  JSON.parse(await andon.cli("people", "add", name, ...flags, "--json")) as PersonSecret;
const ask = (path: string, headers: Record<string, string>, method = "GET") => fetch(`${andon.url}${path}`, { method, headers });
const as = (token: string) => ({ authorization: `Bearer ${token}` });

async function signIn(proof: object): Promise<{ cookie: string }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${andon.url}/api/v1/session`, { method: "POST", headers, body: JSON.stringify(proof) });
  assert.equal(response.status, 200, await response.clone().text());
  return { cookie: (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
}

describe("people on the running platform", () => {
  test("are added with a token and a sign-in link, both shown once, and listed without either", async () => {
    const printed = await andon.cli("people", "add", "Ana Prado", "--role", "approver", "--role", "lead", "--team", "payments");
    const token = /^ {2}(andon_person_\S+)$/m.exec(printed)?.[1] ?? "";
    const url = /^ {2}(http\S+#code=\S+)$/m.exec(printed)?.[1] ?? "";
    const me = (await (await ask("/api/v1/me", as(token))).json()) as Me;
    assert.deepEqual([me.name, me.roles, me.teams], ["Ana Prado", ["approver", "lead"], ["payments"]]);
    const { cookie } = await signIn({ code: new URL(url).hash.slice("#code=".length) });
    assert.equal(((await (await ask("/api/v1/me", { cookie })).json()) as Me).id, me.id);
    const listed = await andon.cli("people", "list");
    assert.match(listed, /Ana Prado .* approver, lead of payments; tokens: tok_/);
    assert.ok(!listed.includes(token) && !(await andon.cli("people", "list", "--json")).includes(token));
  });

  test("may do what their role allows and are told when it does not", async () => {
    const { token } = await add("Otto", "--role", "auditor");
    assert.equal((await ask("/api/v1/costs", as(token))).status, 200);
    const refused = await ask("/api/v1/prices/nothing?reason=x", as(token), "DELETE");
    assert.equal(refused.status, 403);
    assert.match(((await refused.json()) as { detail: string }).detail, /change_prices/);
  });

  test("change role from the next request on", async () => {
    const { token } = await add("Clara", "--role", "auditor");
    assert.match(await andon.cli("people", "change", "clara", "--role", "compliance", "--team", "risk"), /compliance of risk/);
    assert.match(await andon.cli("people", "change", "Clara", "--name", "Clara Reis", "--all-teams"), /^Clara Reis .* compliance;/);
    const me = (await (await ask("/api/v1/me", as(token))).json()) as Me;
    assert.deepEqual([me.name, me.roles, me.teams], ["Clara Reis", ["compliance"], []]);
  });

  test("lose what they signed in with when its token is revoked, and keep the rest", async () => {
    const first = await add("Davi", "--role", "lead");
    const second = JSON.parse(await andon.cli("people", "token", "Davi", "--expires", "90d", "--json")) as PersonSecret;
    assert.equal(second.person.tokens[1]?.expires?.slice(0, 10), new Date(Date.now() + 90 * 24 * 3_600_000).toISOString().slice(0, 10));
    const { cookie } = await signIn({ token: first.token });
    await andon.cli("people", "token", "Davi", "--revoke", first.tokenId, "--reason", "lost");
    assert.equal((await ask("/api/v1/me", { cookie })).status, 401);
    assert.equal((await ask("/api/v1/me", as(first.token))).status, 401);
    assert.equal((await ask("/api/v1/me", as(second.token))).status, 200);
  });

  test("are removed with everything, but not the last administrator", async () => {
    const { token, person } = await add("Eva", "--role", "admin");
    await assert.rejects(andon.cli("people", "remove", "Eva"), /last administrator/);
    await add("Fabio", "--role", "admin");
    assert.match(await andon.cli("people", "remove", person.id, "--reason", "left"), /Eva .* may no longer sign in/);
    assert.equal((await ask("/api/v1/me", as(token))).status, 401);
    assert.doesNotMatch(await andon.cli("people", "list"), /Eva/);
  });

  test("are not made from what makes no sense", async () => {
    await assert.rejects(andon.cli("people", "add", "Gil", "--role", "owner"), /no role "owner".*policy_engineer/);
    await assert.rejects(andon.cli("people", "add", "Gil", "--role", "lead", "--expires", "soon"), /--expires takes/);
    await assert.rejects(andon.cli("people", "add", "Ana Prado", "--role", "lead"), /name/);
    await assert.rejects(andon.cli("people", "remove", "Nobody"), /people list/);
    await assert.rejects(andon.cli("people", "change", "Ana Prado"), /what to change/);
  });
});

test("people who are added while the platform is stopped can sign in once it runs, and those from before still can", async () => {
  const before = await add("Hugo", "--role", "lead");
  const { cookie } = await signIn({ token: before.token });
  assert.equal(await andon.stop(), 0);
  const printed = await andon.cli("people", "add", "Iris", "--role", "auditor");
  assert.match(printed, /Sign-in links are made while Andon runs/);
  const token = /^ {2}(andon_person_\S+)$/m.exec(printed)?.[1] ?? "";
  const people = JSON.parse(await andon.cli("people", "list", "--json")) as Person[];
  assert.ok(people.some(({ name }) => name === "Hugo"));
  await andon.restart();
  for (const each of [token, before.token]) assert.equal((await ask("/api/v1/me", as(each))).status, 200);
  assert.equal((await ask("/api/v1/me", { cookie })).status, 401, "a restart signs browsers out");
});
