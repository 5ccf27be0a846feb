import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Actor } from "../envelope.ts";
import { type Fact, happenedAt } from "../fact.ts";
import { decideApproval } from "./approval.ts";
import type { ApprovalCircumstances, ApprovalCommand, ApprovalDecision } from "./commands.ts";
import { foldApproval } from "./fold.ts";
import { type Approval, type ApprovalStatus, areIdentical, minutesOf, statusAt, worth } from "./state.ts";

const MINUTE = 60_000;
const T0 = Date.parse("2026-11-20T10:00:00Z");
const DIGEST = "d".repeat(64);
const OTHER = "e".repeat(64);
const POLICY = "a".repeat(64);
const NEWER = "b".repeat(64);

const bot: Actor = { kind: "agent", id: "agt_1" };
const person = (id: string): Actor => ({ kind: "human", id });
const [ana, bia, caio] = [person("ana"), person("bia"), person("caio")];

type Request = Extract<ApprovalCommand, { kind: "request" }>;
const request = (more: Partial<Request> = {}): Request => ({
  kind: "request",
  approvalId: "apr_1",
  decisionId: "dec_1",
  digest: DIGEST,
  policy: POLICY,
  needs: [{ class: "deploy", quorum: 1, roles: ["lead"] }],
  fourEyes: false,
  authors: [],
  expires: "2026-11-20T11:00:00.000Z",
  action: "change.deploy",
  resource: OTHER,
  rules: ["deploy_gate/production"],
  ...more,
});
const yes: ApprovalCommand = { kind: "vote", vote: "approve", digest: DIGEST };
const no: ApprovalCommand = { kind: "vote", vote: "refuse", digest: DIGEST, reason: "not on a Friday" };
const use: ApprovalCommand = { kind: "consume", decisionId: "dec_2", digest: DIGEST, policy: POLICY };
const glass: ApprovalCommand = { kind: "break_glass", digest: DIGEST, reason: "the shop is down" };

class Play {
  approval: Approval | null = null;
  facts: Fact[] = [];
  at = T0;

  decide(command: ApprovalCommand, by: Actor, more: Partial<ApprovalCircumstances> = {}): ApprovalDecision {
    const roles = by.kind === "human" ? ["lead"] : [];
    return decideApproval(this.approval, command, {
      at: this.at,
      by,
      roles,
      lent: [],
      owners: [],
      policies: [POLICY],
      mayBreakGlass: false,
      ...more,
    });
  }
  does(command: ApprovalCommand, by: Actor, more: Partial<ApprovalCircumstances> = {}): this {
    const decision = this.decide(command, by, more);
    assert.equal(decision.kind, "acts", JSON.stringify(decision));
    if (decision.kind === "acts") this.take(decision.facts);
    return this;
  }
  take(facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.facts.push(fact);
      this.approval = foldApproval(this.approval, happenedAt(fact, this.at));
    }
  }
  refuses(kind: ApprovalDecision["kind"], command: ApprovalCommand, by: Actor, more: Partial<ApprovalCircumstances> = {}): this {
    assert.equal(this.decide(command, by, more).kind, kind);
    return this;
  }
  wait(ms: number): this {
    this.at += ms;
    return this;
  }
  types(): string[] {
    return this.facts.map(({ schema }) => schema.name);
  }
}

const asked = (more: Partial<Request> = {}, by: Actor = bot): Play => new Play().does(request(more), by);

