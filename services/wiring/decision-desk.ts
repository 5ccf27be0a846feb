import { LIMITS } from "../../schemas/primitives.ts";
import type { DecisionDesk } from "../api/deps.ts";
import type { Decided } from "../decide/decide.ts";
import { kindsOf } from "../decide/draft.ts";
import { readDecision } from "../decide/record.ts";
import { replayDecision } from "../decide/replay.ts";
import { pageOf } from "../domain/decision/compose.ts";
import { nestsDeeperThan } from "../domain/json-depth.ts";
import type { AnswerRequest } from "../ports/decision-door.ts";
import type { Decisions } from "./decisions.ts";

interface Parts {
  readonly decisions: Decisions;
  readonly list: DecisionDesk["list"];
  readonly nameOf: (agentId: string) => string | null;
}

/** Decisions for agents and people over HTTP. */
export function makeDecisionDesk({ decisions, list, nameOf }: Parts): DecisionDesk {
  const { decide, deps, identify } = decisions;
  return {
    async ask(agentId, request) {
      const agent = identify(agentId);
      return agent ? decide({ request, agent, door: "http" }) : gone;
    },
    async tryOut(agentId, request) {
      const agent = identify(agentId);
      if (!agent) return { kind: "not_found", reason: "no agent has this id" };
      return decide({ request: { ...request, dryRun: true, explain: true }, agent, door: "http" });
    },
    list,
    async get(id) {
      const stored = await readDecision(deps.store, id);
      if (!stored) return null;
      const { data: decision, recordedat: at } = stored;
      return { decision, at, agentName: nameOf(decision.agentId), pages: decision.reasons.map(({ policy, rule }) => pageOf(policy, rule)) };
    },
    async replay(id) {
      const stored = await readDecision(deps.store, id);
      if (!stored) return { kind: "not_found", reason: "there is no decision with this id" };
      const replayed = await replayDecision(deps, stored.data);
      if (replayed.kind === "lost") return { kind: "conflict", reason: `it cannot be made again: ${replayed.reason}` };
      const { same, differs, composed } = replayed;
      const { effect, reasons } = composed;
      return { kind: "ok", value: { id, same, differs: [...differs], effect, reasons: [...reasons], obligations: kindsOf(composed) } };
    },
  };
}

/** Decisions over the bus: JSON in, JSON out. What is no decision says so under `error`. */
export function decisionReplies({ decide, identify }: Decisions): AnswerRequest {
  return async (agentId, payload) => {
    const agent = identify(agentId);
    const request = parse(payload);
    const decided = !agent ? gone : request === undefined ? notJson : await decide({ request, agent, door: "nats" });
    return Buffer.from(JSON.stringify(decided.kind === "decided" ? decided.answer : { error: decided }));
  };
}

const gone: Decided = { kind: "unavailable", reason: "this agent is not registered any more" };
const notJson: Decided = { kind: "invalid", at: "", reason: "it is not JSON in UTF-8, or nests too deep" };

function parse(payload: Uint8Array): unknown {
  if (nestsDeeperThan(payload, LIMITS.jsonDepth)) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
