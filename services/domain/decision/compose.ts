import type { ApprovalNeed, DecisionEffect, DecisionReason, Finding, PolicyResult } from "../../../schemas/decision.ts";
import { canonicalJson } from "../canonical-json.ts";
import { withholdContent } from "./content.ts";

/** What the engine answered: the policies' findings, or how it failed. */
export type Evaluation =
  | { readonly kind: "evaluated"; readonly result: PolicyResult }
  | { readonly kind: "engine_failed"; readonly cause: EngineFailure; readonly detail: string };

export type EngineFailure =
  /** No bundle with this digest is loaded. */
  | "not_loaded"
  /** Input or data are over their limits, or not what was announced. */
  | "unfit_input"
  /** The module gave up: a built-in it lacks, or a broken module. */
  | "trapped"
  | "out_of_memory"
  | "too_slow"
  /** Undefined, or not of the form findings have. */
  | "wrong_result"
  | "closed";

export type Obligation = { readonly kind: string } & Readonly<Record<string, unknown>>;

export interface Composed {
  readonly effect: DecisionEffect;
  readonly reasons: readonly DecisionReason[];
  readonly obligations: readonly Obligation[];
  /** What people would have to say yes to; empty unless the effect is `require_approval`. */
  readonly approvals: readonly ApprovalNeed[];
  readonly coveredBy: readonly string[];
}

export interface Circumstances {
  /** The engine's input: content in it must not come back in a reason. */
  readonly input: Readonly<Record<string, unknown>>;
  /** What the platform itself objects to, such as a stopped line. */
  readonly objections: readonly Finding[];
  /** An unused approval of exactly this request: how many people gave it. */
  readonly approvedBy: number | null;
}

/** Policy name under which the platform's own findings are listed. */
export const PLATFORM = "andon";

const ORDER: readonly Finding["effect"][] = ["deny", "require_approval", "modify", "warn"];
const USUAL_APPROVAL: ApprovalNeed = { class: "general", quorum: 1, roles: ["approver"], expiresMinutes: 60 };

/**
 * Makes one answer of all objections: any deny denies; else an objection that needs people and has not got them waits for
 * them; else it is allowed, with what must be done about it. Nothing grants: an action that no policy covers is denied, and
 * so is one on which the engine failed. The order in which findings come changes nothing.
 */
export function compose(evaluation: Evaluation, { input, objections, approvedBy }: Circumstances): Composed {
  const coveredBy = evaluation.kind === "evaluated" ? [...new Set(evaluation.result.covered_by)].sort() : [];
  const findings = inOrder([...objections, ...findingsOf(evaluation)]);
  const waiting = findings.filter((finding) => finding.effect === "require_approval" && !isApproved(finding, approvedBy));
  const effect = findings.some((finding) => finding.effect === "deny") ? "deny" : waiting.length > 0 ? "require_approval" : "allow";
  return {
    effect,
    reasons: findings.map((finding) => reasonOf(finding, input)),
    obligations: effect === "deny" ? [] : united(findings.flatMap((finding) => obligationsOf(finding, input))),
    approvals: effect === "require_approval" ? united(waiting.map((finding) => finding.approval ?? USUAL_APPROVAL)) : [],
    coveredBy,
  };
}

function findingsOf(evaluation: Evaluation): readonly Finding[] {
  if (evaluation.kind === "engine_failed") {
    const reason = `The policies could not be evaluated (${evaluation.cause}), and without them nothing is allowed; see Health for the engine's state.`;
    return [platformFinding("engine_failed", reason)];
  }
  const { findings, covered_by } = evaluation.result;
  if (covered_by.length > 0) return findings;
  return [
    ...findings,
    platformFinding("not_covered", "No policy covers this action, so it is denied; a policy has to be written for it first."),
  ];
}

const platformFinding = (rule: string, reason: string): Finding => ({ policy: PLATFORM, rule, effect: "deny", hard: true, reason });

/** An approval by fewer people than a finding asks for does not lift it; what denies is never lifted. */
const isApproved = ({ approval }: Finding, approvedBy: number | null): boolean =>
  approvedBy !== null && approvedBy >= (approval?.quorum ?? 1);

/** Strictest first, then by name; the same finding counts once. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const keyed = new Map(findings.map((finding) => [canonicalJson(finding), finding]));
  return [...keyed]
    .map(([text, finding]) => ({ finding, key: `${ORDER.indexOf(finding.effect)}\0${finding.policy}\0${finding.rule}\0${text}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ finding }) => finding);
}

function reasonOf({ policy, rule, effect, reason, article }: Finding, input: Circumstances["input"]): DecisionReason {
  const text = withholdContent(reason, input);
  return { policy, rule, effect, reason: text, ...(article !== undefined && { article }), page: pageOf(policy, rule) };
}

/** Where a person reads about a rule. */
export const pageOf = (policy: string, rule: string): string => `/policies/${policy}#${rule}`;

function obligationsOf(finding: Finding, input: Circumstances["input"]): readonly Obligation[] {
  const { policy, rule, effect, modify = {}, obligations = [] } = finding;
  if (effect === "modify") return [...obligations, { ...modify, kind: "modify", policy, rule }];
  if (effect === "warn") return [...obligations, { kind: "warn", policy, rule, reason: withholdContent(finding.reason, input) }];
  return obligations;
}

/** Each once, in the order of their canonical text. */
function united<Item>(items: readonly Item[]): readonly Item[] {
  const keyed = new Map(items.map((item) => [canonicalJson(item), item]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
