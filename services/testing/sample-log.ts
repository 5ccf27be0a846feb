import { eventUuid } from "../domain/ids.ts";
import type { NewEvent, StreamAppend } from "../ports/event-store.ts";

/** One movement of a sample log, as plain values: tests add these up on their own. */
export interface SampleMovement {
  readonly occurredAt: string;
  readonly agent: string;
  readonly session: string;
  readonly team: string;
  readonly feature: string;
  readonly model: string;
  readonly vendor: string;
  readonly repo: string;
  readonly changeKind: string;
  readonly tokens: { input: number; cacheRead: number; cacheWrite5m: number; cacheWrite1h: number; output: number; reasoning: number };
  readonly pico: bigint;
  readonly reportedPico: bigint | null;
  readonly unpriced: number;
}

export interface SampleLog {
  readonly appends: readonly StreamAppend[];
  readonly movements: readonly SampleMovement[];
}

const START = Date.parse("2026-11-19T20:00:00Z");

/** An event as ingest stores it. */
export function sampleEvent(n: number, type: string, envelope: Record<string, unknown>, data: Record<string, unknown>): NewEvent {
  const id = `sample-${n}`;
  const time = new Date(START + n * 1000).toISOString();
  const body = JSON.stringify({
    specversion: "1.0",
    id,
    source: "/agents/a",
    type,
    subject: "s",
    time,
    dataschema: "urn:andon:schema:sample",
    datacontenttype: "application/json",
    actorkind: "agent",
    actorid: "a",
    recordedat: time,
    ...envelope,
    data,
  });
  return { id: eventUuid("/sample", id), type, body };
}

/** Numbers from 0 to below `most`, always the same for a seed. */
export function dice(seed: number): (most: number) => number {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

/** A log of sessions of three agents with everything that is folded in it, always the same for a seed. */
export function sampleLog(seed: number, count: number): SampleLog {
  const roll = dice(seed);
  const appends: StreamAppend[] = [];
  const movements: SampleMovement[] = [];
  for (let n = 0; n < count; n++) {
    if (roll(12) === 0) {
      appends.push(quarantined(n, roll(4)));
      continue;
    }
    const movement = sampleMovement(n, roll);
    const { agent, session, team, feature, vendor, repo, changeKind } = movement;
    const where = {
      actorid: agent,
      ...named({ team, feature, vendor, repo, changekind: changeKind, branch: roll(3) === 0 ? `branch-${roll(3)}` : "" }),
    };
    const kind = roll(10);
    if (kind > 4) movements.push(movement);
    const event =
      kind > 4
        ? movementEvent(n, movement, where, kind === 5)
        : sampleEvent(n, KINDS[kind] ?? "", where, { sessionId: session, tool: "t" });
    appends.push({ stream: `session-${agent}.${session}`, expected: "any", events: [event] });
  }
  return { appends, movements };
}

const KINDS = [
  "andon.session.started.v1",
  "andon.session.prompt.submitted.v1",
  "andon.session.tool.called.v1",
  "andon.session.error.raised.v1",
  "andon.session.ended.v1",
];

function sampleMovement(n: number, roll: (most: number) => number): SampleMovement {
  const sign = roll(4) === 0 ? -1 : 1;
  const huge = roll(40) === 0 ? 10 ** 12 : 1000;
  const count = (): number => sign * roll(huge);
  const agent = `agent-${roll(3)}`;
  return {
    occurredAt: new Date(START + n * 1000 - roll(6) * 3_600_000).toISOString(),
    agent,
    session: `${agent}-session.${roll(5)}`,
    team: ["core", "shop", ""][roll(3)] ?? "",
    feature: ["pay", "", "søk\u2028"][roll(3)] ?? "",
    model: ["opus", "haiku", "unknown"][roll(3)] ?? "",
    vendor: ["claude-code", "codex", ""][roll(3)] ?? "",
    repo: ["shop/api", ""][roll(2)] ?? "",
    changeKind: ["bug", ""][roll(2)] ?? "",
    tokens: { input: count(), cacheRead: count(), cacheWrite5m: count(), cacheWrite1h: count(), output: count(), reasoning: count() },
    pico: BigInt(sign) * BigInt(roll(2 ** 31)) * BigInt(huge),
    reportedPico: roll(3) === 0 ? BigInt(sign * roll(10 ** 9)) : null,
    unpriced: sign * roll(50),
  };
}

function movementEvent(n: number, movement: SampleMovement, where: Record<string, unknown>, correction: boolean): NewEvent {
  const { session, model, occurredAt, tokens, pico, reportedPico, unpriced } = movement;
  const data = {
    sessionId: session,
    entry: `entry-${n}`,
    provider: "p",
    model,
    occurredAt,
    tokens,
    parts: [],
    pico: String(pico),
    ...(reportedPico !== null && { reportedPico: String(reportedPico) }),
    unpriced,
    quality: "exact",
    ...(correction ? { reason: "price" } : { because: pico < 0n ? "replaced" : "request" }),
  };
  const ledger = { ...where, source: "/services/ledger", actorkind: "service", actorid: "ledger", time: occurredAt };
  return sampleEvent(n, correction ? "andon.cost.recomputed.v1" : "andon.cost.computed.v1", ledger, data);
}

function quarantined(n: number, which: number): StreamAppend {
  const entryId = `entry-${n % 7}`;
  const data = {
    entryId,
    agentId: "agent-1",
    door: "otlp",
    code: "not_json",
    reason: "not JSON",
    bytes: 12,
    sha256: "0".repeat(64),
    payloadId: "p",
    keyId: "k",
  };
  const types = [
    "andon.quarantine.entered.v1",
    "andon.quarantine.released.v1",
    "andon.quarantine.discarded.v1",
    "andon.price.published.v1",
  ];
  const type = types[which] ?? "";
  const details = which === 0 ? data : { entryId, outcome: "taken", reason: "fixed" };
  const stream = which === 3 ? "price-anthropic" : `quarantine-${entryId}`;
  return { stream, expected: "any", events: [sampleEvent(n, type, { actorkind: "human", actorid: "ana" }, details)] };
}

const named = (fields: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
