import { Compile } from "typebox/compile";
import { agentEvents } from "./agent.ts";
import { approvalEvents } from "./approval.ts";
import { attributionEvents } from "./attribution.ts";
import { autonomyEvents } from "./autonomy.ts";
import { budgetEvents } from "./budget.ts";
import { changeEvents } from "./change.ts";
import { costEvents } from "./cost.ts";
import { decisionEvents } from "./decision.ts";
import type { EventSchema } from "./event.ts";
import { type Fault, faultOf } from "./fault.ts";
import { holdbackEvents } from "./holdback.ts";
import { lineEvents } from "./line.ts";
import { personEvents } from "./person.ts";
import { policyEvents } from "./policy.ts";
import { priceEvents } from "./price.ts";
import { quarantineEvents } from "./quarantine.ts";
import { sessionEvents } from "./session.ts";
import { upcasters } from "./upcast.ts";

/** Every event type and version that may be stored. */
export const eventSchemas: readonly EventSchema[] = [
  ...sessionEvents,
  ...changeEvents,
  ...agentEvents,
  ...personEvents,
  ...priceEvents,
  ...costEvents,
  ...quarantineEvents,
  ...attributionEvents,
  ...decisionEvents,
  ...policyEvents,
  ...lineEvents,
  ...approvalEvents,
  ...budgetEvents,
  ...autonomyEvents,
  ...holdbackEvents,
];

interface Entry {
  readonly schema: EventSchema;
  readonly check: (data: unknown) => boolean;
  readonly fault: (data: unknown) => Fault;
}

const byType = new Map<string, Entry>();
const latest = new Map<string, number>();

for (const schema of eventSchemas) {
  const compiled = Compile(schema.data);
  byType.set(schema.type, {
    schema,
    check: (data) => compiled.Check(data),
    fault: (data) => faultOf(compiled.Errors(data)),
  });
  latest.set(schema.name, Math.max(schema.version, latest.get(schema.name) ?? 0));
}

/** The newest version of an event name; undefined when there is no such event. */
export const newestVersion = (name: string): number | undefined => latest.get(name);

export type Lifted =
  | { kind: "ok"; schema: EventSchema; data: Record<string, unknown> }
  | { kind: "unknown_type" | "unknown_version" | "invalid_data"; at: string; message: string };

/**
 * Checks data against the schema its type names and lifts it to the newest version of that type.
 * Never throws. `message` says what is wrong and never quotes the value.
 */
export function readEventData(type: string, data: unknown): Lifted {
  const entry = byType.get(type);
  if (!entry) return unknown(type);
  if (!entry.check(data)) {
    const { at, message } = entry.fault(data);
    return { kind: "invalid_data", at: `/data${at}`, message };
  }
  let { schema } = entry;
  let lifted = data as Record<string, unknown>;
  for (let lift = upcasters.get(schema.type); lift; lift = upcasters.get(schema.type)) {
    lifted = lift.up(lifted);
    const next = byType.get(lift.to);
    if (!next) throw new Error(`upcaster of ${schema.type} leads to unregistered ${lift.to}`);
    schema = next.schema;
  }
  return { kind: "ok", schema, data: lifted };
}

function unknown(type: string): Lifted {
  const [, name, version] = /^andon\.(.+)\.v(\d+)$/.exec(type) ?? [];
  const newest = name === undefined ? undefined : latest.get(name);
  if (newest === undefined) {
    return { kind: "unknown_type", at: "/type", message: "no such event type; the known ones are in schemas/json" };
  }
  return {
    kind: "unknown_version",
    at: "/type",
    message: `version ${version} is not known here; the newest is ${newest}. Upgrade the platform, then release the entry`,
  };
}
