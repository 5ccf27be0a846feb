import type { DecisionEffect, DecisionRecord } from "../../../schemas/decision.ts";
import type { Composed, Evaluation } from "./compose.ts";

/** What became of some decisions. */
export interface Shift {
  decisions: number;
  stricter: number;
  looser: number;
}

/** What other policies would have decided. */
export interface ImpactReport {
  /** Recorded decisions that were looked at. */
  readonly decisions: number;
  /** Those whose input was erased or is not what was recorded. */
  readonly lost: number;
  /** Those with another effect, and of them from which to which: `allow → deny`. */
  readonly changed: number;
  readonly transitions: Readonly<Record<string, number>>;
  /** By name; those that nothing changed for are left out. */
  readonly teams: Readonly<Record<string, Shift>>;
  readonly repos: Readonly<Record<string, Shift>>;
  readonly agents: Readonly<Record<string, Shift>>;
  /** Rules that objected to what was allowed, or that no longer object: `policy.rule`. */
  readonly rules: Readonly<Record<string, { readonly added: number; readonly gone: number }>>;
  readonly approvals: { readonly before: number; readonly after: number; readonly addedPerDay: number };
  /** Evaluations that failed, by cause. */
  readonly failures: Readonly<Record<string, number>>;
  /** Ids of some changed decisions. */
  readonly examples: readonly { readonly decisionId: string; readonly from: DecisionEffect; readonly to: DecisionEffect }[];
}

const STRICTNESS: Readonly<Record<DecisionEffect, number>> = { allow: 0, require_approval: 1, deny: 2 };
const DAY_MS = 24 * 60 * 60_000;
const MOST_EXAMPLES = 50;
/** More names than this are counted together. */
const MOST_NAMES = 1_000;
const OTHERS = "(others)";

/** Counts what other policies would have decided, decision by decision. */
export class ImpactTally {
  readonly #by = { teams: new Map<string, Shift>(), repos: new Map<string, Shift>(), agents: new Map<string, Shift>() };
  readonly #rules = new Map<string, { added: number; gone: number }>();
  readonly #transitions = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #examples: ImpactReport["examples"][number][] = [];
  readonly #approvals = { before: 0, after: 0 };
  #decisions = 0;
  #lost = 0;
  #changed = 0;

  lose(): void {
    this.#lost += 1;
  }

  add(record: DecisionRecord, composed: Composed, evaluation: Evaluation): void {
    const [from, to] = [record.effect, composed.effect];
    this.#decisions += 1;
    if (evaluation.kind === "engine_failed") raise(this.#failures, evaluation.cause);
    if (from === "require_approval") this.#approvals.before += 1;
    if (to === "require_approval") this.#approvals.after += 1;
    const places = [
      [this.#by.teams, record.team],
      [this.#by.repos, record.repo],
      [this.#by.agents, record.agentId],
    ] as const;
    for (const [shifts, name] of places) if (name !== undefined) count(shifts, name, from, to);
    if (from === to) return;
    this.#changed += 1;
    raise(this.#transitions, `${from} → ${to}`);
    if (this.#examples.length < MOST_EXAMPLES) this.#examples.push({ decisionId: record.decisionId, from, to });
    this.#compareRules(record, composed);
  }

  /** @param periodMs how long the period of the decisions was */
  report(periodMs: number): ImpactReport {
    const { before, after } = this.#approvals;
    return {
      decisions: this.#decisions,
      lost: this.#lost,
      changed: this.#changed,
      transitions: sorted(this.#transitions),
      teams: changedOnly(this.#by.teams),
      repos: changedOnly(this.#by.repos),
      agents: changedOnly(this.#by.agents),
      rules: sorted(this.#rules),
      approvals: { before, after, addedPerDay: Math.round(((after - before) / Math.max(periodMs / DAY_MS, 1 / 24)) * 100) / 100 },
      failures: sorted(this.#failures),
      examples: this.#examples,
    };
  }

  #compareRules(record: DecisionRecord, composed: Composed): void {
    const objecting = (reasons: readonly { policy: string; rule: string; effect: string }[]) =>
      new Set(
        reasons.filter(({ effect }) => effect === "deny" || effect === "require_approval").map(({ policy, rule }) => `${policy}.${rule}`),
      );
    const [before, after] = [objecting(record.reasons), objecting(composed.reasons)];
    for (const rule of after) if (!before.has(rule)) this.#rule(rule).added += 1;
    for (const rule of before) if (!after.has(rule)) this.#rule(rule).gone += 1;
  }

  #rule(name: string): { added: number; gone: number } {
    let rule = this.#rules.get(name);
    if (!rule) this.#rules.set(name, (rule = { added: 0, gone: 0 }));
    return rule;
  }
}

function count(shifts: Map<string, Shift>, name: string, from: DecisionEffect, to: DecisionEffect): void {
  const key = shifts.has(name) || shifts.size < MOST_NAMES ? name : OTHERS;
  let shift = shifts.get(key);
  if (!shift) shifts.set(key, (shift = { decisions: 0, stricter: 0, looser: 0 }));
  shift.decisions += 1;
  if (STRICTNESS[to] > STRICTNESS[from]) shift.stricter += 1;
  if (STRICTNESS[to] < STRICTNESS[from]) shift.looser += 1;
}

const raise = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);

const sorted = <Value>(map: ReadonlyMap<string, Value>): Record<string, Value> =>
  Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

const changedOnly = (shifts: ReadonlyMap<string, Shift>): Record<string, Shift> =>
  sorted(new Map([...shifts].filter(([, { stricter, looser }]) => stricter + looser > 0)));
