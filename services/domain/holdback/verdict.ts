import type { CaseClass, CaseKind, ClassTallies, Tally } from "../../../schemas/holdback.ts";

/** How often a case whose answer may differ runs. */
export const REPEATS = 5;
/** Of them, how many have to be right. */
const RIGHT_OF_REPEATS = 4;
/** Percent of observed runs. */
const SATISFACTION = 95;

export interface Observed {
  readonly class: CaseClass;
  readonly kind: CaseKind;
  /** Runs with the right answer. */
  readonly right: number;
  readonly runs: number;
}

/** What is said of a candidate: counts alone. */
export interface Judgement {
  readonly passed: number;
  readonly total: number;
  readonly classes: ClassTallies;
  /** 0 to 1: the share of right runs, of the repeated cases where there are any, else of all. */
  readonly satisfaction: number;
  readonly verdict: "passed" | "failed";
}

export const runsOf = (kind: CaseKind): number => (kind === "repeated" ? REPEATS : 1);

/** A case passes when its one run is right, or 4 of 5 are. */
export const passes = ({ kind, right, runs }: Observed): boolean =>
  kind === "deterministic" ? runs > 0 && right === runs : runs >= REPEATS && right * REPEATS >= RIGHT_OF_REPEATS * runs;

/**
 * Deterministic cases all pass, no critical case fails, and at least 95 % of the runs of repeated cases are right: many
 * deterministic cases do not make up for repeated ones. Nothing observed is no pass.
 */
export function judge(observed: readonly Observed[]): Judgement {
  const tally = (of: readonly Observed[]): Tally => ({ passed: of.filter(passes).length, total: of.length });
  const ofClass = (name: CaseClass): Tally => tally(observed.filter((each) => each.class === name));
  const repeated = observed.filter(({ kind }) => kind === "repeated");
  const counted = repeated.length > 0 ? repeated : observed;
  const right = counted.reduce((sum, each) => sum + each.right, 0);
  const runs = counted.reduce((sum, each) => sum + each.runs, 0);
  const mustPass = observed.filter((each) => each.kind === "deterministic" || each.class === "critical");
  const holds = observed.length > 0 && mustPass.every(passes) && right * 100 >= SATISFACTION * runs;
  return {
    ...tally(observed),
    classes: { critical: ofClass("critical"), normal: ofClass("normal") },
    satisfaction: runs === 0 ? 0 : right / runs,
    verdict: holds ? "passed" : "failed",
  };
}

export interface Gap {
  /** Percentage points; negative: the unseen cases go better. */
  readonly points: number;
  /** Up to 5 green, up to 10 amber: beyond, the visible tests are being fitted. */
  readonly band: "green" | "amber" | "red";
}

/** The visible pass rate less the holdback one; null while either has nothing. */
export function gapOf(visible: Tally, holdback: Tally): Gap | null {
  if (visible.total === 0 || holdback.total === 0) return null;
  // One division at the very end: 95 % less 90 % is exactly 5 points, not a little more.
  const points = (100 * (visible.passed * holdback.total - holdback.passed * visible.total)) / (visible.total * holdback.total);
  return { points, band: points <= 5 ? "green" : points <= 10 ? "amber" : "red" };
}
