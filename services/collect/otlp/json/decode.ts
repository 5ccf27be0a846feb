import { LIMITS } from "../../../../schemas/primitives.ts";
import { nestsDeeperThan } from "../../../domain/json-depth.ts";
import type { Decoded, Problem } from "../decoded.ts";
import type { Attributes, MetricPoint, OtlpBatch, Scope } from "../model.ts";
import { pointsOf } from "./points.ts";
import { logRecord, span } from "./records.ts";
import { asArray, asObject, type Json, resourceOf, scopeOf } from "./values.ts";

const FIELDS = {
  logs: { resources: "resourceLogs", scopes: "scopeLogs", records: "logRecords" },
  traces: { resources: "resourceSpans", scopes: "scopeSpans", records: "spans" },
  metrics: { resources: "resourceMetrics", scopes: "scopeMetrics", records: "metrics" },
} as const;

type Signal = OtlpBatch["signal"];

export function decodeJson(signal: Signal, bytes: Uint8Array): Decoded {
  if (nestsDeeperThan(bytes, LIMITS.jsonDepth))
    return unreadable(`the JSON nests deeper than ${LIMITS.jsonDepth} levels; send flatter values`);
  let body: Json | null;
  try {
    body = asObject(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")));
  } catch {
    return unreadable("the body is not JSON; check content-type and content-encoding");
  }
  if (!body) return unreadable("the body is not a JSON object");
  const misplaced = misplacedSignal(signal, body);
  if (misplaced !== null) return unreadable(misplaced);

  const problems: Problem[] = [];
  if (signal === "logs") {
    return { kind: "ok", batch: { signal, records: read(signal, body, problems, logRecord) }, rejected: problems.length, problems };
  }
  if (signal === "traces") {
    return { kind: "ok", batch: { signal, records: read(signal, body, problems, span) }, rejected: problems.length, problems };
  }
  return { kind: "ok", batch: { signal, records: readPoints(body, problems) }, rejected: problems.length, problems };
}

function read<T>(signal: Signal, body: Json, problems: Problem[], one: (record: Json, resource: Attributes, scope: Scope) => T): T[] {
  const records: T[] = [];
  for (const { raw, at, resource, scope } of entries(signal, body)) {
    const record = asObject(raw);
    if (record) records.push(one(record, resource, scope));
    else problems.push(problem("a record is a JSON object", at, raw));
  }
  return records;
}

function readPoints(body: Json, problems: Problem[]): MetricPoint[] {
  const points: MetricPoint[] = [];
  for (const { raw, at, resource, scope } of entries("metrics", body)) {
    const metric = asObject(raw);
    if (!metric) {
      problems.push(problem("a metric is a JSON object", at, raw));
      continue;
    }
    for (const found of pointsOf(metric, at, resource, scope)) {
      const object = asObject(found.raw);
      const point = object ? found.read(object) : "a data point is a JSON object";
      if (typeof point === "string") problems.push(problem(point, found.at, found.raw));
      else if (point) points.push(point);
    }
  }
  return points;
}

interface Entry {
  readonly raw: unknown;
  readonly at: string;
  readonly resource: Attributes;
  readonly scope: Scope;
}

function* entries(signal: Signal, body: Json): Iterable<Entry> {
  const { resources, scopes, records } = FIELDS[signal];
  for (const [r, ofResource] of asArray(body[resources]).entries()) {
    const resource = resourceOf(asObject(ofResource)?.["resource"]);
    for (const [s, ofScope] of asArray(asObject(ofResource)?.[scopes]).entries()) {
      const scope = scopeOf(asObject(ofScope)?.["scope"]);
      for (const [n, raw] of asArray(asObject(ofScope)?.[records]).entries()) {
        yield { raw, at: `/${resources}/${r}/${scopes}/${s}/${records}/${n}`, resource, scope };
      }
    }
  }
}

/** An empty object is an empty batch; anything else must be the signal of its path, or it would vanish without a trace. */
function misplacedSignal(signal: Signal, body: Json): string | null {
  const { resources } = FIELDS[signal];
  const expected = body[resources];
  if (Array.isArray(expected) || ((expected === undefined || expected === null) && Object.keys(body).length === 0)) return null;
  const other = (Object.keys(FIELDS) as Signal[]).find((name) => name !== signal && Array.isArray(body[FIELDS[name].resources]));
  return other === undefined ? `the body has no ${resources} list` : `the body holds ${other}; send it to /v1/${other}`;
}

const problem = (reason: string, at: string, raw: unknown): Problem => ({
  reason,
  at,
  bytes: Buffer.from(JSON.stringify(raw) ?? "null", "utf8"),
});

const unreadable = (reason: string): Decoded => ({ kind: "unreadable", reason, at: "" });
