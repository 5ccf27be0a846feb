import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { SessionSummary } from "../../../schemas/api.ts";
import { openClickHouse } from "../../adapters/clickhouse/read-store.ts";
import type { EventStore } from "../../ports/event-store.ts";
import type { ReadStore } from "../../ports/read-store.ts";
import { filled, projectAll } from "../../testing/projected.ts";
import { sampleEvent } from "../../testing/sample-log.ts";
import { activityPerMinute } from "./activity.ts";
import { agentActivity } from "./agents.ts";
import { type EventQuery, findEvent, listEvents } from "./events.ts";
import { facets } from "./facets.ts";
import { listQuarantine, type QuarantineQuery } from "./quarantine.ts";
import { listSessions, readSession, type SessionQuery } from "./sessions.ts";

const DAY = { from: "2026-11-19T00:00:00Z", to: "2026-11-20T00:00:00Z" };

/** Sessions one minute apart from 20:00 on; session n has n tool calls, one second each, and costs n dollars. */
const SESSIONS = [
  { n: 1, agent: "a1", id: "one", team: "core", repo: "shop/API", branch: "main", vendor: "codex", model: "opus", outcome: "completed" },
  { n: 2, agent: "a1", id: "two", team: "shop", repo: "shop/web", branch: "feature/PAY-1", vendor: "codex", model: "haiku", outcome: null },
  { n: 3, agent: "a2", id: "one", team: "", repo: "", branch: "", vendor: "gemini", model: "", outcome: "failed" },
  { n: 4, agent: "a2", id: "50%_off'; DROP", team: "core", repo: "other", branch: "", vendor: "claude-code", model: "opus", outcome: null },
] as const;

let path: string;
let reads: ReadStore;
let store: EventStore;
before(async () => {
  path = await mkdtemp(join(tmpdir(), "andon-lists-"));
  reads = await openClickHouse({ kind: "chdb", path });
  store = await filled([]);
  let n = 0;
  for (const session of SESSIONS) {
    const { agent, id, team, repo, branch, vendor, model, outcome } = session;
    const where = { actorid: agent, vendor, ...(team && { team }), ...(repo && { repo }), ...(branch && { branch }) };
    const add = async (at: number, type: string, data: object, envelope = {}): Promise<void> => {
      const event = sampleEvent(at, `andon.${type}`, { ...where, ...envelope }, { sessionId: id, ...data });
      await store.append([{ stream: `session-${agent}.${id}`, expected: "any", events: [{ ...event, id: uuid(n++) }] }]);
    };
    await add(session.n * 60, "session.started.v1", {});
    for (let call = 1; call <= session.n; call++)
      await add(session.n * 60 + call, "session.tool.called.v1", { tool: "Bash", outcome: "ok" });
    if (model !== "") await add(session.n * 60, "cost.computed.v1", moved(session.n, model), { actorkind: "service", actorid: "ledger" });
    if (outcome !== null) await add(session.n * 60 + session.n, "session.ended.v1", { outcome });
  }
  const counters = (id: string, tokens: object) => ({
    stream: `session-a1.unsessioned:${id}`,
    expected: "any" as const,
    events: [
      { ...sampleEvent(30, "andon.session.usage.recorded.v2", { team: "core" }, { sessionId: `unsessioned:${id}` }), id: uuid(n++) },
      { ...sampleEvent(30, "andon.cost.computed.v1", {}, { sessionId: `unsessioned:${id}`, ...moved(0, "opus"), tokens }), id: uuid(n++) },
    ],
  });
  await store.append([counters("counted", { input: 5 }), counters("cross-check", {})]);
  await store.append([
    {
      stream: "change-c",
      expected: "any",
      events: [{ ...sampleEvent(999, "andon.change.opened.v1", { actorid: "a3", vendor: "home" }, { changeId: "c" }), id: uuid(n++) }],
    },
  ]);
  for (const [nth, entryId] of ["q1", "q2", "q3"].entries()) {
    const entered = {
      entryId,
      agentId: "a1",
      door: "otlp",
      code: nth === 0 ? "not_json" : "too_large",
      reason: "not JSON",
      bytes: 12,
      sha256: "",
      payloadId: "p",
      keyId: "k",
    };
    await store.append([
      {
        stream: `quarantine-${entryId}`,
        expected: "any",
        events: [{ ...sampleEvent(nth, "andon.quarantine.entered.v1", {}, entered), id: uuid(n++) }],
      },
    ]);
  }
  const discarded = sampleEvent(
    77,
    "andon.quarantine.discarded.v1",
    { actorkind: "human", actorid: "ana" },
    { entryId: "q2", reason: "a test" },
  );
  await store.append([{ stream: "quarantine-q2", expected: "any", events: [{ ...discarded, id: uuid(n++) }] }]);
  await projectAll({ store, reads });
});
after(async () => {
  await reads[Symbol.asyncDispose]();
  await rm(path, { recursive: true, force: true });
});

