import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { DecisionRecord } from "../../schemas/decision.ts";
import type { StoredEvent } from "../../schemas/event.ts";
import { readEventData } from "../../schemas/registry.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { sha256Of } from "../domain/canonical-json.ts";
import { ADMIN, AGENT, AT, decideWorld, neutralState } from "../testing/decide-world.ts";
import { readData, readDecision } from "./record.ts";
import { openInput, replayDecision } from "./replay.ts";
import type { Pending } from "./state.ts";

const rulesOf = (answer: { reasons: readonly { rule: string }[] }): string[] => answer.reasons.map(({ rule }) => rule);
const orgScope = { org: "acme", department: null, team: "payments", repo: null, feature: null };

describe("a decision", () => {
  test("is answered and written down with all that determines it", async () => {
    await using world = await decideWorld();
    const answer = await world.call(
      { command: "rm -rf build" },
      { session: "s1", context: { repo: "acme/pay", branch: "b", changeId: "c1" }, id: "call-1" },
    );
    assert.equal(answer.effect, "deny");
    assert.deepEqual(answer.reasons, [
      {
        policy: "tools",
        rule: "destructive_command",
        effect: "deny",
        reason: "It deletes files for good; delete single files instead.",
        page: "/policies/tools#destructive_command",
      },
    ]);
    assert.equal(answer.expires, "2026-11-21T12:05:00.000Z");
    assert.equal(answer.policy, world.book.places.active);

    const event = (await readDecision(world.store, answer.id)) as StoredEvent<DecisionRecord>;
    assert.equal(readEventData(event.type, event.data).kind, "ok");
    assert.deepEqual([event.source, event.actorid, event.team, event.vendor], ["/agents/agt_one", "agt_one", "payments", "claude-code"]);
    const { reasons: _, sealed, ...rest } = event.data;
    assert.deepEqual(
      { ...rest, request: "", engineUs: 0 },
      {
        decisionId: answer.id,
        requestId: "call-1",
        request: "",
        door: "http",
        action: "tool.call",
        agentId: "agt_one",
        team: "payments",
        repo: "acme/pay",
        sessionId: "s1",
        changeId: "c1",
        effect: "deny",
        obligations: [],
        coveredBy: ["tools"],
        engine: "evaluated",
        engineUs: 0,
        stage: "active",
        policy: answer.policy,
        data: answer.data,
        input: answer.input,
        expires: answer.expires,
      },
    );
    assert.equal(sealed.kind, "decision_input");
    assert.doesNotMatch(JSON.stringify(event), /rm -rf/, "what was asked is sealed, not in the event");
    const input = (await openInput(world.deps, event.data)) ?? "";
    assert.equal(sha256Of(input), answer.input);
    assert.deepEqual(JSON.parse(input).scope, { ...orgScope, repo: "acme/pay" });
    assert.equal(sha256Of((await readData(world.store, answer.data)) ?? ""), answer.data);
  });

  test("allows what nothing objects to, with obligations", async () => {
    await using world = await decideWorld();
    const answer = await world.call({ class: "network" });
    assert.equal(answer.effect, "allow");
    assert.deepEqual(answer.obligations, [{ kind: "warn", policy: "tools", rule: "network", reason: "It reaches the network." }]);
    assert.equal((await world.call({ class: "install" })).effect, "require_approval");
  });

  test("denies an action that no policy covers", async () => {
    await using world = await decideWorld();
    const decided = await world.ask({ action: "db.drop", resource: {} });
    assert.ok(decided.kind === "decided");
    assert.deepEqual([decided.answer.effect, rulesOf(decided.answer)], ["deny", ["not_covered"]]);
  });

  test("denies, and records why, when the engine fails", async () => {
    await using world = await decideWorld();
    const decided = await world.ask({ action: "test.wrong_shape", resource: {} });
    assert.ok(decided.kind === "decided");
    assert.deepEqual([decided.answer.effect, rulesOf(decided.answer)], ["deny", ["engine_failed"]]);
    const event = await readDecision(world.store, decided.answer.id);
    assert.equal(event?.data.engine, "wrong_result");
  });

  test("denies when there are no policies at all", async () => {
    await using world = await decideWorld();
    const { deps } = world;
    const empty = { ...deps.book, places: { ...deps.book.places, active: null } };
    await using other = await decideWorld({ book: Object.setPrototypeOf(empty, null) });
    const answer = await other.call();
    assert.deepEqual([answer.effect, rulesOf(answer), answer.policy], ["deny", ["engine_failed"], "0".repeat(64)]);
  });

  test("is refused when it is not a request, and nothing is stored", async () => {
    await using world = await decideWorld();
    const before = await world.stored();
    assert.deepEqual(await world.ask({ action: "tool.call", resource: { class: "execute" } }), {
      kind: "invalid",
      at: "/resource/tool",
      reason: "is required and missing",
    });
    assert.deepEqual(await world.stored(), before);
  });

  test("is unavailable when it cannot be written down", async () => {
    const store = openMemoryEventStore();
    await using world = await decideWorld({ store });
    const append = store.append.bind(store);
    store.append = async () => Promise.reject(new Error("disk full"));
    const decided = await world.ask({ action: "tool.call", resource: { tool: "Bash", class: "read" }, id: "x" });
    assert.equal(decided.kind, "unavailable");
    store.append = append;
    world.now += 1000;
    assert.equal((await world.call({}, { id: "x" })).effect, "allow");
  });
});

