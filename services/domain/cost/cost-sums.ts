import type { CostComputed } from "../../../schemas/cost.ts";
import type { DataOf } from "../../../schemas/event.ts";
import type { TokenDelta } from "../../../schemas/tokens.ts";
import { usdOf } from "./money.ts";

/** What movements of the ledger add up to. Exact: money stays in whole pico-dollars until it is shown. */
export class CostSums {
  readonly #tokens = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
  #pico = 0n;
  #reported: bigint | null = null;
  #unpriced = 0;
  #movements = 0;

  add(movement: Pick<DataOf<typeof CostComputed>, "tokens" | "pico" | "reportedPico" | "unpriced">): void {
    const { tokens } = movement;
    this.#tokens.input += tokens.input ?? 0;
    this.#tokens.cacheRead += tokens.cacheRead ?? 0;
    this.#tokens.cacheWrite += (tokens.cacheWrite5m ?? 0) + (tokens.cacheWrite1h ?? 0) + (tokens.cacheWriteOther ?? 0);
    this.#tokens.output += tokens.output ?? 0;
    this.#tokens.reasoning += tokens.reasoning ?? 0;
    this.#pico += BigInt(movement.pico);
    if (movement.reportedPico !== undefined) this.#reported = (this.#reported ?? 0n) + BigInt(movement.reportedPico);
    this.#unpriced += movement.unpriced;
    this.#movements += 1;
  }

  get movements(): number {
    return this.#movements;
  }

  /** Tokens of all buckets. */
  get total(): number {
    const { input, cacheRead, cacheWrite, output, reasoning } = this.#tokens;
    return input + cacheRead + cacheWrite + output + reasoning;
  }

  shown() {
    return {
      tokens: { ...this.#tokens },
      cost: usdOf(this.#pico),
      reportedCost: this.#reported === null ? null : usdOf(this.#reported),
      unpriced: this.#unpriced,
      events: this.#movements,
    };
  }
}

/** Tokens of all buckets of one report. */
export const tokensOf = (tokens: TokenDelta): number => Object.values(tokens).reduce((sum, count) => sum + (count ?? 0), 0);
