/** How a measure is filled in: something that holds or not, a number, a share that people write in percent. */
export type MeasureForm = "holds" | "number" | "share";

export interface Measure {
  readonly id: string;
  readonly needed: true | { readonly least: number } | { readonly most: number };
}

export interface Step {
  readonly bound: { readonly lower: number; readonly trials: number } | null;
  /** At the level below. */
  readonly weeks: number;
  readonly measures: readonly Measure[];
  readonly signers: readonly Signer[];
  readonly inReview: boolean;
  readonly highestTier: number;
  /** Days that the grant may last; null: it needs no end. */
  readonly longestDays: number | null;
}

export type Signer = "team_lead" | "policy_owner" | "service_owner" | "executive";

export const HIGHEST = 5;
const anyTier = { highestTier: 3, longestDays: null } as const;
const holds = (id: string): Measure => ({ id, needed: true });
const least = (id: string, value: number): Measure => ({ id, needed: { least: value } });
const most = (id: string, value: number): Measure => ({ id, needed: { most: value } });

/** What it takes to rise to a level, to say it before anybody asks. The platform decides by its own table of the same. */
const STEPS: Readonly<Record<number, Step>> = {
  1: {
    bound: null,
    weeks: 0,
    measures: [holds("sandbox_exists"), holds("tool_policy_exists"), holds("owner_attested")],
    signers: ["team_lead"],
    inReview: false,
    ...anyTier,
  },
  2: {
    bound: null,
    weeks: 0,
    measures: [least("sessions", 20), most("critical_denies", 0), holds("secret_scan_clean")],
    signers: ["team_lead"],
    inReview: false,
    ...anyTier,
  },
  3: {
    bound: { lower: 0.9, trials: 35 },
    weeks: 4,
    measures: [holds("tests_green"), holds("rollback_possible"), least("readiness", 0.8)],
    signers: ["team_lead", "policy_owner"],
    inReview: false,
    ...anyTier,
  },
  4: {
    bound: { lower: 0.95, trials: 73 },
    weeks: 6,
    measures: [
      most("rubber_stamp_share", 0.05),
      least("holdback_cases", 30),
      most("holdback_gap_points", 5),
      holds("r1_not_red"),
      holds("r4_not_red"),
      least("evidence_completeness", 0.98),
    ],
    signers: ["service_owner", "policy_owner"],
    inReview: true,
    ...anyTier,
  },
  5: {
    bound: { lower: 0.99, trials: 381 },
    weeks: 12,
    measures: [most("serious_incidents", 0), most("rollback_drill_days", 30), holds("spend_cap")],
    signers: ["executive", "executive"],
    inReview: true,
    highestTier: 1,
    longestDays: 30,
  },
};

/** null: there is no such level to rise to. */
export const stepTo = (level: number): Step | null => STEPS[level] ?? null;

const SHARES: ReadonlySet<string> = new Set(["readiness", "rubber_stamp_share", "evidence_completeness"]);
export const isShare = (id: string): boolean => SHARES.has(id);
export const formOf = ({ id, needed }: Measure): MeasureForm => (needed === true ? "holds" : isShare(id) ? "share" : "number");
