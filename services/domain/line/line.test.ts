import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { LineScope } from "../../../schemas/line.ts";
import type { Actor } from "../envelope.ts";
import { type Fact, happenedAt } from "../fact.ts";
import type { LineCircumstances, LineCommand, LineDecision } from "./commands.ts";
import { findAndon, foldLine } from "./fold.ts";
import { decideLine } from "./line.ts";
import { type AndonState, colourOf, type Line, stateAt, targetsOf } from "./state.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.parse("2026-11-20T10:00:00Z");

const scope: LineScope = { kind: "team", name: "payments" };
const org: LineScope = { kind: "org", name: "acme" };
const ana: Actor = { kind: "human", id: "ana" };
const bia: Actor = { kind: "human", id: "bia" };
const bot: Actor = { kind: "agent", id: "agt_1" };
const platform: Actor = { kind: "service", id: "decide" };

const pull = (more: Partial<Extract<LineCommand, { kind: "pull" }>> = {}): LineCommand => ({
  kind: "pull",
  andonId: "a1",
  scope,
  symptom: "tests_fail",
  ...targetsOf(null),
  ...more,
});
const andonId = "a1";
const contain: LineCommand = {
  kind: "contain",
  andonId,
  scopeVerified: true,
  autonomyFrozen: true,
  inFlight: ["c1", "c2"],
  reverted: ["c1"],
  fenced: [],
};
const countermeasure: LineCommand = {
  kind: "countermeasure",
  andonId,
  causeClass: "flaky_check",
  cause: "the check passed without running",
  countermeasure: { kind: "check", reference: "c9" },
};

/** A line that is told what happens, minute by minute, and shows what was refused. */
class Play {
  line: Line | null = null;
  facts: Fact[] = [];
  at = T0;
  owners: readonly string[] = [];
  wider: LineScope | null = org;

  decide(command: LineCommand, by: Actor): LineDecision {
    const now: LineCircumstances = { at: this.at, by, owners: this.owners, wider: this.wider };
    return decideLine(this.line, command, now);
  }
  does(command: LineCommand, by: Actor = ana): this {
    const decision = this.decide(command, by);
    assert.equal(decision.kind, "acts", JSON.stringify(decision));
    if (decision.kind === "acts") this.take(decision.facts);
    return this;
  }
  take(facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.facts.push(fact);
      this.line = foldLine(this.line, happenedAt(fact, this.at));
    }
  }
  wait(ms: number): this {
    this.at += ms;
    return this;
  }
  owned(...owners: string[]): this {
    this.owners = owners;
    return this;
  }
  refuses(command: LineCommand, by: Actor, kind: LineDecision["kind"]): this {
    assert.equal(this.decide(command, by).kind, kind);
    return this;
  }
  state(id = andonId): AndonState | null {
    return this.line && (findAndon(this.line, id)?.state ?? null);
  }
  types(): string[] {
    return this.facts.map(({ schema }) => schema.name);
  }
}

const called = (): Play => new Play().does(pull(), ana);
const stopped = (): Play => called().does({ kind: "acknowledge", andonId }).does({ kind: "confirm", andonId });
const inTrial = (): Play => stopped().does(contain).does(countermeasure, ana).does({ kind: "start_trial", andonId, changeId: "c9" });
const passed = (): Play => inTrial().does({ kind: "end_trial", andonId, outcome: "passed" });

