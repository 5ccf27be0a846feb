import { picoOf } from "../cost/money.ts";
import type { BudgetRefusal, HardLimitAsked, Money, SoftLimitAsked } from "./commands.ts";
import type { Limit } from "./state.ts";

/** @returns pico-dollars, exactly; or why this amount is none of a budget */
export function picoOfMoney({ amount, currency }: Money): bigint | BudgetRefusal {
  if (currency !== "USD") {
    return {
      kind: "currency",
      reason: 'budgets are in US dollars, like every cost here: give the amount in USD, with `currency` "USD"; no exchange rate is applied',
    };
  }
  const pico = tryPicoOf(amount);
  if (pico === null)
    return { kind: "invalid", reason: "the amount must be decimal digits in US dollars with at most twelve decimals, such as 250.00" };
  return pico < 0n ? { kind: "invalid", reason: "the amount must not be negative" } : pico;
}

export interface LimitsInPico {
  readonly soft: Limit<"warn" | "require_approval"> | null;
  readonly hard: Limit<"require_approval" | "deny"> | null;
}

/** The limits that were asked for, in pico-dollars. */
export function limitsAsked(soft: SoftLimitAsked | null, hard: HardLimitAsked | null): LimitsInPico | BudgetRefusal {
  const softPico = soft && picoOfMoney(soft.amount);
  if (softPico !== null && typeof softPico !== "bigint") return softPico;
  const hardPico = hard && picoOfMoney(hard.amount);
  if (hardPico !== null && typeof hardPico !== "bigint") return hardPico;
  return {
    soft: soft && softPico !== null ? { pico: softPico, atCrossing: soft.atCrossing } : null,
    hard: hard && hardPico !== null ? { pico: hardPico, atCrossing: hard.atCrossing } : null,
  };
}

/** What a budget's limits must be together; null when they are. */
export function faultIn({ soft, hard }: LimitsInPico): BudgetRefusal | null {
  if (!soft && !hard)
    return { kind: "no_limit", reason: "a budget needs a soft limit, a hard limit or both; close it instead of taking the last one away" };
  if (soft && hard && soft.pico > hard.pico) {
    return {
      kind: "limits_contradict",
      reason: "the soft limit lies above the hard one and would never be reached; lower it or raise the hard one",
    };
  }
  return null;
}

/** As events have them. */
export const writtenLimits = ({ soft, hard }: LimitsInPico) => ({
  soft: soft && { pico: soft.pico.toString(), atCrossing: soft.atCrossing },
  hard: hard && { pico: hard.pico.toString(), atCrossing: hard.atCrossing },
});

function tryPicoOf(amount: string): bigint | null {
  try {
    return picoOf(amount);
  } catch {
    return null;
  }
}
