import type { JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { BusStatus } from "../../ports/event-bus.ts";
import type { LocalServer } from "./local-server.ts";
import { CONSUMER, STREAM } from "./subjects.ts";
import { versionWarnings } from "./version.ts";

const NEARLY_FULL = 0.8;

export interface Situation {
  readonly nc: NatsConnection;
  readonly server: LocalServer | null;
  readonly maxBytes: number;
  readonly warnings: readonly string[];
  readonly connected: boolean;
  readonly trouble: string;
  readonly manager: () => Promise<JetStreamManager>;
}

/** How the bus is, asked from the server itself. Never rejects. */
export async function readStatus(now: Situation): Promise<BusStatus> {
  const { nc, server, maxBytes } = now;
  const version = nc.info?.version ?? server?.version ?? "unknown";
  const common = { product: "nats-server", version };
  const warnings = [...versionWarnings(version), ...now.warnings];
  if (server && server.restarts > 0)
    warnings.push(`nats-server ended by itself and was started again ${server.restarts} times; see nats-server.log`);
  if (!server)
    warnings.push("whether this cluster syncs every write to disk cannot be seen from here: set `sync_interval: always` on its servers");
  if (!now.connected || nc.isClosed()) {
    return { ...common, state: "down", detail: await whyDown(now), waiting: 0, warnings };
  }
  try {
    const manager = await now.manager();
    const [{ state }, consumer] = await Promise.all([manager.streams.info(STREAM), manager.consumers.info(STREAM, CONSUMER)]);
    const waiting = consumer.num_pending + consumer.num_ack_pending;
    const share = state.bytes / maxBytes;
    if (share > NEARLY_FULL) {
      warnings.push(`the bus is ${Math.round(share * 100)} % full; at 100 % new events are refused until waiting ones are stored`);
    }
    const detail = `${nc.getServer()}, ${waiting} messages wait, ${state.bytes} bytes on disk`;
    return { ...common, state: share > NEARLY_FULL ? "degraded" : "up", detail, waiting, warnings };
  } catch (error) {
    const detail = `the stream ${STREAM} does not answer: ${error instanceof Error ? error.message : "no answer"}`;
    return { ...common, state: "degraded", detail, waiting: 0, warnings };
  }
}

async function whyDown({ nc, server, trouble }: Situation): Promise<string> {
  if (!server) return `no connection to ${nc.getServer()}${trouble && `: ${trouble}`}; trying again`;
  const lines = (await server.logTail(50)).filter((line) => /\[(ERR|FTL|WRN)\]/.test(line)).slice(-2);
  return `nats-server is ${server.running ? "starting" : "not running"} and is started again${lines.length > 0 ? `; its log says: ${lines.join(" / ")}` : ""}`;
}
