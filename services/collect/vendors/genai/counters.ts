import type { MetricPoint } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Tick, ticksOf } from "../counters.ts";
import { saidBy, tell, tellStarted } from "../tell.ts";
import { disjoint, RANK } from "../usage.ts";
import { id, name, present, text } from "../values.ts";
import { modelsOf } from "./call.ts";
import { PROVIDER, SESSION } from "./names.ts";

/** Counters of the newer conventions: input holds what was cached, output what was thought. */
const USAGE: ReadonlyMap<string, string> = new Map([
  ["gen_ai.client.inference.usage.input_tokens", "input"],
  ["gen_ai.client.inference.usage.output_tokens", "output"],
  ["gen_ai.client.inference.usage.cache_read.input_tokens", "cacheRead"],
  ["gen_ai.client.inference.usage.cache_write.input_tokens", "cacheWrite"],
  ["gen_ai.client.inference.usage.reasoning.output_tokens", "reasoning"],
]);

/** The histogram of the older ones; what was observed is summed up in it. */
const HISTOGRAM = "gen_ai.client.token.usage";

const TYPES: Readonly<Record<string, string>> = {
  input: "input",
  prompt: "input",
  output: "output",
  completion: "output",
  cache_read: "cacheRead",
  cached: "cacheRead",
  cache_creation: "cacheWrite",
  cache_write: "cacheWrite",
  reasoning: "reasoning",
};

/** Agents repeat the tokens of the calls below them. */
const CALLS = new Set(["chat", "text_completion", "completion", "generate_content", "embeddings", "responses"]);

/**
 * Token counters. Answers the points that are none of them.
 * Where an export has both families, both count the same tokens, and only the newer one is read.
 */
export function tellTokens(vendor: string, points: readonly MetricPoint[], found: Findings): MetricPoint[] {
  const newer = points.some((point) => USAGE.has(point.metric));
  const usage: MetricPoint[] = [];
  const others: MetricPoint[] = [];
  for (const point of points) {
    const part = partOf(point);
    if (part === null) others.push(point);
    else if (part === "" || (newer && point.metric === HISTOGRAM)) found.ignore(point.metric);
    else if (point.timeMs === null || point.temporality === null) {
      found.refuse("the data point lacks its time or its metric the temporality; send both", "", point);
    } else usage.push(point);
  }
  for (const tick of ticksOf(usage, (point) => partOf(point) as string, ["gen_ai.token.type"])) counted(vendor, tick, found);
  return others;
}

/** null: not a token counter; "": one whose tokens are counted elsewhere. */
function partOf(point: MetricPoint): string | null {
  const part =
    USAGE.get(point.metric) ?? (point.metric === HISTOGRAM ? (TYPES[text(point.attributes, "gen_ai.token.type") ?? ""] ?? "") : null);
  const operation = text(point.attributes, "gen_ai.operation.name");
  return part !== null && operation !== undefined && !CALLS.has(operation) ? "" : part;
}

function counted(vendor: string, { point, series, parts, timeMs, since, identity, undated }: Tick, found: Findings): void {
  if ([...parts.values()].every((value) => value === 0)) {
    found.ignore("tokens without change");
    return;
  }
  const sessionId = id(point.attributes, ...SESSION) ?? id(point.resource, ...SESSION);
  const said = saidBy(vendor, point, timeMs, { sessionId, claims: point.attributes });
  tellStarted(said, found, vendor, "service.version");
  tell(said, found, {
    name: "session.usage.recorded",
    identity: [said.sessionId, ...identity],
    ...(undated && { undated }),
    data: present({
      ...said.base,
      kind: "counter",
      key: series,
      via: { signal: "metric", name: point.metric === HISTOGRAM ? HISTOGRAM : "gen_ai.client.inference.usage", rank: RANK.metric },
      temporality: point.temporality,
      since,
      provider: name(point.attributes, ...PROVIDER),
      ...modelsOf(point.attributes),
      convention: "inclusive",
      process: said.process,
      ...disjoint({
        input: whole(parts.get("input")),
        cacheRead: whole(parts.get("cacheRead")),
        cacheWrite: whole(parts.get("cacheWrite")),
        output: whole(parts.get("output")),
        reasoning: whole(parts.get("reasoning")),
      }),
    }),
  });
}

/** Sums of histograms are floating point. */
const whole = (value: number | undefined): number | undefined => (value === undefined ? undefined : Math.round(value));
