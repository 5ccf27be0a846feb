import assert from "node:assert/strict";
import { test } from "node:test";
import { hookCaptures } from "../testing/read-hooks.ts";
import { type Arrived, answerHook, type HookDesk, unanswerable } from "./answer-hook.ts";
import { onFailureWith, USUAL_FAILURE } from "./failure.ts";
import type { HookDecision, HookRequest, HookVendor } from "./hook.ts";
import { hookVendors } from "./vendors.ts";

const allow: HookDecision = { effect: "allow", reasons: [], obligations: [] };

function desk(decide: HookDesk["decide"] = async () => allow, more: Partial<HookDesk> = {}) {
  const asked: HookRequest[] = [];
  const troubles: string[] = [];
  const made: HookDesk = {
    decide: (request) => {
      asked.push(request);
      return decide(request);
    },
    rules: { console: "https://andon.example", approval: "deny", onFailure: USUAL_FAILURE },
    patienceMs: 1000,
    trouble: (why) => troubles.push(why),
    ...more,
  };
  return { asked, troubles, made };
}

const vendor = (name: string): HookVendor => hookVendors.get(name) as HookVendor;
const json = (value: unknown): Arrived => ({ kind: "json", value });
const payload = (name: string, event: string, tool?: string) =>
  json(hookCaptures(name).find((each) => each.event === event && (!tool || Object.values(each.payload).includes(tool)))?.payload);

const TOOLS = [
  ["claude-code", "PreToolUse", "Bash", "Read"],
  ["codex", "PreToolUse", "Bash", null],
  ["copilot-cli", "preToolUse", "bash", "view"],
  ["gemini-cli", "BeforeTool", "run_shell_command", "read_file"],
] as const;

test("a question is decided once; what is not one is not decided at all", async () => {
  for (const [name, event, shell] of TOOLS) {
    const { asked, made, troubles } = desk();
    assert.equal(await answerHook(vendor(name), event, payload(name, event, shell), made), "{}");
    assert.equal(asked.length, 1);
    for (const each of hookCaptures(name).filter(({ event: other }) => /^(session|post|after|stop)/i.test(other))) {
      assert.equal(await answerHook(vendor(name), each.event, json(each.payload), made), "{}");
    }
    assert.deepEqual([asked.length, troubles], [1, []]);
  }
});

test("without a decision a command is denied and reading goes on with a warning, for whatever reason there is none", async () => {
  const without: readonly [string, HookDesk["decide"], number][] = [
    ["failed", () => Promise.reject(new Error("engine: password=hunter2")), 1000],
    ["undecided", async () => ({ kind: "undecided", reason: "the event store is full." }), 1000],
    ["too_slow", () => new Promise(() => {}), 10],
  ];
  for (const [why, decide, patienceMs] of without) {
    for (const [name, event, shell, reader] of TOOLS) {
      const { made, troubles } = desk(decide, { patienceMs });
      const denied = await answerHook(vendor(name), event, payload(name, event, shell), made);
      assert.match(denied, /deny.*Andon did not decide/);
      assert.doesNotMatch(denied, /hunter2/);
      if (reader)
        assert.match(await answerHook(vendor(name), event, payload(name, event, reader), made), /^(?!.*deny).*Andon did not decide/);
      assert.deepEqual([...new Set(troubles)], [why]);
    }
  }
});

test("open and closed are the organisation's choice, class by class", async () => {
  const rules = {
    console: "",
    approval: "deny",
    onFailure: { ...USUAL_FAILURE, execute: "open", network: "open", install: "open", read: "closed", prompt: "closed" },
  } as const;
  const down = () => Promise.reject(new Error("down"));
  const { made } = desk(down, { rules });
  assert.doesNotMatch(await answerHook(vendor("claude-code"), null, payload("claude-code", "PreToolUse", "Bash"), made), /deny/);
  assert.match(await answerHook(vendor("claude-code"), null, payload("claude-code", "PreToolUse", "Read"), made), /deny/);
  assert.match(await answerHook(vendor("claude-code"), null, payload("claude-code", "UserPromptSubmit"), made), /block/);
  // A shell is as open as the strictest of what it may do.
  const half = desk(down, { rules: { ...rules, onFailure: { ...rules.onFailure, network: "closed" } } }).made;
  assert.match(await answerHook(vendor("claude-code"), null, payload("claude-code", "PreToolUse", "Bash"), half), /deny/);
});

test("classes are named; a name that is none is an error, and nothing named closes all", () => {
  assert.deepEqual(onFailureWith(["read", "prompt", "model"]), USUAL_FAILURE);
  assert.equal(onFailureWith(["read", "reed"]), null);
  assert.deepEqual([...new Set(Object.values(onFailureWith([]) ?? {}))], ["closed"]);
});

test("a payload that cannot be read is a tool that nobody knows", async () => {
  for (const [name, event] of TOOLS) {
    const { made, asked, troubles } = desk();
    const rubbish: readonly Arrived[] = [
      { kind: "unreadable", reason: "the body is not JSON" },
      json(null),
      json([]),
      json({ hook_event_name: event, toolArgs: {}, tool_input: {} }),
      json({ hook_event_name: event, toolName: "x", tool_name: "x", toolArgs: 1, tool_input: 1 }),
    ];
    for (const arrived of rubbish) assert.match(await answerHook(vendor(name), event, arrived, made), /deny/);
    assert.deepEqual([asked.length, troubles.length], [0, rubbish.length]);
  }
});

test("rubbish to an event that asks nothing is met with silence; without any event it is taken for a tool's", () => {
  for (const [name, event] of TOOLS) {
    const each = vendor(name);
    assert.equal(unanswerable(each, "Stop", "why", USUAL_FAILURE), "{}");
    assert.equal(unanswerable(each, "a new event", "why", USUAL_FAILURE), "{}");
    assert.equal(unanswerable(each, null, "why", USUAL_FAILURE), unanswerable(each, event, "why", USUAL_FAILURE));
    assert.match(unanswerable(each, null, "why", USUAL_FAILURE), /deny/);
  }
});
