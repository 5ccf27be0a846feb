import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import type { Actor } from "../domain/envelope.ts";
import type { EventStore } from "../ports/event-store.ts";
import { type Approvals, openApprovals } from "./approvals.ts";
import type { NewApproval } from "./ask.ts";
import type { ApprovalsDeps } from "./desk.ts";

const MINUTE = 60_000;
const DIGEST = "d".repeat(64);
const OTHER = "e".repeat(64);
const POLICY = "a".repeat(64);

const bot: Actor = { kind: "agent", id: "agt_1" };
const ana: Actor = { kind: "human", id: "ana" };
const bia: Actor = { kind: "human", id: "bia" };
const yes = { vote: "approve", digest: DIGEST } as const;
const use = (decisionId: string) => ({ decisionId, digest: DIGEST, policy: POLICY });

let store: EventStore;
let now: number;
let roles: Record<string, string[]>;
let owners: string[];
let live: string[];

const open = (more: Partial<ApprovalsDeps> = {}): Promise<Approvals> =>
  openApprovals({
    store,
    now: () => now,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    rolesOf: (person, team) => (team === "risk" ? [] : (roles[person] ?? [])),
    heldBy: (person) => roles[person] ?? [],
    ownersOf: () => owners,
    policies: () => live,
    mayBreakGlass: (person) => person === "ana",
    ...more,
  });

const wanted = (more: Partial<NewApproval> = {}): NewApproval => ({
  decisionId: "dec_1",
  digest: DIGEST,
  policy: POLICY,
  needs: [{ class: "deploy", quorum: 1, roles: ["lead"] }],
  action: "change.deploy",
  resource: OTHER,
  rules: ["deploy_gate/production"],
  team: "payments",
  ...more,
});

beforeEach(() => {
  store = openMemoryEventStore();
  now = Date.parse("2026-11-20T10:00:00Z");
  roles = { ana: ["lead"], bia: ["lead"] };
  owners = [];
  live = [POLICY];
});

async function asked(approvals: Approvals, more: Partial<NewApproval> = {}, by = bot): Promise<string> {
  const answer = await approvals.request(wanted(more), by);
  assert.ok(answer.kind === "done", JSON.stringify(answer));
  return answer.approval.approvalId;
}
const typesIn = async (id: string): Promise<string[]> =>
  (await store.readStream(`approval-${id}`, 0, 100)).map(({ type }) => type.replace(/^andon\.(.*)\.v1$/, "$1"));

const aborted = (ms = 5000): AbortSignal => AbortSignal.timeout(ms);

describe("asking", () => {
  test("is done once per decision, by whatever process, and nobody is asked twice about what waits", async () => {
    await using here = await open();
    await using there = await open();
    const answers = await Promise.all([here, there, here, there].map((each) => each.request(wanted(), bot)));
    const ids = new Set(answers.map((answer) => (answer.kind === "done" ? answer.approval.approvalId : answer.kind)));
    assert.equal(ids.size, 1);
    const [id] = ids;
    assert.deepEqual(await typesIn(id as string), ["approval.requested"]);
    assert.equal(await asked(here, { decisionId: "dec_2" }), id, "the hook tried again: a new decision about the same");
    assert.notEqual(await asked(here, { decisionId: "dec_3" }, { kind: "agent", id: "agt_2" }), id);
    assert.equal((await here.request(wanted({ digest: OTHER }), bot)).kind, "taken");
  });

  test("what is over is asked again", async () => {
    await using approvals = await open();
    const first = await asked(approvals);
    await approvals.vote(first, { ...yes, vote: "refuse" }, ana);
    const second = await asked(approvals, { decisionId: "dec_2" });
    assert.notEqual(second, first);
    now += 4 * 60 * MINUTE;
    assert.notEqual(await asked(approvals, { decisionId: "dec_3" }), second);
  });

  test("the class sets how long, unless the policy does", async () => {
    await using approvals = await open();
    const hours = async (more: Partial<NewApproval>): Promise<number> => {
      const approval = await approvals.get(await asked(approvals, more));
      return ((approval?.expires ?? 0) - now) / (60 * MINUTE);
    };
    assert.equal(await hours({}), 4);
    assert.equal(await hours({ decisionId: "dec_2", needs: [{ class: "merge", quorum: 1, roles: [] }] }), 24);
    assert.equal(
      await hours({ decisionId: "dec_3", digest: OTHER, needs: [{ class: "merge", quorum: 1, roles: [], expiresMinutes: 90 }] }),
      1.5,
    );
  });
});

