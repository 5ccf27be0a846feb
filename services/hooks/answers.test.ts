import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AnswerTried, answersTried, hookCaptures } from "../testing/read-hooks.ts";
import type { HookDecision, HookVendor, Question } from "./hook.ts";
import { hookVendors } from "./vendors.ts";
import { type HookRules, verdictOf } from "./verdict.ts";

const rules: HookRules = { console: "https://andon.example", approval: "deny" };
const none: HookDecision = { effect: "allow", reasons: [], obligations: [] };
const reason = {
  policy: "tool_calls",
  rule: "destructive_command",
  effect: "deny",
  reason: "It deletes folders. Move them away instead.",
  page: "/policies/tool_calls#destructive_command",
  article: "LGPD art. 46",
} as const;
const denied: HookDecision = { effect: "deny", reasons: [reason], obligations: [] };
const waiting: HookDecision = {
  effect: "require_approval",
  reasons: [{ ...reason, effect: "require_approval" }],
  obligations: [],
  approval: { id: "apr_1" },
};
const changed: HookDecision = { ...none, obligations: [{ kind: "modify", arguments: { command: "echo rewritten" } }] };
const warned: HookDecision = { ...none, obligations: [{ kind: "warn", reason: "80% of the budget is spent." }] };

function vendorOf(name: string): HookVendor {
  const vendor = hookVendors.get(name);
  assert.ok(vendor);
  return vendor;
}

function questionOf(vendor: HookVendor, event: string, tool?: string): Question {
  for (const { event: registered, payload } of hookCaptures(vendor.vendor)) {
    const reading = vendor.read(payload, registered);
    if (reading.kind === "question" && reading.event === event && (tool === undefined || reading.request.resource["tool"] === tool))
      return reading;
  }
  throw new Error(`no ${event} was captured`);
}

function answer(
  name: string,
  event: string,
  decision: HookDecision,
  { more = {}, tool }: { more?: Partial<HookRules>; tool?: string } = {},
): string {
  const vendor = vendorOf(name);
  const question = questionOf(vendor, event, tool);
  const abilities = vendor.abilities(event);
  assert.ok(abilities);
  return vendor.answer(event, verdictOf(decision, question, abilities, { ...rules, ...more }), question.input);
}

/** An answer's form: every text that is not one of the vendor's own words becomes "…". */
function formOf(body: string): string {
  if (body === "") return body;
  const words = new Set(["deny", "ask", "allow", "block", "PreToolUse", "UserPromptSubmit", "BeforeTool"]);
  return JSON.stringify(JSON.parse(body), (_key, value: unknown) => (typeof value === "string" && !words.has(value) ? "…" : value));
}

/** What the vendor's own program did with an answer of this form. */
function effectsOf(name: string, event: string, body: string): string[] {
  const usable = ({ late, exit, status = 200 }: AnswerTried) => !late && exit === 0 && status === 200;
  const tried = answersTried(name).filter((each) => each.event === event && usable(each) && /^\{.*\}$/.test(each.body));
  return [...new Set(tried.filter((each) => formOf(each.body) === formOf(body)).map(({ effect }) => effect))];
}

const TOOL = { "claude-code": "PreToolUse", codex: "PreToolUse", "gemini-cli": "BeforeTool", "copilot-cli": "preToolUse" } as const;
const PROMPT = {
  "claude-code": "UserPromptSubmit",
  codex: "UserPromptSubmit",
  "gemini-cli": "BeforeAgent",
  "copilot-cli": "userPromptSubmitted",
} as const;
const SHELL = { "claude-code": "Bash", codex: "Bash", "gemini-cli": "run_shell_command", "copilot-cli": "bash" } as const;
const VENDORS = Object.keys(TOOL) as (keyof typeof TOOL)[];