describe("the same request", () => {
  test("is decided once, however often and at the same time it is asked", async () => {
    let settled = 0;
    const settle = async () => {
      settled += 1;
      return { kind: "settled", approval: { id: `apr_${settled}`, status: "requested" } } as const;
    };
    await using world = await decideWorld({ settle });
    const asked = { id: "tool-7", session: "s1", explain: true };
    const answers = await Promise.all([1, 2, 3].map(() => world.call({ class: "network" }, asked)));
    world.now += 60_000;
    answers.push(await world.call({ class: "network" }, { id: "tool-7" }));
    const [first] = answers;
    for (const answer of answers) assert.deepEqual({ ...answer, explain: null }, { ...first, explain: null });
    assert.equal(settled, 1);
    assert.equal((await world.stored()).filter((type) => type === "decision.made").length, 1);
  });

  test("with another content is a conflict", async () => {
    await using world = await decideWorld();
    await world.call({}, { id: "tool-7" });
    const other = await world.ask({ action: "tool.call", resource: { tool: "Other", class: "read" }, id: "tool-7" });
    assert.equal(other.kind, "conflict");
    assert.equal((await world.call({ tool: "Other" }, { id: "tool-7" }, { ...AGENT, agentId: "agt_two" })).effect, "allow");
  });

  test("is not answered again when its input was erased and there were obligations", async () => {
    await using world = await decideWorld();
    const [plain, obliged] = [await world.call({}, { id: "a" }), await world.call({ class: "network" }, { id: "b" })];
    for (const { id } of [plain, obliged]) {
      const { sealed } = (await readDecision(world.store, id))?.data ?? {};
      await world.deps.vault.destroy([sealed?.keyId ?? ""]);
    }
    assert.equal((await world.call({}, { id: "a" })).id, plain.id);
    assert.equal(
      (await world.ask({ action: "tool.call", resource: { tool: "Bash", class: "network", command: "ls" }, id: "b" })).kind,
      "unavailable",
    );
  });
});

describe("a dry run", () => {
  test("answers the same and leaves no trace", async () => {
    const settle = async () => assert.fail("a dry run sets nothing in motion");
    await using world = await decideWorld({ settle });
    const before = await world.stored();
    const { payloads } = await world.deps.payloads.status();
    const answer = await world.call({ class: "install" }, { dryRun: true, id: "call-1", session: "s1" });
    assert.deepEqual([answer.effect, answer.dryRun], ["require_approval", true]);
    for (let n = 0; n < 4; n++) await world.call({ command: "rm -rf /" }, { dryRun: true, session: "s1" });
    assert.equal((await world.call({}, { dryRun: true, session: "s1" })).effect, "allow", "denials of dry runs do not count");
    assert.deepEqual(await world.stored(), before);
    assert.equal((await world.deps.payloads.status()).payloads, payloads);
  });

  test("explain says which policies and rules were looked at", async () => {
    await using world = await decideWorld();
    const { explain } = await world.call({ class: "install" }, { explain: true });
    assert.equal(explain?.engine, "evaluated");
    assert.deepEqual(
      explain?.policies.map(({ policy, covers, rules }) => [
        policy,
        covers,
        rules.filter(({ fired }) => fired).map(({ rule }) => rule),
        rules.length,
      ]),
      [["tools", true, ["install"], 4]],
    );
    assert.equal((await world.call()).explain, undefined);
  });
});

