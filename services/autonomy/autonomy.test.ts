import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, test } from "node:test";
import type { AutonomyKey } from "../../schemas/autonomy.ts";
import type { StoredEvent } from "../../schemas/event.ts";
import { readEventData } from "../../schemas/registry.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import type { Measures } from "../domain/autonomy/ladder.ts";
import { scopeIdOf } from "../domain/autonomy/scope.ts";
import { wilsonLower } from "../domain/autonomy/wilson.ts";
import type { EventStore } from "../ports/event-store.ts";
import { type AutonomyBook, openAutonomy } from "./autonomy.ts";

const DAY = 24 * 3_600_000;
const CI = { kind: "service", id: "ci" } as const;
const person = (id: string) => ({ kind: "human", id }) as const;
const OLD = "a".repeat(64);
const NEW = "b".repeat(64);
const KEY: AutonomyKey = { config: OLD, pathSet: "checkout/src", changeClass: "bug", riskTier: 1 };
const OTHER: AutonomyKey = { ...KEY, changeClass: "chore" };

const measured = (values: Record<string, number | boolean>): Measures =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, source: `src:${id}` }]));
const MEASURES: Record<number, Measures> = {
  1: measured({ sandbox_exists: true, tool_policy_exists: true, owner_attested: true }),
  2: measured({ sessions: 20, critical_denies: 0, secret_scan_clean: true }),
  3: measured({ tests_green: true, rollback_possible: true, readiness: 0.9 }),
};

let store: EventStore;
let now: number;
let counter: number;

beforeEach(() => {
  store = openMemoryEventStore();
  now = Date.parse("2026-03-02T09:00:00Z");
  counter = 0;
});

const random = (bytes: number): Uint8Array => createHash("sha256").update(String(++counter)).digest().subarray(0, bytes);
const open = (floor = 0): Promise<AutonomyBook> => openAutonomy({ store, now: () => now, random, floor });

async function trials(book: AutonomyBook, key: AutonomyKey, count: number, merged = true): Promise<void> {
  for (let n = 0; n < count; n++) {
    const facts = { merged, gatesGreen: true, durable: true, deniedExecuted: 0, worstIncident: null, agentLines: 10, changedLines: 0 };
    const answer = await book.recordTrial(key, { trialId: `c${++counter}`, finishedMs: now, ...facts }, CI);
    assert.equal(answer.kind, "done", JSON.stringify(answer));
  }
}

async function raise(book: AutonomyBook, key: AutonomyKey, to: number): Promise<void> {
  const proposed = await book.propose(key, to, MEASURES[to] ?? {}, undefined, person("ana"));
  assert.ok(proposed.kind === "proposed", JSON.stringify(proposed));
  await book.sign(key, proposed.proposalId, "team_lead", undefined, person("ana"));
  if (to === 3) await book.sign(key, proposed.proposalId, "policy_owner", undefined, person("rui"));
  assert.equal(book.levelOf(key).level, to);
}

async function climb(book: AutonomyBook, key: AutonomyKey): Promise<void> {
  await raise(book, key, 1);
  await trials(book, key, 20);
  await raise(book, key, 2);
  await trials(book, key, 35);
  now += 28 * DAY;
  await raise(book, key, 3);
}

const stored = async (key: AutonomyKey): Promise<StoredEvent[]> =>
  (await store.readStream(`autonomy-${scopeIdOf(key)}`, 0, 1000)).map(({ body }) => JSON.parse(body) as StoredEvent);

