import type { LineScope } from "../../../schemas/line.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

export type PullRule = "spend_burn" | "repeated_denies" | "holdback_contamination" | "log_check_failed" | "coverage_low";

/** `dry_run`: says what it would do and pulls nothing. */
export type PullMode = "on" | "dry_run" | "off";

/** When the platform pulls the cord by itself. */
export interface PullSettings {
  readonly mode: Readonly<Record<PullRule, PullMode>>;
  /** What was spent, as a multiple of what is usual (p95 of its class), from which on it burns. */
  readonly spendTimesUsual: number;
  /** Pico-dollars that no session may spend, whatever is usual; null: no such limit. */
  readonly spendCap: bigint | null;
  /** Denials of one and the same action in one session. */
  readonly sameDenied: number;
  /** Share of changes whose origin is known, in percent. */
  readonly coverageFloor: number;
  /** Coverage is judged over no less than this; one odd hour is not a symptom. Milliseconds. */
  readonly coverageWindowMs: number;
}

export const PULL_SETTINGS: PullSettings = {
  mode: {
    spend_burn: "on",
    repeated_denies: "on",
    holdback_contamination: "on",
    log_check_failed: "on",
    coverage_low: "on",
  },
  spendTimesUsual: 5,
  spendCap: null,
  sameDenied: 5,
  coverageFloor: 80,
  coverageWindowMs: DAY_MS,
};

/** What was counted for one scope. */
export type Observation = { readonly scope: LineScope; readonly evidence?: readonly string[] } & (
  | { readonly rule: "spend_burn" /** Pico-dollars. */; readonly spent: bigint; readonly usual: bigint | null }
  | { readonly rule: "repeated_denies"; readonly sameDenied: number }
  | { readonly rule: "holdback_contamination"; readonly cases: number }
  | { readonly rule: "log_check_failed"; readonly faults: number }
  | { readonly rule: "coverage_low"; readonly covered: number; readonly total: number; readonly windowMs: number }
);

export interface PullVerdict {
  readonly rule: PullRule;
  readonly scope: LineScope;
  /** The counters call for it, whatever the mode. */
  readonly wouldPull: boolean;
  /** They do, and the rule is on. */
  readonly pulls: boolean;
  /** What was seen against what is allowed. */
  readonly why: string;
}

/** Answers for a dry run and for a real one alike: only `pulls` differs. Thresholds: the platform's own, see docs. */
export function judgePull(observed: Observation, settings: PullSettings): PullVerdict {
  const { wouldPull, why } = judge(observed, settings);
  const { rule, scope } = observed;
  return { rule, scope, wouldPull, pulls: wouldPull && settings.mode[rule] === "on", why };
}

type Judged = Pick<PullVerdict, "wouldPull" | "why">;

function judge(observed: Observation, settings: PullSettings): Judged {
  switch (observed.rule) {
    case "spend_burn":
      return judgeSpend(observed, settings);
    case "repeated_denies": {
      const { sameDenied } = observed;
      const why = `the same action was denied ${sameDenied} times in one session; the cord is pulled at ${settings.sameDenied}`;
      return { wouldPull: sameDenied >= settings.sameDenied, why };
    }
    case "holdback_contamination": {
      const { cases } = observed;
      return { wouldPull: cases > 0, why: `${cases} holdback cases leaked to where agents can read them; none may` };
    }
    case "log_check_failed": {
      const { faults } = observed;
      return { wouldPull: faults > 0, why: `the check of the log found ${faults} faults; none may be there` };
    }
    case "coverage_low":
      return judgeCoverage(observed, settings);
  }
}

function judgeSpend(
  { spent, usual }: Extract<Observation, { rule: "spend_burn" }>,
  { spendTimesUsual, spendCap }: Pick<PullSettings, "spendTimesUsual" | "spendCap">,
): Judged {
  // In thousandths, so that 1.5 times stays exact.
  const burns = usual !== null && usual > 0n && spent * 1000n > usual * BigInt(Math.round(spendTimesUsual * 1000));
  const capped = spendCap !== null && spent > spendCap;
  const limits = [
    usual === null || usual <= 0n ? "what is usual is not known yet" : `${spendTimesUsual} times the usual ${usual}`,
    spendCap === null ? "there is no cap" : `the cap is ${spendCap}`,
  ];
  return { wouldPull: burns || capped, why: `spent ${spent} pico-dollars; the limit is ${limits.join("; ")}` };
}

/** Nothing to look at is no coverage known, which is not low coverage. */
function judgeCoverage(
  { covered, total, windowMs }: Extract<Observation, { rule: "coverage_low" }>,
  { coverageFloor, coverageWindowMs }: Pick<PullSettings, "coverageFloor" | "coverageWindowMs">,
): Judged {
  if (total === 0 || windowMs < coverageWindowMs) {
    return { wouldPull: false, why: "there is too little to judge coverage by: a whole window with changes in it is needed" };
  }
  return {
    wouldPull: covered * 100 < total * coverageFloor,
    why: `the origin of ${covered} of ${total} changes is known; at least ${coverageFloor} % must be`,
  };
}