describe("answers have the forms that the vendors' own programs were seen to obey", () => {
  for (const name of VENDORS) {
    test(`${name}: a denied tool, prompt and approval are stopped`, () => {
      for (const decision of [denied, waiting]) {
        assert.deepEqual(effectsOf(name, TOOL[name], answer(name, TOOL[name], decision)), ["stopped"]);
        assert.deepEqual(effectsOf(name, PROMPT[name], answer(name, PROMPT[name], decision)), ["stopped"]);
      }
    });

    test(`${name}: an allowed one is answered with nothing that would skip the user's own question`, () => {
      assert.equal(answer(name, TOOL[name], none), "{}");
      assert.equal(answer(name, PROMPT[name], none), "{}");
    });

    test(`${name}: a warning does not stop it, and a change is made`, () => {
      assert.doesNotMatch(answer(name, TOOL[name], warned), /deny|block|ask|allow/);
      assert.match(answer(name, TOOL[name], warned), /80% of the budget is spent\./);
      const body = answer(name, TOOL[name], changed, { tool: SHELL[name] });
      assert.match(body, /"command":"echo rewritten"/);
      const form = JSON.parse(formOf(body)) as object;
      const tried = answersTried(name).find(({ effect, event }) => effect === "changed" && event === TOOL[name]);
      const known = JSON.parse(tried?.body ?? "") as object;
      assert.deepEqual(keysOf(form), keysOf(known));
    });

    test(`${name}: a change that cannot be made is denied`, () => {
      assert.deepEqual(effectsOf(name, PROMPT[name], answer(name, PROMPT[name], changed)), ["stopped"]);
      const unclear = { ...none, obligations: [{ kind: "modify", arguments: "all" }] };
      assert.deepEqual(effectsOf(name, TOOL[name], answer(name, TOOL[name], unclear)), ["stopped"]);
    });
  }
});

/** Names of the fields, with those of the arguments left out: each tool has its own. */
function keysOf(value: object, path = ""): string[] {
  return Object.entries(value).flatMap(([key, each]) => {
    const inner = typeof each === "object" && each !== null && !/Input|Args|tool_input/.test(key);
    return inner ? keysOf(each, `${path}/${key}`) : [`${path}/${key}`];
  });
}

test("a reason names the rule, the article and the page, and where to approve", () => {
  const said = answer("claude-code", "PreToolUse", denied);
  assert.equal(
    (JSON.parse(said) as { hookSpecificOutput: { permissionDecisionReason: string } }).hookSpecificOutput.permissionDecisionReason,
    "Denied by policy. It deletes folders. Move them away instead. (rule tool_calls/destructive_command, LGPD art. 46, " +
      "https://andon.example/policies/tool_calls#destructive_command)",
  );
  assert.match(
    answer("gemini-cli", "BeforeTool", waiting),
    /Approve it at https:\/\/andon\.example\/approvals\/apr_1, then try exactly the same again/,
  );
});

test("only vendors that can ask do, and only where the organisation trusts the keyboard", () => {
  const asks = (name: keyof typeof TOOL, event: string) => /"ask"/.test(answer(name, event, waiting, { more: { approval: "ask" } }));
  assert.deepEqual(
    VENDORS.map((name) => [asks(name, TOOL[name]), asks(name, PROMPT[name])]),
    [
      [true, false],
      [false, false],
      [false, false],
      [true, false],
    ],
  );
  assert.ok(VENDORS.every((name) => !/"ask"/.test(answer(name, TOOL[name], waiting))));
});

test("Copilot CLI takes Claude Code's form under Claude Code's name of the event, and there alone", () => {
  const own = answer("copilot-cli", "preToolUse", denied);
  const claude = answer("copilot-cli", "PreToolUse", denied);
  assert.deepEqual(
    [effectsOf("copilot-cli", "preToolUse", own), effectsOf("copilot-cli", "PreToolUse", claude)],
    [["stopped"], ["stopped"]],
  );
  assert.deepEqual(effectsOf("copilot-cli", "preToolUse", claude), ["ran"]);
});

test("Gemini CLI's model requests are stopped by the same words", () => {
  assert.deepEqual(effectsOf("gemini-cli", "BeforeModel", answer("gemini-cli", "BeforeModel", denied)), ["stopped"]);
});

test("Codex gets no field that its own schema does not know, and never a deny without a reason", () => {
  const known = new Set(["continue", "decision", "hookSpecificOutput", "reason", "stopReason", "suppressOutput", "systemMessage"]);
  const specific = new Set(["additionalContext", "hookEventName", "permissionDecision", "permissionDecisionReason", "updatedInput"]);
  const both = { ...changed, obligations: [...changed.obligations, ...warned.obligations] };
  for (const decision of [denied, { ...denied, reasons: [] }, waiting, changed, warned, both]) {
    for (const event of ["PreToolUse", "UserPromptSubmit"]) {
      const body = JSON.parse(answer("codex", event, decision)) as Record<string, Record<string, string>>;
      assert.ok(Object.keys(body).every((key) => known.has(key)));
      assert.ok(Object.keys(body["hookSpecificOutput"] ?? {}).every((key) => specific.has(key)));
      if (body["hookSpecificOutput"]?.["permissionDecision"] === "deny") assert.ok(body["hookSpecificOutput"]["permissionDecisionReason"]);
    }
  }
});
