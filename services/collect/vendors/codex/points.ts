import type { MetricPoint } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Tick, ticksOf } from "../counters.ts";
import { tell } from "../tell.ts";
import { disjoint, RANK } from "../usage.ts";
import { asName, id, present, text } from "../values.ts";
import { costOfTurn } from "./usage.ts";
import { codexSaid, modelOf } from "./vendor.ts";

const TOKENS = "codex.turn.token_usage";
const COST = "codex.turn.cost_microusd";

export function readPoints(points: readonly MetricPoint[], found: Findings): void {
  const usage: MetricPoint[] = [];
  for (const point of points) {
    if (point.metric !== TOKENS && point.metric !== COST) found.ignore(asName(point.metric) ?? "codex metric");
    else if (point.timeMs === null || point.temporality === null || !Number.isFinite(point.value)) {
      found.refuse("the data point lacks its time, its value or its metric the temporality; send all three", "", point);
    } else if (point.metric === TOKENS) usage.push(point);
    else costed(point, point.timeMs, found);
  }
  for (const tick of ticksOf(usage, (point) => text(point.attributes, "token_type") ?? "", ["token_type"])) counted(tick, found);
}

function costed(point: MetricPoint, timeMs: number, found: Findings): void {
  const sessionId = id(point.attributes, "conversation.id");
  costOfTurn(codexSaid(point, timeMs, timeMs, { sessionId }), point, found);
}

/**
 * The tokens of the turns since the last export, as sums of a histogram. No session is named: they count for their process
 * until one of its calls is seen in a session.
 */
function counted({ point, series, parts, timeMs, since, identity, undated }: Tick, found: Findings): void {
  const input = parts.get("input");
  const output = parts.get("output");
  if (!input && !output) {
    found.ignore(`${TOKENS} without change`);
    return;
  }
  // The series begins with the end of its first turn.
  const endMs = point.temporality === "delta" ? (point.startMs ?? timeMs) : timeMs;
  const said = codexSaid(point, timeMs, endMs, { sessionId: id(point.attributes, "conversation.id") });
  tell(said, found, {
    name: "session.usage.recorded",
    identity: [said.sessionId, ...identity],
    ...(undated && { undated }),
    data: present({
      ...said.base,
      kind: "counter",
      key: series,
      via: { signal: "metric", name: TOKENS, rank: RANK.metric },
      temporality: point.temporality,
      since,
      ...modelOf(point.attributes),
      convention: "inclusive",
      // A part without its whole cannot be told apart from it, and is inside a whole that another body brings.
      ...disjoint({
        input,
        cacheRead: input === undefined ? undefined : parts.get("cached_input"),
        cacheWrite: input === undefined ? undefined : parts.get("cache_write_input"),
        output,
        reasoning: output === undefined ? undefined : parts.get("reasoning_output"),
      }),
      process: said.process,
    }),
  });
}
