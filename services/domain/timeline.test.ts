import assert from "node:assert/strict";
import test from "node:test";
import type { StoredEvent } from "../../schemas/event.ts";
import { Timeline } from "./timeline.ts";
import type { Recorded } from "./timeline-step.ts";

/** A stream written by hand: what the ledger would have appended is spelled out, never computed. */
class Stream {
  readonly events: Recorded[] = [];

  put(id: string, type: string, second: number, data: Record<string, unknown>): this {
    const revision = this.events.length;
    const time = new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString();
    const event = { id: `ce-${id}`, type: `andon.${type}`, time, data } as unknown as StoredEvent;
    this.events.push({ position: String(revision).padStart(20, "0"), revision, id, event });
    return this;
  }

  usage(id: string, second: number, report: Record<string, unknown>): this {
    return this.put(id, "session.usage.recorded.v2", second, {
      sessionId: "s1",
      kind: "request",
      key: "call-1",
      model: "m-1",
      convention: "disjoint",
      quality: "exact",
      ...report,
    });
  }

  moved(entry: string, tokens: Record<string, number>, pico: string, more: Record<string, unknown> = {}, type = "cost.computed.v1"): this {
    return this.put(`move-${entry}-${this.events.length}`, type, 0, {
      sessionId: "s1",
      entry,
      provider: "p",
      model: "m-1",
      occurredAt: "2026-11-21T10:00:00.000Z",
      tokens,
      parts: [],
      pico,
      unpriced: 0,
      quality: "exact",
      because: "request",
      ...more,
    });
  }
}

const span = { signal: "span", name: "llm_request", rank: 5 };
const log = { signal: "log", name: "api_request", rank: 7 };
const metric = { signal: "metric", name: "token.usage", rank: 3 };

function shown(stream: Stream, after: { timeMs: number; revision: number } | null = null, limit = 100) {
  const timeline = new Timeline(after, limit);
  for (const recorded of stream.events) timeline.add(recorded);
  return timeline.answer();
}

const byId = (answer: ReturnType<typeof shown>, id: string) => answer.steps.find(({ eventId }) => eventId === id);

test("a span that a better log replaced costs nothing and says which report counted", () => {
  const stream = new Stream()
    .usage("S", 1, { via: span, tokens: { input: 100, output: 10 } })
    .moved("S", { input: 100, output: 10 }, "150000000")
    .usage("L", 2, { via: log, tokens: { input: 100, output: 12 }, durationMs: 840 })
    .moved("L:replaced", { input: -100, output: -10 }, "-150000000")
    .moved("L", { input: 100, output: 12 }, "160000000", { reportedPico: "170000000" });
  const answer = shown(stream);

  assert.equal(byId(answer, "S")?.cost, null);
  assert.equal(byId(answer, "S")?.coveredBy, "L");
  assert.deepEqual(byId(answer, "L")?.cost, {
    tokens: { input: 100, cacheRead: 0, cacheWrite: 0, output: 12, reasoning: 0 },
    cost: "0.00016",
    reportedCost: "0.00017",
    unpriced: 0,
    events: 1,
  });
  assert.equal(byId(answer, "L")?.coveredBy, null);
  assert.equal(byId(answer, "L")?.durationMs, 840);
  assert.deepEqual(answer.sources, [
    { signal: "span", name: "llm_request", reports: 1, reported: 110, counted: 0 },
    { signal: "log", name: "api_request", reports: 1, reported: 112, counted: 112 },
  ]);
});

test("a worse report of a call that was counted before moves nothing", () => {
  const stream = new Stream()
    .usage("L", 1, { via: log, tokens: { input: 5 } })
    .moved("L", { input: 5 }, "50")
    .usage("S", 1, { via: span, tokens: { input: 5 } });
  const answer = shown(stream);
  assert.equal(byId(answer, "S")?.cost, null);
  assert.equal(byId(answer, "S")?.coveredBy, "L");
});