describe("the way of a line", () => {
  test("from the pull to the lesson", () => {
    const play = passed().does({ kind: "release", andonId }, bia).wait(DAY).does({ kind: "close", andonId, learning: "action-7" }, bia);
    assert.deepEqual(play.types(), [
      "line.pulled",
      "line.acknowledged",
      "line.stopped",
      "line.contained",
      "line.countermeasured",
      "line.trial.started",
      "line.tried",
      "line.released",
      "line.closed",
    ]);
    assert.equal(play.state(), "closed");
    assert.equal(play.line?.active, null);
  });

  test("put right before the gate, it never stops", () => {
    const play = called().does({ kind: "acknowledge", andonId }).does({ kind: "clear", andonId, cause: "a flaky runner" });
    assert.equal(play.state(), "cleared");
    assert.equal(colourOf(play.line as Line, play.at), "green");
  });

  test("a failed trial is contained again, and needs another countermeasure", () => {
    const play = inTrial().does({ kind: "end_trial", andonId, outcome: "failed" });
    assert.equal(play.state(), "contained");
    play.refuses({ kind: "start_trial", andonId, changeId: "c10" }, ana, "not_now").does(countermeasure);
    assert.equal(play.state(), "countermeasure");
  });

  test("a change at the gate stops a line that was called or is being looked at", () => {
    const gate: LineCommand = { kind: "reach_gate", andonId, changeId: "c3" };
    for (const play of [called(), called().does({ kind: "acknowledge", andonId })]) {
      play.does(gate, platform);
      assert.deepEqual(play.facts.at(-1)?.data, { andonId, scope, because: "gate_reached", changeId: "c3" });
      assert.equal(play.state(), "stopped");
    }
    called().refuses(gate, bot, "invalid").refuses(gate, ana, "invalid");
  });

  test("no step is taken from where it does not belong, and the answer says from where it does", () => {
    const early = called().decide(contain, ana);
    assert.ok(early.kind === "not_now");
    assert.equal(early.reason, "the line is called since 2026-11-20T10:00:00.000Z; contain is possible when it is stopped");
    stopped().refuses(countermeasure, ana, "not_now").refuses({ kind: "clear", andonId, cause: "x" }, ana, "not_now");
    passed().refuses({ kind: "end_trial", andonId, outcome: "failed" }, ana, "not_now");
    called().refuses({ kind: "acknowledge", andonId: "other" }, ana, "unknown_andon");
    assert.equal(new Play().decide({ kind: "acknowledge", andonId }, ana).kind, "unknown_andon");
  });

  test("what would not fit the log is refused", () => {
    called().does({ kind: "acknowledge", andonId }).refuses({ kind: "clear", andonId, cause: "" }, ana, "invalid");
    new Play()
      .refuses(pull({ symptom: "Tests fail!" }), ana, "invalid")
      .refuses(pull({ scope: { kind: "team", name: " " } }), ana, "invalid");
    new Play().refuses(pull({ scope: { kind: "team", name: "\ufdfa".repeat(200) } }), ana, "invalid");
  });
});

describe("pulling", () => {
  test("twice is one pull with both names, and again by the same is nothing new", () => {
    const play = called().does(pull({ andonId: "a2", symptom: "slow" }), bot);
    assert.equal(play.state("a2"), null);
    assert.deepEqual(
      play.line?.active?.pullers.map(({ kind, id, symptom }) => [kind, id, symptom]),
      [
        ["human", "ana", "tests_fail"],
        ["agent", "agt_1", "slow"],
      ],
    );
    play.refuses(pull({ andonId: "a3" }), ana, "quiet").refuses(pull({ andonId: "a3" }), bot, "quiet");
  });

  test("is for everybody; an agent's words are not kept, a person's are", () => {
    const said = new Play().does(pull({ note: "half of the checks are red" }), ana);
    assert.equal(said.facts[0]?.data["note"], "half of the checks are red");
    const unsaid = new Play().does(pull({ note: "content of a file" }), bot);
    assert.ok(!("note" in (unsaid.facts[0]?.data ?? {})));
  });

  test("by an owner who says so stops at once, also when it was called before; of others it is a pull", () => {
    const at_once = new Play().owned("ana").does(pull({ stops: true }), ana);
    assert.deepEqual(at_once.types(), ["line.pulled", "line.acknowledged", "line.stopped"]);
    assert.deepEqual(
      called()
        .owned("bia")
        .does(pull({ stops: true }), bia)
        .types(),
      ["line.pulled", "line.pull.joined", "line.acknowledged", "line.stopped"],
    );
    called()
      .does(pull({ stops: true }), ana)
      .refuses(pull({ stops: true }), ana, "quiet");
    for (const by of [bia, bot])
      assert.deepEqual(
        new Play()
          .owned("ana")
          .does(pull({ stops: true }), by)
          .types(),
        ["line.pulled"],
      );
  });

  test("a hundred names are enough", () => {
    const play = called();
    for (let nth = 1; nth < 100; nth++) play.does(pull(), { kind: "agent", id: `agt_${nth}` });
    assert.equal(play.line?.active?.pullers.length, 100);
    play.refuses(pull(), { kind: "agent", id: "agt_more" }, "quiet");
  });

  test("for a cause that stopped the line in the last 30 days does not wait for an answer", () => {
    const again = pull({ andonId: "a2", causeClass: "flaky_check" });
    const play = passed().does({ kind: "release", andonId }, bia);
    const stops = play.line?.past[0]?.stoppedAt as number;
    play.at = stops + 30 * DAY;
    const soon = play.decide(again, bot);
    assert.deepEqual(soon.kind === "acts" && soon.facts.map(({ schema, data }) => [schema.name, data["because"]]), [
      ["line.pulled", undefined],
      ["line.stopped", "repeated_cause"],
    ]);
    play.wait(1);
    const late = play.decide(again, bot);
    assert.deepEqual(late.kind === "acts" && late.facts.map(({ schema }) => schema.name), ["line.pulled"]);
    play.at = stops + DAY;
    play.does(pull({ andonId: "a2" }), ana).does({ ...again, andonId: "a3" }, bot);
    assert.equal(play.state("a2"), "stopped");
  });

  test("a cause that was cleared, or a stop that was void, is no repetition", () => {
    const cleared = new Play().does(pull({ causeClass: "slow_runner" })).does({ kind: "acknowledge", andonId });
    cleared.does({ kind: "clear", andonId, cause: "x" }).does(pull({ andonId: "a2", causeClass: "slow_runner" }));
    assert.equal(cleared.state("a2"), "called");
    const test_: LineCommand = { kind: "void", andonId, because: "test", note: "a drill" };
    const drill = new Play()
      .does(pull({ causeClass: "drill" }))
      .does({ kind: "acknowledge", andonId })
      .does({ kind: "confirm", andonId });
    drill
      .does(test_, ana)
      .does(test_, bia)
      .does(pull({ andonId: "a2", causeClass: "drill" }));
    assert.equal(drill.state("a2"), "called");
  });
});