const uuid = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, "0")}`;

const moved = (dollars: number, model: string) => ({
  entry: "e",
  provider: "p",
  model,
  occurredAt: new Date(Date.parse("2026-11-19T20:00:00Z") + dollars * 60_000).toISOString(),
  tokens: { input: dollars },
  parts: [],
  pico: String(BigInt(dollars) * 10n ** 12n),
  unpriced: 0,
  quality: "exact",
  because: "request",
});

async function sessions(query: Partial<SessionQuery>): Promise<string[]> {
  const page = await listSessions(reads, { ...DAY, limit: 50, cursor: null, ...query });
  assert.ok("items" in page);
  return page.items.map(({ agent, id }) => `${agent} ${id}`);
}

const [ONE, TWO, OTHER_ONE, FOUR, COUNTED] = ["a1 one", "a1 two", "a2 one", "a2 50%_off'; DROP", "a1 unsessioned:counted"] as const;

test("sessions by when something happened last, longest, dearest, latest begun", async () => {
  assert.deepEqual(await sessions({}), [FOUR, OTHER_ONE, TWO, ONE, COUNTED]);
  assert.deepEqual(await sessions({ order: "start" }), [FOUR, OTHER_ONE, TWO, ONE, COUNTED]);
  assert.deepEqual(await sessions({ order: "duration" }), [FOUR, OTHER_ONE, TWO, ONE, COUNTED]);
  assert.deepEqual(await sessions({ order: "cost" }), [FOUR, TWO, ONE, OTHER_ONE, COUNTED]);
});

test("sessions narrowed by what they belong to, with and without attribution", async () => {
  assert.deepEqual(await sessions({ where: { team: ["core"] } }), [FOUR, ONE, COUNTED]);
  assert.deepEqual(await sessions({ where: { team: [null, "shop"] } }), [OTHER_ONE, TWO]);
  assert.deepEqual(await sessions({ where: { model: ["haiku"] } }), [TWO]);
  assert.deepEqual(await sessions({ where: { model: [null, "haiku"] } }), [OTHER_ONE, TWO]);
  assert.deepEqual(await sessions({ where: { vendor: ["codex"], repo: ["shop/API"] } }), [ONE]);
  assert.deepEqual(await sessions({ where: { agent: ["a2"], team: ["core"] } }), [FOUR]);
  assert.deepEqual(await sessions({ where: { team: [] } }), []);
  assert.deepEqual(await sessions({ branch: "main" }), [ONE]);
  assert.deepEqual(await sessions({ outcome: "failed" }), [OTHER_ONE]);
  // Nothing was heard of these for days, and they never said that they ended.
  assert.deepEqual(await sessions({ outcome: "silent" }), [FOUR, TWO, COUNTED]);
  assert.deepEqual(await sessions({ outcome: "open" }), []);
});

test("sessions by a part of id, repository or branch, where no sign means anything else", async () => {
  assert.deepEqual(await sessions({ text: "SHOP/a" }), [ONE]);
  assert.deepEqual(await sessions({ text: "pay-1" }), [TWO]);
  assert.deepEqual(await sessions({ text: "%_OFF'" }), [FOUR]);
  assert.deepEqual(await sessions({ text: "%" }), [FOUR]);
  assert.deepEqual(await sessions({ text: "50%_off'; drop table" }), []);
});

test("sessions of a period are those with something in it", async () => {
  assert.deepEqual(await sessions({ from: "2026-11-19T20:03:03Z" }), [FOUR, OTHER_ONE]);
  assert.deepEqual(await sessions({ to: "2026-11-19T20:02:00Z" }), [ONE, COUNTED]);
  assert.deepEqual(await sessions({ from: "2026-11-19T20:02:01.500Z", to: "2026-11-19T20:03:00.001Z" }), [OTHER_ONE, TWO]);
});

test("pages of one session each are the whole list, in every order", async () => {
  for (const order of ["last", "start", "cost", "duration"] as const) {
    const found: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await listSessions(reads, { ...DAY, limit: 1, cursor, order });
      assert.ok("items" in page);
      assert.equal(page.items.length, 1);
      found.push(...page.items.map(({ agent, id }) => `${agent} ${id}`));
      if (page.next === null) break;
      cursor = page.next;
    }
    assert.deepEqual(found, await sessions({ order }));
  }
});

test("a cursor that nobody gave out is refused", async () => {
  for (const cursor of ["", "[]", '["x","a","b"]', '["1","a"]', '["1","a",2]', '["1;","a","b"]', "{}", "null"]) {
    assert.deepEqual(await listSessions(reads, { ...DAY, limit: 1, cursor }), { kind: "bad_cursor" }, cursor);
    assert.deepEqual(await listQuarantine(reads, { limit: 1, cursor }), { kind: "bad_cursor" }, cursor);
  }
});

test("one session, with everything there is to show", async () => {
  const expected: SessionSummary = {
    id: "one",
    agent: "a1",
    agentName: "Ana's agent",
    team: "core",
    feature: null,
    repo: "shop/API",
    branch: "main",
    ticket: null,
    vendor: "codex",
    models: ["opus"],
    startedAt: "2026-11-19T20:01:00.000Z",
    lastAt: "2026-11-19T20:01:01.000Z",
    heardAt: "2026-11-19T20:01:01.000Z",
    durationS: 1,
    outcome: "completed",
    prompts: 0,
    modelCalls: 1,
    toolCalls: 1,
    errors: 0,
    tokens: { input: 1, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
    cost: "1",
    reportedCost: null,
    unpriced: 0,
    events: 1,
  };
  assert.deepEqual(await readSession(reads, "one", "a1", (agent) => (agent === "a1" ? "Ana's agent" : null)), expected);
  assert.equal((await readSession(reads, "one", null))?.agent, "a2");
  assert.equal(await readSession(reads, "one", "a9"), null);
  assert.equal(await readSession(reads, "' OR 1 = 1", null), null);
});

async function found(query: Partial<EventQuery>): Promise<string[]> {
  const { items } = await listEvents(reads, { limit: 100, cursor: null, ...query });
  return items.map(({ stream, revision }) => `${stream}@${revision}`);
}

test("events narrowed by type, team, vendor, agent, session and time, newest first", async () => {
  assert.deepEqual(await found({ types: ["andon.change"] }), ["change-c@0"]);
  assert.deepEqual(await found({ types: ["andon.session.ended.v1"] }), ["session-a2.one@4", "session-a1.one@3"]);
  assert.deepEqual(await found({ types: ["andon.session.end"] }), []);
  assert.deepEqual(await found({ session: "two", types: ["andon.session.tool"] }), ["session-a1.two@2", "session-a1.two@1"]);
  assert.deepEqual(await found({ session: "one", agents: ["a2"], from: "2026-11-19T20:03:02Z", to: "2026-11-19T20:03:03Z" }), [
    "session-a2.one@2",
  ]);
  assert.deepEqual(await found({ vendors: ["home"] }), ["change-c@0"]);
  assert.deepEqual(await found({ teams: ["shop"], types: ["andon.cost"] }), ["session-a1.two@3"]);
});

test("pages of events are the whole list, and each place leads to its event", async () => {
  const all = await listEvents(reads, { limit: 100, cursor: null });
  const paged: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await listEvents(reads, { limit: 4, cursor });
    paged.push(...page.items.map(({ position }) => position));
    if (page.next === null) break;
    cursor = page.next;
  }
  assert.deepEqual(
    paged,
    all.items.map(({ position }) => position),
  );
  for (const place of all.items) {
    const [event] = await store.readStream(place.stream, place.revision, 1);
    assert.equal(event?.position, place.position);
    assert.deepEqual(await findEvent(reads, place.position), place);
  }
  assert.equal(await findEvent(reads, "no such position"), null);
  const newest = (await store.readStream("quarantine-q2", 1, 1))[0];
  assert.equal(all.asOf, (JSON.parse(newest?.body ?? "{}") as { recordedat: string }).recordedat);
});

test("quarantine entries as they stand", async () => {
  const entries = async (query: Partial<QuarantineQuery>) => {
    const page = await listQuarantine(reads, { limit: 10, cursor: null, ...query });
    assert.ok("items" in page);
    assert.equal(page.held, 2);
    return page.items.map(({ id, state }) => `${id} ${state}`);
  };
  assert.deepEqual(await entries({}), ["q3 held", "q2 discarded", "q1 held"]);
  assert.deepEqual(await entries({ state: "held", code: "too_large" }), ["q3 held"]);
  assert.deepEqual(await entries({ agent: "a2" }), []);
  const first = await listQuarantine(reads, { limit: 2, cursor: null });
  assert.ok("items" in first && first.next !== null);
  assert.deepEqual(await entries({ limit: 2, cursor: first.next }), ["q1 held"]);
  assert.deepEqual(first.items[1], {
    id: "q2",
    enteredAt: "2026-11-19T20:00:01.000Z",
    agent: "a1",
    agentName: null,
    door: "otlp",
    code: "too_large",
    reason: "not JSON",
    at: null,
    bytes: 12,
    contentType: null,
    state: "discarded",
    settledAt: "2026-11-19T20:01:17.000Z",
    settledReason: "a test",
  });
});

test("agents: last heard, vendors and sessions", async () => {
  const activity = await agentActivity(reads);
  assert.deepEqual(Object.fromEntries(activity), {
    a1: { lastHeardAt: "2026-11-19T20:02:02.000Z", vendorsSeen: ["codex"], sessions: 2 },
    a2: { lastHeardAt: "2026-11-19T20:04:04.000Z", vendorsSeen: ["claude-code", "gemini"], sessions: 2 },
    a3: { lastHeardAt: "2026-11-19T20:16:39.000Z", vendorsSeen: ["home"], sessions: 0 },
  });
});

test("facets of a period, of sessions and of costs", async () => {
  const { type, ...rest } = await facets(reads, DAY);
  assert.deepEqual(rest, {
    team: ["core", "shop"],
    feature: [],
    model: ["haiku", "opus"],
    vendor: ["claude-code", "codex", "gemini"],
    agent: ["a1", "a2"],
    repo: ["other", "shop/API", "shop/web"],
    changeKind: [],
    outcome: ["completed", "failed", "silent"],
  });
  assert.ok(type?.includes("andon.change.opened.v1") && type.includes("andon.quarantine.discarded.v1"));
  const empty = await facets(reads, { from: "2025-01-01T00:00:00Z", to: "2025-01-02T00:00:00Z" });
  assert.ok(Object.values(empty).every((values) => values.length === 0));
});

test("events per minute", async () => {
  const minutes = await activityPerMinute(reads, "2026-11-19T20:03:00Z");
  // 20:03: started, three tools, ended; 20:04: started, four tools, one movement; 20:16: the change.
  assert.deepEqual(minutes, [
    { minute: "2026-11-19T20:03:00.000Z", events: 5 },
    { minute: "2026-11-19T20:04:00.000Z", events: 6 },
    { minute: "2026-11-19T20:16:00.000Z", events: 1 },
  ]);
});
