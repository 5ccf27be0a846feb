import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DECISION_LIMITS, type DecisionRequest } from "../../../schemas/decision.ts";
import { canonicalJson, sha256Of } from "../canonical-json.ts";
import type { Evaluation } from "./compose.ts";
import { answerTo } from "./decide.ts";
import { type DecisionState, decisionInput } from "./input.ts";
import { localTime } from "./local-time.ts";
import { readRequest, requestDigest } from "./request.ts";

const AT = Date.parse("2026-11-21T17:05:09.123Z");
const request: DecisionRequest = { action: "tool.call", resource: { tool: "Bash", class: "execute", command: "ls" }, session: "s1" };
const neutral: DecisionState = { autonomy: { level: 0, state: "none" }, line: [], budgets: [], approval: null, holdback: null };

const inputOf = (state: DecisionState = neutral, asked: DecisionRequest = request) =>
  decisionInput({
    request: asked,
    agent: { agentId: "a1", name: "Ana's agent", team: "payments", vendor: null, feature: null },
    scope: { org: "acme", department: null, team: "payments", repo: null, feature: null },
    session: { id: "s1", denials: 0, sameDenied: 0 },
    time: localTime(AT, "America/Sao_Paulo"),
    state,
  });

const nothing: Evaluation = { kind: "evaluated", result: { findings: [], covered_by: ["tools"] } };

describe("the input of the policies", () => {
  test("has every field, so that nothing is undefined in a rule", () => {
    assert.deepEqual(inputOf(), {
      action: { name: "tool.call" },
      resource: { tool: "Bash", class: "execute", command: "ls" },
      context: {},
      agent: { id: "a1", name: "Ana's agent", team: "payments", vendor: null, autonomy: { level: 0, state: "none" } },
      scope: { org: "acme", department: null, team: "payments", repo: null, feature: null },
      session: { id: "s1", denials: 0, sameDenied: 0 },
      time: { utc: "2026-11-21T17:05:09.123Z", date: "2026-11-21", weekday: 6, minute: 14 * 60 + 5, zone: "America/Sao_Paulo" },
      state: { line: [], budgets: [], approval: null, holdback: null },
    });
  });

  test("the same input has the same digest, whatever the order of its keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), { maxKeys: 8 }), (args) => {
        const turned = Object.fromEntries(Object.entries(args).reverse());
        const digest = (given: object) =>
          sha256Of(canonicalJson(inputOf(neutral, { ...request, resource: { ...request.resource, arguments: given } })));
        assert.equal(digest(args), digest(turned));
      }),
    );
  });
});

describe("local time", () => {
  for (const [utc, zone, date, weekday, minute] of [
    ["2026-11-22T02:59:00Z", "America/Sao_Paulo", "2026-11-21", 6, 23 * 60 + 59],
    ["2026-11-22T03:00:00Z", "America/Sao_Paulo", "2026-11-22", 7, 0],
    ["2026-03-29T00:59:00Z", "Europe/Berlin", "2026-03-29", 7, 119],
    ["2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-29", 7, 180],
    ["2026-01-05T00:00:00Z", "UTC", "2026-01-05", 1, 0],
  ] as const) {
    test(`${utc} in ${zone}`, () => {
      assert.deepEqual(localTime(Date.parse(utc), zone), { utc: new Date(utc).toISOString(), date, weekday, minute, zone });
    });
  }

  test("a zone that does not exist throws", () => {
    assert.throws(() => localTime(AT, "America/Sao_Paolo"), RangeError);
  });
});

