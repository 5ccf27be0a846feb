/** One record in the log of the stand-in server. */
export interface LogRecord {
  /** Place of its first byte in the log. The next record begins somewhere behind it: positions have gaps. */
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  /** Taken out of the log; streams and filters no longer see it. */
  scavenged: boolean;
}

export type Proposed = Pick<LogRecord, "id" | "type" | "contentType" | "data">;

export type Written =
  | { readonly kind: "success"; readonly revision: number; readonly position: number }
  | { readonly kind: "wrong version"; readonly current: number }
  | { readonly kind: "invalid transaction" }
  | { readonly kind: "deleted" };

interface Stream {
  readonly records: LogRecord[];
  /** Revisions below are invisible ($tb, $maxCount or $maxAge). */
  from: number;
  state: "there" | "soft deleted" | "tombstoned";
}

/** Bytes a record needs besides its data. Odd, so that no position is a round number. */
const OVERHEAD = 87;

/**
 * What EventStoreDB does with its log, as far as our adapter can see it: positions with gaps, the server's own events and
 * another application's between ours, expected versions and idempotence, streams that are cut or deleted.
 */
export class ServerLog {
  readonly records: LogRecord[] = [];
  /** Events sent to subscribers so far. */
  served = 0;
  readonly #streams = new Map<string, Stream>();
  readonly #watchers = new Set<() => void>();
  #end = 0;

  constructor() {
    this.#add("$settings", noise("$settings"));
    this.#add("$$$settings", noise("$metadata"));
  }

  /** `expected` -1: no stream. The server compares ids only when the stream has gone beyond what was expected. */
  write(name: string, expected: number, events: readonly Proposed[]): Written {
    const stream = this.#streams.get(name) ?? { records: [], from: 0, state: "there" };
    const current = stream.records.length - 1;
    if (stream.state === "tombstoned") return { kind: "deleted" };
    if (expected > current) return { kind: "wrong version", current };
    if (expected < current) {
      const matching = events.findIndex(({ id }, nth) => stream.records[expected + 1 + nth]?.id !== id);
      if (matching < 0) return this.#written(stream.records[expected + events.length] as LogRecord);
      if (matching > 0) return { kind: "invalid transaction" };
      if (expected >= 0 || stream.state !== "soft deleted") return { kind: "wrong version", current };
      stream.from = stream.records.length;
      stream.state = "there";
    }
    const last = events.map((event) => this.#add(name, event)).at(-1) as LogRecord;
    this.#makeNoise(name);
    this.#notify();
    return this.#written(last);
  }

  #written({ revision, position }: LogRecord): Written {
    return { kind: "success", revision, position };
  }

  #add(name: string, { id, type, contentType, data }: Proposed): LogRecord {
    let stream = this.#streams.get(name);
    if (!stream) this.#streams.set(name, (stream = { records: [], from: 0, state: "there" }));
    const record = { position: this.#end, stream: name, revision: stream.records.length, id, type, contentType, data, scavenged: false };
    this.#end += OVERHEAD + data.length;
    stream.records.push(record);
    this.records.push(record);
    return record;
  }

  /** What else goes on in a server that is not ours alone. */
  #makeNoise(name: string): void {
    const turn = this.records.length % 4;
    if (turn === 0) this.#add("$stats-127.0.0.1:2113", noise("$statsCollected"));
    if (turn === 1) this.#add("session-of-another-application", noise("OrderPlaced"));
    if (turn === 2) this.#add(`$ce-${name.split("-")[0]}`, noise("$>"));
    if (turn === 3) this.#add(`$$${name}`, noise("$metadata"));
  }

  /** Events from a revision on that can be seen, and the last revision there ever was; null: no such stream. */
  readStream(name: string, from: number): { readonly records: readonly LogRecord[]; readonly last: number } | "deleted" | null {
    const stream = this.#streams.get(name);
    if (stream?.state === "tombstoned") return "deleted";
    if (!stream || stream.state === "soft deleted") return null;
    return { records: stream.records.slice(Math.max(from, stream.from)), last: stream.records.length - 1 };
  }

  truncate(name: string, from: number): void {
    const stream = this.#streams.get(name) as Stream;
    stream.from = from;
  }

  delete(name: string, state: "soft deleted" | "tombstoned"): void {
    const stream = this.#streams.get(name) as Stream;
    stream.state = state;
  }

  /** Takes out what is not in a namespace, as the server does with its own statistics after a while. */
  scavenge(keep: string): void {
    for (const record of this.records) if (!record.stream.startsWith(keep)) record.scavenged = true;
  }

  /** Calls back after every write, until the returned function is called. */
  watch(onWrite: () => void): () => void {
    this.#watchers.add(onWrite);
    return () => this.#watchers.delete(onWrite);
  }

  #notify(): void {
    for (const onWrite of this.#watchers) onWrite();
  }
}

let made = 0;

function noise(type: string): Proposed {
  const id = `00000000-0000-4000-8000-${(made++).toString(16).padStart(12, "0")}`;
  return { id, type, contentType: "application/json", data: Buffer.from(JSON.stringify({ not: "ours" })) };
}