describe("asking", () => {
  test("for the same again is quiet, for something else under the same decision is refused", () => {
    asked().refuses("quiet", request(), bot);
    for (const more of [{ digest: OTHER }, { policy: NEWER }, { decisionId: "dec_9" }, { fourEyes: true }]) {
      asked().refuses("taken", request(more), bot);
    }
    asked().refuses("taken", request({ needs: [{ class: "deploy", quorum: 2, roles: ["lead"] }] }), bot);
    asked().refuses("taken", request(), { kind: "agent", id: "agt_2" });
  });
  test("for what has expired already, or does not fit the log, is refused", () => {
    new Play().refuses("invalid", request({ expires: "2026-11-20T10:00:00.000Z" }), bot);
    new Play().refuses("invalid", request({ digest: "no digest" }), bot);
    new Play().refuses("invalid", request({ needs: [] }), bot);
  });
  test("the shortest need sets the time: its own, or that of its class", () => {
    assert.equal(minutesOf([{ class: "tool_call" }]), 20);
    assert.equal(minutesOf([{ class: "policy" }]), 7 * 24 * 60);
    assert.equal(minutesOf([{ class: "of our own" }]), 60);
    assert.equal(minutesOf([{ class: "policy" }, { class: "merge", expiresMinutes: 90 }]), 90);
  });
  test("of something that nobody asked for is answered as such", () => {
    for (const command of [yes, use, glass, { kind: "tick" } as const]) new Play().refuses("unknown_approval", command, ana);
  });
});

describe("voting", () => {
  test("one yes approves, in one step with the vote; one no refuses", () => {
    const play = asked().does(yes, ana);
    assert.deepEqual(play.types(), ["approval.requested", "approval.voted", "approval.decided"]);
    assert.deepEqual(play.facts.at(-1)?.data, { approvalId: "apr_1", outcome: "approved", people: 1 });
    assert.equal(asked().does(no, ana).approval?.status, "refused");
  });

  test("the second of two is told what happened", () => {
    const decision = asked().does(yes, ana).wait(1000).decide(no, bia);
    assert.deepEqual(decision, {
      kind: "settled",
      reason: "it was approved by ana at 2026-11-20T10:00:00.000Z, nothing is left to decide; revoke it if that was wrong",
    });
    asked().does(no, ana).refuses("settled", yes, bia);
  });

  test("a quorum is of different people, and who said yes may still say no", () => {
    const two = { needs: [{ class: "deploy", quorum: 2, roles: ["lead"] }] };
    const play = asked(two).does(yes, ana);
    assert.equal(play.approval?.status, "waiting");
    play.refuses("quiet", yes, ana).does(yes, bia);
    assert.equal(play.approval?.status, "approved");
    assert.equal(worth(play.approval as Approval), 2);
    assert.equal(asked(two).does(yes, ana).does(no, ana).approval?.status, "refused");
  });

  test("each need has to be met, by people with its roles", () => {
    const both = {
      needs: [
        { class: "merge", quorum: 1, roles: ["lead"] },
        { class: "security", quorum: 1, roles: ["security", "ciso"] },
      ],
    };
    const play = asked(both)
      .does(yes, ana)
      .does(yes, bia, { roles: ["lead"] });
    assert.equal(play.approval?.status, "waiting");
    play.does(yes, caio, { roles: ["ciso", "other"] });
    assert.equal(play.approval?.status, "approved");
    assert.deepEqual(play.facts.at(-2)?.data["roles"], ["ciso"]);
  });

  test("takes a role, and one that is not there is named", () => {
    const decision = asked().decide(yes, ana, { roles: ["approver"] });
    assert.deepEqual(decision, { kind: "wrong_role", reason: "this takes somebody with one of these roles: lead" });
    asked({ needs: [{ class: "deploy", quorum: 1, roles: [] }] }).does(yes, ana, { roles: [] });
  });

  test("is for people alone", () => {
    for (const by of [bot, { kind: "service", id: "x" }, { kind: "policy", id: "x" }] as const) {
      asked().refuses("people_only", yes, by, { roles: ["lead"] });
    }
  });

  test("nobody decides about an own request, own work, or that of an own agent", () => {
    asked({}, ana).refuses("own_request", yes, ana).refuses("own_request", no, ana).does(yes, bia);
    asked({ authors: [{ kind: "human", id: "ana" }] }).refuses("own_request", yes, ana);
    asked().refuses("own_request", yes, ana, { owners: ["ana"] });
    // An agent of the same name is somebody else.
    asked({}, { kind: "agent", id: "ana" }).does(yes, ana);
  });

  test("four eyes on what an agent asks for are two people, on what a person asks for one more", () => {
    const play = asked({ fourEyes: true }).does(yes, ana);
    assert.equal(play.approval?.status, "waiting");
    assert.equal(play.does(yes, bia).approval?.status, "approved");
    assert.equal(asked({ fourEyes: true }, caio).does(yes, ana).approval?.status, "approved");
  });

  test("on other bytes, or under policies that do not hold any more, counts for nothing", () => {
    asked().refuses("other_bytes", { ...yes, digest: OTHER } as ApprovalCommand, ana);
    asked().refuses("other_policy", yes, ana, { policies: [NEWER] });
    asked().does(yes, ana, { policies: [NEWER, POLICY] });
  });

  test("ends with the time: the end itself is too late", () => {
    asked()
      .wait(60 * MINUTE - 1)
      .does(yes, ana);
    asked()
      .wait(60 * MINUTE)
      .refuses("expired", yes, ana);
  });
});