describe("reading a request", () => {
  const valid: readonly [string, DecisionRequest][] = [
    ["a tool call", request],
    ["a model call", { action: "model.call", resource: { provider: "anthropic", model: "m", promptTokens: 3, estimatedCost: "0.01" } }],
    ["a prompt", { action: "prompt.submit", resource: { length: 12 } }],
    [
      "a merge",
      { action: "change.merge", resource: { repo: "r", change: "7", sha: "abcdef0", riskTier: 3, author: { kind: "agent", id: "a1" } } },
    ],
    ["a deployment", { action: "change.deploy", resource: { service: "s", environment: "prod", sha: "abcdef0123" } }],
    ["an action of one's own", { action: "db.migrate", resource: { anything: [1, { goes: true }] } }],
  ];
  for (const [title, given] of valid) {
    test(`${title} is taken as it is`, () => assert.deepEqual(readRequest(given), { kind: "request", request: given }));
  }

  test("a tool without a class runs what it has a command for, and is of an unknown kind otherwise", () => {
    for (const [resource, expected] of [
      [{ tool: "Bash", command: "ls" }, "execute"],
      [{ tool: "mcp__tickets__get" }, "other"],
      [{ tool: "Bash", command: "ls", class: "read" }, "read"],
    ] as const) {
      const read = readRequest({ action: "tool.call", resource });
      assert.deepEqual(read, { kind: "request", request: { action: "tool.call", resource: { ...resource, class: expected } } });
    }
  });

  test("fields of an organisation's own in the context are taken along", () => {
    const given = { ...request, context: { costCentre: "4711", nested: { any: [1] } } };
    assert.deepEqual(readRequest(given), { kind: "request", request: given });
  });

  for (const [title, given, at] of [
    ["no object", null, ""],
    ["without an action", { resource: {} }, "/action"],
    ["an identity in the request", { ...request, agent: "a2" }, "/agent"],
    ["an action that is no name", { ...request, action: "rm -rf /" }, "/action"],
    ["a resource of another action", { action: "model.call", resource: request.resource }, "/resource/provider"],
    ["an unknown class of tools", { ...request, resource: { tool: "x", class: "harmless" } }, "/resource/class"],
    ["a team in the context", { ...request, context: { team: "other" } }, "/context/team"],
    ["money as a number", { action: "model.call", resource: { provider: "p", model: "m", estimatedCost: 1 } }, "/resource/estimatedCost"],
  ] as const) {
    test(`${title} is refused, saying where`, () => {
      const read = readRequest(given);
      assert.equal(read.kind, "invalid");
      if (read.kind === "invalid") assert.equal(read.at, at);
    });
  }

  test("what is too large or no Unicode is refused", () => {
    const filled = (text: string) => readRequest({ ...request, resource: { ...request.resource, arguments: { text } } });
    const most = DECISION_LIMITS.inputBytes;
    assert.equal(filled("é".repeat(most / 2 - 20_000)).kind, "request");
    assert.equal(filled("é".repeat(most / 2)).kind, "invalid");
    assert.equal(filled(String.fromCharCode(0xdc00)).kind, "invalid");
  });

  test("the digest of a request is about what is asked and by whom", () => {
    const same = { ...request, id: "r1", session: "s2", explain: true, dryRun: false };
    assert.equal(requestDigest(same, "a1"), requestDigest(request, "a1"));
    assert.notEqual(requestDigest(request, "a2"), requestDigest(request, "a1"));
    assert.notEqual(requestDigest({ ...request, context: { branch: "x" } }, "a1"), requestDigest(request, "a1"));
    assert.notEqual(requestDigest({ ...request, resource: { ...request.resource, command: "ls " } }, "a1"), requestDigest(request, "a1"));
  });
});

describe("the answer", () => {
  const line = (blocks: "stopped" | "gate" | "trial" | null) => ({
    ...neutral,
    line: [{ scope: { kind: "team", name: "payments" }, state: "called", andonId: "x", blocks }],
  });

  test("a pulled cord holds back what it holds back, whatever the policies say", () => {
    for (const [blocks, rule] of [
      ["stopped", "line_stopped"],
      ["gate", "line_called"],
      ["trial", "line_trial"],
    ] as const) {
      const { effect, reasons } = answerTo(inputOf(line(blocks)), nothing);
      assert.deepEqual([effect, reasons[0]?.rule], ["deny", rule]);
    }
    assert.equal(answerTo(inputOf(line(null)), nothing).effect, "allow");
  });

  test("an approval in the state lifts what asks for one", () => {
    const asks = { findings: [{ policy: "p", rule: "r", effect: "require_approval" as const, reason: "R." }], covered_by: ["p"] };
    const evaluated = { kind: "evaluated", result: asks } as const;
    assert.equal(answerTo(inputOf(), evaluated).effect, "require_approval");
    const approved = { ...neutral, approval: { approvalId: "ap1", status: "approved" as const, by: 1 } };
    assert.equal(answerTo(inputOf(approved), evaluated).effect, "allow");
  });
});
