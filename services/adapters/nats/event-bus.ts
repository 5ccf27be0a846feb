import type { DecisionDoor } from "../../ports/decision-door.ts";
import type { EventBus } from "../../ports/event-bus.ts";
import type { LineBroadcast } from "../../ports/line-broadcast.ts";
import { type ClusterBus, clusterAccess, localAccess } from "./access.ts";
import { NatsEventBus } from "./bus.ts";
import { LocalServer } from "./local-server.ts";

export interface Tuning {
  /** A message whose holder died is delivered again after this. */
  readonly ackWaitMs?: number;
  /** A message whose holder lives and never settles it is delivered again after this. */
  readonly holdMs?: number;
  /** How long `publish` tries. */
  readonly publishMs?: number;
  /** New messages are refused when this many bytes wait. */
  readonly maxBytes?: number;
}

export interface LocalBus {
  readonly kind: "local";
  readonly binary: { readonly path: string; readonly version: string };
  /** Everything of the server: configuration, keys, log, stored messages. */
  readonly dir: string;
  readonly port?: number;
}

export type NatsBusConfig = (LocalBus | ClusterBus) & {
  readonly tuning?: Tuning;
  /** Told what an operator should see in the log. */
  readonly onTrouble?: (message: string) => void;
};

const GiB = 1024 ** 3;

/** @throws Error with a sentence for the user when the bus cannot be started or reached */
export async function openNatsEventBus(
  config: NatsBusConfig,
): Promise<EventBus & { readonly decisions: DecisionDoor; readonly lines: LineBroadcast }> {
  const server = config.kind === "local" ? await LocalServer.start(config) : null;
  const bus = await joinServer(config, server).catch(async (error: unknown) => {
    await server?.[Symbol.asyncDispose]();
    throw error;
  });
  try {
    await bus.ensure();
    return bus;
  } catch (error) {
    await bus[Symbol.asyncDispose]();
    const why = error instanceof Error ? error.message : "unknown error";
    throw new Error(`The bus cannot keep events: ${why}. Its account needs JetStream and the right to create streams.`);
  }
}

async function joinServer(config: NatsBusConfig, server: LocalServer | null): Promise<NatsEventBus> {
  const access = config.kind === "cluster" ? await clusterAccess(config) : await localAccess(server as LocalServer);
  const { ackWaitMs = 10_000, holdMs = 60_000, publishMs = 10_000, maxBytes = 8 * GiB } = config.tuning ?? {};
  const stream = { maxBytes, replicas: (config.kind === "cluster" && config.replicas) || 1, ackWaitMs };
  return new NatsEventBus({ access, server, stream, holdMs, publishMs });
}
