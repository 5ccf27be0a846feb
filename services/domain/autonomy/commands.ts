import type { AutonomyKey, Condition, Evidence, Role } from "../../../schemas/autonomy.ts";
import type { Actor } from "../envelope.ts";
import type { Fact } from "../fact.ts";
import type { Measures } from "./ladder.ts";
import type { TrialFacts } from "./trials.ts";

/** Something that happened elsewhere and takes autonomy away. `ref` names it; the same again has no further effect. */
export type AutonomyReport =
  /** Caused in the scope. Severity 1 and 2 count. */
  | { readonly rule: "incident"; readonly ref: string; readonly severity: number }
  /** Caused in another scope of the same configuration. */
  | { readonly rule: "incident_shared"; readonly ref: string; readonly severity: number }
  | { readonly rule: "action_above_level" | "secret_exposed" | "sandbox_escaped"; readonly ref: string }
  | { readonly rule: "holdback_failed" | "holdback_contaminated"; readonly ref: string }
  /** Share of approvals given without looking, 0 to 1, and for how many days it was so. */
  | { readonly rule: "rubber_stamp"; readonly ref: string; readonly share: number; readonly days: number }
  /** The metric R5. */
  | { readonly rule: "flow_negative"; readonly ref: string; readonly value: number }
  | { readonly rule: "line_red"; readonly ref: string };

export type AutonomyCommand =
  | ({ readonly kind: "record_trial" } & TrialFacts)
  | {
      readonly kind: "propose";
      readonly proposalId: string;
      readonly to: number;
      readonly measures: Measures;
      /** When the grant would end, milliseconds; left out: it does not. */
      readonly untilMs?: number | undefined;
    }
  | { readonly kind: "sign"; readonly proposalId: string; readonly role: Role; readonly reviewId?: string | undefined }
  | { readonly kind: "report"; readonly report: AutonomyReport }
  | { readonly kind: "unfreeze"; readonly ref: string }
  /** What the rules say of the trials and the time. */
  | { readonly kind: "assess" }
  /** The scope is a new configuration's; the rest is how the old one's scope stands. A freeze or suspension goes with it. */
  | {
      readonly kind: "start_shadow";
      readonly predecessor: string;
      readonly from: number;
      readonly successes: number;
      readonly trials: number;
      readonly frozenFor: readonly string[];
      readonly suspended: boolean;
    }
  | { readonly kind: "record_pair"; readonly pairId: string; readonly success: boolean; readonly predecessorSuccess: boolean };

export type AutonomyRefusal =
  | {
      readonly kind:
        | "unknown_proposal"
        | "unknown_ref"
        | "not_in_shadow"
        | "not_now"
        | "people_only"
        | "second_person"
        | "wrong_role"
        | "invalid";
      readonly reason: string;
    }
  | {
      readonly kind: "missing";
      readonly reason: string;
      /** All of it, and what of it is not met. */
      readonly evidence: Evidence;
      readonly missing: readonly Condition[];
    };

/** Acts, stays quiet (what is wanted is so already, or no rule applies), or refuses. */
export type AutonomyDecision = { readonly kind: "acts"; readonly facts: readonly Fact[] } | { readonly kind: "quiet" } | AutonomyRefusal;

/** What a decision needs to know beyond the scope's own stream. */
export interface AutonomyNow {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly by: Actor;
  readonly scopeId: string;
  readonly key: AutonomyKey;
  /** The level of a scope that was never granted one. */
  readonly floor: number;
}
