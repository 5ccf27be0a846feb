import { Compile } from "typebox/compile";
import { PolicyResult } from "../../../schemas/decision.ts";
import type { Evaluation } from "./compose.ts";

const checker = Compile(PolicyResult);

/** What came out of the engine, as findings; an answer of any other form is a failure. Nothing of it is quoted. */
export function readResult(value: unknown): Evaluation {
  if (checker.Check(value)) return { kind: "evaluated", result: value };
  if (value === undefined) {
    return failed("the result is undefined: the policies conflict, or the bundle has no `result` in package andon.decision");
  }
  const [fault] = checker.Errors(value);
  return failed(`the result does not fit at ${fault?.instancePath || "its top"}: ${fault?.message ?? "it has another form"}`);
}

const failed = (detail: string): Evaluation => ({ kind: "engine_failed", cause: "wrong_result", detail });
