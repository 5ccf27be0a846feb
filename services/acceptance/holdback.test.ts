import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ApprovalInbox } from "../../schemas/approval-api.ts";
import type { DecisionAnswer } from "../../schemas/decision.ts";
import type { RunView, SuiteView } from "../../schemas/holdback-api.ts";
import type { LineView } from "../../schemas/line-api.ts";
import { type Andon, startAndon } from "../testing/start-andon.ts";

let andon: Andon;
let folder: string;
let agent: { id: string; key: string };
let ana: string;

before(async () => {
  andon = await startAndon();
  folder = await mkdtemp(join(tmpdir(), "andon-test-cases-"));
  agent = await andon.addAgent("my-agent", "payments");
  const { org } = await andon.get<{ org: string }>("/api/v1/policies");
  const change = { scope: { kind: "org", name: org }, values: { merge_level: 2 }, reason: "agents without a grant may ask to merge" };
  const set = await call("PUT", "/api/v1/policies/autonomy/settings", andon.token, change);
  assert.equal(set.status, 200, JSON.stringify(set.answer));
  ana = (JSON.parse(await andon.cli("people", "add", "Ana", "--role", "lead", "--json")) as { token: string }).token;
  const cases = [
    {
      name: "zebra-name",
      class: "critical",
      kind: "deterministic",
      input: "zebra-input {{canary}}",
      expect: { kind: "regex", value: "^ZEBRA-INPUT CNRY" },
    },
    { class: "normal", kind: "repeated", input: "{}", expect: { kind: "json", value: { "zebra-key": "zebra-answer" } } },
  ];
  await writeFile(join(folder, "cases.json"), JSON.stringify(cases));
  // The shape of one answer, the other by rote: a candidate that is right.
  await writeFile(
    join(folder, "right.sh"),
    `#!/bin/sh\nread -r line\ncase "$line" in zebra*) echo "$line" | tr a-z A-Z;; *) echo '{"zebra-key":"zebra-answer"}';; esac\n`,
  );
});
after(async () => {
  await andon[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function call<Answer>(method: string, path: string, token: string, body?: unknown): Promise<{ status: number; answer: Answer }> {
  const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) };
  const response = await fetch(`${andon.url}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: response.status, answer: (await response.json()) as Answer };
}

const GOOD = "a".repeat(40);
const BAD = "b".repeat(40);
const merge = async (sha: string): Promise<DecisionAnswer> => {
  const resource = {
    repo: "acme/pay",
    change: "chg_1",
    sha,
    paths: ["src/a.ts"],
    class: "bug",
    added: 10,
    removed: 1,
    author: { kind: "human", id: "psn_author" },
  };
  const context = { sandbox: { kind: "container", network: "none", attested: true } };
  return (await call<DecisionAnswer>("POST", "/api/v1/decisions", agent.key, { action: "change.merge", resource, context })).answer;
};
const gate = ({ reasons }: DecisionAnswer) => reasons.filter(({ rule }) => rule.startsWith("holdback_")).map(({ rule }) => rule);

const run = (sha: string, command: string): Promise<string> =>
  andon.cli("holdback", "run", "core", "--sha", sha, "--change", "chg_1", "--command", command, "--visible", "20/20", "--json");

describe("the merge gate", () => {
  test("is shut without a verdict", async () => {
    assert.deepEqual(gate(await merge(GOOD)), ["holdback_missing"]);
    const added = await andon.cli("holdback", "add", "core", "--from", join(folder, "cases.json"), "--repo", "acme/pay");
    assert.match(added, /core for acme\/pay: 1 critical and 1 normal cases, 1 of them repeated/);
    const answer = await merge(GOOD);
    assert.deepEqual([answer.effect, gate(answer)], ["deny", ["holdback_missing"]]);
  });

  test("opens for the very commit that passed, with the approval of its tier", async () => {
    const view = JSON.parse(await run(GOOD, `sh ${join(folder, "right.sh")}`)) as RunView;
    assert.deepEqual([view.state, view.result?.verdict, view.result?.passed, view.attempt], ["finished", "passed", 2, 1]);
    const asked = await merge(GOOD);
    assert.equal(asked.effect, "require_approval", JSON.stringify(asked.reasons));
    const { items } = (await call<ApprovalInbox>("GET", "/api/v1/approvals", ana)).answer;
    const item = items.find(({ id }) => id === asked.approval?.id);
    await call("POST", `/api/v1/approvals/${item?.id}/look`, ana);
    const vote = { approvals: [item?.id], vote: "approve", digest: item?.digest };
    assert.equal((await call("POST", "/api/v1/approvals/votes", ana, vote)).status, 200);
    const answer = await merge(GOOD);
    assert.deepEqual([answer.effect, gate(answer)], ["allow", []]);
    assert.deepEqual(gate(await merge("c".repeat(40))), ["holdback_missing"]);
  });

  test("stays shut for a commit that failed, and only counts are said", async () => {
    await assert.rejects(run(BAD, "echo nonsense"), (error: { code: number; stdout: string }) => {
      assert.equal(error.code, 1);
      const { result } = JSON.parse(error.stdout) as RunView;
      assert.deepEqual([result?.verdict, result?.passed, result?.total], ["failed", 0, 2]);
      return true;
    });
    const answer = await merge(BAD);
    assert.deepEqual([answer.effect, gate(answer)], ["deny", ["holdback_failed"]]);
    const [suite] = (await andon.get<{ items: SuiteView[] }>("/api/v1/holdback/suites")).items;
    assert.deepEqual(suite?.gap, { points: 50, band: "red" });
  });

  test("knows after a kill what it knew before", async () => {
    await andon.kill();
    await andon.restart();
    assert.deepEqual(gate(await merge(BAD)), ["holdback_failed"]);
    assert.deepEqual(gate(await merge(GOOD)), []);
  });
});

test("no byte of a case lies in the data folder in clear, and agents have no route to any", async () => {
  const listed = await andon.cli("holdback", "list", "core");
  assert.match(listed, /case_\w+ {2}critical, deterministic, read 2×/);
  const everything = [...(await texts(andon.data)), listed, JSON.stringify(await andon.get("/api/v1/holdback/suites"))];
  assert.ok(everything.length > 5 && everything.some((text) => text.includes("holdback.run.finished")));
  for (const text of everything) assert.doesNotMatch(text, /zebra|cnry_/i);
  for (const path of ["", "/core", "/core/runs/x"]) {
    assert.equal((await call("GET", `/api/v1/holdback/suites${path}`, agent.key)).status, 403);
  }
});

test("a change has three attempts, and a case that leaked makes its verdicts stale", async () => {
  await assert.rejects(run("d".repeat(40), "echo nonsense"));
  await assert.rejects(run("e".repeat(40), "echo nonsense"), /3 attempts/);
  const [caseId = ""] = /case_\w+/.exec(await andon.cli("holdback", "list", "core")) ?? [];
  assert.match(await andon.cli("holdback", "retire", "core", "--case", caseId), /1 cases retired as contaminated/);
  assert.deepEqual(gate(await merge(GOOD)), ["holdback_stale"]);
  const { items } = await andon.get<{ items: LineView[] }>("/api/v1/line");
  const line = items.find(({ scope }) => scope.kind === "repo" && scope.name === "acme/pay");
  // The leak called for help; the merge that reached the gate meanwhile stopped the line.
  assert.deepEqual([line?.active?.pullers[0]?.rule, line?.active?.state], ["holdback_contamination", "stopped"]);
});

/** Every file under a folder, byte by byte as text. */
async function texts(path: string): Promise<string[]> {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")));
}
