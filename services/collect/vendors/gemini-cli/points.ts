import type { MetricPoint } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { tellActivity } from "../activity.ts";
import { type Tick, ticksOf } from "../counters.ts";
import { type Said, tell, tellStarted } from "../tell.ts";
import { disjoint, RANK } from "../usage.ts";
import { asName, name, present, text } from "../values.ts";
import { routeOf } from "./usage.ts";
import { readSaid, VENDOR } from "./vendor.ts";

/** The only metric of tokens that is read: `gen_ai.client.token.usage` has the same ones again, without thoughts. */
const TOKENS = "gemini_cli.token.usage";

/** Counters worth keeping that no log tells as well. Errors are counted twice in the one of requests. */
const ACTIVITY = new Set(["gemini_cli.lines.changed", "gemini_cli.tool.call.count"]);

/** What tells the values of a counter apart and is worth keeping. The rest names people, machines or the session. */
const DIMENSIONS = ["type", "function_name", "success", "decision", "tool_type"];

export function readPoints(points: readonly MetricPoint[], found: Findings): void {
  const usage: MetricPoint[] = [];
  for (const point of points) {
    if (point.metric !== TOKENS && !ACTIVITY.has(point.metric)) found.ignore(asName(point.metric) ?? "gemini-cli metric");
    else if (point.timeMs === null || point.temporality === null || !Number.isFinite(point.value)) {
      found.refuse("the data point lacks its time, its value or its metric the temporality; send all three", "", point);
    } else if (point.metric === TOKENS) usage.push(point);
    else tellActivity(open(point, point.timeMs, found), point, DIMENSIONS, found);
  }
  for (const tick of ticksOf(usage, (point) => text(point.attributes, "type") ?? "", ["type"])) counted(tick, found);
}

function open(point: MetricPoint, timeMs: number, found: Findings): Said {
  const said = readSaid(point, timeMs);
  tellStarted(said, found, VENDOR);
  return said;
}

/** Tokens of one session and model so far. */
function counted({ point, series, parts, timeMs, since, identity, undated }: Tick, found: Findings): void {
  if ([...parts.values()].every((value) => value === 0)) {
    found.ignore(`${TOKENS} without change`);
    return;
  }
  const said = open(point, timeMs, found);
  const input = parts.get("input");
  const thoughts = parts.get("thought") ?? 0;
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
      provider: "google",
      route: routeOf(point.attributes),
      model: name(point.attributes, "model"),
      convention: "inclusive",
      // A part without its whole cannot be told apart from it, and is inside a whole that another body brings.
      ...disjoint({
        input: (input ?? 0) + (parts.get("tool") ?? 0),
        cacheRead: input === undefined ? undefined : parts.get("cache"),
        cacheWrite: undefined,
        output: (parts.get("output") ?? 0) + thoughts,
        reasoning: thoughts,
      }),
      process: said.process,
    }),
  });
}
