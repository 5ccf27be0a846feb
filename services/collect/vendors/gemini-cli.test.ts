import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bodiesOf, translateBody } from "../../testing/read-capture.ts";
import { answeredTokens } from "../../testing/scripted-answers.ts";
import { takeIn } from "../../testing/take-in.ts";

/** The session that most runs repeat: 39,280 in, of which 28,288 cached; 302 out and 160 thought. */
const FIX = { input: 10_992, cacheRead: 28_288, output: 302, reasoning: 160 };

const drafts = (run: string, signals = /./) =>
  bodiesOf(run)
    .filter((body) => signals.test(body.slice(run.length)))
    .map((body) => translateBody(body).drafts);

describe("tokens of the recorded session", () => {
  for (const run of ["gemini-cli/fix-http-json", "gemini-cli/fix-grpc-protobuf"]) {
    for (const signals of [/./, /logs/, /metrics/]) {
      test(`${run} by ${signals.source}, each body sent twice`, async () => {
        const bodies = drafts(run, signals);
        for (const order of [bodies, bodies.toReversed()]) {
          const taken = await takeIn([...order, ...order]);
          assert.deepEqual(taken.tokens(), FIX);
          assert.deepEqual(taken.refused, []);
        }
      });
    }
  }

  test("equal what the model answered", () => {
    assert.deepEqual(answeredTokens("gemini-cli/fix-http-json", "its own count"), FIX);
  });

  test("equal what the model answered, in runs with errors and a refusal, from logs or metrics", async () => {
    for (const run of ["gemini-cli/error-retry", "gemini-cli/denied-by-hook"]) {
      for (const signals of [/./, /logs/, /metrics/]) {
        const bodies = drafts(run, signals);
        for (const order of [bodies, bodies.toReversed()]) {
          assert.deepEqual((await takeIn(order)).tokens(), answeredTokens(run, "its own count"), `${run} by ${signals.source}`);
        }
      }
    }
  });

  test("spans have none", () => {
    const { drafts: none, ignored, refused } = translateBody("gemini-cli/fix-http-json/001-traces.json.gz");
    assert.deepEqual([none, refused], [[], []]);
    assert.deepEqual([...ignored], [["gemini-cli span", 10]]);
  });
});

describe("the recorded session", () => {
  test("has its prompt, answers, decisions, tools, files and end, once", async () => {
    for (const run of ["gemini-cli/fix-http-json", "gemini-cli/fix-grpc-protobuf"]) {
      const taken = await takeIn(drafts(run));
      assert.equal(taken.of("session.started").length, 1);
      assert.equal(taken.of("session.prompt.submitted")[0]?.data["length"], 33);
      assert.deepEqual(
        taken.of("session.tool.called").map(({ data }) => [data["tool"], data["outcome"]]),
        [
          ["read_file", "ok"],
          ["replace", "ok"],
          ["run_shell_command", "ok"],
        ],
      );
      assert.deepEqual(
        taken.of("session.tool.decided").map(({ data }) => data["decision"]),
        ["allow", "allow", "allow"],
      );
      assert.deepEqual(
        taken.of("session.file.changed").map(({ data }) => [data["operation"], data["language"], data["linesAdded"], data["linesRemoved"]]),
        [
          ["read", "javascript", undefined, undefined],
          ["update", undefined, 1, 1],
        ],
      );
      // The third answer was a call without a word.
      assert.equal(taken.of("session.response.produced").length, 3);
      assert.deepEqual(
        taken.of("session.ended").map(({ data }) => data["reason"]),
        ["exit"],
      );
    }
  });

  test("says its feature, model, turn and time", () => {
    const { drafts: told } = translateBody("gemini-cli/fix-http-json/002-logs.json.gz");
    const first = told.find(({ name }) => name === "session.usage.recorded");
    assert.equal(new Date(first?.timeMs ?? 0).toISOString(), "2026-11-21T09:26:15.662Z");
    assert.deepEqual(first?.attribution, { feature: "PAY-123" });
    assert.deepEqual(
      ["model", "provider", "convention", "source", "promptTokens", "promptId", "durationMs"].map((key) => first?.data[key]),
      ["gemini-2.5-pro", "google", "inclusive", "main", 9_200, "2e952e95-c994-4756-b658-b5adebb1ef5b", 715],
    );
    assert.deepEqual(first?.data["tokens"], { input: 9_200, output: 84, reasoning: 96 });
    // The service's version is that of Node: 20.
    assert.equal(told.find(({ name }) => name === "session.started")?.data["harnessVersion"], undefined);
  });

  test("keeps what was asked, called and answered apart from the data, and the command line nowhere", () => {
    const bodies = drafts("gemini-cli/fix-http-json").flat();
    const content = bodies.flatMap((draft) => draft.content ?? []);
    assert.ok(content.some(({ kind, text }) => kind === "prompt" && text === "Fix the failing test in this repo"));
    assert.ok(content.some(({ kind, text }) => kind === "response" && text === "I will read the price module first."));
    assert.ok(content.some(({ kind, text }) => kind === "tool_input" && text.includes("npm test")));
    assert.ok(content.some(({ kind, text }) => kind === "path" && text === "src/price.js"));
    assert.ok(!content.some(({ text }) => text.includes("gemini.js") || text.includes("Inspecting the price module")));
    const rest = JSON.stringify(bodies.map(({ content: _, ...draft }) => draft));
    for (const word of ["Fix the failing", "npm test", "price.js", "gemini.js", "/home/", "dev-laptop"])
      assert.ok(!rest.includes(word), word);
  });
});

describe("what else the runs tell", () => {
  test("each failed attempt is an error; a test run that failed is a tool that failed", async () => {
    const taken = await takeIn(drafts("gemini-cli/error-retry"));
    assert.deepEqual(
      taken.of("session.error.raised").map(({ data }) => [data["error"], data["status"]]),
      [
        ["unavailable", 503],
        ["rate_limited", 429],
      ],
    );
    assert.equal(taken.of("session.tool.called")[0]?.data["outcome"], "failed");
  });

  test("a call that a hook stopped is a refusal", async () => {
    const taken = await takeIn(drafts("gemini-cli/denied-by-hook"));
    assert.deepEqual(
      taken.of("session.tool.called").map(({ data }) => [data["tool"], data["outcome"]]),
      [
        ["run_shell_command", "blocked"],
        ["read_file", "ok"],
      ],
    );
    const decided = taken.of("session.tool.decided").map(({ data }) => [data["decision"], data["by"]]);
    assert.deepEqual(decided, [
      ["deny", "policy"],
      ["allow", undefined],
    ]);
  });

  test("a stream that broke leaves the errors before it and no tokens", async () => {
    const taken = await takeIn(drafts("gemini-cli/stream-cut-fatal"));
    assert.deepEqual(taken.tokens(), {});
    assert.deepEqual(answeredTokens("gemini-cli/stream-cut-fatal", "its own count"), { input: 0, cacheRead: 0, output: 0, reasoning: 0 });
    assert.equal(taken.of("session.error.raised").length, 2);
    assert.equal(taken.of("session.ended").length, 0);
  });
});
