import type { DecisionRecord, DecisionRequest } from "../../schemas/decision.ts";
import { canonicalJson } from "../domain/canonical-json.ts";
import { bundleFor } from "../domain/decision/bundle-places.ts";
import type { Composed, Evaluation } from "../domain/decision/compose.ts";
import { answerTo } from "../domain/decision/decide.ts";
import { type AskingAgent, type DecisionScope, decisionInput } from "../domain/decision/input.ts";
import { localTime } from "../domain/decision/local-time.ts";
import { type EffectiveSettings, effectiveSettings } from "../domain/decision/settings.ts";
import type { PolicyBundle } from "../ports/policy-bundle.ts";
import type { PolicyEngine } from "../ports/policy-engine.ts";
import type { PolicyBook } from "./policy-book.ts";
import type { SessionDenials } from "./session-denials.ts";
import type { Asking, StateSources } from "./state.ts";

export interface MakeDeps {
  readonly engine: PolicyEngine;
  readonly book: PolicyBook;
  readonly denials: SessionDenials;
  readonly sources: StateSources;
  /** Name of the organisation, and the IANA zone that its days and hours are in. */
  readonly org: { readonly name: string; readonly zone: string };
  readonly now: () => number;
}

/** Stands in a decision for which there were no policies at all. */
const NO_POLICY = "0".repeat(64);

/** An answer, and everything it was made of. */
export interface Made {
  readonly asking: Asking;
  readonly json: string;
  readonly data: EffectiveSettings;
  readonly bundle: PolicyBundle | null;
  readonly stage: DecisionRecord["stage"];
  readonly policy: string;
  readonly evaluation: Evaluation;
  readonly composed: Composed;
  readonly engineUs: number;
}

/** Everything up to the answer; stores nothing. */
export async function makeAnswer(
  deps: MakeDeps,
  request: DecisionRequest,
  agent: AskingAgent,
  digest: string,
  decisionId: string,
): Promise<Made> {
  const { book, engine, sources, denials, org } = deps;
  const atMs = deps.now();
  const scope = scopeOf(request, agent, org.name, sources);
  const placed = bundleFor(book.places, agent.team, request.session ?? decisionId);
  const policy = placed?.digest ?? NO_POLICY;
  const bundle = placed && (await book.shelf.take(placed.digest));
  const data = bundle ? book.settings.effective(policy, bundle.policies, scope) : effectiveSettings([], []);
  const asking: Asking = { request, agent, scope, digest, policy, atMs };
  const [line, budgets, approval, autonomy, holdback] = await Promise.all([
    sources.line(asking),
    sources.budgets(asking),
    sources.approval(asking),
    sources.autonomy(asking),
    sources.holdback(asking),
  ]);
  const session = denials.of(agent.agentId, request.session ?? null, digest);
  const time = localTime(atMs, org.zone);
  const input = decisionInput({ request, agent, scope, session, time, state: { line, budgets, approval, autonomy, holdback } });
  const json = canonicalJson(input);
  const started = performance.now();
  const [evaluation] = await engine.evaluate([{ policy, data, input: json }]);
  const engineUs = Math.round((performance.now() - started) * 1000);
  if (!evaluation) throw new Error("the engine gave no answer");
  const stage = placed?.stage ?? "active";
  return { asking, json, data, bundle, stage, policy, evaluation, composed: answerTo(input, evaluation), engineUs };
}

function scopeOf({ resource, context = {} }: DecisionRequest, agent: AskingAgent, org: string, sources: StateSources): DecisionScope {
  const { repo } = resource as { readonly repo?: unknown };
  return {
    org,
    department: sources.departmentOf(agent.team),
    team: agent.team,
    repo: typeof repo === "string" ? repo : (context.repo ?? null),
    feature: context.feature ?? agent.feature,
  };
}
