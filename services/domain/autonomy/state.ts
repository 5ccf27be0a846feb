import type { AutonomyKey, Role } from "../../../schemas/autonomy.ts";
import {
  Activated,
  Demoted,
  Expired,
  Frozen,
  Granted,
  Promoted,
  PromotionProposed,
  PromotionSigned,
  ShadowRecorded,
  ShadowStarted,
  type Signature,
  Suspended,
  TrialRecorded,
  Unfrozen,
} from "../../../schemas/autonomy.ts";
import type { DataOf } from "../../../schemas/event.ts";
import { dataOf, type Happened } from "../fact.ts";

/** Far more than any window of 90 days holds for one scope. */
const KEPT_TRIALS = 5_000;

export interface Trial {
  readonly trialId: string;
  /** Milliseconds since 1970. */
  readonly finishedMs: number;
  readonly success: boolean;
  readonly worstIncident: number | null;
}

export interface Proposal extends DataOf<typeof PromotionProposed> {
  readonly lapsesMs: number;
  readonly signatures: readonly Signature[];
}

export interface Shadow {
  /** The level to come back to, and the bound of the pairs that it takes. */
  readonly target: number;
  readonly oldLower: number;
  readonly pairs: readonly { readonly pairId: string; readonly success: boolean; readonly predecessorSuccess: boolean }[];
}

/** Where one scope's stream stands. */
export interface AutonomyState {
  readonly scopeId: string;
  readonly key: AutonomyKey;
  /** Null: never granted, so the configured floor holds. */
  readonly level: number | null;
  readonly standing: "none" | "probation" | "active" | "suspended" | "expired";
  /** What it is frozen for; empty: it is not. */
  readonly frozenFor: readonly string[];
  /** Since when the level holds, milliseconds. */
  readonly sinceMs: number;
  /** Trials recorded since the level last moved. */
  readonly trialsHere: number;
  /** Trials recorded since a rule last took the level down: what failed before that has had its effect. */
  readonly trialsSinceFall: number;
  /** The level before a suspension: a review can give back so much, no more. */
  readonly heldLevel: number;
  /** When the grant ends, milliseconds. */
  readonly untilMs: number | null;
  /** In the order they were recorded. */
  readonly trials: readonly Trial[];
  readonly proposal: Proposal | null;
  readonly shadow: Shadow | null;
  /** `rule:ref` of every report that was acted on. */
  readonly applied: ReadonlySet<string>;
  /** Events of the stream. */
  readonly events: number;
}

/** Takes one event of the stream `autonomy-<scope>`. Events of types it does not know change nothing but their count. */
export function foldAutonomy(before: AutonomyState | null, event: Happened): AutonomyState | null {
  const about = event.data as { scopeId?: string; key?: AutonomyKey };
  if (!before && (about.scopeId === undefined || about.key === undefined)) return null;
  const state = before ?? unknownScope(about.scopeId as string, about.key as AutonomyKey, Date.parse(event.recordedat));
  return { ...state, ...changeOf(state, event), events: state.events + 1 };
}

export const unknownScope = (scopeId: string, key: AutonomyKey, sinceMs: number): AutonomyState => ({
  scopeId,
  key,
  level: null,
  standing: "none",
  frozenFor: [],
  sinceMs,
  trialsHere: 0,
  trialsSinceFall: 0,
  heldLevel: 0,
  untilMs: null,
  trials: [],
  proposal: null,
  shadow: null,
  applied: new Set(),
  events: 0,
});

