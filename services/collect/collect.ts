import type { Attribution } from "../../schemas/event.ts";
import { checkEvent } from "../domain/check-event.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { ContentHandler } from "../ports/content-handler.ts";
import type { EventBus } from "../ports/event-bus.ts";
import type { Quarantine, Refused } from "../ports/quarantine.ts";
import { buildEvent, familyOf, type Outgoing } from "./build-event.ts";
import type { Draft } from "./draft.ts";
import { decodeOtlp } from "./otlp/decode.ts";
import type { OtlpBatch } from "./otlp/model.ts";
import { publish } from "./publish.ts";
import { translate } from "./translate.ts";

export interface CollectDeps {
  readonly bus: EventBus;
  readonly content: ContentHandler;
  readonly quarantine: Quarantine;
  readonly now: () => number;
  /** Records that meant nothing to us, by name: a counter, never an error. */
  readonly ignored: (agentId: string, names: ReadonlyMap<string, number>) => void;
}

export type OtlpSignal = OtlpBatch["signal"];
export type OtlpEncoding = "json" | "protobuf";

/** `kept`: the quarantine's entries of what was refused. */
export type OtlpTaken = { readonly kept: readonly string[] } & (
  | { readonly kind: "accepted"; readonly accepted: number; readonly rejected: number; readonly message: string }
  | { readonly kind: "unreadable"; readonly reason: string; readonly at?: string }
);

export interface EventsTaken {
  readonly accepted: number;
  readonly rejected: readonly {
    readonly index: number;
    readonly code: string;
    readonly reason: string;
    readonly at: string;
    readonly quarantineId?: string;
  }[];
}

/** Content type under which a single OTLP record that could not be translated is kept. */
export const RECORD_TYPE = "application/vnd.andon.otlp-record+json";

/** The front doors behind HTTP. Every method resolves once the bus has stored what was accepted, and throws when it cannot. */
export interface Collector {
  otlp(agentId: string, signal: OtlpSignal, encoding: OtlpEncoding, body: Uint8Array, claims: Attribution): Promise<OtlpTaken>;
  /** Decoded records, as quarantine releases them. */
  records(agentId: string, batch: OtlpBatch, claims: Attribution): Promise<OtlpTaken>;
  cloudEvents(agentId: string, items: readonly unknown[]): Promise<EventsTaken>;
}

export function makeCollector(deps: CollectDeps): Collector {
  return {
    async otlp(agentId, signal, encoding, body, claims) {
      const contentType = `application/${encoding === "json" ? "json" : "x-protobuf"}; signal=${signal}`;
      const keepAside = (reason: string, at: string) =>
        deps.quarantine.enter([{ agentId, door: "otlp", refusal: { code: "unreadable_otlp", reason, at }, bytes: body, contentType }]);
      const decoded = decodeOtlp(signal, encoding, body);
      if (decoded.kind === "unreadable") {
        const kept = await keepAside(decoded.reason, decoded.at);
        return { kind: "unreadable", reason: decoded.reason, at: decoded.at, kept };
      }
      const taken = await takeRecords(deps, agentId, decoded.batch, claims);
      const [first] = decoded.problems;
      if (!first) return taken;
      // The body is kept whole: released, its good records are known already and only the others are new.
      const unread = `${decoded.rejected} of its records cannot be decoded; the first: ${first.reason}`;
      const kept = [...(await keepAside(unread, first.at)), ...taken.kept];
      const message = [unread, taken.message].filter(Boolean).join("; ");
      return { ...taken, rejected: taken.rejected + decoded.rejected, message, kept };
    },
    records: (agentId, batch, claims) => takeRecords(deps, agentId, batch, claims),
    cloudEvents: (agentId, items) => takeEvents(deps, agentId, items),
  };
}

async function takeRecords(
  deps: CollectDeps,
  agentId: string,
  batch: OtlpBatch,
  claims: Attribution,
): Promise<Extract<OtlpTaken, { kind: "accepted" }>> {
  const { drafts, ignored, refused } = translate(batch);
  deps.ignored(agentId, ignored);
  const outgoing: Outgoing[] = [];
  const rejected: Refused[] = refused.map(({ reason, at, record }) =>
    refuseRecord(agentId, batch.signal, { code: "unreadable_otlp", reason, at }, record),
  );
  for (const draft of drafts) {
    const built = buildEvent(withClaims(draft, claims), agentId);
    const checked = checkEvent(built.event, agentId, deps.now());
    if (checked.kind === "ok") outgoing.push(built);
    else rejected.push(refuseEvent(agentId, checked.refusal, built));
  }
  const kept = rejected.length > 0 ? await deps.quarantine.enter(rejected) : [];
  await publish(outgoing, agentId, deps.bus, deps.content);
  const [first] = rejected;
  const message = first ? `${rejected.length} records are in quarantine; the first: ${first.refusal.reason}` : "";
  return { kind: "accepted", accepted: batch.records.length - refused.length, rejected: rejected.length, message, kept };
}

async function takeEvents(deps: CollectDeps, agentId: string, items: readonly unknown[]): Promise<EventsTaken> {
  const outgoing: Outgoing[] = [];
  const refusals: { readonly index: number; readonly refusal: Refusal; readonly refused: Refused }[] = [];
  items.forEach((item, index) => {
    const checked = checkEvent(item, agentId, deps.now());
    if (checked.kind === "refused") {
      const { refusal } = checked;
      const bytes = Buffer.from(JSON.stringify(item) ?? "null", "utf8");
      refusals.push({ index, refusal, refused: { agentId, door: "http", refusal, bytes, contentType: "application/json" } });
      return;
    }
    const { event, schema, content, timeMs } = checked;
    const data = content.length > 0 ? withoutContent(event.data) : event.data;
    outgoing.push({
      family: familyOf(schema.name),
      event: { ...event, time: new Date(timeMs).toISOString(), data },
      content,
      sessionId: String((event.data as Record<string, unknown>)["sessionId"] ?? "none"),
    });
  });
  const ids = refusals.length > 0 ? await deps.quarantine.enter(refusals.map(({ refused }) => refused)) : [];
  await publish(outgoing, agentId, deps.bus, deps.content);
  return {
    accepted: outgoing.length,
    rejected: refusals.map(({ index, refusal }, nth) => {
      const quarantineId = ids[nth];
      return { index, ...refusal, ...(quarantineId !== undefined && { quarantineId }) };
    }),
  };
}

/** Headers fill what the record itself does not say. */
const withClaims = (draft: Draft, claims: Attribution): Draft => ({ ...draft, attribution: { ...claims, ...draft.attribution } });

function withoutContent(data: object): object {
  const { content: _, ...rest } = data as { content?: unknown };
  return rest;
}

function refuseRecord(agentId: string, signal: OtlpSignal, refusal: Refusal, record: unknown): Refused {
  const bytes = Buffer.from(JSON.stringify({ signal, records: [record] }), "utf8");
  return { agentId, door: "otlp", refusal, bytes, contentType: RECORD_TYPE };
}

function refuseEvent(agentId: string, refusal: Refusal, { event, content }: Outgoing): Refused {
  const whole = { ...event, data: { ...(event["data"] as object), ...(content.length > 0 && { content }) } };
  return { agentId, door: "otlp", refusal, bytes: Buffer.from(JSON.stringify(whole), "utf8"), contentType: "application/json" };
}