describe("roles that were lent", () => {
  const none = { roles: [] };
  test("count as their owner's, once", () => {
    const play = asked({ needs: [{ class: "deploy", quorum: 2, roles: ["lead"] }] });
    play.does(yes, bia, { ...none, lent: [{ from: "ana", roles: ["lead", "admin"] }] });
    assert.deepEqual(play.facts.at(-1)?.data["onBehalfOf"], "ana");
    assert.deepEqual(play.facts.at(-1)?.data["roles"], ["lead"]);
    play.refuses("voted", yes, ana).refuses("voted", yes, caio, { ...none, lent: [{ from: "ana", roles: ["lead"] }] });
    play.refuses("quiet", yes, bia).does(no, ana);
    assert.equal(play.approval?.status, "refused");
  });
  test("of somebody who may not decide are worth nothing", () => {
    const lent = [{ from: "ana", roles: ["lead"] }];
    asked({}, ana).refuses("wrong_role", yes, bia, { ...none, lent });
    asked().refuses("wrong_role", yes, bia, { ...none, lent, owners: ["ana"] });
    asked().refuses("own_request", yes, bia, { ...none, lent, owners: ["bia"] });
    asked({}, ana).does(yes, bia, { ...none, lent: [...lent, { from: "caio", roles: ["lead"] }] });
  });
  test("are not used by somebody who has the role", () => {
    const play = asked().does(yes, bia, { lent: [{ from: "ana", roles: ["lead"] }] });
    assert.ok(!("onBehalfOf" in (play.facts[1]?.data ?? {})));
  });
});

describe("using an approval", () => {
  test("works once, and the second time says who used it; the same decision again is the same use", () => {
    const play = asked().does(yes, ana).does(use, bot);
    assert.equal(play.approval?.consumedBy, "dec_2");
    const again = play.decide({ ...use, decisionId: "dec_3" } as ApprovalCommand, bot);
    assert.deepEqual(again, { kind: "consumed", reason: "it was used by the decision dec_2; an approval is good for one" });
    play.refuses("quiet", use, bot).refuses("other_bytes", { ...use, digest: OTHER } as ApprovalCommand, bot);
  });
  test("works for exactly what was approved, for whom, and by which policies", () => {
    const play = asked().does(yes, ana);
    play.refuses("other_bytes", { ...use, digest: OTHER } as ApprovalCommand, bot);
    play.refuses("other_policy", { ...use, policy: NEWER } as ApprovalCommand, bot);
    play.refuses("other_requester", use, { kind: "agent", id: "agt_2" });
    play.refuses("other_requester", use, { kind: "human", id: "agt_1" });
  });
  test("takes an approval: waiting, refused, revoked and expired are none", () => {
    asked().refuses("not_approved", use, bot);
    asked().does(no, ana).refuses("not_approved", use, bot);
    asked().does(yes, ana).does({ kind: "revoke", reason: "wrong" }, bia).refuses("not_approved", use, bot);
    asked()
      .does(yes, ana)
      .wait(60 * MINUTE)
      .refuses("expired", use, bot);
  });
});

describe("taking back", () => {
  const back: ApprovalCommand = { kind: "revoke", reason: "the wrong change" };
  test("is for people and for who asked, until it was used", () => {
    asked().does(back, bot);
    asked().does(back, bia).refuses("quiet", back, bia).refuses("settled", yes, ana);
    asked().refuses("people_only", back, { kind: "agent", id: "agt_2" });
    asked().does(yes, ana).does(use, bot).refuses("settled", back, ana);
    asked()
      .wait(60 * MINUTE)
      .refuses("settled", back, ana);
  });
});

