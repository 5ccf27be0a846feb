import type { DataOf } from "../../../schemas/event.ts";
import {
  LineAcknowledged,
  LineCleared,
  LineClosed,
  LineContained,
  LineCountermeasured,
  LineEscalated,
  LinePulled,
  LinePullJoined,
  LineReleased,
  LineStopped,
  LineTrialStarted,
  LineTried,
  LineVoided,
  LineVoidProposed,
} from "../../../schemas/line.ts";
import { dataOf, type Happened } from "../fact.ts";
import type { Andon, AndonState, Line, Puller } from "./state.ts";

/** Pulls that are over and of which nothing more is expected are kept so many and so long: long enough to see a cause come back. */
const PAST_KEPT = 50;
export const REPEAT_MS = 30 * 24 * 60 * 60 * 1000;

const OVER: ReadonlySet<AndonState> = new Set(["cleared", "released", "closed", "voided"]);

/** Takes one event of a stream `line-<scope>`. Events of types it does not know change nothing. */
export function foldLine(line: Line | null, event: Happened): Line | null {
  const at = Date.parse(event.recordedat);
  const pulled = dataOf(LinePulled, event);
  if (pulled) {
    const active: Andon = {
      ...nothingYet,
      andonId: pulled.andonId,
      scope: pulled.scope,
      since: at,
      pulledAt: at,
      pullers: [pullerOf(pulled, event, at)],
      responseMs: pulled.responseMs,
      escalateMs: pulled.escalateMs,
      causeClass: pulled.causeClass ?? null,
    };
    return { scope: line?.scope ?? pulled.scope, active, past: line?.past ?? [] };
  }
  const { andonId } = event.data as { andonId?: string };
  const before = line && findAndon(line, andonId ?? "");
  if (!line || !before) return line;
  const after = foldAndon(before, event, at);
  return after === before ? line : put(line, after, at);
}

export const findAndon = ({ active, past }: Line, andonId: string): Andon | null =>
  active?.andonId === andonId ? active : (past.find((each) => each.andonId === andonId) ?? null);

const nothingYet = {
  state: "called",
  acknowledgedBy: null,
  stoppedAt: null,
  countermeasuredBy: null,
  trial: null,
  releasedAt: null,
  escalatedFrom: null,
  escalatedTo: null,
  voidProposedBy: null,
} as const;

function foldAndon(andon: Andon, event: Happened, at: number): Andon {
  const enter = (state: AndonState, more: Partial<Andon> = {}): Andon => ({ ...andon, state, since: at, ...more });
  const by = event.actorid;
  switch (event.type) {
    case LinePullJoined.type: {
      const joined = event.data as DataOf<typeof LinePullJoined>;
      const pullers = [...andon.pullers, pullerOf(joined, event, at)];
      return { ...andon, pullers, causeClass: andon.causeClass ?? joined.causeClass ?? null };
    }
    case LineAcknowledged.type:
      return enter("responding", { acknowledgedBy: by });
    case LineCleared.type:
      return enter("cleared");
    case LineStopped.type:
      return enter("stopped", { stoppedAt: at });
    case LineContained.type:
      return enter("contained", { escalatedFrom: null });
    case LineCountermeasured.type: {
      const { causeClass } = event.data as DataOf<typeof LineCountermeasured>;
      return enter("countermeasure", { causeClass, countermeasuredBy: by, escalatedFrom: null });
    }
    case LineTrialStarted.type: {
      const { changeId } = event.data as DataOf<typeof LineTrialStarted>;
      return enter("trial", { trial: { changeId, passed: false } });
    }
    case LineTried.type: {
      const { changeId, outcome } = event.data as DataOf<typeof LineTried>;
      if (outcome === "passed") return { ...andon, trial: { changeId, passed: true } };
      return enter("contained", { trial: null, countermeasuredBy: null });
    }
    case LineReleased.type:
      return enter("released", { releasedAt: at });
    case LineClosed.type:
      return enter("closed");
    case LineVoidProposed.type:
      return { ...andon, voidProposedBy: by };
    case LineVoided.type:
      return enter("voided");
    case LineEscalated.type: {
      const { to = null } = event.data as DataOf<typeof LineEscalated>;
      const from = andon.state === "contained" ? "contained" : "stopped";
      return enter("escalated", { escalatedFrom: from, escalatedTo: to });
    }
    default:
      return andon;
  }
}

function put(line: Line, andon: Andon, at: number): Line {
  if (!OVER.has(andon.state)) return { ...line, active: andon };
  const others = line.past.filter(({ andonId }) => andonId !== andon.andonId);
  const inOrder = [...others, andon].sort((a, b) => a.pulledAt - b.pulledAt);
  const forget = inOrder.length - PAST_KEPT;
  const past = inOrder.filter(({ state, since }, nth) => nth >= forget || state === "released" || at - since <= REPEAT_MS);
  return { ...line, active: line.active?.andonId === andon.andonId ? null : line.active, past };
}

const pullerOf = (pull: { symptom: string; rule?: string }, event: Happened, at: number): Puller => ({
  kind: event.actorkind,
  id: event.actorid,
  at,
  symptom: pull.symptom,
  rule: pull.rule ?? null,
});
