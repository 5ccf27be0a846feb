import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { LineScope } from "../../schemas/line.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import type { Actor } from "../domain/envelope.ts";
import { PULL_SETTINGS } from "../domain/line/pull-rules.ts";
import type { LineRequest } from "../domain/line/reach.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { LineMessage } from "../ports/line-broadcast.ts";
import { type LineStep, type Lines, type LinesDeps, openLines } from "./lines.ts";

const MINUTE = 60_000;
const team: LineScope = { kind: "team", name: "payments" };
const org: LineScope = { kind: "org", name: "acme" };
const ana: Actor = { kind: "human", id: "ana" };
const bia: Actor = { kind: "human", id: "bia" };
const bot: Actor = { kind: "agent", id: "agt_1" };

let store: EventStore;
let now: number;
let sent: LineMessage[];
let said: string[];
let busUp: boolean;
let runtimes: string[];

const open = (more: Partial<LinesDeps> = {}): Promise<Lines> =>
  openLines({
    store,
    broadcast: {
      async send(message) {
        if (!busUp) throw new Error("the bus is away");
        sent.push(message);
      },
    },
    now: () => now,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    ownersOf: () => [],
    widerOf: ({ kind }) => (kind === "org" ? null : org),
    taktOf: () => null,
    runtimesIn: () => runtimes,
    settings: () => PULL_SETTINGS,
    trouble: (message) => said.push(message),
    ...more,
  });

beforeEach(() => {
  store = openMemoryEventStore();
  now = Date.parse("2026-11-20T10:00:00Z");
  sent = [];
  said = [];
  busUp = true;
  runtimes = [];
});

const request: LineRequest = { action: "tool.call", places: { team: ["payments"] } };
const blocked = (lines: Lines, asked = request): boolean => lines.entries(asked).some(({ blocks }) => blocks !== null);
const typesIn = async (stream: string): Promise<string[]> =>
  (await store.readStream(stream, 0, 100)).map(({ type }) => type.replace(/^andon\.(.*)\.v1$/, "$1"));

async function pulled(lines: Lines, by: Actor = ana, stops = false): Promise<string> {
  const answer = await lines.pull({ scope: team, symptom: "tests_fail", stops }, by);
  assert.ok(answer.kind === "done", JSON.stringify(answer));
  return answer.andonId;
}

async function done(answer: Promise<{ kind: string }>): Promise<void> {
  assert.equal((await answer).kind, "done", JSON.stringify(await answer));
}

/** Other processes hear of it in their own time. */
async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds());
}

async function tried(lines: Lines, andonId: string): Promise<void> {
  const contained = { scopeVerified: true, autonomyFrozen: true, inFlight: ["c1"], reverted: ["c1"], fenced: [] };
  await done(lines.step(team, { kind: "contain", andonId, ...contained } as LineStep, ana));
  const countermeasure = { kind: "check", reference: "c9" } as const;
  await done(lines.step(team, { kind: "countermeasure", andonId, causeClass: "flaky_check", cause: "it never ran", countermeasure }, ana));
  await done(lines.step(team, { kind: "start_trial", andonId, changeId: "c9" }, ana));
  await done(lines.step(team, { kind: "end_trial", andonId, outcome: "passed" }, ana));
}

