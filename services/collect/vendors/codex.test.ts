import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bodiesOf, translateBody } from "../../testing/read-capture.ts";
import { answeredTokens } from "../../testing/scripted-answers.ts";
import { takeIn } from "../../testing/take-in.ts";

/** The session that most runs repeat: 39,280 in, of which 28,288 cached; 462 out, of which 160 reasoning. */
const FIX = { input: 10_992, cacheRead: 28_288, output: 302, reasoning: 160 };

const drafts = (run: string, signals = /./) =>
  bodiesOf(run)
    .filter((body) => signals.test(body.slice(run.length)))
    .map((body) => translateBody(body).drafts);

/** Every order that a network could make of it is too many; the ends, and each signal first, are not. */
const orders = <T>(bodies: readonly T[]): (readonly T[])[] => [bodies, [...bodies].reverse(), [...bodies.slice(2), ...bodies.slice(0, 2)]];

describe("tokens of the recorded session", () => {
  const runs = {
    "codex/fix-json": [/./, /logs/, /metrics/, /traces/, /logs|metrics/, /logs|traces/, /metrics|traces/],
    "codex/fix-protobuf": [/./, /logs/, /metrics/, /traces/, /logs|metrics/, /logs|traces/, /metrics|traces/],
    "codex/fix-grpc": [/./, /logs/, /metrics/],
    "codex/prompt-redacted-with-tools": [/logs/],
  };
  for (const [run, choices] of Object.entries(runs)) {
    for (const signals of choices) {
      test(`${run} by ${signals.source}`, async () => {
        for (const bodies of orders(drafts(run, signals))) {
          const taken = await takeIn([...bodies, ...bodies]);
          assert.deepEqual(taken.tokens(), FIX);
          assert.deepEqual(taken.refused, []);
        }
      });
    }
  }

  test("equal what the model answered", () => {
    assert.deepEqual(answeredTokens("codex/fix-json", "output"), FIX);
  });

  test("equal what the model answered, in runs with errors, a refusal and a helper", async () => {
    for (const run of ["codex/error-retry", "codex/denied-by-hook", "codex/tui-no-daemon", "codex/appserver-turn-cost"]) {
      for (const signals of [/./, /logs/, /metrics/]) {
        assert.deepEqual((await takeIn(drafts(run, signals))).tokens(), answeredTokens(run, "output"), `${run} by ${signals.source}`);
      }
    }
  });

  test("a lost log body is made good by the turn's span", async () => {
    const lost = [...drafts("codex/fix-json", /003-logs/), ...drafts("codex/fix-json", /traces/)];
    // A counter's surplus over calls is all visible output to the ledger: 302 + 160.
    assert.deepEqual((await takeIn(lost)).tokens(), { input: 10_992, cacheRead: 28_288, output: 462 });
  });
});

describe("the recorded session", () => {
  test("has its prompt, its decisions, its tools and its file, once, whatever signals there are", async () => {
    for (const run of ["codex/fix-json", "codex/fix-protobuf", "codex/fix-grpc"]) {
      const taken = await takeIn(drafts(run));
      assert.equal(taken.of("session.started").length, 1);
      assert.deepEqual(
        taken.of("session.prompt.submitted").map(({ data }) => data["length"]),
        [33],
      );
      assert.deepEqual(
        taken.of("session.tool.called").map(({ data }) => [data["tool"], data["outcome"]]),
        [
          ["exec_command", "ok"],
          ["apply_patch", "ok"],
          ["exec_command", "ok"],
        ],
      );
      assert.deepEqual(
        taken.of("session.tool.decided").map(({ data }) => [data["decision"], data["by"]]),
        Array(3).fill(["allow", "config"]),
      );
      const [file, ...others] = taken.of("session.file.changed").map(({ data }) => data);
      assert.deepEqual([file?.["operation"], file?.["linesAdded"], file?.["linesRemoved"], others.length], ["update", 1, 1, 0]);
    }
  });

  test("says its time, feature, model and convention", () => {
    const first = translateBody("codex/fix-json/002-logs.json").drafts.find(({ name }) => name === "session.usage.recorded");
    assert.equal(new Date(first?.timeMs ?? 0).toISOString(), "2026-11-21T09:11:24.021Z");
    assert.deepEqual(first?.attribution, { feature: "PAY-123" });
    assert.equal(first?.data["model"], "gpt-5.5");
    assert.equal(first?.data["provider"], "openai");
    assert.equal(first?.data["convention"], "inclusive");
    assert.equal(first?.data["promptTokens"], 9_200);
    assert.deepEqual(first?.data["tokens"], { input: 9_200, output: 84, reasoning: 96 });
  });

  test("ends where its traces say so", async () => {
    const ended = (await takeIn(drafts("codex/fix-json", /traces/))).of("session.ended");
    assert.deepEqual(
      ended.map(({ subject, time }) => [subject, time]),
      [["01a1fd5f-e919-73f2-9166-5cb4dfb73fb9", "2026-11-21T09:11:25.974Z"]],
    );
  });

  test("keeps what was asked, called and answered apart from the data", () => {
    const bodies = drafts("codex/fix-json").flat();
    const content = bodies.flatMap((draft) => draft.content ?? []);
    assert.ok(content.some(({ kind, text }) => kind === "prompt" && text === "Fix the failing test in this repo"));
    assert.ok(content.some(({ kind, text }) => kind === "tool_input" && text === '{"cmd":"npm test"}'));
    assert.ok(content.some(({ kind, text }) => kind === "tool_output" && text.includes("items.reduce")));
    assert.ok(content.some(({ kind, text }) => kind === "path" && text === "src/price.js"));
    const rest = JSON.stringify(bodies.map(({ content: _, ...draft }) => draft));
    for (const word of ["Fix the failing", "npm test", "price.js", "reduce", "dev-laptop"]) assert.ok(!rest.includes(word), word);
  });
});