describe("the clock", () => {
  const tick: ApprovalCommand = { kind: "tick" };
  const clock: Actor = { kind: "service", id: "approvals" };
  test("ends what waits and what was not used, once", () => {
    for (const play of [asked(), asked().does(yes, ana)]) {
      play.refuses("quiet", tick, clock);
      const was = play.approval?.status;
      play.wait(60 * MINUTE).does(tick, clock);
      assert.deepEqual(play.facts.at(-1)?.data, { approvalId: "apr_1", was });
      play.refuses("quiet", tick, clock);
    }
    asked()
      .does(no, ana)
      .wait(MINUTE * 90)
      .refuses("quiet", tick, clock);
  });

  const escalation = { at: "2026-11-20T10:30:00.000Z", roles: ["head"] };
  test("calls those above when nobody has answered by then", () => {
    const play = asked({ escalation }).refuses("wrong_role", yes, bia, { roles: ["head"] });
    play.wait(30 * MINUTE - 1).refuses("quiet", tick, clock);
    play.wait(1).does(tick, clock).refuses("quiet", tick, clock);
    assert.deepEqual(play.facts.at(-1)?.data, { approvalId: "apr_1", because: "overdue", roles: ["head"] });
    assert.equal(play.does(yes, bia, { roles: ["head"] }).approval?.status, "approved");
  });
  test("a person may call them earlier, an agent may not, and only those whom the policy names", () => {
    const early: ApprovalCommand = { kind: "escalate" };
    const play = asked({ escalation }).refuses("people_only", early, bot).does(early, caio).refuses("quiet", early, caio);
    assert.equal(play.does(yes, bia, { roles: ["head"] }).approval?.status, "approved");
    asked().refuses("not_now", early, caio);
    asked({ escalation }).does(no, ana).refuses("settled", early, caio);
  });
});

describe("breaking the glass", () => {
  const may = { mayBreakGlass: true, roles: [] };
  const close: ApprovalCommand = { kind: "close_follow_up", outcome: "justified", reference: "incident-12" };

  test("approves at once, and stays open until another person has looked at it", () => {
    const play = asked({ needs: [{ class: "deploy", quorum: 3, roles: ["lead"] }] }).does(glass, ana, may);
    assert.deepEqual(play.types().slice(1), ["approval.glass.broken", "approval.decided"]);
    assert.equal(play.approval?.glass?.due, T0 + 24 * 60 * MINUTE);
    assert.equal(worth(play.approval as Approval), 3);
    play.does(use, bot).refuses("people_only", close, bot).refuses("own_request", close, ana);
    assert.equal(play.approval?.glass?.closed, null);
    play.does(close, bia).refuses("settled", close, caio);
    assert.deepEqual(play.approval?.glass?.closed, { by: "bia", outcome: "justified", reference: "incident-12" });
    assert.equal(play.approval?.status, "consumed");
  });
  test("takes the right to, a reason, and the same bytes and policies as a vote", () => {
    asked().refuses("wrong_role", glass, ana);
    asked().refuses("invalid", { ...glass, reason: "because" } as ApprovalCommand, ana, may);
    asked().refuses("other_bytes", { ...glass, digest: OTHER } as ApprovalCommand, ana, may);
    asked().refuses("other_policy", glass, ana, { ...may, policies: [NEWER] });
    asked().refuses("people_only", glass, bot, may);
    asked().does(no, bia).refuses("settled", glass, ana, may);
    asked().refuses("not_now", close, ana);
  });
  test("does not help with an own request", () => {
    asked({}, ana).refuses("own_request", glass, ana, may);
    asked().refuses("own_request", glass, ana, { ...may, owners: ["ana"] });
  });
});

