import assert from "node:assert/strict";
import test from "node:test";
import { asAdmin, makeWorld } from "../../testing/api-fakes.ts";
import { createApp } from "../app.ts";

async function send(method: string, path: string, body: object): Promise<{ status: number; answer: Record<string, unknown> }> {
  await using api = createApp(makeWorld().deps);
  const headers = { ...asAdmin, "content-type": "application/json" };
  const response = await api.app.request(`/api/v1/policies${path}`, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}
const change = { scope: { kind: "team", name: "Payments" }, values: { most: "9" }, reason: "more" };

test("a scope that would loosen is told which setting, and which scope it would loosen", async () => {
  const { status, answer } = await send("PUT", "/budgets/settings", change);
  assert.deepEqual([status, answer["type"], answer["at"]], [422, "urn:andon:problem:settings_refused", "/values/most"]);
  const around = { scope: { kind: "org", name: "acme" }, value: "5" };
  assert.deepEqual(answer["refusals"], [{ setting: "most", message: "it is too much", around }]);
});

test("a change without a reason, or for a scope that is none, is refused", async () => {
  for (const bad of [
    { ...change, reason: "" },
    { ...change, scope: { kind: "agent", name: "a" } },
    { ...change, more: 1 },
  ])
    assert.equal((await send("PUT", "/budgets/settings", bad)).status, 422);
});

test("policies that do not compile are refused with file, line and column; a dry run says the same and is no failure", async () => {
  const files = { "a/a.rego": "nonsense" };
  const refused = await send("POST", "/bundles", { files });
  assert.equal(refused.status, 422);
  const problems = [{ code: "rego_parse_error", message: "no package", file: "a/a.rego", line: 1, column: 2 }];
  assert.deepEqual(refused.answer["problems"], problems);
  const tried = await send("POST", "/bundles", { files, dryRun: true });
  assert.deepEqual([tried.status, tried.answer["sound"], tried.answer["problems"]], [200, false, problems]);
});

test("only files that are policies, tests, pages or settings are taken", async () => {
  for (const path of ["../a.rego", "a.rego", "a/data.json", "a/b/c.rego", "A/a.rego", "a/a.sh", "/a/a.rego"])
    assert.equal((await send("POST", "/bundles", { files: { [path]: "package a" } })).status, 422, path);
});

test("places and reports of bundles that are not there", async () => {
  const unknown = "b".repeat(64);
  assert.equal((await send("POST", `/bundles/${unknown}/place`, { stage: "active" })).status, 409);
  assert.equal((await send("POST", `/bundles/${unknown}/place`, { stage: "canary", percent: 0 })).status, 422);
  assert.equal((await send("POST", "/rollback", {})).status, 422);
  await using api = createApp(makeWorld().deps);
  const read = async (path: string) => (await api.app.request(`/api/v1/policies/${path}`, { headers: asAdmin })).status;
  assert.equal(await read(`bundles/${unknown}/impact`), 404);
  assert.equal(await read("bundles/short/impact"), 400);
  assert.equal(await read("nothing"), 404);
});
