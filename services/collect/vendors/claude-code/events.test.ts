import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, usedIn } from "../../../testing/answered.ts";
import { assertSound, dataOf } from "../../../testing/check-drafts.ts";
import { countUsage, totalOf } from "../../../testing/count-usage.ts";
import { translateRun } from "../../../testing/read-capture.ts";

const RUNS = [
  ...["attribution", "auto-mode", "beta-detailed", "deny", "errors", "interactive-manual", "interrupt", "max-detail", "mcp-and-failures"],
  ...["otlp-503", "s1-cumulative", "s1-default-redacted", "s1-json", "s1-proto", "s1-redacted-traces"],
];

test("every draft of every run fits its schema, and none contradicts another", () => {
  for (const run of RUNS) assert.ok(assertSound(translateRun(`claude-code/${run}`)).length > 0, run);
});

test("protobuf tells the same session as JSON", () => {
  const told = (run: string) => {
    const drafts = assertSound(translateRun(`claude-code/${run}`));
    return {
      tools: dataOf(drafts, "session.tool.called").map(({ tool, outcome, outputBytes }) => [tool, outcome, outputBytes]),
      decisions: dataOf(drafts, "session.tool.decided").map(({ tool, decision, by }) => [tool, decision, by]),
      files: dataOf(drafts, "session.file.changed").map(({ operation }) => operation),
      lengths: dataOf(drafts, "session.response.produced").map(({ length }) => length),
      usage: dataOf(drafts, "session.usage.recorded")
        .filter(({ kind }) => kind === "request")
        .map(({ via, tokens, reportedCost, source }) => JSON.stringify([via, tokens, reportedCost, source]))
        .sort(),
      commits: dataOf(drafts, "session.commit.recorded").length,
    };
  };
  const json = told("s1-json");
  assert.deepEqual(told("s1-proto"), json);
  assert.deepEqual(json.tools, [
    ["Read", "ok", 185],
    ["Bash", "failed", undefined],
    ["Edit", "ok", 137],
    ["Write", "ok", 122],
    ["Bash", "ok", 84],
    ["Read", "ok", 56],
    ["Bash", "ok", 0],
  ]);
  assert.deepEqual(json.files, ["update", "unknown"]);
  assert.deepEqual(json.lengths, [37, 37, 105]);
  assert.equal(json.commits, 1);
});

test("a session has one start and its commit, prompt and content, whatever the signals", () => {
  const drafts = assertSound(translateRun("claude-code/s1-json"));
  const sessionId = "8d03ab29-8486-46ac-b339-6284a5ca539f";
  assert.deepEqual(dataOf(drafts, "session.started"), [{ sessionId, harness: "claude-code", harnessVersion: "2.1.329" }]);
  const [commit] = dataOf(drafts, "session.commit.recorded");
  assert.equal(commit?.["sha"], "f461f7856b00d71fd2917433e56619e79b9d37c1");
  assert.equal(commit?.["ref"], "main");
  const prompts = drafts.filter(({ name }) => name === "session.prompt.submitted");
  assert.equal(prompts.length, 1);
  assert.equal(prompts[0]?.data["length"], 73);
  assert.deepEqual(prompts[0]?.content, [
    { kind: "prompt", text: "[[scenario:s1]] Fix the rounding bug in src/discount.js and run the tests" },
  ]);
  assert.ok(drafts.every(({ attribution }) => attribution?.feature === "checkout-discounts"));
});

test("start-up noise is passed over by name", () => {
  const ignored = new Map<string, number>();
  for (const { ignored: names } of translateRun("claude-code/s1-json", "logs")) {
    for (const [name, count] of names) ignored.set(name, (ignored.get(name) ?? 0) + count);
  }
  assert.equal(ignored.get("plugin_loaded"), 4);
  assert.equal(ignored.get("hook_registered"), 32);
});

test("what the user did not let out is no content", () => {
  const drafts = assertSound(translateRun("claude-code/s1-default-redacted"));
  assert.equal(dataOf(drafts, "session.tool.called").length, 7);
  assert.deepEqual(
    drafts.flatMap(({ content }) => content ?? []).filter(({ kind }) => kind !== "error"),
    [],
  );
  assert.deepEqual(
    dataOf(drafts, "session.prompt.submitted").map(({ length }) => length),
    [73],
  );
});

