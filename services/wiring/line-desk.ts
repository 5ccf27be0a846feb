import type { LineScope } from "../../schemas/line.ts";
import type { LineStep as AskedStep, LineView, PullView } from "../../schemas/line-api.ts";
import type { LineDesk, Outcome } from "../api/deps.ts";
import type { LineRefusal } from "../domain/line/commands.ts";
import { type Andon, stateAt } from "../domain/line/state.ts";
import type { LineStep, Lines } from "../line/lines.ts";

const PAST_SHOWN = 10;

/** Lines for people: moments and states as of now, with who has heard. */
export function makeLineDesk(lines: Lines, now: () => number): LineDesk {
  const view = (scope: LineScope): LineView => {
    const line = lines.list().find((each) => each.scope.kind === scope.kind && each.scope.name === scope.name);
    if (!line) throw new Error("a line that was just written is not in the view");
    return show(line);
  };
  const show = ({ scope, colour, active, past }: ReturnType<Lines["list"]>[number]): LineView => {
    const delivery = lines.delivery(scope);
    return {
      scope,
      colour,
      active: active && pullOf(active, now()),
      past: past
        .slice(-PAST_SHOWN)
        .reverse()
        .map((andon) => pullOf(andon, now())),
      heard: [...(delivery?.acknowledged ?? [])].map(([runtime, latencyMs]) => ({ runtime, latencyMs })),
      missing: [...(delivery?.missing ?? [])],
    };
  };

  return {
    list: () => lines.list().map(show),
    async pull({ stop, ...pull }, by) {
      const answer = await lines.pull({ ...pull, ...(stop !== undefined && { stops: stop }) }, by);
      return answer.kind === "done" ? { kind: "ok", value: view(answer.line.scope) } : declined(answer);
    },
    async move(scope, andonId, move, by) {
      const answer =
        move.step === "escalate"
          ? await lines.escalate(scope, andonId, move.widen, by)
          : await lines.step(scope, stepOf(andonId, move), by);
      return answer.kind === "done" ? { kind: "ok", value: view(answer.line.scope) } : declined(answer);
    },
    async hear(hearing, by) {
      const heard = await lines.hear(hearing, by);
      if (heard.kind === "heard") return { kind: "ok", value: { latencyMs: heard.latencyMs } };
      return { kind: heard.kind === "invalid" ? "invalid" : "not_found", reason: heard.reason };
    },
  };
}

function stepOf(andonId: string, move: Exclude<AskedStep, { step: "escalate" }>): LineStep {
  switch (move.step) {
    case "stop":
      return { kind: "confirm", andonId };
    case "contain": {
      const { inFlight, reverted, fenced } = move;
      return { kind: "contain", andonId, scopeVerified: true, autonomyFrozen: true, inFlight, reverted, fenced };
    }
    default: {
      const { step, ...said } = move;
      return { kind: step, andonId, ...said } as LineStep;
    }
  }
}

function declined({ kind, reason }: LineRefusal): Outcome<never> {
  if (kind === "unknown_andon") return { kind: "not_found", reason };
  return { kind: kind === "invalid" ? "invalid" : "conflict", reason };
}

function pullOf(andon: Andon, nowMs: number): PullView {
  const { andonId, since, pulledAt, pullers, causeClass, acknowledgedBy, countermeasuredBy, stoppedAt, releasedAt } = andon;
  const { trial, escalatedTo, voidProposedBy, responseMs, escalateMs } = andon;
  const state = stateAt(andon, nowMs);
  const waits = state === "called" ? responseMs : state === "stopped" || state === "contained" ? escalateMs : null;
  return {
    andonId,
    state,
    since: iso(since),
    pulledAt: iso(pulledAt),
    pullers: pullers.map(({ kind, id, at, symptom, rule }) => ({ kind, id, at: iso(at), symptom, rule })),
    dueAt: waits === null ? null : iso(since + waits),
    ...{ causeClass, acknowledgedBy, countermeasuredBy, trial, escalatedTo, voidProposedBy },
    escalatedFrom: state === "escalated" ? (andon.escalatedFrom ?? (andon.state === "contained" ? "contained" : "stopped")) : null,
    stoppedAt: stoppedAt === null ? null : iso(stoppedAt),
    releasedAt: releasedAt === null ? null : iso(releasedAt),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