describe("people alone put a line back to work", () => {
  test("an agent or a service takes no step of that way", () => {
    for (const by of [bot, platform, { kind: "policy", id: "p" } as const]) {
      called().refuses({ kind: "acknowledge", andonId }, by, "people_only");
      stopped().refuses(contain, by, "people_only");
      passed().refuses({ kind: "release", andonId }, by, "people_only");
      called().refuses({ kind: "void", andonId, because: "test", note: "x" }, by, "people_only");
    }
  });

  test("who named cause and countermeasure does not release", () => {
    passed().refuses({ kind: "release", andonId }, ana, "second_person").does({ kind: "release", andonId }, bia);
  });

  test("no release without a trial that passed", () => {
    inTrial().refuses({ kind: "release", andonId }, bia, "not_now");
    stopped().refuses({ kind: "release", andonId }, bia, "not_now");
  });

  test("where owners are known, they answer the pull and one of them signs the release", () => {
    called().owned("bia").refuses({ kind: "acknowledge", andonId }, ana, "not_owner").does({ kind: "acknowledge", andonId }, bia);
    passed().owned("carla").refuses({ kind: "release", andonId }, bia, "not_owner");
    passed().owned("ana").does({ kind: "release", andonId }, bia);
    passed().owned("bia").does({ kind: "release", andonId }, bia);
  });

  test("a stop is voided by two people, a pull that holds nothing by one", () => {
    const drill: LineCommand = { kind: "void", andonId, because: "test", note: "a drill" };
    const play = stopped().does(drill, ana);
    assert.equal(play.state(), "stopped");
    play.refuses(drill, ana, "second_person").does(drill, bia);
    assert.equal(play.state(), "voided");
    play.refuses(drill, bia, "quiet");
    assert.equal(called().does(drill, ana).state(), "voided");
  });

  test("it closes after 24 quiet hours and a lesson; until then it is yellow", () => {
    const close: LineCommand = { kind: "close", andonId, learning: "action-7" };
    const play = passed().does({ kind: "release", andonId }, bia);
    assert.equal(colourOf(play.line as Line, play.at), "yellow");
    play.wait(DAY - 1).refuses(close, ana, "not_now");
    play
      .does(pull({ andonId: "a2" }))
      .wait(2)
      .refuses(close, ana, "not_now");
    play.does({ kind: "acknowledge", andonId: "a2" }).does({ kind: "clear", andonId: "a2", cause: "nothing" });
    assert.equal(colourOf(play.line as Line, play.at), "yellow");
    play
      .wait(DAY - 3)
      .refuses(close, ana, "not_now")
      .wait(1)
      .does(close);
    assert.equal(colourOf(play.line as Line, play.at), "green");
  });
});

