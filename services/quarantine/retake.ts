import type { Entered } from "../domain/quarantine.ts";
import type { Retake } from "./settle.ts";

/** What a release needs of the collector. */
export interface Doors {
  otlp(agentId: string, signal: "logs" | "traces" | "metrics", encoding: "json" | "protobuf", body: Uint8Array): Promise<Answer>;
  records(agentId: string, json: unknown): Promise<Answer>;
  events(agentId: string, bytes: Uint8Array): Promise<Answer>;
}
type Answer = Awaited<ReturnType<Retake>>;

/** Which door an entry's bytes go back through: the content type remembers. */
export function makeRetake(doors: Doors): Retake {
  return async (entry: Entered, bytes) => {
    const [type, parameter] = (entry.contentType ?? "application/json").split("; signal=");
    if (type === "application/vnd.andon.otlp-record+json")
      return doors.records(entry.agentId, JSON.parse(Buffer.from(bytes).toString("utf8")));
    if (parameter === "logs" || parameter === "traces" || parameter === "metrics") {
      return doors.otlp(entry.agentId, parameter, type === "application/json" ? "json" : "protobuf", bytes);
    }
    return doors.events(entry.agentId, bytes);
  };
}
