import type { DataOf } from "../../../schemas/event.ts";
import { type LinePull, LinePulled, LinePullJoined, LineStopped } from "../../../schemas/line.ts";
import { acts, type Fact, factOf, type Unfit } from "../fact.ts";
import type { LineCircumstances, LineDecision, Pull } from "./commands.ts";
import { REPEAT_MS } from "./fold.ts";
import { faultOfScope } from "./scope.ts";
import type { Andon, Line } from "./state.ts";

/** Whoever pulls after so many others is not written down any more: the line is pulled, which is what they wanted. */
const PULLERS_KEPT = 100;

/** Anyone may pull, at any time. Pulled twice is one pull with both names. */
export function pullCord(
  line: Line | null,
  { kind: _kind, stops: _stops, widens = false, ...pull }: Pull,
  now: LineCircumstances,
): LineDecision {
  const fault = faultOfScope(pull.scope);
  if (fault) return { kind: "invalid", reason: fault };
  const { note, ...said } = pull;
  // What an agent writes is content, and content has no place in the log.
  const data = note === undefined || now.by.kind === "agent" ? said : { ...said, note };
  return line?.active ? join(line, line.active, data, widens, now) : begin(line, data, widens, now);
}

function begin(line: Line | null, data: LinePull, widens: boolean, now: LineCircumstances): LineDecision {
  const fact = factOf(LinePulled, data, now.by);
  return withStop(fact, { ...data }, stopReason(line, data.causeClass ?? null, widens, now.at), now);
}

function join(line: Line, active: Andon, data: LinePull, widens: boolean, now: LineCircumstances): LineDecision {
  const { responseMs: _r, escalateMs: _e, ...rest } = data;
  const joining = { ...rest, andonId: active.andonId, scope: active.scope };
  const causeClass = active.causeClass ?? data.causeClass ?? null;
  const reason = active.state === "called" || active.state === "responding" ? stopReason(line, causeClass, widens, now.at) : null;
  const known = active.pullers.some(({ kind, id }) => kind === now.by.kind && id === now.by.id);
  if ((known || active.pullers.length >= PULLERS_KEPT) && reason === null) return { kind: "quiet" };
  return withStop(factOf(LinePullJoined, joining, now.by), joining, reason, now);
}

/** Stops of the same cause within 30 days do not wait for an answer again. */
function stopReason(
  line: Line | null,
  causeClass: string | null,
  widens: boolean,
  at: number,
): DataOf<typeof LineStopped>["because"] | null {
  if (widens) return "widened";
  const repeated = (line?.past ?? []).some(
    (andon) =>
      causeClass !== null &&
      andon.causeClass === causeClass &&
      andon.state !== "voided" &&
      andon.stoppedAt !== null &&
      at - andon.stoppedAt <= REPEAT_MS,
  );
  return repeated ? "repeated_cause" : null;
}

function withStop(
  pulled: Fact | Unfit,
  { andonId, scope }: Pick<LinePull, "andonId" | "scope">,
  because: DataOf<typeof LineStopped>["because"] | null,
  { by }: LineCircumstances,
): LineDecision {
  return because === null ? acts(pulled) : acts(pulled, factOf(LineStopped, { andonId, scope, because }, by));
}
