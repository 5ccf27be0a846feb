import type { TObject } from "typebox";
import type { EventSchema } from "../../../schemas/event.ts";
import {
  LineAcknowledged,
  LineCleared,
  LineClosed,
  LineContained,
  LineCountermeasured,
  LineEscalated,
  LineReleased,
  LineStopped,
  LineTrialStarted,
  LineTried,
} from "../../../schemas/line.ts";
import type { Actor } from "../envelope.ts";
import { acts, type Fact, factOf, happenedAt } from "../fact.ts";
import type { LineCircumstances, LineCommand, LineDecision, LineRefusal, Pull } from "./commands.ts";
import { findAndon, foldLine } from "./fold.ts";
import { pullCord } from "./pull.ts";
import { type Andon, type AndonState, type Line, overdue } from "./state.ts";
import { voidPull } from "./void.ts";

/** The hand of the clock. */
const CLOCK: Actor = { kind: "service", id: "line" };
const QUIET_MS = 24 * 60 * 60 * 1000;

type Kind = Exclude<LineCommand["kind"], "pull" | "void" | "tick">;

/** From where each step may be taken. */
const FROM: Readonly<Record<Kind, readonly AndonState[]>> = {
  acknowledge: ["called"],
  clear: ["responding"],
  confirm: ["responding"],
  reach_gate: ["called", "responding"],
  contain: ["stopped"],
  countermeasure: ["contained"],
  start_trial: ["countermeasure"],
  end_trial: ["trial"],
  release: ["trial"],
  close: ["released"],
  escalate: ["stopped", "contained"],
};

/** Whose word a step takes. `owner`: a person who answers for the scope. */
const WHO: Readonly<Record<Kind, "owner" | "person" | "platform" | "no_agent">> = {
  acknowledge: "owner",
  clear: "owner",
  confirm: "owner",
  reach_gate: "platform",
  contain: "person",
  countermeasure: "person",
  start_trial: "person",
  end_trial: "person",
  release: "person",
  close: "person",
  escalate: "no_agent",
};

/** @param line null: the cord of this scope was never pulled */
export function decideLine(line: Line | null, command: LineCommand, now: LineCircumstances): LineDecision {
  if (command.kind === "pull") return decidePull(line, command, now);
  const andon = line && findAndon(line, command.andonId);
  if (!andon) return { kind: "unknown_andon", reason: "this scope has no such pull; ask for its line again" };
  const due = dueFacts(andon, now);
  if (command.kind === "tick") return due.length > 0 ? { kind: "acts", facts: due } : { kind: "quiet" };
  const current = after(line, due, now.at);
  const decision = step(current as Line, findAndon(current as Line, command.andonId) as Andon, command, now);
  return decision.kind === "acts" ? { kind: "acts", facts: [...due, ...decision.facts] } : decision;
}

/** A pull joins the line as the clock has made it by now. An owner who wants it stopped has answered and confirmed already. */
function decidePull(line: Line | null, command: Pull, now: LineCircumstances): LineDecision {
  const due = line?.active ? dueFacts(line.active, now) : [];
  const decision = pullCord(after(line, due, now.at), command, now);
  if (decision.kind !== "acts" && decision.kind !== "quiet") return decision;
  const facts = [...due, ...(decision.kind === "acts" ? decision.facts : [])];
  for (const kind of command.stops ? (["acknowledge", "confirm"] as const) : []) {
    const current = after(line, facts, now.at);
    if (!current?.active) break;
    const next = step(current, current.active, { kind, andonId: current.active.andonId }, now);
    if (next.kind === "acts") facts.push(...next.facts);
  }
  return facts.length > 0 ? { kind: "acts", facts } : { kind: "quiet" };
}

const after = (line: Line | null, facts: readonly Fact[], atMs: number): Line | null =>
  facts.reduce<Line | null>((state, fact) => foldLine(state, happenedAt(fact, atMs)), line);

function dueFacts(andon: Andon, { at, wider }: LineCircumstances): Fact[] {
  const about = { andonId: andon.andonId, scope: andon.scope };
  switch (overdue(andon, at)) {
    case "stop":
      return [must(LineStopped, { ...about, because: "unanswered" })];
    case "escalate":
      return [must(LineEscalated, { ...about, because: "overdue", widened: false, ...(wider && { to: wider }) })];
    case null:
      return [];
  }
}