describe("what a decision is based on", () => {
  test("denials of a session are counted, across restarts and processes", async () => {
    const store = openMemoryEventStore();
    {
      await using world = await decideWorld({ store });
      for (let n = 0; n < 3; n++)
        assert.deepEqual(rulesOf(await world.call({ command: "rm -rf /" }, { session: "s1" })), ["destructive_command"]);
      assert.deepEqual(rulesOf(await world.call({}, { session: "s1" })), ["session_denied"]);
      assert.deepEqual(rulesOf(await world.call({}, { session: "s2" })), []);
      assert.deepEqual(rulesOf(await world.call({}, { session: "s1" }, { ...AGENT, agentId: "agt_two" })), []);
      assert.deepEqual(world.deps.denials.of("agt_one", "s1", "none"), { id: "s1", denials: 4, sameDenied: 0 });
    }
    await using again = await decideWorld({ store });
    assert.deepEqual(rulesOf(await again.call({}, { session: "s1" })), ["session_denied"]);
  });

  test("a narrower scope tightens what is decided in it, and cannot loosen", async () => {
    await using world = await decideWorld();
    const team = { kind: "team", name: "payments" } as const;
    const set = (values: object) => world.book.set(team, orgScope, "tools", values as Record<string, unknown>, ADMIN, "why");
    assert.equal((await set({ forbidden: ["Bash"] })).kind, "done");
    assert.deepEqual(rulesOf(await world.call()), ["forbidden_tool"]);
    assert.deepEqual(rulesOf(await world.call({ tool: "Nuke" })), ["forbidden_tool"], "what the default forbids stays forbidden");
    assert.deepEqual(rulesOf(await world.call({}, {}, { ...AGENT, team: "other" })), []);
    const refused = await set({ forbidden: "Bash" });
    assert.ok(refused.kind === "refused");
    assert.match(refused.reason, /forbidden: must be array/);
    assert.equal((await world.book.set(team, orgScope, "nonsense", {}, ADMIN)).kind, "refused");
  });

  test("an approval in the state lifts, a stopped line denies", async () => {
    let stopped = false;
    const approval = () => ({ approvalId: "apr_1", status: "approved", by: 1 }) as const;
    const line = () =>
      stopped ? [{ scope: { kind: "team", name: "payments" }, state: "stopped", andonId: "adn_1", blocks: "stopped" as const }] : [];
    await using world = await decideWorld({ sources: { ...neutralState, approval, line, departmentOf: () => "retail" } });
    assert.equal((await world.call({ class: "install" })).effect, "allow");
    stopped = true;
    const answer = await world.call({ class: "install" });
    assert.deepEqual([answer.effect, rulesOf(answer)], ["deny", ["line_stopped", "install"]]);
    assert.equal((await readDecision(world.store, answer.id))?.data.department, "retail");
  });

  test("what it sets in motion is told of the answer, and asked again when it is stale", async () => {
    const seen: Pending[] = [];
    const settle = async (pending: Pending) => {
      seen.push(pending);
      return seen.length < 3
        ? ({ kind: "stale" } as const)
        : ({ kind: "settled", approval: { id: "apr_1", status: "requested" } } as const);
    };
    await using world = await decideWorld({ settle });
    const answer = await world.call({ class: "install" });
    assert.deepEqual(answer.approval, { id: "apr_1", status: "requested" });
    assert.deepEqual(
      seen.map(({ decisionId, composed }) => [decisionId, composed.approvals[0]?.class]),
      [1, 2, 3].map(() => [answer.id, "install"]),
    );
    assert.deepEqual((await readDecision(world.store, answer.id))?.data.approval, answer.approval);
    await using never = await decideWorld({ settle: async () => ({ kind: "stale" }) });
    assert.equal((await never.ask({ action: "tool.call", resource: { tool: "Bash", class: "read" } })).kind, "unavailable");
  });
});

describe("replaying a decision", () => {
  test("gives the recorded answer, whatever was set, published and decided since", async () => {
    await using world = await decideWorld();
    const resource = fc.record({
      tool: fc.constantFrom("Bash", "Nuke", "Read"),
      class: fc.constantFrom("execute", "install", "network", "read"),
      command: fc.constantFrom("ls", "rm -rf /", "sudo rm -rf x && ls", "é\u0000😀"),
    });
    const made = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(
        resource,
        fc.nat(80).map((n) => `s${n}`),
        fc.boolean(),
        async (asked, session, tighten) => {
          const values = { forbidden: tighten ? ["Read"] : [] };
          await world.book.set({ kind: "team", name: "payments" }, orgScope, "tools", values, ADMIN);
          world.now += 1000;
          const { id, effect } = await world.call(asked, { session });
          made.set(id, effect);
        },
      ),
      { numRuns: 90 },
    );
    for (const [id, effect] of made) {
      const { data } = (await readDecision(world.store, id)) as StoredEvent<DecisionRecord>;
      const replayed = await replayDecision(world.deps, data);
      assert.ok(replayed.kind === "replayed");
      assert.deepEqual([replayed.same, replayed.differs, replayed.composed.effect], [true, [], effect]);
    }
    assert.ok(new Set(made.values()).size === 3, "all three effects were seen");
  });

  test("says what is lost, and what differs", async () => {
    await using world = await decideWorld();
    const { id } = await world.call();
    const { data } = (await readDecision(world.store, id)) as StoredEvent<DecisionRecord>;
    const other = await replayDecision(world.deps, { ...data, effect: "deny", coveredBy: [] });
    assert.ok(other.kind === "replayed");
    assert.deepEqual([other.same, other.differs], [false, ["effect", "coveredBy"]]);
    const cases = [
      { ...data, input: "0".repeat(64) },
      { ...data, data: "0".repeat(64) },
      { ...data, sealed: { ...data.sealed, payloadId: "dec_none" } },
    ];
    for (const record of cases) assert.equal((await replayDecision(world.deps, record)).kind, "lost");
  });
});

test("the clock of a decision is the organisation's", async () => {
  await using world = await decideWorld();
  const { id } = await world.call();
  const { data } = (await readDecision(world.store, id)) as StoredEvent<DecisionRecord>;
  const { time } = JSON.parse((await openInput(world.deps, data)) ?? "{}");
  assert.deepEqual(time, { utc: new Date(AT).toISOString(), date: "2026-11-21", weekday: 6, minute: 9 * 60, zone: "America/Sao_Paulo" });
});
