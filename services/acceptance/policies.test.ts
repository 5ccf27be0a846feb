import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DecisionAnswer } from "../../schemas/decision.ts";
import type { BundleList, DraftVerdict, ImpactRun, PolicyDetail, PolicyList, SettingRefusal } from "../../schemas/policy-api.ts";
import { type Andon, eventually, startAndon } from "../testing/start-andon.ts";

let andon: Andon;
let agent: { id: string; key: string };

before(async () => {
  andon = await startAndon();
  agent = await andon.addAgent("my-agent", "payments");
});
after(() => andon[Symbol.asyncDispose]());

async function call<Answer>(method: string, path: string, body: object, token = andon.token): Promise<{ status: number; answer: Answer }> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${andon.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, answer: (await response.json()) as Answer };
}
const list = () => andon.get<PolicyList>("/api/v1/policies");
const context = { workspace: "/home/ana/pay", cwd: "/home/ana/pay" };
const ask = async (resource: object) =>
  (await call<DecisionAnswer>("POST", "/decisions", { action: "tool.call", resource, context }, agent.key)).answer;
const bash = (command: string) => ask({ tool: "Bash", class: "execute", command });

test("policies in force are listed and read with page, sources and settings", async () => {
  const { active, items, org } = await list();
  assert.match(active ?? "", /^[0-9a-f]{64}$/);
  const sandbox = items.find(({ name }) => name === "sandbox");
  assert.deepEqual([sandbox?.title, sandbox?.actions, sandbox?.rules[0]?.name], ["Sandbox", ["tool.call"], "sandbox_required"]);
  assert.ok(items.every(({ actions, rules, description }) => actions.length > 0 && rules.length > 0 && description !== ""));
  const read = await andon.get<PolicyDetail>("/api/v1/policies/sandbox?team=payments");
  assert.match(read.page, /^# Sandbox/);
  assert.deepEqual(
    read.sources.map(({ path }) => path),
    ["sandbox/sandbox.rego", "sandbox/sandbox_test.rego"],
  );
  assert.deepEqual([read.place.org, read.place.team, read.bundle], [org, "payments", active]);
  assert.equal((read.effective["by_class"] as Record<string, number>)["execute"], 0);
});

test("a team tightens a setting and decisions follow at once; it cannot loosen what is around it", async () => {
  assert.equal((await bash("ls")).effect, "allow");
  const { org } = await list();
  const shut = { read: 0, write: 0, execute: 1, network: 0, install: 0, delegate: 0, other: 0 };
  const set = (scope: object, values: object, reason = "commands run in a sandbox") =>
    call<PolicyDetail & { refusals?: SettingRefusal[] }>("PUT", "/policies/sandbox/settings", { scope, values, reason });
  assert.equal((await set({ kind: "team", name: "payments" }, { by_class: shut })).status, 200);
  const denied = await bash("ls");
  assert.deepEqual([denied.effect, denied.reasons[0]?.rule], ["deny", "sandbox_required"]);
  assert.equal((await set({ kind: "team", name: "payments" }, {}, "not any more")).status, 200);
  assert.equal((await bash("ls")).effect, "allow");

  assert.equal((await set({ kind: "org", name: org }, { by_class: { ...shut, execute: 2 } })).status, 200);
  const refused = await set({ kind: "team", name: "payments" }, { by_class: shut });
  assert.equal(refused.status, 422);
  assert.deepEqual(
    refused.answer.refusals?.map(({ setting, around }) => [setting, around.scope]),
    [["by_class", { kind: "org", name: org }]],
  );
  assert.equal((await set({ kind: "org", name: org }, {}, "as it was")).status, 200);
});

test("a policy is edited, refused while it is wrong, tested, replayed against history, tried on a team, and rolled back", async () => {
  const source = (await andon.get<PolicyDetail>("/api/v1/policies/sandbox")).sources[0]?.text ?? "";
  const broken = await call<DraftVerdict>("POST", "/policies/bundles", {
    files: { "sandbox/sandbox.rego": `${source}\nnonsense if { missing(1) }\n` },
    dryRun: true,
  });
  assert.deepEqual([broken.status, broken.answer.sound], [200, false]);
  const [problem] = broken.answer.problems;
  assert.equal(problem?.file, "sandbox/sandbox.rego");
  assert.equal(problem?.line, source.split("\n").length + 1);

  const ruled = `${source}
findings contains {
	"effect": "deny",
	"rule": "no_marker",
	"reason": "The command names the marker that this test forbids; leave it out.",
} if {
	contains(input.resource.command, "forbidden-marker")
}
`;
  assert.equal((await bash("echo forbidden-marker")).effect, "allow");
  const before = await list();
  const made = await call<DraftVerdict>("POST", "/policies/bundles", { files: { "sandbox/sandbox.rego": ruled }, note: "no marker" });
  assert.equal(made.status, 201, JSON.stringify(made.answer));
  const digest = made.answer.digest as string;
  assert.ok(made.answer.tests.passed > 100, "the tests of all policies ran");
  assert.equal((await bash("echo forbidden-marker")).effect, "allow", "published is not in force");

  const day = 24 * 60 * 60_000;
  const period = { from: new Date(Date.now() - day).toISOString(), to: new Date(Date.now() + day).toISOString() };
  assert.equal((await call("POST", `/policies/bundles/${digest}/impact`, period)).status, 202);
  const run = await eventually(
    () => andon.get<ImpactRun>(`/api/v1/policies/bundles/${digest}/impact`),
    ({ state }) => state !== "running",
  );
  assert.equal(run.state, "done", run.reason ?? "");
  assert.deepEqual(run.report?.rules, { "sandbox.no_marker": { added: 2, gone: 0 }, "sandbox.sandbox_required": { added: 0, gone: 1 } });
  assert.equal(run.report?.teams["payments"]?.stricter, 2);

  const canary = await call<BundleList>("POST", `/policies/bundles/${digest}/place`, { stage: "canary", teams: ["payments"] });
  assert.equal(canary.status, 200);
  const denied = await bash("echo forbidden-marker");
  assert.deepEqual([denied.effect, denied.policy, denied.reasons[0]?.rule], ["deny", digest, "no_marker"]);
  assert.equal((await call("POST", `/policies/bundles/${digest}/place`, { stage: "active", reason: "it went well" })).status, 200);
  assert.equal((await list()).active, digest);
  assert.ok((await andon.get<PolicyDetail>("/api/v1/policies/sandbox")).sources.some(({ path }) => path.endsWith("_test.rego")));

  const back = await call<BundleList>("POST", "/policies/rollback", { reason: "the marker is needed" });
  assert.equal(back.status, 200);
  assert.equal((await list()).active, before.active);
  assert.deepEqual([back.answer.moves[0]?.kind, back.answer.moves[0]?.reason], ["rolled_back", "the marker is needed"]);
  assert.deepEqual(
    back.answer.items.map(({ from, stage, note }) => [from, stage, note]),
    [
      ["console", null, "no marker"],
      ["shipped", "active", null],
    ],
  );
  assert.equal((await bash("echo forbidden-marker")).effect, "allow");
});
