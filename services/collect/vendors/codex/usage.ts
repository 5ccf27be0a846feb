import type { Usage } from "../../../../schemas/session.ts";
import type { LogRecord, MetricPoint } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Said, tell } from "../tell.ts";
import { disjoint, notANumber, RANK } from "../usage.ts";
import { amount, asId, asUsd, count, id, name, present, size, text } from "../values.ts";
import { modelOf } from "./vendor.ts";

const COUNTS = ["input_token_count", "output_token_count", "cached_token_count", "cache_write_token_count", "reasoning_token_count"];

/**
 * One model call. Codex names no request, so the call is named by its moment and its counts: both stay the same in every
 * copy of the record, and a conversation asks one thing at a time.
 */
export function usageOfLog(said: Said, record: LogRecord, source: Usage["source"], found: Findings): void {
  const { attributes } = said;
  const broken = notANumber(attributes, COUNTS);
  if (broken !== undefined) {
    found.refuse(`${broken} is not a number; send token counts as integers`, `/attributes/${broken}`, record);
    return;
  }
  const counts = {
    input: count(attributes, "input_token_count"),
    cacheRead: count(attributes, "cached_token_count"),
    cacheWrite: count(attributes, "cache_write_token_count"),
    output: count(attributes, "output_token_count"),
    reasoning: count(attributes, "reasoning_token_count"),
  };
  const moment = text(attributes, "event.timestamp") ?? new Date(said.timeMs).toISOString();
  const key = asId([moment, ...Object.values(counts).map((value) => value ?? 0)].join("/")) as string;
  tell(said, found, {
    name: "session.usage.recorded",
    identity: [said.sessionId, "log", key],
    data: present({
      ...said.base,
      kind: "request",
      key,
      via: { signal: "log", name: "codex.sse_event", rank: RANK.log },
      ...modelOf(attributes),
      promptTokens: counts.input,
      convention: "inclusive",
      ...disjoint(counts),
      source,
      process: said.process,
      ttftMs: size(attributes, "ttft_ms"),
    }),
  });
}

/**
 * What a turn cost by the provider's own account, minutes after it. It has no tokens: those were counted call by call. Log
 * and metric tell the same turn, so they share its key and the money counts once. It is no proof that calls are logged, so
 * it names no process.
 */
export function costOfTurn(said: Said, record: LogRecord | MetricPoint, found: Findings): void {
  const { attributes } = said;
  const turn = id(attributes, "turn.id");
  const log = !("metric" in record);
  const dollars = log ? amount(attributes, "usage.estimated_usd") : record.value / 1e6;
  const reportedCost = dollars === undefined ? undefined : asUsd(dollars);
  if (turn === undefined || reportedCost === undefined) {
    const at = turn === undefined ? "turn.id" : "usage.estimated_usd";
    found.refuse("a turn's cost needs the turn and the amount; send both", `/attributes/${at}`, record);
    return;
  }
  const signal = log ? "log" : "metric";
  const key = asId(`cost of ${turn}`) as string;
  tell(said, found, {
    name: "session.usage.recorded",
    identity: [said.sessionId, signal, key],
    data: present({
      ...said.base,
      promptId: turn,
      kind: "request",
      key,
      via: { signal, name: log ? "codex.turn_cost" : "codex.turn.cost_microusd", rank: RANK[signal] },
      ...modelOf(attributes),
      serviceTier: name(attributes, "speed"),
      convention: "inclusive",
      quality: "absent",
      reportedCost,
      tokens: {},
    }),
  });
}