describe("the cord", () => {
  test("stops its scope from the moment it is stored until a second person releases it", async () => {
    await using lines = await open();
    assert.equal(blocked(lines), false);
    const andonId = await pulled(lines, ana, true);
    assert.equal(blocked(lines), true);
    assert.equal(blocked(lines, { action: "tool.call", places: { team: ["risk"] } }), false);
    await tried(lines, andonId);
    assert.equal(blocked(lines), true);
    assert.equal(blocked(lines, { ...request, places: { team: ["payments"], change: ["c9"] } }), false);
    assert.equal((await lines.step(team, { kind: "release", andonId }, ana)).kind, "second_person");
    await done(lines.step(team, { kind: "release", andonId }, bia));
    assert.equal(blocked(lines), false);
    assert.deepEqual(
      lines.list().map(({ scope, colour }) => [scope.name, colour]),
      [["payments", "yellow"]],
    );
  });

  test("pulled by many at once is one pull with all names", async () => {
    await using here = await open();
    await using there = await open();
    const pullers = Array.from({ length: 20 }, (_, nth): Actor => ({ kind: "agent", id: `agt_${nth}` }));
    const answers = await Promise.all(
      pullers.map((by, nth) =>
        (nth % 2 ? here : there).pull({ scope: { kind: "team", name: nth % 3 ? "payments" : "Payments" }, symptom: "slow" }, by),
      ),
    );
    const ids = new Set(answers.map((answer) => (answer.kind === "done" ? answer.andonId : answer.kind)));
    assert.equal(ids.size, 1);
    await eventually(() => here.get(team)?.active?.pullers.length === 20);
    assert.deepEqual(new Set(here.get(team)?.active?.pullers.map(({ id }) => id)), new Set(pullers.map(({ id }) => id)));
    assert.deepEqual(await typesIn("line-team.payments"), ["line.pulled", ...Array(19).fill("line.pull.joined")]);
  });

  test("what one process stores holds in another, and after a restart", async () => {
    await using there = await open();
    {
      await using here = await open();
      await pulled(here, ana, true);
    }
    await eventually(() => blocked(there));
    await using later = await open();
    assert.equal(blocked(later), true);
  });

  test("two people who answer at once: one does, the other is told", async () => {
    await using here = await open();
    await using there = await open();
    const andonId = await pulled(here);
    const answers = await Promise.all([
      here.step(team, { kind: "acknowledge", andonId }, ana),
      there.step(team, { kind: "acknowledge", andonId }, bia),
    ]);
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ["done", "not_now"]);
    assert.deepEqual(await typesIn("line-team.payments"), ["line.pulled", "line.acknowledged"]);
  });

  test("is stopped by the clock when nobody answers, and the next owner is called", async () => {
    await using lines = await open({ ownersOf: ({ kind }) => (kind === "org" ? ["bia"] : ["ana"]) });
    const andonId = await pulled(lines, bot);
    await lines.tick(now);
    assert.equal(lines.get(team)?.active?.state, "called");
    now += 15 * MINUTE;
    assert.equal(blocked(lines), true, "the time is up before anybody has recorded it");
    await lines.tick(now);
    now += 240 * MINUTE;
    await lines.tick(now);
    await lines.tick(now);
    assert.deepEqual(await typesIn("line-team.payments"), ["line.pulled", "line.stopped", "line.escalated"]);
    assert.deepEqual(lines.get(team)?.active?.escalatedTo, org);
    await tried(lines, andonId);
    await done(lines.step(team, { kind: "release", andonId }, bia));
  });

  test("half a takt is the time to answer where that is shorter", async () => {
    await using lines = await open({ taktOf: () => 10 * MINUTE });
    await pulled(lines, bot);
    now += 5 * MINUTE;
    await lines.tick(now);
    assert.equal(lines.get(team)?.active?.state, "stopped");
  });

  test("is widened: the larger scope stops as well, and the smaller one says so", async () => {
    await using lines = await open();
    const andonId = await pulled(lines, ana, true);
    assert.equal((await lines.escalate(team, andonId, true, bot)).kind, "people_only");
    assert.equal(blocked(lines, { action: "tool.call", places: {} }), false);
    await done(lines.escalate(team, andonId, true, ana));
    assert.equal(blocked(lines, { action: "tool.call", places: {} }), true);
    assert.deepEqual(await typesIn("line-org.acme"), ["line.pulled", "line.stopped"]);
    const top = lines.get(org)?.active?.andonId as string;
    assert.equal((await lines.escalate(org, top, true, ana)).kind, "invalid");
  });

  test("a pull of something without a name is refused, and so is a step of a pull that is not there", async () => {
    await using lines = await open();
    assert.equal((await lines.pull({ scope: { kind: "team", name: " " }, symptom: "slow" }, ana)).kind, "invalid");
    assert.equal((await lines.step(team, { kind: "acknowledge", andonId: "adn_none" }, ana)).kind, "unknown_andon");
  });
});

