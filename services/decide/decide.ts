import { hash } from "node:crypto";
import type { DecisionAnswer, DecisionRecord, DecisionRequest } from "../../schemas/decision.ts";
import { sha256Of } from "../domain/canonical-json.ts";
import type { AskingAgent } from "../domain/decision/input.ts";
import { readRequest, requestDigest } from "../domain/decision/request.ts";
import { type AnswerParts, answerOf } from "./answer.ts";
import { draftOf, expiryOf } from "./draft.ts";
import { type Made, type MakeDeps, makeAnswer } from "./make.ts";
import { type DecisionRecorder, type RecordDeps, readDecision } from "./record.ts";
import { remake } from "./replay.ts";
import type { Settle } from "./state.ts";

export interface DecideDeps extends RecordDeps, MakeDeps {
  readonly recorder: DecisionRecorder;
  readonly settle: Settle;
  readonly random: (bytes: number) => Uint8Array;
  /** Told why a decision could not be made or written down. */
  readonly trouble: (error: unknown) => void;
}

export interface Asked {
  /** As it came; checked here. */
  readonly request: unknown;
  /** Whose credential it came with. */
  readonly agent: AskingAgent;
  readonly door: DecisionRecord["door"];
}

export type Decided =
  | { readonly kind: "decided"; readonly answer: DecisionAnswer }
  /** Not a request. `at` is a JSON pointer. */
  | { readonly kind: "invalid"; readonly at: string; readonly reason: string }
  /** The id was used for another request. */
  | { readonly kind: "conflict"; readonly reason: string }
  /** It could not be written down, so nothing may be allowed. Asking again is safe. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** How often a decision is made again because somebody else was faster. */
const TRIES = 5;

/** Decides, writes down, answers. The same request id of the same agent is decided once. */
export function makeDecide(deps: DecideDeps): (asked: Asked) => Promise<Decided> {
  const underWay = new Map<string, Promise<Decided>>();

  return async ({ request, agent, door }) => {
    const read = readRequest(request);
    if (read.kind === "invalid") return read;
    const decisionId = idOf(read.request, agent, deps.random);
    const decide = (): Promise<Decided> =>
      decideNow(deps, read.request, agent, door, decisionId).catch((error: unknown) => unavailable(deps, error));
    if (read.request.id === undefined || read.request.dryRun) return decide();
    const before = underWay.get(decisionId);
    // Whoever asks the same at the same moment waits, and is then answered from what was written down.
    const mine = before ? before.then(decide) : decide();
    underWay.set(decisionId, mine);
    return mine.finally(() => {
      if (underWay.get(decisionId) === mine) underWay.delete(decisionId);
    });
  };
}

async function decideNow(
  deps: DecideDeps,
  request: DecisionRequest,
  agent: AskingAgent,
  door: DecisionRecord["door"],
  decisionId: string,
): Promise<Decided> {
  const digest = requestDigest(request, agent.agentId);
  if (request.id !== undefined && !request.dryRun) {
    const stored = await readDecision(deps.store, decisionId);
    if (stored) return answerAgain(deps, stored.data, digest);
  }
  for (let tries = 0; tries < TRIES; tries++) {
    const made = await makeAnswer(deps, request, agent, digest, decisionId);
    const pending = { decisionId, asking: made.asking, composed: made.composed };
    if (request.dryRun) return decided(made, decisionId, null, request);
    const settled = await deps.settle(pending);
    if (settled.kind === "stale") continue;
    const draft = draftOf(made, decisionId, request, door, settled.approval);
    const recorded = await deps.recorder.record(draft, made.json, made.data, agent, made.asking.atMs);
    if (recorded.kind === "already") return answerAgain(deps, recorded.record, digest);
    deps.denials.count(recorded.record);
    return decided(made, decisionId, settled.approval, request);
  }
  return { kind: "unavailable", reason: "what the decision depends on changed each time it was made; ask again" };
}

function decided(made: Made, decisionId: string, approval: AnswerParts["approval"], request: DecisionRequest): Decided {
  const { composed, policy, data, json, bundle, evaluation, engineUs } = made;
  const answer = answerOf({
    decisionId,
    composed,
    policy,
    data: data.digest,
    input: sha256Of(json),
    expires: expiryOf(made),
    approval,
    dryRun: request.dryRun === true,
    explain: request.explain ? { bundle, evaluation, engineUs } : null,
  });
  return { kind: "decided", answer };
}

/** What was decided before is answered again: computed anew from its digests, which gives the same. */
async function answerAgain(deps: DecideDeps, record: DecisionRecord, digest: string): Promise<Decided> {
  if (record.request !== digest) {
    return { kind: "conflict", reason: "this id was used for another request: give every request an id of its own" };
  }
  const remade = await remake(deps, record);
  if (remade.kind === "lost" && record.obligations.length > 0) {
    return { kind: "unavailable", reason: `the earlier answer cannot be given again: ${remade.reason}; ask with a new id` };
  }
  const obligations = remade.kind === "remade" ? remade.composed.obligations : [];
  const { decisionId, effect, reasons, policy, data, input, expires, approval = null } = record;
  const composed = { effect, obligations, reasons };
  return {
    kind: "decided",
    answer: answerOf({ decisionId, composed, policy, data, input, expires, approval, dryRun: false, explain: null }),
  };
}

/** The same for the same request id of the same agent; else new. */
const idOf = ({ id, dryRun }: DecisionRequest, { agentId }: AskingAgent, random: DecideDeps["random"]): string =>
  `dec_${id === undefined || dryRun ? Buffer.from(random(16)).toString("hex") : hash("sha256", `${agentId}\0${id}`).slice(0, 32)}`;

/** Whoever asks must take it for a no, and may ask again. */
function unavailable({ trouble }: DecideDeps, error: unknown): Decided {
  trouble(error);
  return { kind: "unavailable", reason: "the decision could not be written down" };
}