describe("what else the runs tell", () => {
  test("each failed attempt and the cut stream are errors; a command that failed is a tool that failed", async () => {
    const taken = await takeIn(drafts("codex/error-retry"));
    assert.deepEqual(
      taken.of("session.error.raised").map(({ data }) => [data["error"], data["status"], data["attempt"]]),
      [
        ["server_error", 500, 1],
        ["rate_limited", 429, 2],
        ["stream_failed", undefined, undefined],
      ],
    );
    assert.deepEqual(
      taken.of("session.tool.called").map(({ data }) => data["outcome"]),
      ["failed"],
    );
  });

  test("a call that a hook stopped leaves no trace; one that a person or a policy refused does", async () => {
    const hook = await takeIn(drafts("codex/denied-by-hook"));
    assert.equal(hook.of("session.tool.called").length, 1);
    for (const [run, by] of [
      ["codex/perm-user-decline", "user"],
      ["codex/perm-hook-deny", "config"],
    ] as const) {
      const taken = await takeIn(drafts(run));
      const [decided] = taken.of("session.tool.decided");
      assert.deepEqual([decided?.data["decision"], decided?.data["by"]], ["deny", by]);
      assert.equal(taken.of("session.tool.called")[0]?.data["outcome"], "blocked");
    }
    assert.equal((await takeIn(drafts("codex/perm-hook-allow"))).of("session.tool.called")[0]?.data["outcome"], "ok");
  });

  test("the thread that finds a title is no session and no prompt, and its tokens count", async () => {
    for (const run of ["codex/tui-no-daemon", "codex/tui-daemon"]) {
      const taken = await takeIn(drafts(run));
      assert.equal(taken.of("session.started").length, 1);
      assert.equal(taken.of("session.prompt.submitted").length, 1);
      assert.deepEqual(taken.tokens(), { input: 11_692, cacheRead: 28_288, output: 314, reasoning: 160 });
      const [started] = taken.of("session.started");
      assert.deepEqual(taken.tokens(started?.subject), FIX);
    }
  });

  test("the title's tokens are marked where the thread's start came in the same body", async () => {
    const marked = (await takeIn(drafts("codex/tui-no-daemon"))).of("session.usage.recorded").filter(({ data }) => data["source"]);
    assert.deepEqual(
      marked.map(({ data }) => [data["source"], data["tokens"]]),
      [["auxiliary", { input: 700, output: 12 }]],
    );
  });

  test("two sessions that ask the same at the same moment both count; the daemon books them on the first one's feature", async () => {
    const taken = await takeIn(drafts("codex/tui-daemon-two-teams"));
    assert.deepEqual(taken.tokens(), { input: 2_800, output: 48 });
    assert.equal(taken.of("session.started").length, 2);
    const features = new Set(taken.of("session.usage.recorded").map(({ feature }) => feature));
    assert.deepEqual([...features], ["FEAT-A"]);
  });

  test("a turn's cost counts once, from log or metric, and adds no tokens", async () => {
    for (const signals of [/./, /logs/, /metrics/]) {
      for (const bodies of orders(drafts("codex/appserver-turn-cost", signals))) {
        const taken = await takeIn(bodies);
        assert.equal(taken.reportedPico, 12_345_000_000n);
        assert.deepEqual(taken.tokens(), FIX);
      }
    }
  });

  test("a prompt that was not sent keeps its length", async () => {
    const prompts = drafts("codex/prompt-redacted-with-tools")
      .flat()
      .filter(({ name }) => name === "session.prompt.submitted");
    assert.deepEqual(
      prompts.map(({ data, content }) => [data["length"], content]),
      [[18, []]],
    );
    // 1,000 in, of which 600 cached; 50 out, of which 20 reasoning.
    const other = await takeIn(drafts("codex/prompt-redacted-span-attributes"));
    assert.deepEqual(other.tokens(), { input: 400, cacheRead: 600, output: 30, reasoning: 20 });
  });
});