describe("what is decided together", () => {
  const approval = (more: Partial<Request> = {}) => asked(more).approval as Approval;
  test("is the same bytes, asked of the same people by the same policies", () => {
    const needs = [
      { class: "merge", quorum: 1, roles: ["lead", "owner"] },
      { class: "deploy", quorum: 1, roles: [] },
    ];
    const turned = [
      { class: "deploy", quorum: 1, roles: [] },
      { class: "merge", quorum: 1, roles: ["owner", "lead"] },
    ];
    assert.ok(areIdentical(approval({ needs }), approval({ needs: turned, approvalId: "apr_2", decisionId: "dec_2" })));
    for (const more of [{ digest: OTHER }, { policy: NEWER }, { needs }, { fourEyes: true }])
      assert.ok(!areIdentical(approval(), approval(more)));
    assert.ok(!areIdentical(approval(), approval({ needs: [{ class: "merge", quorum: 1, roles: ["lead"] }] })));
  });
});

const ARROWS: Readonly<Record<ApprovalStatus, readonly ApprovalStatus[]>> = {
  waiting: ["approved", "refused", "expired", "revoked"],
  approved: ["consumed", "expired", "revoked"],
  refused: [],
  expired: [],
  revoked: [],
  consumed: [],
};

describe("whatever is done in whatever order", () => {
  const names = ["ana", "bia", "caio", "davi"];
  const actors = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...names.map(person)) },
    { weight: 4, arbitrary: fc.constant(bot) },
    fc.constantFrom<Actor>({ kind: "agent", id: "agt_2" }, { kind: "service", id: "decide" }),
  );
  const digests = fc.oneof({ weight: 4, arbitrary: fc.constant(DIGEST) }, fc.constant(OTHER));
  const policies = fc.oneof({ weight: 4, arbitrary: fc.constant(POLICY) }, fc.constant(NEWER));
  const commands: fc.Arbitrary<ApprovalCommand> = fc.oneof(
    { weight: 6, arbitrary: digests.map((digest): ApprovalCommand => ({ kind: "vote", vote: "approve", digest })) },
    {
      weight: 3,
      arbitrary: fc.tuple(digests, policies).map(([digest, policy]): ApprovalCommand => ({ ...use, digest, policy }) as ApprovalCommand),
    },
    fc.constantFrom<ApprovalCommand>(
      no,
      request(),
      glass,
      { kind: "revoke", reason: "x" },
      { kind: "escalate" },
      { kind: "tick" },
      { kind: "close_follow_up", outcome: "unjustified", reference: "r" },
    ),
  );
  const roles = fc.subarray(["lead", "security", "head"]);
  const lent = fc.array(fc.record({ from: fc.constantFrom(...names), roles }), { maxLength: 2 });
  const step = fc.record({
    command: commands,
    by: actors,
    more: fc.record({ roles, lent, policies: policies.map((each) => [each]), mayBreakGlass: fc.boolean() }),
    later: fc.constantFrom(0, 0, 0, MINUTE, 25 * MINUTE),
  });
  const need = fc.record({ class: fc.constantFrom("deploy", "merge"), quorum: fc.integer({ min: 1, max: 3 }), roles });
  const asking = fc.record({
    requester: fc.oneof({ weight: 2, arbitrary: fc.constant(bot) }, fc.constantFrom(ana, bia)),
    owners: fc.subarray(names, { maxLength: 2 }),
    authors: fc.subarray(names, { maxLength: 1 }),
    needs: fc.array(need, { minLength: 1, maxLength: 2 }),
    fourEyes: fc.boolean(),
    /** Random steps alone would hardly ever get to an approval: half of the runs begin with people who want it. */
    wanted: fc.boolean(),
  });

  function run(
    ask: typeof asking extends fc.Arbitrary<infer A> ? A : never,
    steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  ): Play {
    const authors = ask.authors.map((id) => ({ kind: "human" as const, id }));
    const escalation = { at: "2026-11-20T10:20:00.000Z", roles: ["head"] };
    const play = asked({ needs: ask.needs, fourEyes: ask.fourEyes, authors, escalation }, ask.requester);
    for (const id of ask.wanted ? names : []) {
      const decision = play.decide(yes, person(id), { roles: ["lead", "security", "head"], owners: ask.owners });
      if (decision.kind === "acts") play.take(decision.facts);
    }
    for (const { command, by, more, later } of steps) {
      const decision = play.wait(later).decide(command, by, { ...more, owners: ask.owners });
      if (decision.kind !== "acts") continue;
      for (const fact of decision.facts) {
        const before = play.approval?.status as ApprovalStatus;
        play.take([fact]);
        const after = play.approval?.status as ApprovalStatus;
        assert.ok(before === after || ARROWS[before].includes(after), `${before} -> ${after} by ${fact.schema.name}`);
      }
    }
    return play;
  }

  test("an approval moves along its arrows alone and is used at most once, in its time and as it was approved", () => {
    let used = 0;
    fc.assert(
      fc.property(asking, fc.array(step, { maxLength: 30 }), (ask, steps) => {
        const { facts, approval } = run(ask, steps);
        const uses = facts.filter(({ schema }) => schema.name === "approval.consumed");
        used += uses.length;
        assert.ok(uses.length <= 1);
        for (const { data, actor } of uses) {
          assert.deepEqual([data["digest"], data["policy"], actor], [DIGEST, POLICY, ask.requester]);
          assert.ok(facts.some((fact) => fact.schema.name === "approval.decided" && fact.data["outcome"] === "approved"));
        }
        if (uses.length === 1) assert.ok((approval as Approval).since < (approval as Approval).expires);
      }),
      { numRuns: 2000 },
    );
    assert.ok(used > 50, `only ${used} approvals were used: the property saw too little`);
  });

  test("nobody decides about what is theirs, neither alone, nor for others, nor through others, nor in an emergency", () => {
    let spoke = 0;
    fc.assert(
      fc.property(asking, fc.array(step, { maxLength: 30 }), (ask, steps) => {
        const own = new Set([...ask.owners, ...ask.authors, ...(ask.requester.kind === "human" ? [ask.requester.id] : [])]);
        for (const { schema, actor, data } of run(ask, steps).facts) {
          if (!["approval.voted", "approval.decided", "approval.glass.broken"].includes(schema.name)) continue;
          spoke += 1;
          assert.equal(actor.kind, "human");
          assert.ok(!own.has(actor.id), `${actor.id} in ${schema.name}`);
          assert.ok(!own.has(data["onBehalfOf"] as string), `${data["onBehalfOf"]} through ${actor.id}`);
        }
      }),
      { numRuns: 2000 },
    );
    assert.ok(spoke > 500, `only ${spoke} words were spoken: the property saw too little`);
  });

  test("a quorum is so many different people with the roles, or an emergency", () => {
    let met = 0;
    fc.assert(
      fc.property(asking, fc.array(step, { maxLength: 30 }), (ask, steps) => {
        const { facts, approval } = run(ask, steps);
        const decided = facts.findIndex(({ schema, data }) => schema.name === "approval.decided" && data["outcome"] === "approved");
        if (decided < 0 || approval?.glass) return;
        met += 1;
        const before = facts.slice(0, decided);
        const above = before.some(({ schema }) => schema.name === "approval.escalated") ? ["head"] : [];
        for (const { quorum, roles: wanted } of ask.needs) {
          const accepted = [...wanted, ...above];
          const votes = before.filter(({ schema, data }) => schema.name === "approval.voted" && data["vote"] === "approve");
          const counted = votes.filter(
            ({ data }) => wanted.length === 0 || (data["roles"] as string[]).some((role) => accepted.includes(role)),
          );
          assert.ok(new Set(counted.map(({ actor }) => actor.id)).size >= quorum);
          const seats = votes.map(({ actor, data }) => data["onBehalfOf"] ?? actor.id);
          assert.equal(new Set(seats).size, seats.length, "a role's holder counted twice");
        }
      }),
      { numRuns: 2000 },
    );
    assert.ok(met > 50, `only ${met} quorums were met: the property saw too little`);
  });
});

test("what has ended is over without anybody having recorded it", () => {
  assert.equal(statusAt({ status: "waiting", expires: 5 }, 4), "waiting");
  assert.equal(statusAt({ status: "waiting", expires: 5 }, 5), "expired");
  assert.equal(statusAt({ status: "approved", expires: 5 }, 5), "expired");
  for (const status of ["refused", "consumed", "revoked"] as const) assert.equal(statusAt({ status, expires: 5 }, 9), status);
});
