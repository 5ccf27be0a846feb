import type { MetricPoint } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { tellActivity } from "../activity.ts";
import { type Tick, ticksOf } from "../counters.ts";
import { unsessioned } from "../process-key.ts";
import { tell } from "../tell.ts";
import { RANK, tokensOf } from "../usage.ts";
import { asUsd, name, present, text } from "../values.ts";
import { open, providerOf, sourceOf, VENDOR, VERSION } from "./dialect.ts";

const TOKENS = "claude_code.token.usage";
const COST = "claude_code.cost.usage";
const SESSIONS = "claude_code.session.count";

const TOKEN_TYPES = new Set(["input", "output", "cacheRead", "cacheCreation"]);

/** What tells the values of a counter apart and is worth keeping. The rest names people, machines or the session. */
const DIMENSIONS = ["type", "model", "tool_name", "decision", "source", "language", "query_source", "agent.name", "skill.name"];

export function readPoints(points: readonly MetricPoint[], found: Findings): void {
  const usage: MetricPoint[] = [];
  for (const point of points) {
    if (point.timeMs === null || point.temporality === null) {
      found.refuse("the data point lacks its time or its metric the temporality; send both", "", point);
    } else if (point.metric === TOKENS || point.metric === COST) {
      if (point.metric === COST || TOKEN_TYPES.has(text(point.attributes, "type") ?? "")) usage.push(point);
      else found.refuse("a type of token that is not known here; upgrade the platform, then release the entry", "/attributes/type", point);
    } else if (point.metric === SESSIONS) sessionCounted(point, point.timeMs, found);
    else tellActivity(open(point, point.timeMs, found), point, DIMENSIONS, found);
  }
  for (const tick of ticksOf(usage, partOf, ["type"])) counted(tick, found);
}

const partOf = (point: MetricPoint): string => (point.metric === COST ? "cost" : (text(point.attributes, "type") as string));

/** Tokens and cost of one series. Interrupted calls and the permission classifier's are seen here and in no log. */
function counted({ point, series, parts, timeMs, since, identity, undated }: Tick, found: Findings): void {
  if ([...parts.values()].every((value) => value === 0)) {
    found.ignore(`${TOKENS} without change`);
    return;
  }
  const said = open(point, timeMs, found);
  const cost = parts.get("cost");
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
      ...providerOf(point.attributes),
      convention: "disjoint",
      quality: "exact",
      reportedCost: cost === undefined ? undefined : asUsd(cost),
      source: sourceOf(point.attributes),
      process: said.process,
      tokens: tokensOf({
        input: whole(parts.get("input")),
        cacheRead: whole(parts.get("cacheRead")),
        cacheWriteOther: whole(parts.get("cacheCreation")),
        output: whole(parts.get("output")),
      }),
    }),
  });
}

/** Counters come as floating point. */
const whole = (value: number | undefined): number | undefined => (value === undefined ? undefined : Math.round(value));

/**
 * A process joined a session. A continued one is counted under an id that is thrown away at once; the work goes on under
 * the old id.
 */
function sessionCounted(point: MetricPoint, timeMs: number, found: Findings): void {
  const start = text(point.attributes, "start_type");
  if (start === "continue" || point.value === 0) {
    found.ignore(`${SESSIONS} ${start ?? "without change"}`);
    return;
  }
  const said = open(point, timeMs, found);
  if (start !== "resume" || said.sessionId === unsessioned(said.process)) return;
  const data = present({ sessionId: said.sessionId, harness: VENDOR, harnessVersion: name(point.resource, VERSION), start });
  tell(said, found, { name: "session.started", identity: [said.sessionId, start, point.startNano, point.timeNano], data });
}