test("auto mode: a call that the classifier blocked did not run", () => {
  const drafts = assertSound(translateRun("claude-code/auto-mode"));
  assert.deepEqual(
    dataOf(drafts, "session.tool.called").map(({ tool, outcome }) => [tool, outcome]),
    [
      ["Bash", "ok"],
      ["Bash", "blocked"],
    ],
  );
  assert.deepEqual(
    dataOf(drafts, "session.ended").map(({ reason }) => reason),
    ["exit"],
  );
});

test("errors: retries that recovered come from spans, the last failures from logs, tokens from neither", () => {
  const drafts = assertSound(translateRun("claude-code/errors"));
  const errors = dataOf(drafts, "session.error.raised").map(({ error, status, attempt }) => [error, status, attempt]);
  const byName = (name: string) => errors.filter(([error]) => error === name);
  assert.deepEqual(byName("invalid_request"), [["invalid_request", 400, 1]]);
  assert.deepEqual(byName("authentication"), [["authentication", 401, 1]]);
  assert.deepEqual(byName("api_error"), [["api_error", undefined, 3]]);
  // 529 twice and 429 once before success, 400 twice before the third try, 529 twice before the third.
  assert.equal(byName("attempt_failed").length, 2 + 1 + 2 + 2);
  // The stream that broke was billed with one token of output at each of four tries, instead of 96, 113, 130 and 147.
  const truth = answered("claude-code/errors");
  assert.deepEqual(usedIn(totalOf(countUsage(translateRun("claude-code/errors")))), { ...truth, output: truth.output - 486 + 4 });
});

test("MCP tools get their real names, failures are failures, and what was not allowed was blocked", () => {
  const drafts = assertSound(translateRun("claude-code/mcp-and-failures"));
  assert.deepEqual(
    dataOf(drafts, "session.tool.called").map(({ tool, outcome, mcpServer }) => [tool, outcome, mcpServer]),
    [
      ["Read", "failed", undefined],
      ["Bash", "failed", undefined],
      ["mcp__tickets__get_ticket", "ok", "tickets"],
      ["mcp__tickets__close_ticket", "failed", "tickets"],
      ["WebFetch", "blocked", undefined],
    ],
  );
  assert.deepEqual(
    dataOf(assertSound(translateRun("claude-code/deny")), "session.tool.decided").map(({ decision, by }) => [decision, by]),
    [
      ["deny", "hook"],
      ["allow", "config"],
    ],
  );
});

test("slash commands are not counted as prompts, and /clear and /exit end their session", () => {
  const drafts = assertSound(translateRun("claude-code/interactive-manual"));
  const commands = dataOf(drafts, "session.prompt.submitted").map(({ command }) => command ?? "");
  assert.deepEqual(
    commands.filter((command) => command !== ""),
    ["model", "add-dir", "compact", "clear", "exit"],
  );
  assert.equal(commands.filter((command) => command === "").length, 5);
  assert.deepEqual(
    dataOf(drafts, "session.ended").map(({ reason, sessionId }) => [reason, String(sessionId).slice(0, 8)]),
    [
      ["clear", "d8a2afa9"],
      ["exit", "511a9a21"],
    ],
  );
  assert.deepEqual(
    dataOf(drafts, "session.context.compacted").map(({ trigger, tokensBefore, tokensAfter }) => [trigger, tokensBefore, tokensAfter]),
    [["manual", 3_696, 2_970]],
  );
});

test("attribution comes from the resource, also where its copies on records lack a value", () => {
  const drafts = assertSound(translateRun("claude-code/attribution"));
  const first = drafts.filter(({ attribution }) => attribution?.ticket === "ACME-42");
  assert.ok(first.length > 0);
  assert.ok(first.every(({ attribution }) => attribution?.feature === "checkout,discounts"));
  // Five of six processes reached a receiver, each with one call: 4 in, 96 out, 18,432 written.
  const counted = totalOf(countUsage(translateRun("claude-code/attribution")));
  assert.deepEqual(usedIn(counted), { input: 20, cacheRead: 0, cacheWrite: 92_160, output: 480 });
  assert.equal(counted.reported, 470_480_000_000n);
  const cumulative = assertSound(translateRun("claude-code/s1-cumulative"));
  assert.ok(cumulative.every(({ attribution }) => attribution?.repo === "acme/checkout-service"));
});