describe("the clock", () => {
  test("stops a line that nobody answers, from the target on", () => {
    const play = called().wait(15 * MINUTE - 1);
    play.refuses({ kind: "tick", andonId }, platform, "quiet");
    assert.equal(stateAt(play.line?.active as never, play.at), "called");
    play.wait(1);
    assert.equal(stateAt(play.line?.active as never, play.at), "stopped");
    play.does({ kind: "tick", andonId }, platform);
    assert.deepEqual(play.facts.at(-1)?.data, { andonId, scope, because: "unanswered" });
    assert.deepEqual(play.facts.at(-1)?.actor, { kind: "service", id: "line" });
  });

  test("half a takt is enough where that is shorter", () => {
    assert.deepEqual(targetsOf(10 * MINUTE), { responseMs: 5 * MINUTE, escalateMs: 40 * MINUTE });
    assert.deepEqual(targetsOf(5 * HOUR), { responseMs: 15 * MINUTE, escalateMs: 4 * HOUR });
    assert.deepEqual(targetsOf(null), { responseMs: 15 * MINUTE, escalateMs: 4 * HOUR });
  });

  test("is heard before a late answer: what was due is recorded first, under its own name", () => {
    const play = called()
      .wait(16 * MINUTE)
      .refuses({ kind: "acknowledge", andonId }, ana, "not_now")
      .does(contain, ana);
    assert.deepEqual(
      play.facts.map(({ schema, actor }) => [schema.name, actor.id]),
      [
        ["line.pulled", "ana"],
        ["line.stopped", "line"],
        ["line.contained", "ana"],
      ],
    );
  });

  test("calls the next owner after four hours stopped, and work goes on from where it was", () => {
    const play = stopped()
      .wait(4 * HOUR)
      .does({ kind: "tick", andonId }, platform);
    assert.deepEqual(play.facts.at(-1)?.data, { andonId, scope, because: "overdue", widened: false, to: org });
    assert.equal(play.state(), "escalated");
    play.refuses({ kind: "tick", andonId }, platform, "quiet").refuses({ kind: "escalate", andonId, widened: false }, ana, "not_now");
    play.refuses(countermeasure, ana, "not_now").does(contain);
    assert.equal(play.state(), "contained");
    play
      .wait(4 * HOUR)
      .does({ kind: "tick", andonId }, platform)
      .does(countermeasure);
    assert.equal(play.state(), "countermeasure");
  });

  test("a person may call the next owner earlier; an agent may not", () => {
    const play = stopped().refuses({ kind: "escalate", andonId, widened: true }, bot, "people_only");
    play.wider = null;
    play.does({ kind: "escalate", andonId, widened: false });
    assert.deepEqual(play.facts.at(-1)?.data, { andonId, scope, because: "asked", widened: false });
  });
});

/** The arrows of the state machine, as they are drawn. */
const ARROWS: Readonly<Record<AndonState | "none", readonly AndonState[]>> = {
  none: ["called"],
  called: ["responding", "stopped", "voided"],
  responding: ["cleared", "stopped", "voided"],
  cleared: ["voided"],
  stopped: ["contained", "escalated", "voided"],
  contained: ["countermeasure", "escalated", "voided"],
  countermeasure: ["trial", "voided"],
  trial: ["released", "contained", "voided"],
  released: ["closed", "voided"],
  closed: ["voided"],
  escalated: ["contained", "countermeasure", "voided"],
  voided: [],
};

