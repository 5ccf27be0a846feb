import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openNatsEventBus } from "../services/adapters/nats/event-bus.ts";
import { openSqliteEventStore } from "../services/adapters/sqlite/event-store.ts";
import { openSqliteKeyVault } from "../services/adapters/sqlite/key-vault.ts";
import { openSqlitePayloadStore } from "../services/adapters/sqlite/payload-store.ts";
import { PriceBook } from "../services/domain/cost/prices.ts";
import { consume } from "../services/ingest/consume.ts";
import { makeReceive } from "../services/ingest/receive.ts";
import { findNatsServer } from "../services/kit/find-nats-server.ts";
import type { EventBus } from "../services/ports/event-bus.ts";
import { contentHandler } from "../services/privacy/handle-content.ts";
import { agentEvents, PRICES } from "./generate.ts";
import { interleaved, median, memory, table } from "./measure.ts";

/**
 * Bus to durable event store, against the serial sum of its two raw halves: taking the same bytes off JetStream, and
 * appending them to SQLite with synchronous=FULL. Events of about 1 KB, one in five a usage report, two in five with
 * content that is sealed on the way. Publisher, server and platform share the machine's cores.
 */
const ROUNDS = 5;
const MESSAGES = 300;
const PER_MESSAGE = 100;
const EVENTS = MESSAGES * PER_MESSAGE;

const root = join(import.meta.dirname, "..");
const folder = await mkdtemp(join(tmpdir(), "andon-bench-"));
const binary = await findNatsServer({ tools: join(root, ".tools"), progress: (line) => console.log(line) });
const bus = await openNatsEventBus({ kind: "local", binary, dir: join(folder, "nats") });
let made = 0;

async function publishRound(): Promise<Buffer[]> {
  const payloads = Array.from({ length: MESSAGES }, () => Buffer.from(JSON.stringify(agentEvents(PER_MESSAGE, (made += PER_MESSAGE)))));
  await Promise.all(payloads.map((payload, nth) => bus.publish("agt_bench", "session", payload, `${made}-${nth}`)));
  return payloads;
}

/** The raw consumer: takes everything off the stream and acknowledges it. */
async function drain(from: EventBus): Promise<number> {
  const stop = new AbortController();
  let taken = 0;
  for await (const batch of from.deliveries(stop.signal)) {
    for (const delivery of batch) delivery.ack();
    taken += batch.length;
    if (taken >= MESSAGES) break;
  }
  stop.abort();
  return taken * PER_MESSAGE;
}

/** The raw store: one table, one unique id, a transaction for a thousand rows. */
function appendRaw(round: number, bodies: readonly Buffer[]): number {
  const db = new DatabaseSync(join(folder, `raw-${round}.db`));
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE e (position INTEGER PRIMARY KEY, id BLOB UNIQUE, body BLOB)");
  const insert = db.prepare("INSERT INTO e (id, body) VALUES (?, ?)");
  for (let first = 0; first < bodies.length; first += 1000) {
    db.exec("BEGIN");
    for (let nth = first; nth < Math.min(first + 1000, bodies.length); nth++) {
      const id = Buffer.alloc(16);
      id.writeUInt32BE(round, 0);
      id.writeUInt32BE(nth, 4);
      insert.run(id, bodies[nth] as Buffer);
    }
    db.exec("COMMIT");
  }
  db.close();
  return bodies.length;
}

interface Platform extends AsyncDisposable {
  run(): Promise<number>;
}

/** Opened before the clock starts, closed after it stops. */
async function openPlatform(round: number): Promise<Platform> {
  const stack = new AsyncDisposableStack();
  const store = stack.use(await openSqliteEventStore({ file: join(folder, `events-${round}.db`) }));
  const payloads = stack.use(await openSqlitePayloadStore({ file: join(folder, `payloads-${round}.db`) }));
  const vault = stack.use(
    await openSqliteKeyVault({ file: join(folder, `vault-${round}.db`), masterKeyFile: join(folder, `vault-${round}.key`) }),
  );
  const book = new PriceBook();
  for (const row of PRICES) book.publish(row);
  const quarantine = {
    enter: (): never => {
      throw new Error("nothing in this benchmark may be refused");
    },
  };
  const receive = makeReceive({
    store,
    quarantine,
    content: contentHandler("sealed", payloads, vault),
    identify: () => ({ agentId: "agt_bench", agent: "bench", team: "platform" }),
    prices: () => book,
    rules: () => [],
    now: Date.now,
  });
  const failed = (error: unknown): never => {
    throw error;
  };
  return {
    async run() {
      const stop = new AbortController();
      const done = Promise.withResolvers<number>();
      let stored = 0;
      const taken = (_messages: number, receipts: readonly { stored: number }[]): void => {
        stored += receipts.reduce((sum, each) => sum + each.stored, 0);
        if (stored >= EVENTS) done.resolve(stored);
      };
      const consuming = consume({ bus, receive, quarantine, failed, taken }, stop.signal);
      stack.defer(async () => {
        stop.abort();
        await consuming;
      });
      return done.promise;
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

let bodies: Buffer[] = [];
const names = ["raw JetStream: fetch and acknowledge", "raw SQLite: append, synchronous=FULL", "Andon: bus to durable event store, sealed"];
const rates: number[][] = names.map(() => []);
/** Processor time of all our threads for one event, in microseconds: what other work on the machine disturbs least. */
const processor: number[][] = names.map(() => []);
const busy: number[][] = names.map(() => []);

async function timed(nth: number, run: () => Promise<number>): Promise<void> {
  const before = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const [measured] = await interleaved([{ name: "", run }], 1);
  const { user, system } = process.cpuUsage(before);
  rates[nth]?.push(measured?.median ?? 0);
  processor[nth]?.push((user + system) / EVENTS);
  busy[nth]?.push(performance.eventLoopUtilization(loop).utilization);
}

// Publishing and opening are not part of any side's time.
for (let round = 0; round < ROUNDS; round++) {
  const payloads = await publishRound();
  bodies = payloads.flatMap((payload) => (JSON.parse(payload.toString()) as unknown[]).map((event) => Buffer.from(JSON.stringify(event))));
  await timed(0, () => drain(bus));
  await timed(1, async () => appendRaw(round, bodies));
  await publishRound();
  await using platform = await openPlatform(round);
  await timed(2, () => platform.run());
}
const measured = names.map((name, nth) => ({ name, rates: rates[nth] ?? [], median: median(rates[nth] ?? []) }));
const ratios = (rates[2] ?? []).map((full, round) => full * (1 / (rates[0]?.[round] ?? 0) + 1 / (rates[1]?.[round] ?? 0)));

console.log(table(measured, "events/s"));
console.log(
  `ratio to the serial sum of both halves: ${median(ratios).toFixed(2)}   [${ratios.map((each) => each.toFixed(2)).join(", ")}]   goal 0.5`,
);
const each = (values: readonly number[][], show: (value: number) => string) => values.map((rounds) => show(median(rounds))).join(" / ");
console.log(`processor time for one event, µs: ${each(processor, (value) => value.toFixed(1))}`);
console.log(`event loop in use: ${each(busy, (value) => `${Math.round(value * 100)} %`)}`);
console.log(`resident memory: ${memory().now} MiB, highest ${memory().peak} MiB`);

await bus[Symbol.asyncDispose]();
await rm(folder, { recursive: true, force: true });
