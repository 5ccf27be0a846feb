import type { Outcome, QuarantineDesk } from "../api/deps.ts";
import type { Collector } from "../collect/collect.ts";
import type { OtlpBatch } from "../collect/otlp/model.ts";
import type { Incoming, Receipt } from "../ingest/batch.ts";
import type { Quarantine } from "../ports/quarantine.ts";
import type { QuarantineDeps } from "../quarantine/enter.ts";
import { makeRetake } from "../quarantine/retake.ts";
import { discard, release, type Settled } from "../quarantine/settle.ts";

interface Parts {
  readonly quarantine: Quarantine;
  readonly deps: QuarantineDeps;
  readonly collector: Collector;
  readonly receive: (messages: readonly Incoming[]) => Promise<Receipt[]>;
  readonly list: QuarantineDesk["list"];
}

/** Quarantine for people: what is held, another try through the door it came from, or giving it up. */
export function makeQuarantineDesk({ quarantine, deps, collector, receive, list }: Parts): QuarantineDesk {
  const retake = makeRetake({
    otlp: async (agentId, signal, encoding, body) => answerOf(await collector.otlp(agentId, signal, encoding, body, {})),
    records: async (agentId, json) => answerOf(await collector.records(agentId, json as OtlpBatch, {})),
    async events(agentId, payload) {
      const [receipt] = await receive([{ agentId, payload }]);
      const refused = receipt?.quarantined ?? [];
      return { kept: refused.map(({ entryId }) => entryId), reason: refused[0]?.reason ?? "" };
    },
  });
  return {
    enter: (refused) => quarantine.enter(refused),
    list,
    release: async (id, actor) => outcomeOf(await release(id, actor, retake, deps), "released"),
    discard: async (id, reason, actor) => outcomeOf(await discard(id, reason, actor, deps), "discarded"),
  };
}

const answerOf = (taken: Awaited<ReturnType<Collector["otlp"]>>) => ({
  kept: taken.kept,
  reason: taken.kind === "unreadable" ? taken.reason : taken.message,
});

function outcomeOf<State extends string>(settled: Settled, state: State): Outcome<{ readonly state: State }> {
  switch (settled.kind) {
    case "done":
      return { kind: "ok", value: { state } };
    case "not_found":
      return { kind: "not_found", reason: "there is no such entry in quarantine" };
    case "not_held":
      return { kind: "conflict", reason: `the entry is ${settled.state} already` };
    case "refused_again":
      return {
        kind: "conflict",
        reason: `it was refused again: ${settled.reason}`,
        hint: "Put right what the reason names, then release it again. The entry is still held.",
      };
    case "unreadable":
      return { kind: "conflict", reason: "the sealed bytes cannot be opened: payload or key is gone", hint: "Discard the entry." };
  }
}
