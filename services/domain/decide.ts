import { type Composed, compose, type Evaluation } from "./decision-compose.ts";
import type { DecisionInput } from "./decision-input.ts";
import { lineObjections } from "./decision-line.ts";

/** The answer to an input and what the policies said of it. A function of its arguments: replaying gives the same. */
export function answerTo(input: DecisionInput, evaluation: Evaluation): Composed {
  const { line, approval } = input.state;
  return compose(evaluation, { input, objections: lineObjections(line), approvedBy: approval?.by ?? null });
}
