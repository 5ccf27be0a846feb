import assert from "node:assert/strict";
import { test } from "node:test";
import type { NewEvent, Position } from "../ports/event-store.ts";
import { sampleEvent } from "../testing/sample-log.ts";
import { movementOf, SegmentCosts } from "./fold-costs.ts";
import { foldSession, newSession, SESSION_COLUMNS, sessionFrom, sessionRows } from "./fold-session.ts";
import { isoOf, isoOrNull, momentOf } from "./moments.ts";
import { readEvent } from "./read-event.ts";

const recorded = (event: NewEvent, stream: string, revision = 0) =>
  readEvent({ ...event, stream, revision, position: String(revision).padStart(4, "0") as Position });

const movement = (data: Record<string, unknown>, envelope: Record<string, unknown> = {}): NewEvent =>
  sampleEvent(
    1,
    "andon.cost.computed.v1",
    { source: "/services/ledger", actorkind: "service", actorid: "ledger", ...envelope },
    {
      sessionId: "s",
      entry: "e",
      provider: "anthropic",
      model: "opus",
      occurredAt: "2026-11-20T23:59:59.999Z",
      tokens: {},
      parts: [],
      pico: "0",
      unpriced: 0,
      quality: "exact",
      because: "request",
      ...data,
    },
  );

test("a session's agent and id may contain dots and dashes", () => {
  const of = (stream: string, sessionId: string) => {
    const { agent, session } = recorded(sampleEvent(1, "andon.session.started.v1", {}, { sessionId }), stream);
    return [agent, session];
  };
  assert.deepEqual(of("session-a.b.c.d", "c.d"), ["a.b", "c.d"]);
  assert.deepEqual(of("session-team-a.x-1", "x-1"), ["team-a", "x-1"]);
  assert.deepEqual(of("session-a.unsessioned:p.1", "unsessioned:p.1"), ["a", "unsessioned:p.1"]);
  // An event of the ledger about another session than its stream's: the stream decides.
  assert.deepEqual(of("session-a.s.1", "other"), ["a", "s.1"]);
});

test("events of people and of the platform have no agent", () => {
  const price = recorded(sampleEvent(1, "andon.price.published.v1", { actorkind: "human", actorid: "ana" }, {}), "price-openai");
  assert.deepEqual([price.agent, price.session], ["", null]);
  const change = recorded(sampleEvent(1, "andon.change.opened.v1", { actorkind: "agent", actorid: "a7" }, {}), "change-9");
  assert.deepEqual([change.agent, change.session], ["a7", null]);
});

test("moments are UTC in milliseconds, whatever zone and precision they came in", () => {
  assert.equal(momentOf("2026-11-20T23:59:59.999Z"), "2026-11-20 23:59:59.999");
  assert.equal(momentOf("2026-11-20T23:30:00-03:00"), "2026-11-21 02:30:00.000");
  assert.equal(momentOf("2026-11-20T10:00:00.1239Z"), "2026-11-20 10:00:00.123");
  for (const none of ["", "yesterday", 12, null, undefined, "9999-01-01T00:00:00Z"]) assert.equal(momentOf(none, "else"), "else");
  assert.equal(isoOf("2026-11-21 02:30:00.000"), "2026-11-21T02:30:00.000Z");
  assert.equal(isoOrNull(momentOf(null)), null);
});

test("a movement goes to the hour in which the usage happened, with its buckets added up", () => {
  const tokens = { input: 1, cacheRead: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheWriteOther: 5, output: 6, reasoning: 7 };
  const found = movementOf(
    recorded(
      movement({ tokens, pico: "900719925474099312345", reportedPico: "-1", unpriced: 8 }, { team: "core", changekind: "bug" }),
      "session-a.s",
    ),
  );
  assert.deepEqual(found?.dimensions, ["core", "", "opus", "", "a", "", "bug"]);
  assert.deepEqual(found?.sums, [1n, 2n, 12n, 6n, 7n, 900719925474099312345n, -1n, 1n, 8n, 1n]);

  const costs = new SegmentCosts(3);
  if (found) for (const _ of [1, 2]) costs.add(found);
  const cells = ["2", "4", "24", "12", "14", "1801439850948198624690", "-2", "2", "16", "2"];
  assert.deepEqual(costs.take().values, [
    ["hour", 3, "2026-11-20 23:00:00", "core", "", "opus", "", "a", "", "bug", ...cells],
    ["day", 3, "2026-11-20 00:00:00", "core", "", "opus", "", "a", "", "bug", ...cells],
  ]);
  assert.deepEqual(costs.take().values, []);
});

test("a model that the agent did not name is not attributed", () => {
  assert.equal(movementOf(recorded(movement({ model: "unknown" }), "session-a.s"))?.dimensions[2], "");
  assert.equal(movementOf(recorded(sampleEvent(1, "andon.session.usage.recorded.v2", {}, { sessionId: "s" }), "session-a.s")), null);
});

test("a session is what its events say, and goes on from its row as if nothing had happened", () => {
  const said = { actorid: "a", team: "core", vendor: "codex" };
  const event = (type: string, n: number, data = {}, envelope = {}) =>
    sampleEvent(n, `andon.${type}`, { ...said, ...envelope }, { sessionId: "s", ...data });
  const log = [
    event("session.started.v1", 60, {}, { repo: "shop/api", branch: "main" }),
    event("session.prompt.submitted.v1", 61),
    movement({ tokens: { input: 10 }, pico: "5" }, { time: "2026-11-01T00:00:00.000Z", feature: "not from the ledger" }),
    movement({ model: "haiku", pico: "7", reportedPico: "3" }),
    movement({ model: "haiku", pico: "-7", reportedPico: "-3", because: "replaced" }),
    movement({ model: "opus", pico: "1", because: "residual" }),
    event("session.tool.called.v1", 30, { outcome: "failed" }, { feature: "pay" }),
    event("session.error.raised.v1", 62),
    event("session.ended.v1", 63, { outcome: "completed" }),
    event("session.started.v1", 90, { start: "resume" }, { branch: "fix" }),
  ];
  const events = log.map((each, revision) => recorded(each, "session-a.s", revision));

  const state = newSession("a", "s");
  for (const each of events) foldSession(state, each);
  const { sums, ...rest } = state;
  assert.deepEqual(rest, {
    agent: "a",
    session: "s",
    revision: 9,
    opened: "2026-11-19 20:01:00.000",
    started: "2026-11-19 20:00:30.000",
    last: "2026-11-19 20:01:30.000",
    heard: "2026-11-19 20:01:30.000",
    team: "core",
    feature: "pay",
    vendor: "codex",
    repo: "shop/api",
    branch: "fix",
    ticket: "",
    change_kind: "",
    models: ["opus", "haiku"],
    outcome: "open",
    prompts: 1,
    model_calls: 1,
    tool_calls: 1,
    errors: 1,
  });
  assert.deepEqual(sums, [10n, 0n, 0n, 0n, 0n, 6n, 0n, 2n, 0n, 4n]);

  for (let stop = 1; stop < events.length; stop++) {
    const first = newSession("a", "s");
    for (const each of events.slice(0, stop)) foldSession(first, each);
    const row = sessionRows([first]).values[0] ?? [];
    const again = sessionFrom(Object.fromEntries(SESSION_COLUMNS.map((column, nth) => [column, row[nth]])));
    for (const each of events.slice(stop)) foldSession(again, each);
    assert.deepEqual(again, state);
  }
});
