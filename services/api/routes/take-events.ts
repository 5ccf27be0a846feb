import { Type } from "typebox";
import { LIMITS } from "../../../schemas/primitives.ts";
import type { Refusal } from "../../domain/refusal.ts";
import type { ApiDeps, EventsTaken, RejectedEvent } from "../deps.ts";
import { EVENT_TYPES, eventsTypeFault, readEvents } from "../ingest/cloud-events.ts";
import { orUnavailable } from "../ingest/or-unavailable.ts";
import { type Failure, fail, sentence, unavailable } from "../problems.ts";
import { withBody } from "../read-body.ts";
import { mediaTypeOf } from "../read-json.ts";
import { ok, route } from "../route.ts";

type Accepted = Extract<EventsTaken, { kind: "accepted" }>;

const Rejected = Type.Object({
  index: Type.Integer(),
  code: Type.String(),
  reason: Type.String(),
  at: Type.String(),
  quarantineId: Type.Optional(Type.String()),
});

/** CloudEvents over HTTP. Answers once the bus has stored the good ones; the bad ones are in quarantine. */
export const takeEvents = route({
  id: "take_events",
  method: "post",
  path: "/api/v1/events",
  summary: "CloudEvents of an agent: structured, batched or binary mode, or plain JSON. Answered once the bus has stored them.",
  access: "agent",
  query: Type.Object({
    wait: Type.Optional(Type.Literal("stored", { description: "`stored`, to be answered with a receipt from the event store" })),
  }),
  takes: EVENT_TYPES,
  answer: Type.Object({
    accepted: Type.Integer(),
    rejected: Type.Array(Rejected),
    receipt: Type.Optional(Type.Object({ stored: Type.Integer(), duplicates: Type.Integer(), quarantined: Type.Array(Type.Unknown()) })),
  }),
  status: 202,
  async handle({ caller, context, held, query }, deps) {
    const fault = eventsTypeFault(context);
    if (fault) return fault;
    if (caller.kind !== "agent") throw new Error("events without an agent");
    const { agentId } = caller;
    const wait = query.wait === "stored";
    const taken = await withBody(context, held.room, (bytes) =>
      orUnavailable(async () => {
        if (wait && bytes.length > LIMITS.messageBytes) return tooLargeToWait();
        const read = readEvents(context, bytes);
        if (read.kind === "failure") return read;
        if (read.kind === "unreadable") return keepUnreadable(agentId, read, bytes, mediaTypeOf(context), deps);
        const answer = await take(agentId, read.items, bytes.length, wait, deps);
        return answer.kind === "accepted" && answer.accepted === 0 && answer.rejected.length > 0
          ? nothingTaken(answer, read.single)
          : answer;
      }, deps.log),
    );
    if (taken.kind === "failure") return taken;
    if (taken.kind === "unavailable") return unavailable(taken.reason);
    const { accepted, rejected, receipt } = taken;
    return receipt
      ? ok({ accepted, rejected: [...rejected], receipt: { ...receipt, quarantined: [...receipt.quarantined] } }, { status: 200 })
      : ok({ accepted, rejected: [...rejected] });
  },
});

const tooLargeToWait = (): Failure =>
  fail(413, "too_large", `With wait=stored a body may have ${LIMITS.messageBytes} bytes.`, {
    hint: "Send smaller batches, or do not wait: what is accepted is on disk in the bus.",
  });

/** An event that is larger than the store takes must not keep the others from being taken. */
async function take(agentId: string, items: readonly unknown[], bytes: number, wait: boolean, deps: ApiDeps): Promise<EventsTaken> {
  if (bytes <= LIMITS.eventBytes) return deps.collector.cloudEvents(agentId, items, { wait });
  const fitting: { readonly item: unknown; readonly index: number }[] = [];
  const tooLarge: { readonly bytes: Uint8Array; readonly index: number }[] = [];
  items.forEach((item, index) => {
    const text = Buffer.from(JSON.stringify(item), "utf8");
    if (text.length > LIMITS.eventBytes) tooLarge.push({ bytes: text, index });
    else fitting.push({ item, index });
  });
  const ids = await keep(
    agentId,
    tooLarge.map((each) => each.bytes),
    TOO_LARGE,
    "application/json",
    deps,
  );
  const refused: RejectedEvent[] = tooLarge.map(({ index }, nth) => ({ index, ...TOO_LARGE, ...quarantined(ids[nth]) }));
  if (fitting.length === 0) return { kind: "accepted", accepted: 0, rejected: refused };
  const taken = await deps.collector.cloudEvents(
    agentId,
    fitting.map(({ item }) => item),
    { wait },
  );
  if (taken.kind !== "accepted") return taken;
  const others = taken.rejected.map((each) => ({ ...each, index: fitting[each.index]?.index ?? each.index }));
  return { ...taken, rejected: [...refused, ...others].sort((a, b) => a.index - b.index) };
}

const TOO_LARGE: Refusal = {
  code: "too_large",
  reason: `an event may have ${LIMITS.eventBytes} bytes as JSON; send its content in parts`,
  at: "",
};

const HOW = "send one CloudEvent, or an array of them, as JSON in UTF-8";

async function keepUnreadable(
  agentId: string,
  { code, reason }: { readonly code: Refusal["code"]; readonly reason: string },
  bytes: Uint8Array,
  contentType: string,
  deps: ApiDeps,
): Promise<Failure> {
  const [id] = await keep(agentId, [bytes], { code, reason: `${reason}; ${HOW}`, at: "" }, contentType, deps);
  return fail(400, code, sentence(reason), { hint: sentence(HOW), more: quarantined(id) });
}

async function keep(agentId: string, all: readonly Uint8Array[], refusal: Refusal, contentType: string, deps: ApiDeps) {
  if (all.length === 0) return [];
  return deps.quarantine.enter(all.map((bytes) => ({ agentId, door: "http", refusal, bytes, ...(contentType !== "" && { contentType }) })));
}

const quarantined = (id: string | undefined) => (id === undefined ? {} : { quarantineId: id });

/** Whoever sends one event wants to hear about that one; a batch of which nothing was good is no success either. */
function nothingTaken({ rejected }: Accepted, single: boolean): Failure {
  const [first] = rejected;
  const detail = single
    ? `The event was refused: ${first?.reason}.`
    : `All ${rejected.length} events were refused; the first: ${first?.reason}.`;
  const at = single ? first?.at : `/${first?.index}${first?.at}`;
  return fail(422, first?.code ?? "refused", detail, {
    at,
    hint: "What was refused is in quarantine and can be released once the cause is put right.",
    more: { accepted: 0, rejected },
  });
}