function changeOf(state: AutonomyState, event: Happened): Partial<AutonomyState> {
  const at = Date.parse(event.recordedat);
  const trial = dataOf(TrialRecorded, event);
  if (trial) {
    const { trialId, finishedAt, outcome, worstIncident } = trial;
    return withTrial(state, { trialId, finishedMs: Date.parse(finishedAt), success: outcome === "success", worstIncident });
  }
  const proposed = dataOf(PromotionProposed, event);
  if (proposed) return { proposal: { ...proposed, lapsesMs: Date.parse(proposed.lapses), signatures: [] } };
  const signed = dataOf(PromotionSigned, event);
  if (signed) return withSignature(state, signed.role, signed.reviewId, event);
  const raised = dataOf(Granted, event) ?? dataOf(Promoted, event);
  if (raised) {
    const untilMs = raised.until === undefined ? null : Date.parse(raised.until);
    return { ...moved(raised.to, at), standing: "probation", heldLevel: 0, untilMs, shadow: null };
  }
  if (dataOf(Activated, event)) return { standing: "active" };
  const started = dataOf(ShadowStarted, event);
  if (started) {
    const [old] = started.evidence.bounds;
    return {
      ...moved(started.to, at),
      standing: "probation",
      shadow: { target: Math.min(started.from, 4), oldLower: old?.lower ?? 1, pairs: [] },
    };
  }
  const pair = dataOf(ShadowRecorded, event);
  if (pair) return { ...withPair(state, pair, at) };
  return fallOf(state, event, at);
}

function fallOf(state: AutonomyState, event: Happened, at: number): Partial<AutonomyState> {
  const demoted = dataOf(Demoted, event);
  if (demoted) {
    const standing = state.standing === "expired" ? "expired" : "probation";
    return { ...moved(demoted.to, at), ...acted(state, demoted), standing, trialsSinceFall: 0, untilMs: null };
  }
  const suspended = dataOf(Suspended, event);
  if (suspended) {
    const heldLevel = state.standing === "suspended" ? state.heldLevel : suspended.from;
    return { ...moved(0, at), ...acted(state, suspended), standing: "suspended", trialsSinceFall: 0, heldLevel, untilMs: null };
  }
  const expired = dataOf(Expired, event);
  if (expired) return { ...moved(expired.to, at), standing: "expired", untilMs: null };
  const frozen = dataOf(Frozen, event);
  if (frozen) return { frozenFor: [...state.frozenFor, ...frozen.evidence.refs], proposal: null };
  const unfrozen = dataOf(Unfrozen, event);
  if (!unfrozen) return {};
  const frozenFor = state.frozenFor.filter((ref) => ref !== unfrozen.ref);
  if (frozenFor.length > 0 || state.level === null || state.standing !== "active") return { frozenFor };
  return { frozenFor, standing: "probation", trialsHere: 0 };
}

/** A level that moves voids what was proposed for the old one. */
const moved = (level: number, sinceMs: number) => ({ level, sinceMs, trialsHere: 0, proposal: null });

const acted = ({ applied }: AutonomyState, { rule, evidence: { refs } }: { rule: string; evidence: { refs: readonly string[] } }) => ({
  applied: new Set([...applied, ...refs.map((ref) => `${rule}:${ref}`)]),
});

function withTrial(state: AutonomyState, trial: Trial): Partial<AutonomyState> {
  return {
    trials: [...state.trials, trial].slice(-KEPT_TRIALS),
    trialsHere: state.trialsHere + 1,
    trialsSinceFall: state.trialsSinceFall + 1,
  };
}

/** What the new configuration did in a pair is a trial of it. */
function withPair(state: AutonomyState, pair: DataOf<typeof ShadowRecorded>, finishedMs: number): Partial<AutonomyState> {
  const { pairId, success, predecessorSuccess } = pair;
  const shadow = state.shadow && { ...state.shadow, pairs: [...state.shadow.pairs, { pairId, success, predecessorSuccess }] };
  return { ...withTrial(state, { trialId: pairId, finishedMs, success, worstIncident: null }), shadow };
}

function withSignature({ proposal }: AutonomyState, role: Role, reviewId: string | undefined, event: Happened): Partial<AutonomyState> {
  if (!proposal) return {};
  const signature = { personId: event.actorid, role, at: event.recordedat, ...(reviewId !== undefined && { reviewId }) };
  return { proposal: { ...proposal, signatures: [...proposal.signatures, signature] } };
}
