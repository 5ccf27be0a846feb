import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/nats-core";
import { CONSUMER, STREAM, STREAM_SUBJECT } from "./subjects.ts";
import { atLeast } from "./version.ts";

export interface StreamSettings {
  /** New messages are refused when this much waits: nothing old is dropped to make room. */
  readonly maxBytes: number;
  readonly replicas: number;
  readonly ackWaitMs: number;
}

/** How long the bus remembers message ids. Longer costs memory: 110 bytes an id. */
const DUPLICATE_WINDOW_MS = 120_000;
/** Enough for many batches in work; what holds this many up is not the bus. */
const MAX_ACK_PENDING = 10_000;

/**
 * Creates the stream and its consumer where they are missing, and brings them to today's settings. Idempotent.
 *
 * The stream is a work queue that is kept by us: see `Sweeper` for why the server's own retention of that name is not used.
 */
export async function ensureStream(manager: JetStreamManager, settings: StreamSettings, version: string): Promise<void> {
  const stream: Partial<StreamConfig> & { name: string } = {
    name: STREAM,
    subjects: [STREAM_SUBJECT],
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_bytes: settings.maxBytes,
    num_replicas: settings.replicas,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  };
  const consumer: Partial<ConsumerConfig> & { durable_name: string } = {
    durable_name: CONSUMER,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(settings.ackWaitMs),
    max_ack_pending: MAX_ACK_PENDING,
    max_deliver: -1,
  };
  const known = await orNull(manager.streams.info(STREAM));
  if (!known) await manager.streams.add({ ...stream, retention: RetentionPolicy.Limits, ...numbered(version) });
  else if (differs(known.config, stream)) await manager.streams.update(STREAM, stream);

  const reader = await orNull(manager.consumers.info(STREAM, CONSUMER));
  if (!reader) await manager.consumers.add(STREAM, consumer);
  else if (differs(reader.config, consumer)) await manager.consumers.update(STREAM, CONSUMER, consumer);
}

/**
 * A stream that somebody removed is made again. Its numbers go on beyond any that the old one had, so that what was meant for
 * the old one, such as dropping everything up to a number, drops nothing of the new one. 2.9 always starts at 1.
 */
const numbered = (version: string) => (atLeast(version, "2.10.0") ? { first_seq: Date.now() * 1000 } : {});

const differs = (have: object, want: object): boolean =>
  Object.entries(want).some(([name, value]) => JSON.stringify((have as Record<string, unknown>)[name]) !== JSON.stringify(value));

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.status === 404) return null;
    throw error;
  }
}
