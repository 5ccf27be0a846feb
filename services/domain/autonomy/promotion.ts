import {
  type Evidence,
  Granted,
  Promoted,
  PromotionProposed,
  PromotionSigned,
  type Role,
  type Signature,
} from "../../../schemas/autonomy.ts";
import { acts, fact } from "./act.ts";
import type { AutonomyCommand, AutonomyDecision, AutonomyNow, AutonomyRefusal } from "./commands.ts";
import { evidenceFor, missingIn } from "./evidence.ts";
import { type MeasureId, type Measures, STEPS, type Step } from "./ladder.ts";
import { levelHeld } from "./level.ts";
import type { AutonomyState, Proposal } from "./state.ts";
import { DAY_MS } from "./trials.ts";

const LAPSES_AFTER_DAYS = 14;

type Propose = Extract<AutonomyCommand, { kind: "propose" }>;
type Sign = Extract<AutonomyCommand, { kind: "sign" }>;

/** Refuses with all the evidence and what is missing of it, or proposes: then people sign. */
export function propose(
  state: AutonomyState,
  { proposalId, to, measures, untilMs = undefined }: Propose,
  now: AutonomyNow,
): AutonomyDecision {
  const { nowMs, by, floor } = now;
  if (state.frozenFor.length > 0) return { kind: "not_now", reason: "this scope is frozen; put right what froze it first" };
  if (state.proposal?.proposalId === proposalId) return { kind: "quiet" };
  const wrong = wrongLevel(state, to, floor);
  if (wrong) return wrong;
  const evidence = evidenceFor(state, { to, measures, untilMs: untilMs ?? null }, nowMs);
  const missing = missingIn(evidence);
  if (missing.length > 0) return notYet(evidence);
  return acts(
    fact(
      PromotionProposed,
      {
        proposalId,
        from: levelHeld(state, floor),
        to,
        rule: `step_to_${to}`,
        evidence,
        lapses: new Date(nowMs + LAPSES_AFTER_DAYS * DAY_MS).toISOString(),
        until: untilMs === undefined ? undefined : new Date(untilMs).toISOString(),
      },
      now,
      by,
    ),
  );
}

/** One level at a time; after a suspension up to the level that was held, and to the first in any case. */
function wrongLevel({ standing, heldLevel, ...state }: AutonomyState, to: number, floor: number): AutonomyRefusal | null {
  const level = levelHeld({ standing, heldLevel, ...state }, floor);
  const highest = standing === "suspended" ? Math.max(heldLevel, 1) : level + 1;
  const lowest = standing === "suspended" ? 1 : level + 1;
  if (STEPS[to] && to >= lowest && to <= highest) return null;
  if (highest < lowest || !STEPS[highest]) return { kind: "not_now", reason: `level ${level} is as far as this scope can rise now` };
  return {
    kind: "invalid",
    reason: `from where this scope stands, a promotion leads to level ${lowest === highest ? lowest : `${lowest} to ${highest}`}`,
  };
}

/** The last signature that is needed raises the level, if the evidence still holds. */
export function sign(state: AutonomyState, { proposalId, role, reviewId }: Sign, now: AutonomyNow): AutonomyDecision {
  const { nowMs, by } = now;
  const { proposal } = state;
  if (by.kind !== "human") return { kind: "people_only", reason: "a promotion is signed by people, each with their own sign-in" };
  if (proposal?.proposalId !== proposalId || proposal.lapsesMs <= nowMs) {
    return { kind: "unknown_proposal", reason: "no such proposal waits here; it lapsed, or the level moved meanwhile. Propose again" };
  }
  const step = STEPS[proposal.to] as Step;
  const own = proposal.signatures.find(({ personId }) => personId === by.id);
  if (own) return own.role === role ? { kind: "quiet" } : SECOND_PERSON;
  if (!openRoles(step, proposal).includes(role)) {
    return {
      kind: "wrong_role",
      reason: `this promotion is signed by: ${step.signers.join(" and ")}; that signature is there, or not asked for`,
    };
  }
  if (step.inReview && reviewId === undefined) {
    return { kind: "invalid", reason: "this promotion is signed in an operational review; name the review" };
  }
  const signed = fact(PromotionSigned, { proposalId, role, reviewId }, now, by);
  const at = new Date(nowMs).toISOString();
  const signatures: Signature[] = [...proposal.signatures, { personId: by.id, role, at, ...(reviewId !== undefined && { reviewId }) }];
  if (signatures.length < step.signers.length) return acts(signed);

  const untilMs = proposal.until === undefined ? null : Date.parse(proposal.until);
  const evidence = evidenceFor(state, { to: proposal.to, measures: measuresIn(proposal.evidence), untilMs }, nowMs);
  if (missingIn(evidence).length > 0) return notYet(evidence);
  const { from, to, rule, until } = proposal;
  const anew = state.standing === "none" || state.standing === "suspended" || state.standing === "expired";
  return acts(signed, fact(anew ? Granted : Promoted, { proposalId, from, to, rule, evidence, signatures, until }, now, by));
}

const SECOND_PERSON: AutonomyRefusal = {
  kind: "second_person",
  reason: "you have signed this promotion; the other signature is another person's",
};

function openRoles({ signers }: Step, { signatures }: Proposal): Role[] {
  const open = [...signers];
  for (const { role } of signatures) open.splice(open.indexOf(role), 1);
  return open;
}

function notYet(evidence: Evidence): AutonomyRefusal {
  const missing = missingIn(evidence);
  const list = missing.map(({ id, value, needed }) => `${id} is ${value}, needed ${needed}`).join("; ");
  return { kind: "missing", reason: `the evidence does not carry this level yet: ${list}`, evidence, missing };
}

/** What was measured for the proposal, as it was written down. */
function measuresIn({ conditions }: Evidence): Measures {
  const measured = conditions.flatMap(({ id, value, source }) =>
    source === undefined
      ? []
      : [[id as MeasureId, { value: value === "true" || value === "false" ? value === "true" : Number(value), source }] as const],
  );
  return Object.fromEntries(measured);
}
