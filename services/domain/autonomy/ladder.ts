import type { Role } from "../../../schemas/autonomy.ts";

/** Something that is measured elsewhere and told with its source. */
export type MeasureId =
  | "sandbox_exists"
  | "tool_policy_exists"
  | "owner_attested"
  | "sessions"
  | "critical_denies"
  | "secret_scan_clean"
  | "tests_green"
  | "rollback_possible"
  | "readiness"
  | "rubber_stamp_share"
  | "holdback_cases"
  | "holdback_gap_points"
  | "r1_not_red"
  | "r4_not_red"
  | "evidence_completeness"
  | "serious_incidents"
  | "rollback_drill_days"
  | "spend_cap";

/** `true`: it must hold. */
type Needed = true | { readonly least: number } | { readonly most: number };

export interface Step {
  readonly bound: { readonly lower: number; readonly trials: number } | null;
  /** At the level below. */
  readonly weeks: number;
  readonly measures: readonly (readonly [MeasureId, Needed])[];
  /** Each is another person. */
  readonly signers: readonly Role[];
  /** Signed in an operational review, which the signature names. */
  readonly inReview: boolean;
  readonly highestTier: number;
  /** Days that the grant may last; null: it needs no end. */
  readonly longestDays: number | null;
}

const anyTier = { highestTier: 3, longestDays: null } as const;

/** What it takes to rise to a level: the table of promotions. */
export const STEPS: Readonly<Record<number, Step>> = {
  1: {
    bound: null,
    weeks: 0,
    measures: [
      ["sandbox_exists", true],
      ["tool_policy_exists", true],
      ["owner_attested", true],
    ],
    signers: ["team_lead"],
    inReview: false,
    ...anyTier,
  },
  2: {
    bound: null,
    weeks: 0,
    measures: [
      ["sessions", { least: 20 }],
      ["critical_denies", { most: 0 }],
      ["secret_scan_clean", true],
    ],
    signers: ["team_lead"],
    inReview: false,
    ...anyTier,
  },
  3: {
    bound: { lower: 0.9, trials: 35 },
    weeks: 4,
    measures: [
      ["tests_green", true],
      ["rollback_possible", true],
      ["readiness", { least: 0.8 }],
    ],
    signers: ["team_lead", "policy_owner"],
    inReview: false,
    ...anyTier,
  },
  4: {
    bound: { lower: 0.95, trials: 73 },
    weeks: 6,
    measures: [
      ["rubber_stamp_share", { most: 0.05 }],
      ["holdback_cases", { least: 30 }],
      ["holdback_gap_points", { most: 5 }],
      ["r1_not_red", true],
      ["r4_not_red", true],
      ["evidence_completeness", { least: 0.98 }],
    ],
    signers: ["service_owner", "policy_owner"],
    inReview: true,
    ...anyTier,
  },
  5: {
    bound: { lower: 0.99, trials: 381 },
    weeks: 12,
    measures: [
      ["serious_incidents", { most: 0 }],
      ["rollback_drill_days", { most: 30 }],
      ["spend_cap", true],
    ],
    signers: ["executive", "executive"],
    inReview: true,
    highestTier: 1,
    longestDays: 30,
  },
};

/** The bound that a level stands on; null below level 3. */
export const boundOf = (level: number): number | null => STEPS[level]?.bound?.lower ?? null;

/** Trials at a new level during which every one is reviewed. */
export const PROBATION_TRIALS = 20;
export const EVIDENCE_DAYS = 90;

export interface Measured {
  readonly value: number | boolean;
  /** Where it was read. */
  readonly source: string;
}
export type Measures = Readonly<Partial<Record<MeasureId, Measured>>>;

/** Whether a measured value is enough. Unknown, or of the wrong kind, is never enough. */
export function isEnough(needed: Needed, measured: Measured | undefined): boolean {
  const value = measured?.value;
  if (needed === true) return value === true;
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  return "least" in needed ? value >= needed.least : value <= needed.most;
}

export const neededInWords = (needed: Needed): string =>
  needed === true ? "true" : "least" in needed ? `>= ${needed.least}` : `<= ${needed.most}`;