describe("the book of autonomy", () => {
  test("a scope climbs with evidence and signatures, and another process and a restart say the same", async () => {
    await using book = await open();
    await using other = await open();
    assert.deepEqual(book.levelOf(KEY), { level: 0, state: "none", shadow: false, scopeId: null });
    await climb(book, KEY);
    assert.deepEqual(book.levelOf(KEY), { level: 3, state: "probation", shadow: false, scopeId: scopeIdOf(KEY) });
    assert.equal(book.levelOf(OTHER).state, "none");
    for (let tries = 0; tries < 200 && other.levelOf(KEY).level !== 3; tries++) await new Promise((done) => setTimeout(done, 5));
    assert.deepEqual(other.get(scopeIdOf(KEY)), book.get(scopeIdOf(KEY)));
    await using again = await open();
    assert.deepEqual(again.list(), book.list());
  });

  test("every event fits its schema, and the evidence of a promotion can be worked out again from the stream", async () => {
    await using book = await open();
    await climb(book, KEY);
    const events = await stored(KEY);
    for (const { type, data } of events) assert.equal(readEventData(type, data).kind, "ok", type);
    const promoted = events.at(-1)?.data as {
      evidence: { events: number; bounds: [{ from: string; to: string; trials: number; lower: number }] };
    };
    const [bound] = promoted.evidence.bounds;
    const verdicts = events.slice(0, promoted.evidence.events).flatMap(({ type, data }) => (type.includes("trial") ? [data] : []));
    const counted = verdicts.filter(({ finishedAt }) => (finishedAt as string) > bound.from && (finishedAt as string) <= bound.to);
    const successes = counted.filter(({ outcome }) => outcome === "success").length;
    assert.deepEqual([bound.trials, bound.lower], [counted.length, wilsonLower(successes, counted.length)]);
    const signers = events.filter(({ type }) => type.includes("signed")).map(({ source }) => source);
    assert.deepEqual(signers, ["/people/ana", "/people/ana", "/people/ana", "/people/rui"]);
  });

  test("a proposal that lacks something is answered with it, and nothing is stored", async () => {
    await using book = await open();
    const answer = await book.propose(KEY, 1, {}, undefined, person("ana"));
    assert.ok(answer.kind === "missing");
    assert.deepEqual(
      answer.missing.map(({ id }) => id),
      ["sandbox_exists", "tool_policy_exists", "owner_attested"],
    );
    assert.equal(await store.head(), null);
  });

  test("the third failure demotes with the trial that brings it", async () => {
    await using book = await open();
    await climb(book, KEY);
    await trials(book, KEY, 3, false);
    assert.equal(book.levelOf(KEY).level, 2);
    const moves = (await stored(KEY))
      .filter(({ type }) => type.includes("demoted"))
      .map(({ data }) => [data["rule"], data["from"], data["to"]]);
    assert.deepEqual(moves, [["failures_in_last_trials", 3, 2]]);
  });

  test("a grave incident leads to level 2 here and one down in the configuration's other scopes, once", async () => {
    await using book = await open();
    await climb(book, KEY);
    await climb(book, OTHER);
    const foreign = { ...KEY, config: NEW };
    await raise(book, foreign, 1);
    const report = { rule: "incident", ref: "inc_1", severity: 2 } as const;
    for (let twice = 0; twice < 2; twice++) assert.equal((await book.report(KEY, report, CI)).kind, "done");
    assert.deepEqual(
      [KEY, OTHER, foreign].map((key) => book.levelOf(key).level),
      [2, 2, 1],
    );
    assert.equal((await book.report(KEY, { ...report, severity: 4 }, CI)).kind, "invalid");
  });

  test("frozen and suspended scopes say so", async () => {
    await using book = await open(1);
    await book.report(KEY, { rule: "line_red", ref: "andon_1" }, CI);
    assert.deepEqual([book.levelOf(KEY).state, book.levelOf(KEY).level], ["frozen", 1]);
    assert.equal((await book.unfreeze(KEY, "andon_1", person("ana"))).kind, "done");
    assert.equal((await book.unfreeze(KEY, "andon_1", person("ana"))).kind, "unknown_ref");
    await book.report(KEY, { rule: "secret_exposed", ref: "dec_1" }, CI);
    assert.deepEqual([book.levelOf(KEY).state, book.levelOf(KEY).level], ["suspended", 0]);
  });

  test("a new configuration begins in shadow, one level lower, and is given the old level back by pairs", async () => {
    await using book = await open();
    await climb(book, KEY);
    const next = { ...KEY, config: NEW };
    assert.deepEqual(await book.changeConfig(OLD, NEW, CI), [scopeIdOf(next)]);
    assert.deepEqual(await book.changeConfig(OLD, OLD, CI), []);
    assert.deepEqual(book.levelOf(next), { level: 2, state: "probation", shadow: true, scopeId: scopeIdOf(next) });
    // 55 of 55 trials of the old one: 0.9347. 37 of 37 pairs have 0.9059, 36 of 36 have 0.9036: 0.9047 is needed.
    for (let n = 1; n <= 36; n++) await book.recordPair(next, { pairId: `p${n}`, success: true, predecessorSuccess: true }, CI);
    assert.equal(book.levelOf(next).shadow, true);
    await book.recordPair(next, { pairId: "p37", success: true, predecessorSuccess: true }, CI);
    assert.deepEqual(book.levelOf(next), { level: 3, state: "probation", shadow: false, scopeId: scopeIdOf(next) });
    assert.equal(book.levelOf(KEY).level, 3);
  });

  test("a new configuration ends no suspension and no freeze", async () => {
    await using book = await open(1);
    await book.report(KEY, { rule: "sandbox_escaped", ref: "dec_1" }, CI);
    await book.report(OTHER, { rule: "line_red", ref: "andon_1" }, CI);
    await book.changeConfig(OLD, NEW, CI);
    assert.deepEqual(
      [KEY, OTHER].map((key) => book.levelOf({ ...key, config: NEW }).state),
      ["suspended", "frozen"],
    );
  });

  test("idle scopes fall when the sweep passes midnight UTC", async () => {
    await using book = await open();
    await raise(book, KEY, 1);
    now = Date.parse("2026-04-01T23:59:59.999Z");
    await book.sweep();
    assert.equal(book.levelOf(KEY).level, 1);
    now += 1;
    const stop = new AbortController();
    const running = book.keepSwept(stop.signal);
    for (let tries = 0; tries < 200 && book.levelOf(KEY).level !== 0; tries++) await new Promise((done) => setTimeout(done, 5));
    stop.abort();
    await running;
    assert.deepEqual([book.levelOf(KEY).level, book.levelOf(KEY).state], [0, "probation"]);
    assert.equal((await stored(KEY)).at(-1)?.actorid, "autonomy");
  });

  test("two people who sign at once in two processes raise the level once", async () => {
    await using one = await open();
    await using two = await open();
    await climb(one, OTHER);
    await raise(one, KEY, 1);
    await trials(one, KEY, 20);
    await raise(one, KEY, 2);
    await trials(one, KEY, 35);
    now += 28 * DAY;
    const proposed = await one.propose(KEY, 3, MEASURES[3] ?? {}, undefined, person("ana"));
    assert.ok(proposed.kind === "proposed");
    for (let tries = 0; tries < 200 && !two.get(scopeIdOf(KEY))?.proposal; tries++) await new Promise((done) => setTimeout(done, 5));
    const answers = await Promise.all([
      one.sign(KEY, proposed.proposalId, "team_lead", undefined, person("ana")),
      two.sign(KEY, proposed.proposalId, "policy_owner", undefined, person("rui")),
    ]);
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ["done", "done"],
    );
    const types = (await stored(KEY)).map(({ type }) => type.slice("andon.autonomy.".length)).slice(-4);
    assert.deepEqual(types, ["promotion.proposed.v1", "promotion.signed.v1", "promotion.signed.v1", "promoted.v1"]);
  });
});
