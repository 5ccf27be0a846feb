import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openClickHouse } from "../services/adapters/clickhouse/read-store.ts";
import { openSqliteEventStore } from "../services/adapters/sqlite/event-store.ts";
import { stableId } from "../services/domain/ids.ts";
import type { NewEvent, StreamAppend } from "../services/ports/event-store.ts";
import { checkTotals } from "../services/project/check-totals.ts";
import { rebuild } from "../services/project/rebuild.ts";
import { format, interleaved, memory, table } from "./measure.ts";

/**
 * Projecting a whole event store again, against only reading it: events of about 1 KB, one in eight a movement of the
 * ledger, twenty sessions at a time of four hundred events each.
 */

const EVENTS = Number(process.env["EVENTS"] ?? 500_000);
const ROUNDS = 5;
const START = Date.parse("2026-10-20T08:00:00Z");

const folder = await mkdtemp(join(tmpdir(), "andon-rebuild-"));
const store = await openSqliteEventStore({ file: join(folder, "events.db") });
const reads = await openClickHouse({ kind: "chdb", path: join(folder, "clickhouse") });

const KINDS = [
  "prompt.submitted.v1",
  "tool.decided.v1",
  "tool.called.v1",
  "usage.recorded.v2",
  "usage.recorded.v2",
  "tool.called.v1",
  "file.changed.v1",
];

function eventOf(n: number): { stream: string; event: NewEvent } {
  const timeMs = START + n * 500;
  const time = new Date(timeMs).toISOString();
  const s = Math.floor(n / 8_000) * 20 + (n % 20);
  const session = stableId(START, "session", String(s));
  const agent = `agent-${s % 200}`;
  const where = {
    team: `team-${s % 40}`,
    vendor: `vendor-${s % 4}`,
    feature: `feature-${s % 80}`,
    repo: `shop/service-${s % 120}`,
    branch: `work/${s}`,
  };
  const id = stableId(timeMs, "event", String(n));
  const cost = n % 8 === 7;
  const type = cost ? "andon.cost.computed.v1" : `andon.session.${KINDS[n % 8]}`;
  const tokens = { input: n % 97, cacheRead: 19_000 + (n % 311), cacheWrite5m: 500 + (n % 13), output: 100 + (n % 71) };
  const price = {
    provider: "anthropic",
    model: s % 3 === 0 ? "claude-haiku-5-5" : "claude-opus-5-5",
    occurredAt: time,
    tokens,
    pico: String(12_345_678_901 + n),
  };
  const data = cost
    ? {
        sessionId: session,
        entry: id,
        ...price,
        reportedPico: String(12_345_000_000 + n),
        unpriced: 0,
        quality: "exact",
        because: "request",
        parts: [],
      }
    : {
        sessionId: session,
        promptId: stableId(START, "prompt", String(Math.floor(n / 50))),
        tool: "Bash",
        callId: id,
        durationMs: n % 5_000,
        inputBytes: n % 4_000,
      };
  const envelope = {
    specversion: "1.0",
    id,
    source: cost ? "/services/ledger" : `/agents/${agent}`,
    type,
    subject: session,
    time,
    dataschema: `urn:andon:schema:${type}`,
    datacontenttype: "application/json",
    actorkind: cost ? "service" : "agent",
    actorid: cost ? "ledger" : agent,
    ...where,
    traceparent: `00-${id.replaceAll("-", "")}-00f067aa0ba902b7-01`,
    recordedat: new Date(timeMs + 700).toISOString(),
    data,
  };
  const padding = "x".repeat(Math.max(0, 1_000 - JSON.stringify(envelope).length));
  return { stream: `session-${agent}.${session}`, event: { id, type, body: JSON.stringify({ ...envelope, correlationid: padding }) } };
}

for (let n = 0; n < EVENTS; n += 2_000) {
  const streams = new Map<string, NewEvent[]>();
  for (let each = n; each < Math.min(n + 2_000, EVENTS); each++) {
    const { stream, event } = eventOf(each);
    streams.set(stream, [...(streams.get(stream) ?? []), event]);
  }
  await store.append([...streams].map(([stream, events]): StreamAppend => ({ stream, expected: "any", events })));
}

async function read(): Promise<number> {
  let seen = 0;
  for (let after = null; ; ) {
    const page = await store.readAll(after, 5_000);
    for (const { body } of page.events) seen += JSON.parse(body) ? 1 : 0;
    after = page.next as never;
    if (page.atEnd) return seen;
  }
}

const measured = await interleaved(
  [
    { name: "only reading and parsing", run: read },
    { name: "rebuild: everything projected again", run: async () => (await rebuild({ store, reads })).events },
  ],
  ROUNDS,
);
console.log(table(measured, "events/s"));
console.log("goal 50,000 events/s");

const check = await checkTotals({ store, reads });
const [disk] = await reads.query<{ bytes: string }>(
  "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = 'andon'",
);
console.log(
  `totals agree: ${check.equal}; ${(Number(disk?.bytes) / EVENTS).toFixed(1)} bytes on disk per event (goal 60) for ${format(EVENTS)} events`,
);
for (const { name, rows, bytes } of await reads.query<{ name: string; rows: string; bytes: string }>(
  "SELECT table AS name, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = 'andon' GROUP BY table ORDER BY bytes DESC",
)) {
  console.log(
    `  ${name.padEnd(12)} ${format(Number(rows)).padStart(10)} rows ${(Number(bytes) / EVENTS).toFixed(2).padStart(8)} bytes per event`,
  );
}
console.log(`resident memory: ${memory().now} MiB, highest ${memory().peak} MiB`);

await reads[Symbol.asyncDispose]();
await store[Symbol.asyncDispose]();
await rm(folder, { recursive: true, force: true });
