import type { Span } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Said, tell } from "../tell.ts";
import { asName, count, name, present } from "../values.ts";
import { open, withoutSize } from "./dialect.ts";
import { usageOfSpan } from "./usage.ts";

/**
 * Spans give what logs lack. Prompts, tools, decisions and final errors are in the logs of the same moment, with more in
 * them (sizes, outcome, prompt id): reading them here too would make two events of one call, because which of the two
 * arrives first is chance. Calls to the model are the exception: the ledger joins both reports by request id, and the
 * calls of the permission classifier are in no log at all.
 */
export function readSpan(span: Span, found: Findings): void {
  if (span.name !== "claude_code.llm_request") {
    found.ignore(asName(span.name) ?? "unnamed span");
    return;
  }
  if (span.startMs === 0) {
    found.refuse("the span has no start; send startTimeUnixNano", "/startTimeUnixNano", span);
    return;
  }
  const said = open(span, span.endMs, found);
  retries(said, span, found);
  usageOfSpan(said, span, found);
}

/** Attempts before the last one failed, and no log tells of them. The last one, if it failed, has its own log. */
function retries(said: Said, span: Span, found: Findings): void {
  const attempts = span.events.filter((event) => event.name === "gen_ai.request.attempt");
  for (const attempt of attempts.slice(0, -1)) {
    const number = count(attempt.attributes, "attempt") ?? 0;
    tell(said, found, {
      name: "session.error.raised",
      identity: [said.sessionId, span.spanId, String(number)],
      timeMs: attempt.timeMs || span.startMs,
      data: present({ ...said.base, error: "attempt_failed", attempt: number, model: withoutSize(name(said.attributes, "model")) }),
    });
  }
}