test("what a counter shows beyond the calls stays with the counter, the rest with the calls", () => {
  const stream = new Stream()
    .usage("M", 1, { kind: "counter", key: "series", temporality: "delta", via: metric, tokens: { input: 500 } })
    .moved("M:residual:0", { input: 500 }, "5000", { because: "residual" })
    .usage("R", 2, { via: log, tokens: { input: 300 } })
    .moved("R", { input: 300 }, "3000")
    .moved("R:residual:1", { input: -300 }, "-3000", { because: "residual" });
  const answer = shown(stream);
  assert.equal(byId(answer, "M")?.cost?.tokens.input, 200);
  assert.equal(byId(answer, "M")?.cost?.cost, "0.000000002");
  assert.equal(byId(answer, "M")?.cost?.events, 2);
  assert.equal(byId(answer, "R")?.cost?.tokens.input, 300);
  assert.deepEqual(
    answer.sources.map(({ signal, reported, counted }) => [signal, reported, counted]),
    [
      ["metric", 500, 200],
      ["log", 300, 300],
    ],
  );
});

test("a counter that calls explain in full points at the last of them", () => {
  const stream = new Stream()
    .usage("R", 1, { via: log, model: "M-1", tokens: { input: 300 } })
    .moved("R", { input: 300 }, "3000")
    .usage("M", 2, { kind: "counter", key: "series", temporality: "cumulative", via: metric, tokens: { input: 200 } })
    .usage("N", 3, { kind: "counter", key: "series", temporality: "cumulative", via: metric, tokens: { input: 300 } });
  const answer = shown(stream);
  assert.equal(byId(answer, "N")?.cost, null);
  assert.equal(byId(answer, "N")?.coveredBy, "R");
  assert.deepEqual(answer.sources[1], { signal: "metric", name: "token.usage", reports: 2, reported: 300, counted: 0 });
});

test("counters of a process whose calls were found elsewhere are covered by that finding", () => {
  const stream = new Stream()
    .usage("M", 1, { kind: "counter", key: "series", temporality: "delta", via: metric, tokens: { input: 40 } })
    .moved("M:residual:0", { input: 40 }, "400", { because: "residual" })
    .put("F", "cost.source.found.v1", 2, { sessionId: "s1", process: "p1", via: "log api_request" })
    .moved("F:residual:0", { input: -40 }, "-400", { because: "residual" });
  const answer = shown(stream);
  assert.equal(byId(answer, "M")?.cost, null);
  assert.equal(byId(answer, "M")?.coveredBy, "F");
  assert.equal(byId(answer, "F")?.kind, "source.found");
});

test("a price correction changes the cost of the step it corrects", () => {
  const stream = new Stream()
    .usage("L", 1, { via: log, tokens: { input: 1000 } })
    .moved("L", { input: 1000 }, "0", { unpriced: 1000 })
    .moved("L", {}, "2000000", { unpriced: -1000, reason: "price published late" }, "cost.recomputed.v1");
  const cost = byId(shown(stream), "L")?.cost;
  assert.equal(cost?.cost, "0.000002");
  assert.equal(cost?.unpriced, 0);
  assert.equal(cost?.tokens.input, 1000);
});

test("a free call is shown as free and not as uncounted", () => {
  const stream = new Stream().usage("L", 1, { via: log, tokens: {}, quality: "absent" }).moved("L", {}, "0");
  assert.equal(byId(shown(stream), "L")?.cost?.cost, "0");
});

test("a movement under an entry that today's ledger does not know goes to the report that caused it", () => {
  const stream = new Stream().usage("L", 1, { via: log, tokens: { input: 7 } }).moved("L:older-rule", { input: 7 }, "70");
  assert.equal(byId(shown(stream), "L")?.cost?.tokens.input, 7);
});