function must(schema: EventSchema, data: Record<string, unknown>): Fact {
  const fact = factOf(schema, data, CLOCK);
  if ("kind" in fact) throw new Error(`the clock's own event does not fit: ${fact.reason}`);
  return fact;
}

function step(line: Line, andon: Andon, command: Exclude<LineCommand, Pull | { kind: "tick" }>, now: LineCircumstances): LineDecision {
  if (command.kind === "void") return voidPull(andon, command, now);
  const stranger = refuseActor(command.kind, now);
  if (stranger) return stranger;
  const standing = andon.state === "escalated" && command.kind !== "escalate" ? andon.escalatedFrom : andon.state;
  if (!standing || !FROM[command.kind].includes(standing)) return notNow(andon, command.kind);
  const { kind, ...data } = command;
  const act = <Data extends TObject>(schema: EventSchema<Data>, more: Record<string, unknown> = {}): LineDecision =>
    acts(factOf(schema, { scope: andon.scope, ...data, ...more }, now.by));
  switch (kind) {
    case "acknowledge":
      return act(LineAcknowledged);
    case "clear":
      return act(LineCleared);
    case "confirm":
      return act(LineStopped, { because: "confirmed" });
    case "reach_gate":
      return act(LineStopped, { because: "gate_reached" });
    case "contain":
      return act(LineContained);
    case "countermeasure":
      return act(LineCountermeasured);
    case "start_trial":
      return act(LineTrialStarted);
    case "end_trial":
      return andon.trial?.passed ? notNow(andon, kind) : act(LineTried, { changeId: andon.trial?.changeId });
    case "release":
      return refuseRelease(andon, now) ?? act(LineReleased);
    case "close":
      return refuseClose(line, andon, now) ?? act(LineClosed);
    case "escalate":
      return act(LineEscalated, { because: "asked", ...(now.wider && { to: now.wider }) });
  }
}

function refuseActor(kind: Kind, { by, owners }: LineCircumstances): LineRefusal | null {
  const who = WHO[kind];
  if (who === "platform") {
    return by.kind === "human" || by.kind === "agent" ? { kind: "invalid", reason: "only the platform says what reached the gate" } : null;
  }
  if (who === "no_agent") return by.kind === "agent" ? peopleOnly : null;
  if (by.kind !== "human") return peopleOnly;
  if (who === "owner" && owners.length > 0 && !owners.includes(by.id)) {
    return { kind: "not_owner", reason: "only the owner of this scope can do this; escalate when the owner does not answer" };
  }
  return null;
}

const peopleOnly: LineRefusal = { kind: "people_only", reason: "anyone may pull the cord, only people put a line back to work" };

/** Cause and countermeasure come from one person, the release from another, and one of the two answers for the scope. */
function refuseRelease({ trial, countermeasuredBy }: Andon, { by, owners }: LineCircumstances): LineRefusal | null {
  if (!trial?.passed) return { kind: "not_now", reason: "the trial has not passed yet; record how it ended first" };
  if (countermeasuredBy === null || countermeasuredBy === by.id) {
    return { kind: "second_person", reason: "who named the cause and the countermeasure cannot release alone; another person has to sign" };
  }
  if (owners.length > 0 && !owners.includes(by.id) && !owners.includes(countermeasuredBy)) {
    return { kind: "not_owner", reason: "one of the two people who sign a release must own the scope" };
  }
  return null;
}

function refuseClose({ active, past }: Line, { releasedAt }: Andon, { at }: LineCircumstances): LineRefusal | null {
  if (active)
    return {
      kind: "not_now",
      reason: "the cord was pulled again meanwhile; this one closes when that is settled and it was quiet for 24 hours",
    };
  const noise = past.filter(({ state }) => state !== "voided").flatMap(({ pullers }) => pullers.map((puller) => puller.at));
  const quietSince = Math.max(releasedAt ?? at, ...noise);
  if (at - quietSince >= QUIET_MS) return null;
  return { kind: "not_now", reason: `the line must be quiet for 24 hours; it will be at ${new Date(quietSince + QUIET_MS).toISOString()}` };
}

const notNow = ({ state, since, trial }: Andon, kind: Kind): LineRefusal => {
  const passed = state === "trial" && trial?.passed ? " and its trial has passed" : "";
  return {
    kind: "not_now",
    reason: `the line is ${state}${passed} since ${new Date(since).toISOString()}; ${kind} is possible when it is ${FROM[kind].join(" or ")}`,
  };
};