describe("deciding", () => {
  test("two at once: one decides, the other is told what happened", async () => {
    await using here = await open();
    await using there = await open();
    const id = await asked(here);
    const answers = await Promise.all([here.vote(id, yes, ana), there.vote(id, { ...yes, vote: "refuse" }, bia)]);
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ["done", "settled"]);
    const told = answers.find(({ kind }) => kind === "settled") as { reason: string };
    assert.match(told.reason, /^it was (approved by ana|refused by bia) at 2026-11-20T10:00:00\.000Z/);
    assert.deepEqual(await typesIn(id), ["approval.requested", "approval.voted", "approval.decided"]);
  });

  test("knows owners, roles for the team and the policies at work", async () => {
    await using approvals = await open();
    const id = await asked(approvals);
    owners = ["ana"];
    assert.equal((await approvals.vote(id, yes, ana)).kind, "own_request");
    owners = [];
    live = [OTHER];
    assert.equal((await approvals.vote(id, yes, ana)).kind, "other_policy");
    live = [POLICY];
    const elsewhere = await asked(approvals, { decisionId: "dec_2", team: "risk", digest: OTHER });
    assert.equal((await approvals.vote(elsewhere, { ...yes, digest: OTHER }, ana)).kind, "wrong_role");
    assert.equal((await approvals.vote("apr_none", yes, ana)).kind, "unknown_approval");
    assert.equal((await approvals.vote(id, yes, ana)).kind, "done");
  });

  test("identical ones together, others not, and then none of them", async () => {
    await using approvals = await open();
    const ids = [await asked(approvals), await asked(approvals, { decisionId: "dec_2" }, { kind: "agent", id: "agt_2" })];
    const other = await asked(approvals, { decisionId: "dec_3", digest: OTHER });
    assert.equal((await approvals.voteMany([...ids, other], yes, ana)).kind, "not_identical");
    assert.equal((await approvals.voteMany([...ids, "apr_none"], yes, ana)).kind, "unknown_approval");
    assert.equal((await approvals.voteMany([], yes, ana)).kind, "invalid");
    for (const id of [...ids, other]) assert.deepEqual(await typesIn(id), ["approval.requested"]);
    await approvals.vote(ids[1] as string, yes, bia);
    const answer = await approvals.voteMany([...ids, ...ids], yes, ana);
    assert.ok(answer.kind === "voted");
    assert.deepEqual(
      answer.answers.map(({ answer: each }) => each.kind),
      ["done", "settled"],
    );
  });

  test("with lent roles, until they go back", async () => {
    roles["caio"] = [];
    await using approvals = await open();
    const id = await asked(approvals, { needs: [{ class: "deploy", quorum: 2, roles: ["lead"] }] });
    const until = new Date(now + 60 * MINUTE).toISOString();
    assert.equal((await approvals.delegate({ to: "caio", roles: ["admin"], until }, ana)).kind, "wrong_role");
    const lent = await approvals.delegate({ to: "caio", roles: ["lead"], until }, ana);
    assert.ok(lent.kind === "done");
    const caio: Actor = { kind: "human", id: "caio" };
    assert.equal((await approvals.vote(id, yes, caio)).kind, "done");
    assert.equal((await approvals.vote(id, yes, ana)).kind, "voted");
    const second = await asked(approvals, { decisionId: "dec_2", digest: OTHER });
    await using later = await open();
    roles["ana"] = [];
    assert.equal((await later.vote(second, { ...yes, digest: OTHER }, caio)).kind, "wrong_role", "nobody lends what was taken away");
    roles["ana"] = ["lead"];
    assert.equal((await later.endDelegation(lent.delegations[0]?.delegationId as string, ana)).kind, "done");
    assert.equal((await later.vote(second, { ...yes, digest: OTHER }, caio)).kind, "wrong_role");
    assert.deepEqual(
      later.delegations("ana").map(({ to, ended }) => [to, ended]),
      [["caio", true]],
    );
  });

  test("in an emergency: at once, and open until another has looked at it", async () => {
    await using approvals = await open();
    const id = await asked(approvals, { needs: [{ class: "deploy", quorum: 2, roles: ["head"] }] });
    assert.equal((await approvals.breakGlass(id, DIGEST, "the shop is down", bia)).kind, "wrong_role");
    assert.equal((await approvals.breakGlass(id, DIGEST, "the shop is down", ana)).kind, "done");
    assert.deepEqual(approvals.usable(DIGEST, POLICY, bot), { approvalId: id, status: "approved", by: 2 });
    assert.equal((await approvals.consume(id, use("dec_2"), bot)).kind, "done");
    await using later = await open();
    assert.deepEqual(
      later.followUps().map(({ approvalId }) => approvalId),
      [id],
    );
    const found = { outcome: "unjustified", reference: "incident-12" } as const;
    assert.equal((await later.closeFollowUp(id, found, ana)).kind, "own_request");
    assert.equal((await later.closeFollowUp(id, found, bia)).kind, "done");
    assert.deepEqual(later.followUps(), []);
  });
});