test("the first version of a usage report is read like the newest", () => {
  const stream = new Stream().put("V", "session.usage.recorded.v1", 1, {
    sessionId: "s1",
    kind: "request",
    key: "k",
    via: log,
    convention: "disjoint",
    quality: "exact",
    tokens: { input: 1, cacheWrite: 9 },
  });
  stream.moved("V", { input: 1, cacheWriteOther: 9 }, "100");
  assert.equal(byId(shown(stream), "V")?.cost?.tokens.cacheWrite, 9);
});

test("steps are named, typed and without content", () => {
  const stream = new Stream()
    .put("A", "session.started.v1", 0, { sessionId: "s1", harness: "codex" })
    .put("B", "session.prompt.submitted.v1", 1, { sessionId: "s1", promptId: "p1", content: [{ kind: "prompt", length: 12 }] })
    .put("C", "session.tool.called.v1", 2, {
      sessionId: "s1",
      tool: "shell",
      outcome: "blocked",
      durationMs: 3,
      subagentId: "sub",
      content: [{ kind: "tool_input", length: 5, commitment: "0".repeat(64), payloadId: "x.0", keyId: "k" }],
    })
    .put("D", "session.error.raised.v1", 3, { sessionId: "s1", error: "overloaded", status: 529, model: "m-1" });
  const { steps } = shown(stream);
  assert.deepEqual(
    steps.map(({ kind, title, outcome, promptId, subagentId, model }) => [kind, title, outcome, promptId, subagentId, model]),
    [
      ["started", "codex", null, null, null, null],
      ["prompt.submitted", "prompt.submitted", null, "p1", null, null],
      ["tool.called", "shell", "blocked", null, "sub", null],
      ["error.raised", "overloaded", "failed", null, null, "m-1"],
    ],
  );
  assert.deepEqual(steps[1]?.content, [{ kind: "prompt", length: 12, sealed: false, payloadId: null }]);
  assert.deepEqual(steps[2]?.content, [{ kind: "tool_input", length: 5, sealed: true, payloadId: "x.0" }]);
  assert.equal("content" in (steps[2]?.data ?? {}), false);
});

test("steps come in the order in which they happened, page by page, none twice and none left out", () => {
  const stream = new Stream();
  // Stored out of order: seconds 6 5 4 3 2 1 0, then two at the same second.
  for (let second = 6; second >= 0; second--)
    stream.put(`e${second}`, "session.tool.called.v1", second, { sessionId: "s1", tool: "t", outcome: "ok" });
  stream.put("e3b", "session.tool.called.v1", 3, { sessionId: "s1", tool: "t", outcome: "ok" });

  const first = shown(stream, null, 3);
  assert.deepEqual(
    first.steps.map(({ eventId }) => eventId),
    ["e0", "e1", "e2"],
  );
  const second = shown(stream, first.next, 3);
  assert.deepEqual(
    second.steps.map(({ eventId }) => eventId),
    ["e3", "e3b", "e4"],
  );
  const third = shown(stream, second.next, 3);
  assert.deepEqual(
    third.steps.map(({ eventId }) => eventId),
    ["e5", "e6"],
  );
  assert.equal(third.next, null);
});

test("a page's end falls on the last step only when there is no more", () => {
  const stream = new Stream();
  for (let second = 0; second < 4; second++) stream.put(`e${second}`, "session.ended.v1", second, { sessionId: "s1" });
  assert.equal(shown(stream, null, 4).next, null);
  assert.notEqual(shown(stream, null, 3).next, null);
});

test("a long stream needs memory for the wanted steps only and still finds the earliest", () => {
  const stream = new Stream();
  for (let nth = 0; nth < 1000; nth++) stream.put(`e${nth}`, "session.ended.v1", (nth * 7) % 1000, { sessionId: "s1" });
  const { steps, next } = shown(stream, null, 5);
  // 7 is invertible modulo 1000 (7 x 143 = 1001), so second s belongs to event 143 s mod 1000.
  assert.deepEqual(
    steps.map(({ eventId }) => eventId),
    ["e0", "e143", "e286", "e429", "e572"],
  );
  assert.notEqual(next, null);
});
