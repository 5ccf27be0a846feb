import type { Attributes } from "../otlp/model.ts";
import { digest } from "./values.ts";

/** Detected by the telemetry libraries, and not the same in all signals of one process: Codex has the host in logs only. */
const UNSTABLE = /^(host|os|telemetry|process|thread)([._]|$)/;

const known = new WeakMap<Attributes, Map<string, string>>();

/**
 * Names the process (or, where resources are alike, the group of processes) that sent this, the same in every signal, so
 * that counters which carry no session can be compared with the calls of the same process. For schema field `process`.
 */
export function processKey(vendor: string, resource: Attributes): string {
  let keys = known.get(resource);
  if (!keys) known.set(resource, (keys = new Map()));
  let key = keys.get(vendor);
  if (key === undefined) keys.set(vendor, (key = compute(vendor, resource)));
  return key;
}

/** The session under which counters without one are kept. */
export const unsessioned = (process: string): string => `unsessioned:${process}`;

function compute(vendor: string, resource: Attributes): string {
  const stable = Object.keys(resource)
    .filter((key) => key === "process.pid" || !UNSTABLE.test(key))
    .sort()
    .map((key) => [key, resource[key]]);
  return digest(JSON.stringify([vendor, stable]));
}