describe("using an approval", () => {
  test("it is offered to who asked, for these bytes and policies, until it is used or over", async () => {
    await using approvals = await open();
    const id = await asked(approvals);
    assert.equal(approvals.usable(DIGEST, POLICY, bot), null);
    await approvals.vote(id, yes, ana);
    assert.deepEqual(approvals.usable(DIGEST, POLICY, bot), { approvalId: id, status: "approved", by: 1 });
    assert.equal(approvals.usable(OTHER, POLICY, bot), null);
    assert.equal(approvals.usable(DIGEST, OTHER, bot), null);
    assert.equal(approvals.usable(DIGEST, POLICY, { kind: "agent", id: "agt_2" }), null);
    now += 4 * 60 * MINUTE;
    assert.equal(approvals.usable(DIGEST, POLICY, bot), null);
    now -= MINUTE;
    assert.equal((await approvals.consume(id, use("dec_2"), bot)).kind, "done");
    assert.equal(approvals.usable(DIGEST, POLICY, bot), null);
  });

  test("exactly once, in whatever order whatever happens in however many processes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, revokes) => {
        store = openMemoryEventStore();
        const slow: EventStore = {
          append: (appends) => scheduler.schedule(Promise.resolve()).then(() => store.append(appends)),
          readStream: (...of) => scheduler.schedule(Promise.resolve()).then(() => store.readStream(...of)),
          readAll: (...of) => store.readAll(...of),
          follow: (...of) => store.follow(...of),
          head: () => store.head(),
          identify: () => store.identify(),
          [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
        };
        await using before = await open();
        const id = await asked(before);
        await before.vote(id, yes, ana);
        await using here = await open({ store: slow });
        await using there = await open({ store: slow });
        const tries = [here, there, here, there, there].map((each, nth) => each.consume(id, use(`dec_${nth + 2}`), bot));
        const back = revokes ? [there.revoke(id, "wrong", bia)] : [];
        const all = Promise.all([...tries, ...back]);
        await scheduler.waitFor(all);
        const answers = await Promise.all(tries);
        const used = answers.filter(({ kind }) => kind === "done").length;
        const taken = (await Promise.all(back)).filter(({ kind }) => kind === "done").length;
        assert.equal(used + taken, 1);
        const types = await typesIn(id);
        assert.equal(types.filter((type) => type === "approval.consumed").length, used);
        if (used === 1) {
          const winner = `dec_${answers.findIndex(({ kind }) => kind === "done") + 2}`;
          assert.equal((await before.get(id))?.consumedBy ?? winner, winner);
          await using later = await open();
          assert.equal((await later.get(id))?.consumedBy, winner);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("waiting for an answer", () => {
  test("ends at once when it is decided, here or in another process", async () => {
    await using here = await open();
    await using there = await open();
    const id = await asked(here);
    const waiting = [here, there, there].map((each) => each.waitFor(id, aborted()));
    await there.vote(id, yes, ana);
    for (const waited of await Promise.all(waiting))
      assert.deepEqual([waited.kind, "approval" in waited && waited.approval.status], ["settled", "approved"]);
    assert.equal((await here.waitFor(id, aborted())).kind, "settled");
  });

  test("ends when its time is up, when it is taken back, and when nobody waits any more", async () => {
    await using approvals = await open();
    const ids = [await asked(approvals), await asked(approvals, { decisionId: "dec_2", digest: OTHER })] as const;
    const [over, back] = ids.map((id) => approvals.waitFor(id, aborted()));
    const gone = approvals.waitFor(ids[0], aborted(5));
    assert.equal((await gone).kind, "waiting");
    await approvals.revoke(ids[1], "wrong", ana);
    assert.deepEqual([(await back)?.kind, (await approvals.get(ids[1]))?.status], ["settled", "revoked"]);
    now += 4 * 60 * MINUTE;
    await approvals.expire(now);
    assert.deepEqual([(await over)?.kind, (await approvals.get(ids[0]))?.status], ["settled", "expired"]);
    assert.equal((await approvals.waitFor("apr_none", aborted())).kind, "unknown_approval");
  });

  test("a process that ends lets go of everybody", async () => {
    const approvals = await open();
    const id = await asked(approvals);
    const waiting = approvals.waitFor(id, aborted());
    await new Promise((resolve) => setTimeout(resolve, 5));
    await approvals[Symbol.asyncDispose]();
    assert.equal((await waiting).kind, "waiting");
  });
});

describe("the clock", () => {
  test("ends what is over once, and calls those above", async () => {
    await using here = await open();
    await using there = await open();
    const id = await asked(here, { escalation: { afterMinutes: 30, roles: ["head"] } });
    await here.expire(now);
    now += 30 * MINUTE;
    await Promise.all([here.expire(now), there.expire(now)]);
    now += 210 * MINUTE;
    await Promise.all([here.expire(now), there.expire(now)]);
    await here.expire(now);
    assert.deepEqual(await typesIn(id), ["approval.requested", "approval.escalated", "approval.expired"]);
  });
  test("a person calls those above earlier", async () => {
    await using approvals = await open();
    const id = await asked(approvals, { escalation: { afterMinutes: 30, roles: ["head"] } });
    assert.equal((await approvals.escalate(id, bia)).kind, "done");
    roles["duda"] = ["head"];
    assert.equal((await approvals.vote(id, yes, { kind: "human", id: "duda" })).kind, "done");
  });
});

test("what has long been over is forgotten and found again", async () => {
  await using approvals = await open({ overKept: 2 });
  const ids: string[] = [];
  for (let nth = 0; nth < 5; nth++) {
    const id = await asked(approvals, { decisionId: `dec_${nth}` });
    await approvals.vote(id, { ...yes, vote: "refuse" }, ana);
    ids.push(id);
  }
  const waits = await asked(approvals, { decisionId: "dec_9" });
  assert.equal(approvals.similar(waits).length, 2);
  const [first = ""] = ids;
  assert.equal((await approvals.get(first))?.status, "refused");
  assert.equal((await approvals.vote(ids[1] as string, yes, bia)).kind, "settled");
  assert.deepEqual(await typesIn(first), ["approval.requested", "approval.voted", "approval.decided"]);
  assert.equal(approvals.inbox(ana).length, 1);
});

describe("what is shown", () => {
  test("waits, what ends first first, with why a person cannot decide it", async () => {
    await using approvals = await open();
    const later = await asked(approvals);
    const sooner = await asked(approvals, {
      decisionId: "dec_2",
      digest: OTHER,
      needs: [{ class: "tool_call", quorum: 1, roles: ["head"] }],
    });
    const done = await asked(approvals, { decisionId: "dec_3", digest: "f".repeat(64) });
    await approvals.vote(done, { ...yes, digest: "f".repeat(64) }, ana);
    assert.deepEqual(
      approvals.inbox(ana).map(({ approval, refusal }) => [approval.approvalId, refusal?.kind ?? null]),
      [
        [sooner, "wrong_role"],
        [later, null],
      ],
    );
    now += 20 * MINUTE;
    assert.deepEqual(
      approvals.inbox(ana).map(({ approval }) => approval.approvalId),
      [later],
    );
  });

  test("what was decided before: the same thing first, then the same rule, then the same repository", async () => {
    await using approvals = await open();
    const digest = (nth: number): string => String(nth).repeat(64);
    const decided = async (nth: number, more: Partial<NewApproval>): Promise<string> => {
      const id = await asked(approvals, { decisionId: `dec_0${nth}`, digest: digest(nth), ...more });
      await approvals.vote(id, { vote: nth % 2 ? "approve" : "refuse", digest: digest(nth) }, ana);
      return id;
    };
    const repo = await decided(1, { resource: digest(1), rules: ["a/b"], repo: "acme/shop" });
    const same = await decided(2, { rules: ["a/b"] });
    const rule = await decided(3, { resource: digest(1) });
    await decided(4, { resource: digest(1), rules: ["a/b"] });
    await asked(approvals, { decisionId: "dec_w", digest: digest(5) });
    const id = await asked(approvals, { repo: "acme/shop" });
    assert.deepEqual(
      approvals.similar(id).map(({ approval, by }) => [approval.approvalId, approval.status, by]),
      [
        [same, "refused", "request"],
        [rule, "approved", "rule"],
        [repo, "approved", "repo"],
      ],
    );
    assert.deepEqual(approvals.similar("apr_none"), []);
  });
});