describe("whatever is done in whatever order", () => {
  const people = fc.constantFrom<Actor>(ana, bia, { kind: "human", id: "carla" });
  const anybody = fc.oneof({ weight: 5, arbitrary: people }, fc.constantFrom<Actor>(bot, platform));
  const id = fc.constantFrom("a1", "a2");
  const kinds: fc.Arbitrary<LineCommand> = id.chain((andonId) =>
    fc.constantFrom<LineCommand>(
      pull({ andonId, causeClass: "flaky_check" }),
      pull({ andonId }),
      { kind: "acknowledge", andonId },
      { kind: "clear", andonId, cause: "x" },
      { kind: "confirm", andonId },
      { kind: "reach_gate", andonId, changeId: "c1" },
      { ...contain, andonId } as LineCommand,
      { ...countermeasure, andonId } as LineCommand,
      { kind: "start_trial", andonId, changeId: "c9" },
      { kind: "end_trial", andonId, outcome: "passed" },
      { kind: "end_trial", andonId, outcome: "failed" },
      { kind: "release", andonId },
      { kind: "close", andonId, learning: "action-7" },
      { kind: "void", andonId, because: "duplicate", note: "x" },
      { kind: "escalate", andonId, widened: false },
      { kind: "tick", andonId },
    ),
  );
  // Random steps alone would hardly ever get far: most runs begin on the way.
  const begins = fc.constantFrom<() => Play>(() => new Play(), called, stopped, inTrial, passed);
  const steps = fc.array(fc.tuple(kinds, anybody, fc.constantFrom(0, MINUTE, 20 * MINUTE, 5 * HOUR, 25 * HOUR)), { maxLength: 25 });

  const run = (
    begin: () => Play,
    todo: readonly (readonly [LineCommand, Actor, number])[],
    look: (fact: Fact, before: Line | null, after: Line, play: Play) => void,
  ): void => {
    const play = begin();
    for (const [command, by, later] of todo) {
      play.wait(later);
      // A new pull has a new id, as the platform gives it.
      const known = command.kind === "pull" && play.line && findAndon(play.line, command.andonId);
      const decision = play.decide(known ? { ...command, andonId: `${command.andonId}.${play.facts.length}` } : command, by);
      if (decision.kind !== "acts") continue;
      for (const fact of decision.facts) {
        const before = play.line;
        play.take([fact]);
        look(fact, before, play.line as Line, play);
      }
    }
  };

  test("a pull moves along the arrows alone, and at most one is active", () => {
    fc.assert(
      fc.property(begins, steps, (begin, todo) => {
        run(begin, todo, (fact, before, after) => {
          const { andonId } = fact.data as { andonId: string };
          const from = (before && findAndon(before, andonId)?.state) ?? "none";
          const to = findAndon(after, andonId)?.state as AndonState;
          assert.ok(from === to || ARROWS[from].includes(to), `${from} -> ${to} by ${fact.schema.name}`);
          for (const { state } of after.past) assert.ok(["cleared", "released", "closed", "voided"].includes(state));
        });
      }),
      { numRuns: 500 },
    );
  });

  test("nothing that stopped runs again on fewer than two people's word, and never on an agent's", () => {
    const holds = new Set<AndonState | undefined>(["stopped", "contained", "countermeasure", "trial", "escalated"]);
    const words = ["line.countermeasured", "line.void.proposed", "line.voided", "line.released"];
    let freed = 0;
    fc.assert(
      fc.property(begins, steps, (begin, todo) => {
        run(begin, todo, (fact, before, after, play) => {
          const { andonId } = fact.data as { andonId: string };
          const was = before ? findAndon(before, andonId)?.state : undefined;
          if (!holds.has(was) || holds.has(findAndon(after, andonId)?.state)) return;
          freed += 1;
          const failed = play.facts.findLastIndex(({ data }) => data["andonId"] === andonId && data["outcome"] === "failed");
          const since = play.facts.filter((each, nth) => nth > failed || each.schema.name === "line.void.proposed");
          const spoke = since.filter(({ schema, data }) => data["andonId"] === andonId && words.includes(schema.name));
          assert.equal(fact.actor.kind, "human");
          assert.ok(new Set(spoke.map(({ actor }) => actor.id)).size >= 2, `${fact.schema.name} by ${spoke.map(({ actor }) => actor.id)}`);
        });
      }),
      { numRuns: 4000 },
    );
    assert.ok(freed > 20, `only ${freed} lines were freed: the property saw too little`);
  });
});
