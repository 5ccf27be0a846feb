/** Something that arrived on `andon.events.<agent>.<family>`. */
export interface Delivery {
  /** From the subject, which the server only lets the agent's own credential use. */
  readonly agentId: string;
  readonly family: string;
  readonly payload: Uint8Array;
  /** How often this was delivered, this time included. */
  readonly attempt: number;
  /** Where the producer wants to hear that its events are in the event store. */
  readonly receiptTo: string | null;
  /** Done: MUST be called only after what it carried is durable elsewhere. Resolves when the bus has been told. */
  ack(): void;
  /** Deliver again after a while. */
  retry(delayMs: number): void;
}

/** What the agent needs to speak NATS: its server, its private subjects and a credentials file's text. */
export interface BusCredential {
  /** Public key that `revoke` takes. */
  readonly user: string;
  readonly credentials: string;
  readonly servers: readonly string[];
  readonly publish: string;
  readonly inboxPrefix: string;
}

export interface BusStatus {
  readonly state: "up" | "degraded" | "down";
  readonly product: string;
  readonly version: string;
  readonly detail: string;
  /** Messages stored and not yet acknowledged. */
  readonly waiting: number;
  /** Things an operator should know, such as an old server that cannot sync every write. */
  readonly warnings: readonly string[];
}

/** What went wrong with a `publish`. `full` and `unreachable` pass by themselves: the producer should try again later. */
export interface BusFault extends Error {
  readonly kind: "full" | "too_large" | "unreachable";
}

export type Issued =
  | { readonly kind: "issued"; readonly credential: BusCredential }
  /** The platform was not given what it takes. `reason` says what is missing and where it goes. */
  | { readonly kind: "unavailable"; readonly reason: string };

export type Revoked =
  /** Its connections are closed and new ones are refused. */
  { readonly kind: "revoked" } | { readonly kind: "unavailable"; readonly reason: string };

/**
 * The one way in. At least once, in no promised order.
 *
 * `publish` resolves once the bus has stored the message (with `sync_interval: always`: on disk) and rejects with a
 * `BusFault`. A repeated `messageId` of the same agent within the bus' window is stored once.
 */
export interface EventBus extends AsyncDisposable {
  publish(agentId: string, family: string, payload: Uint8Array, messageId: string): Promise<void>;
  /** Batches of what is waiting, then what arrives, until the signal aborts. A delivery that is not acknowledged in time comes back. */
  deliveries(signal: AbortSignal): AsyncIterable<readonly Delivery[]>;
  /** Tells a producer about its message. Best effort. */
  receipt(to: string, payload: Uint8Array): void;
  /** @param expires when the credential stops working, RFC 3339; null: when it is revoked */
  issueCredential(agentId: string, expires: string | null): Promise<Issued>;
  /** Closes the credential's connections and refuses it from now on. Idempotent. */
  revokeCredential(user: string): Promise<Revoked>;
  status(): Promise<BusStatus>;
}
