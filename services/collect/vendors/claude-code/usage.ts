import type { Tokens } from "../../../../schemas/tokens.ts";
import type { Attributes, LogRecord, Span } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Said, tell } from "../tell.ts";
import { cacheWrites, notANumber, promptOf, RANK, tokensOf } from "../usage.ts";
import { amount, asUsd, count, id, present, size, text } from "../values.ts";
import { providerOf, sourceOf } from "./dialect.ts";

const COUNTS = [
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_creation_tokens",
  "cache_creation_5m_tokens",
  "cache_creation_1h_tokens",
];

/**
 * One model call, in a log. Its request id is in the span of the same call too, so both are one call to the ledger, and
 * the log wins: it has the price and the life of cache writes.
 */
export function usageOfLog(said: Said, record: LogRecord, sequence: string, found: Findings): void {
  const { attributes } = said;
  const requestId = id(attributes, "request_id");
  const key = requestId ?? `log:${said.timeMs}:${sequence}`;
  tellUsage(said, record, found, { signal: "log", name: "api_request", key, requestId });
}

/**
 * One model call, in a span. Calls that failed carry no tokens. Without a request id nothing tells that the log of the
 * same call is the same call, and the log is always there: then the span is not counted.
 */
export function usageOfSpan(said: Said, span: Span, found: Findings): void {
  const requestId = id(said.attributes, "request_id");
  if (requestId === undefined || count(said.attributes, "input_tokens") === undefined)
    found.ignore("claude_code.llm_request without tokens");
  else tellUsage(said, span, found, { signal: "span", name: "claude_code.llm_request", key: requestId, requestId });
}

interface Report {
  readonly signal: "log" | "span";
  readonly name: string;
  readonly key: string;
  readonly requestId: string | undefined;
}

function tellUsage(said: Said, record: LogRecord | Span, found: Findings, { signal, name, key, requestId }: Report): void {
  const { attributes, process } = said;
  const broken = notANumber(attributes, COUNTS);
  if (broken !== undefined) {
    found.refuse(`${broken} is not a number; send token counts as integers`, `/attributes/${broken}`, record);
    return;
  }
  const tokens = tokensIn(attributes);
  tell(said, found, {
    name: "session.usage.recorded",
    identity: [said.sessionId, signal, key],
    data: present({
      ...said.base,
      kind: "request",
      key,
      via: { signal, name, rank: RANK[signal] },
      ...providerOf(attributes),
      serviceTier: text(attributes, "speed") === "fast" ? "fast" : undefined,
      promptTokens: promptOf(tokens),
      convention: "disjoint",
      quality: "exact",
      reportedCost: costIn(attributes),
      source: sourceOf(attributes),
      requestId,
      process,
      durationMs: size(attributes, "duration_ms"),
      ttftMs: size(attributes, "ttft_ms"),
      tokens,
    }),
  });
}

/** Claude Code's input is what was neither read from nor written to a cache. */
const tokensIn = (attributes: Attributes): Tokens => ({
  ...tokensOf({
    input: count(attributes, "input_tokens"),
    cacheRead: count(attributes, "cache_read_tokens"),
    output: count(attributes, "output_tokens"),
  }),
  ...cacheWrites(attributes, "cache_creation_tokens", "cache_creation_5m_tokens", "cache_creation_1h_tokens"),
});

function costIn(attributes: Attributes): string | undefined {
  const dollars = amount(attributes, "cost_usd");
  if (dollars !== undefined) return asUsd(dollars);
  const micros = amount(attributes, "cost_usd_micros");
  return micros === undefined ? undefined : asUsd(micros / 1e6);
}
