import type { Attributes, LogRecord } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Said, tell } from "../tell.ts";
import { disjoint, notANumber, RANK } from "../usage.ts";
import { asId, count, name, present, size, text } from "../values.ts";
import { sourceOf } from "./vendor.ts";

const INPUT = "input_token_count";
const CACHED = "cached_content_token_count";
const OUTPUT = "output_token_count";
const THOUGHTS = "thoughts_token_count";
const TOOL = "tool_token_count";
const TOTAL = "total_token_count";

/**
 * One model call. Gemini CLI logs no request id, so the call is named by its moment, its turn and its counts: a resend has
 * the same bytes, and of two calls of one turn that end in the same millisecond at least the duration differs.
 */
export function usageOfLog(said: Said, record: LogRecord, found: Findings): void {
  const { attributes } = said;
  const broken = notANumber(attributes, [INPUT, CACHED, OUTPUT, THOUGHTS, TOOL, TOTAL]);
  if (broken !== undefined) {
    found.refuse(`${broken} is not a number; send token counts as integers`, `/attributes/${broken}`, record);
    return;
  }
  const input = (count(attributes, INPUT) ?? 0) + toolsApart(attributes);
  const thoughts = count(attributes, THOUGHTS) ?? 0;
  const moment = text(attributes, "event.timestamp") ?? new Date(said.timeMs).toISOString();
  const parts = [INPUT, CACHED, OUTPUT, THOUGHTS, TOOL, "duration_ms", "model", "prompt_id"].map((part) => text(attributes, part) ?? "");
  const key = asId([moment, ...parts].join("/")) as string;
  tell(said, found, {
    name: "session.usage.recorded",
    identity: [said.sessionId, "log", key],
    data: present({
      ...said.base,
      kind: "request",
      key,
      via: { signal: "log", name: "gemini_cli.api_response", rank: RANK.log },
      provider: "google",
      route: routeOf(attributes),
      model: name(attributes, "model"),
      promptTokens: input,
      convention: "inclusive",
      ...disjoint({
        input,
        cacheRead: count(attributes, CACHED),
        cacheWrite: undefined,
        // Output comes without thoughts, unlike input, which comes with what was cached.
        output: (count(attributes, OUTPUT) ?? 0) + thoughts,
        reasoning: thoughts,
      }),
      source: sourceOf(attributes),
      process: said.process,
      durationMs: size(attributes, "duration_ms"),
    }),
  });
}

/**
 * Tokens of results that the service's own tools put into the prompt. Google counts them beside the prompt; a total that
 * has no room for them says that they are inside.
 */
function toolsApart(attributes: Attributes): number {
  const tools = count(attributes, TOOL) ?? 0;
  const total = count(attributes, TOTAL);
  if (total === undefined) return tools;
  const told = (count(attributes, INPUT) ?? 0) + (count(attributes, OUTPUT) ?? 0) + (count(attributes, THOUGHTS) ?? 0);
  return total - told >= tools ? tools : 0;
}

/** Over Google's cloud the same models are billed by other terms. */
export const routeOf = (attributes: Attributes): string | undefined =>
  text(attributes, "auth_type") === "vertex-ai" ? "vertex" : undefined;
