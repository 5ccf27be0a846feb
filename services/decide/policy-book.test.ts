import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { openOpaSandbox } from "../adapters/opa/sandbox.ts";
import { ADMIN, AGENT, bundleOf, decideWorld } from "../testing/decide-world.ts";
import { readDecision } from "./record.ts";
import type { ReplayProgress } from "./replay-many.ts";
import { replayMany } from "./replay-many.ts";

const scope = { org: "acme", department: null, team: "payments", repo: null, feature: null };

async function published(world: Awaited<ReturnType<typeof decideWorld>>, name: string): Promise<string> {
  const answer = await world.book.publish(bundleOf(name), "console", ADMIN, "for a test");
  assert.ok(answer.kind === "done", JSON.stringify(answer));
  return answer.value.digest;
}

describe("bundles", () => {
  test("what is not signed, or cannot be evaluated, is not published", async () => {
    await using world = await decideWorld();
    const before = await world.stored();
    for (const [bytes, reason] of [
      [Buffer.from("rubbish"), /not signed/],
      [bundleOf("broken"), /cannot be evaluated: .*regex\.split/],
    ] as const) {
      const answer = await world.book.publish(bytes, "console", ADMIN);
      assert.ok(answer.kind === "refused");
      assert.match(answer.reason, reason);
    }
    assert.deepEqual(await world.stored(), before);
  });

  test("publishing the same again stores nothing", async () => {
    await using world = await decideWorld();
    const digest = await published(world, "second");
    const before = await world.stored();
    assert.equal(await published(world, "second"), digest);
    assert.deepEqual(await world.stored(), before);
  });

  test("decide in their turn: active, canary for a team, active, rolled back in one step", async () => {
    const store = openMemoryEventStore();
    await using world = await decideWorld({ store });
    const first = world.book.places.active ?? "";
    const second = await published(world, "second");
    const decidedBy = async (team: string, session = "s") => (await world.call({}, { session }, { ...AGENT, team })).policy;
    assert.equal(await decidedBy("payments"), first, "published is not active");

    await world.book.place(second, { stage: "canary", teams: ["payments"] }, ADMIN);
    assert.deepEqual([await decidedBy("payments"), await decidedBy("core")], [second, first]);
    const canary = await world.call();
    assert.equal((await readDecision(store, canary.id))?.data.stage, "canary");

    await world.book.place(second, { stage: "canary", percent: 50 }, ADMIN);
    const sides = await Promise.all(Array.from({ length: 40 }, (_, n) => decidedBy("core", `s${n}`)));
    assert.deepEqual(new Set(sides), new Set([first, second]));
    assert.deepEqual(
      await Promise.all(Array.from({ length: 40 }, (_, n) => decidedBy("core", `s${n}`))),
      sides,
      "a session keeps its side",
    );

    await world.book.place(second, { stage: "active" }, ADMIN, "all of them");
    assert.deepEqual([world.book.places.active, world.book.places.canary], [second, null]);
    assert.equal(await decidedBy("core"), second);

    assert.equal((await world.book.rollBack("it was wrong", ADMIN)).kind, "done");
    assert.equal(await decidedBy("core"), first);
    assert.equal((await world.book.rollBack("further", ADMIN)).kind, "refused");

    await using again = await decideWorld({ store });
    assert.equal((await again.call()).policy, first);
    assert.equal(again.book.places.published.length, 2);
  });

  test("get no place that makes no sense", async () => {
    await using world = await decideWorld();
    const second = await published(world, "second");
    for (const [digest, placement, reason] of [
      ["f".repeat(64), { stage: "active" }, /was published/],
      [second, { stage: "canary" }, /for whom/],
    ] as const) {
      const answer = await world.book.place(digest, placement, ADMIN);
      assert.match(answer.kind === "refused" ? answer.reason : "", reason);
    }
    await world.deps.payloads.delete([`bundle.${second}`]);
    await using fresh = await decideWorld({ store: world.store });
    const gone = await fresh.book.place(second, { stage: "active" }, ADMIN);
    assert.match(gone.kind === "refused" ? gone.reason : "", /not here any more/);
  });
});

describe("an impact report", () => {
  test("says what a candidate would have decided, by place and rule", async () => {
    await using world = await decideWorld();
    await using sandbox = openOpaSandbox({ deadlineMs: 2_000 });
    const core = { ...AGENT, agentId: "agt_two", team: "core" };
    const allowed = await world.call({}, { context: { repo: "acme/pay" } });
    await world.call({ class: "install" }, {}, core);
    world.now += 24 * 60 * 60_000;
    await world.call({ command: "rm -rf /" });
    const lost = await world.call({ tool: "Read" });
    await world.call({ tool: "Read" }, {}, core);
    const { sealed } = (await readDecision(world.store, lost.id))?.data ?? {};
    await world.deps.payloads.delete([sealed?.payloadId ?? ""]);
    world.now += 24 * 60 * 60_000;

    // From now on nobody in payments may use Bash: what was allowed there would be denied.
    await world.book.set({ kind: "team", name: "payments" }, scope, "tools", { forbidden: ["Bash"] }, ADMIN);
    const candidate = await world.book.shelf.open(bundleOf("candidate"));
    assert.ok(candidate.kind === "bundle");
    const seen: ReplayProgress[] = [];
    const period = { from: "2026-11-21T12:00:00.000Z", to: "2026-11-23T12:00:00.000Z" };
    const before = await world.stored();
    const report = await replayMany(
      { ...world.deps, sandbox },
      candidate.bundle,
      period,
      (each) => seen.push(each),
      AbortSignal.timeout(60_000),
    );
    assert.deepEqual(report, {
      decisions: 4,
      lost: 1,
      changed: 1,
      transitions: { "allow → deny": 1 },
      teams: { payments: { decisions: 2, stricter: 1, looser: 0 } },
      repos: { "acme/pay": { decisions: 1, stricter: 1, looser: 0 } },
      agents: { agt_one: { decisions: 2, stricter: 1, looser: 0 } },
      rules: { "tools.forbidden_tool": { added: 1, gone: 0 } },
      approvals: { before: 1, after: 1, addedPerDay: 0 },
      failures: {},
      examples: [{ decisionId: allowed.id, from: "allow", to: "deny" }],
    });
    assert.equal(seen.at(-1)?.passed, 5);
    assert.deepEqual(await world.stored(), before);

    const firstDay = { from: period.from, to: "2026-11-22T12:00:00.000Z" };
    assert.equal(
      (await replayMany({ ...world.deps, sandbox }, candidate.bundle, firstDay, () => {}, AbortSignal.timeout(60_000))).decisions,
      2,
    );
    await assert.rejects(
      replayMany({ ...world.deps, sandbox }, candidate.bundle, firstDay, () => {}, AbortSignal.abort()),
      /abort/i,
    );
  });
});
