import type { Usage } from "../../../../schemas/session.ts";
import type { Attributes, LogRecord, Span } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { errorName, httpStatus } from "../errors.ts";
import { type Said, tell } from "../tell.ts";
import { disjoint, notANumber, promptOf, RANK, tokensOf } from "../usage.ts";
import { amount, asUsd, contentOf, count, firstText, id, name, present, text } from "../values.ts";
import { hasTokens } from "./kind.ts";
import {
  CACHE_READ,
  CACHE_WRITE,
  COST,
  INPUT,
  OUTPUT,
  PROVIDER,
  REASONING,
  REQUEST_MODEL,
  RESPONSE_MODEL,
  SERVICE_TIER,
  TOTAL,
} from "./names.ts";

const COUNTS = [...INPUT, ...OUTPUT, ...CACHE_READ, ...CACHE_WRITE, ...REASONING, ...TOTAL];

export interface Call {
  readonly signal: "log" | "span";
  /** Of the span or event that tells of the call. */
  readonly name: string;
  /** Names the call when the provider gave no id for its answer. */
  readonly fallbackKey: string;
  readonly source?: "main" | "subagent" | undefined;
  readonly durationMs?: number;
}

/**
 * One call to a model. The provider's id of the answer names it, so that a call which several libraries or signals report
 * is counted once. A call that failed has no tokens and is an error.
 */
export function modelCall(said: Said, record: Span | LogRecord, call: Call, found: Findings): void {
  const { attributes } = said;
  const broken = notANumber(attributes, COUNTS);
  if (broken !== undefined) {
    found.refuse(`${broken} is not a number; send token counts as integers`, `/attributes/${broken}`, record);
    return;
  }
  const failed = text(attributes, "error.type") !== undefined || ("status" in record && record.status.code === 2);
  if (hasTokens(attributes)) usage(said, call, found);
  else if (!failed) found.ignore(`${call.name} without tokens`);
  if (failed) failure(said, record, call, found);
}

function usage(said: Said, call: Call, found: Findings): void {
  const { attributes } = said;
  const responseId = id(attributes, "gen_ai.response.id");
  const key = responseId ?? call.fallbackKey;
  const counts = countsIn(attributes);
  const firstChunk = amount(attributes, "gen_ai.response.time_to_first_chunk");
  const cost = amount(attributes, ...COST);
  tell(said, found, {
    name: "session.usage.recorded",
    identity: [said.sessionId, call.signal, key, call.fallbackKey],
    data: present({
      ...said.base,
      kind: "request",
      key,
      via: { signal: call.signal, name: call.name, rank: RANK[call.signal] },
      provider: name(attributes, ...PROVIDER),
      ...modelsOf(attributes),
      serviceTier: name(attributes, ...SERVICE_TIER),
      promptTokens: promptOf(counts.tokens),
      ...counts,
      reportedCost: cost === undefined ? undefined : asUsd(cost),
      source: call.source,
      requestId: responseId,
      process: said.process,
      durationMs: call.durationMs,
      ttftMs: firstChunk === undefined || firstChunk < 0 ? undefined : Math.round(firstChunk * 1000),
    }),
  });
}

/**
 * The conventions say that input contains what was cached and output what was thought. Not every sender follows: where a
 * total is given, it decides; where parts are larger than their whole, they cannot be in it.
 */
function countsIn(attributes: Attributes): Pick<Usage, "tokens" | "quality" | "convention"> {
  const input = count(attributes, ...INPUT) ?? 0;
  const output = count(attributes, ...OUTPUT) ?? 0;
  const cacheRead = count(attributes, ...CACHE_READ) ?? 0;
  const cacheWrite = count(attributes, ...CACHE_WRITE) ?? 0;
  const reasoning = count(attributes, ...REASONING) ?? 0;
  const beyond = (count(attributes, ...TOTAL) ?? input + output) - input - output;
  const cached = cacheRead + cacheWrite;
  if (beyond > 0 && (beyond === cached || beyond === cached + reasoning)) {
    const visible = beyond === cached && reasoning <= output ? output - reasoning : output;
    const tokens = tokensOf({ input, cacheRead, cacheWriteOther: cacheWrite, output: visible, reasoning });
    return { tokens, quality: "exact", convention: "disjoint" };
  }
  const thoughtApart = beyond > 0 && beyond === reasoning;
  const inclusive = disjoint({ input, cacheRead, cacheWrite, output: thoughtApart ? output + reasoning : output, reasoning });
  return { ...inclusive, convention: cached > input ? "disjoint" : "inclusive" };
}

function failure(said: Said, record: Span | LogRecord, call: Call, found: Findings): void {
  const { attributes } = said;
  const status = httpStatus(count(attributes, "http.response.status_code", "error.code"));
  const { model } = modelsOf(attributes);
  const message = "status" in record ? record.status.message : "";
  tell(said, found, {
    name: "session.error.raised",
    identity: [said.sessionId, call.fallbackKey],
    data: present({
      ...said.base,
      error: name(attributes, "error.type") ?? errorName(status, "model_call_failed"),
      status,
      model,
      durationMs: call.durationMs,
    }),
    content: contentOf(["error", firstText(attributes, "error.message", "exception.message") ?? message]),
  });
}

/** Billed is the model that answered. */
export function modelsOf(attributes: Attributes): { model: string | undefined; requestModel: string | undefined } {
  const requestModel = name(attributes, ...REQUEST_MODEL);
  const model = name(attributes, ...RESPONSE_MODEL) ?? requestModel;
  return { model, requestModel: requestModel === model ? undefined : requestModel };
}
