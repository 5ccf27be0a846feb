import { type Composed, compose, type Evaluation } from "./compose.ts";
import type { DecisionInput } from "./input.ts";
import { lineObjections } from "./line.ts";

/** The answer to an input and what the policies said of it. A function of its arguments: replaying gives the same. */
export function answerTo(input: DecisionInput, evaluation: Evaluation): Composed {
  const { line, approval } = input.state;
  return compose(evaluation, { input, objections: lineObjections(line), approvedBy: approval?.by ?? null });
}