describe("a rule at the cord", () => {
  const observed = { rule: "repeated_denies", scope: team, sameDenied: 6, evidence: ["ses_1"] } as const;

  test("pulls once, under its own name, however often it sees the same", async () => {
    await using lines = await open();
    const first = await lines.observe(observed);
    const again = await lines.observe(observed);
    assert.ok(first.pulls && first.andonId);
    assert.equal(again.andonId, first.andonId);
    assert.deepEqual(
      lines.get(team)?.active?.pullers.map(({ kind, id, rule }) => [kind, id, rule]),
      [["policy", "repeated_denies", "repeated_denies"]],
    );
    assert.deepEqual(await typesIn("line-team.payments"), ["line.pulled"]);
  });

  test("in a dry run says what it would do and stores nothing", async () => {
    const settings = { ...PULL_SETTINGS, mode: { ...PULL_SETTINGS.mode, repeated_denies: "dry_run" } } as const;
    await using lines = await open({ settings: () => settings });
    const verdict = await lines.observe(observed);
    assert.deepEqual([verdict.wouldPull, verdict.pulls, verdict.andonId], [true, false, null]);
    assert.deepEqual(await typesIn("line-team.payments"), []);
  });
});

describe("the runtimes", () => {
  test("are told of each state, acknowledge it with their latency, and those that do not are listed", async () => {
    runtimes = ["agt_1/run-1", "agt_1/run-2", "agt_2/run-1"];
    await using lines = await open();
    assert.equal(lines.delivery(team), null);
    const andonId = await pulled(lines, ana, true);
    await eventually(() => sent.length === 1);
    const [message] = sent;
    assert.deepEqual(
      { ...message, broadcastId: null },
      { broadcastId: null, scope: team, andonId, state: "stopped", trialChange: null, revision: 2, at: "2026-11-20T10:00:00.000Z" },
    );
    const broadcastId = message?.broadcastId as string;
    assert.deepEqual(lines.delivery(team)?.missing, runtimes);
    now += 40;
    assert.deepEqual(await lines.hear({ scope: team, broadcastId, runtimeId: "run-1" }, bot), { kind: "heard", latencyMs: 40 });
    now += 60;
    assert.deepEqual(await lines.hear({ scope: team, broadcastId, runtimeId: "run-1" }, bot), { kind: "heard", latencyMs: 40 });
    assert.deepEqual(await lines.hear({ scope: team, broadcastId, runtimeId: "run-1" }, { kind: "agent", id: "agt_2" }), {
      kind: "heard",
      latencyMs: 100,
    });
    assert.deepEqual(lines.delivery(team)?.missing, ["agt_1/run-2"]);
    assert.deepEqual(
      [...(lines.delivery(team)?.acknowledged ?? [])],
      [
        ["agt_1/run-1", 40],
        ["agt_2/run-1", 100],
      ],
    );
    assert.equal((await lines.hear({ scope: team, broadcastId: "other", runtimeId: "run-1" }, bot)).kind, "unknown_broadcast");
    assert.equal((await lines.hear({ scope: team, broadcastId, runtimeId: "x".repeat(300) }, bot)).kind, "invalid");
    // It goes on from here although the acknowledgements are in the same stream.
    await tried(lines, andonId);
    await using later = await open();
    assert.equal(later.get(team)?.active?.state, "trial");
  });

  test("are told again what the bus did not take, and what is not normal after a restart", async () => {
    busUp = false;
    {
      await using lines = await open();
      await pulled(lines, ana, true);
      await eventually(() => said.length === 1);
      assert.match(said[0] ?? "", /the bus is away/);
      busUp = true;
      await lines.tick(now);
      await eventually(() => sent.length === 1);
      await lines.tick(now);
    }
    assert.equal(sent.length, 1);
    await using later = await open();
    await later.tick(now);
    await eventually(() => sent.length === 2);
    assert.equal(sent[1]?.broadcastId, sent[0]?.broadcastId);
  });

  test("are told of the change that is on trial", async () => {
    await using lines = await open();
    const andonId = await pulled(lines, ana, true);
    await tried(lines, andonId);
    await eventually(() => sent.some(({ state }) => state === "trial"));
    assert.deepEqual(
      sent.map(({ state, trialChange }) => [state, trialChange]),
      [
        ["stopped", null],
        ["contained", null],
        ["countermeasure", null],
        ["trial", "c9"],
      ],
    );
  });
});
