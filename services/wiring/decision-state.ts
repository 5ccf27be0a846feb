import { createHash } from "node:crypto";
import type { AutonomyKey } from "../../schemas/autonomy.ts";
import type { Approvals } from "../approvals/approvals.ts";
import type { AutonomyBook } from "../autonomy/autonomy.ts";
import type { Budgets } from "../budgets/budgets.ts";
import type { SessionDenials } from "../decide/session-denials.ts";
import type { Asking, Pending, Settle, StateSources } from "../decide/state.ts";
import { canonicalJson, sha256Of } from "../domain/canonical-json.ts";
import { picoOf } from "../domain/cost/money.ts";
import { PLATFORM } from "../domain/decision/compose.ts";
import type { Places } from "../domain/line/reach.ts";
import type { Holdback } from "../holdback/holdback.ts";
import type { Lines } from "../line/lines.ts";

interface Parts {
  readonly lines: Lines;
  readonly approvals: Approvals;
  readonly budgets: Budgets;
  readonly autonomy: AutonomyBook;
  readonly holdback: Pick<Holdback, "verdictFor">;
}

/** What was reserved and never settled holds nothing after this. */
const RESERVED_MS = 60 * 60 * 1000;

/** Where the facts of a decision come from: the live views of what people and the platform have decided before. */
export function decisionSources({ lines, approvals, budgets, autonomy, holdback }: Parts): StateSources {
  return {
    line: (asking) => entriesOf(lines, asking).map(({ scope, state, andonId, blocks }) => ({ scope, state, andonId, blocks })),
    budgets: (asking) => budgets.entries(spendingPlace(asking)),
    approval: ({ digest, policy, agent }) => approvals.usable(digest, policy, { kind: "agent", id: agent.agentId }),
    autonomy(asking) {
      const { level, state } = autonomy.levelOf(autonomyKey(asking));
      return { level, state };
    },
    holdback({ request }) {
      const { repo, sha } = request.resource as { readonly repo?: unknown; readonly sha?: unknown };
      return typeof repo === "string" && typeof sha === "string" ? holdback.verdictFor(repo, sha) : null;
    },
    // No team belongs to a department until departments can be declared.
    departmentOf: () => null,
  };
}

interface SettleParts extends Pick<Parts, "lines" | "approvals" | "budgets"> {
  readonly denials: Pick<SessionDenials, "of">;
}

/** What an answer sets in motion: people are asked, an approval is used up, an amount is reserved. */
export function decisionSettlement({ lines, approvals, budgets, denials }: SettleParts): Settle {
  return async (pending) => {
    const { decisionId, asking, composed } = pending;
    const by = { kind: "agent", id: asking.agent.agentId } as const;
    if (composed.effect === "require_approval") {
      const asked = await approvals.request(approvalWanted(pending), by);
      if (asked.kind !== "done") throw new Error(`people could not be asked: ${asked.reason}`);
      return { kind: "settled", approval: { id: asked.approval.approvalId, status: "requested" } };
    }
    if (composed.effect === "deny") {
      await stopAtGate(lines, asking);
      await pullForRepeats(lines, denials, pending);
      return { kind: "settled", approval: null };
    }

    const lifted = composed.reasons.some(({ effect }) => effect === "require_approval");
    const usable = lifted ? approvals.usable(asking.digest, asking.policy, by) : null;
    if (lifted && !usable) return { kind: "stale" };
    const pico = estimateOf(asking);
    if (pico > 0n) {
      const place = spendingPlace(asking);
      const expiresMs = asking.atMs + RESERVED_MS;
      const sessionId = asking.request.session;
      const reserved = await budgets.reserve(
        { reservationId: decisionId, place, pico, expiresMs, sessionId, approvalId: usable?.approvalId },
        by,
      );
      // Somebody else was faster: the policies judge anew by what is left now.
      if (reserved.kind !== "reserved") return { kind: "stale" };
    }
    if (!usable) return { kind: "settled", approval: null };
    const used = await approvals.consume(usable.approvalId, { decisionId, digest: asking.digest, policy: asking.policy }, by);
    if (used.kind === "done") return { kind: "settled", approval: { id: usable.approvalId, status: "approved" } };
    if (pico > 0n) await budgets.release(decisionId, by);
    return { kind: "stale" };
  };
}

const entriesOf = (lines: Lines, asking: Asking) => lines.entries({ action: asking.request.action, places: placesOf(asking) });

/** A change that reaches the gate of a called line stops the line: the fixed position of the cord. */
async function stopAtGate(lines: Lines, asking: Asking): Promise<void> {
  const { change, sha } = asking.request.resource as { readonly change?: string; readonly sha?: string };
  const changeId = change ?? sha;
  if (changeId === undefined) return;
  for (const { scope, andonId, blocks } of entriesOf(lines, asking)) {
    if (blocks === "gate") await lines.step(scope, { kind: "reach_gate", andonId, changeId }, { kind: "service", id: "decide" });
  }
}

/** An agent that is denied the same again and again is lost: its cord is pulled. What a pulled cord denies does not count. */
async function pullForRepeats(lines: Lines, denials: SettleParts["denials"], { decisionId, asking, composed }: Pending): Promise<void> {
  const { agent, request, digest } = asking;
  if (composed.reasons.some(({ policy }) => policy === PLATFORM)) return;
  const { id, sameDenied } = denials.of(agent.agentId, request.session ?? null, digest);
  if (id === null) return;
  const scope = { kind: "agent", name: agent.agentId } as const;
  await lines.observe({ rule: "repeated_denies", scope, sameDenied: sameDenied + 1, evidence: [decisionId] });
}

function approvalWanted({ decisionId, asking, composed }: Pending) {
  const { request, scope, digest, policy } = asking;
  const { change, author } = request.resource as {
    readonly change?: unknown;
    readonly author?: { readonly kind: string; readonly id: string };
  };
  const changeId = typeof change === "string" ? change : request.context?.changeId;
  const rules = composed.reasons.filter(({ effect }) => effect === "require_approval").map(({ policy: name, rule }) => `${name}/${rule}`);
  return {
    decisionId,
    digest,
    policy,
    needs: composed.approvals,
    action: request.action,
    resource: sha256Of(canonicalJson(request.resource)),
    rules: rules.slice(0, 50),
    team: scope.team,
    ...(author && author.kind !== "service" && { authors: [{ kind: author.kind as "human" | "agent", id: author.id }] }),
    ...(scope.repo !== null && { repo: scope.repo }),
    ...(changeId !== undefined && { changeId }),
    ...(request.session !== undefined && { sessionId: request.session }),
  };
}

/** Pico-dollars that the request says it may cost. */
function estimateOf({ request }: Asking): bigint {
  const { estimatedCost } = request.resource as { readonly estimatedCost?: string };
  return picoOf(estimatedCost ?? request.context?.estimatedCost ?? "0");
}

function spendingPlace({ request, scope, agent }: Asking) {
  const { model } = request.resource as { readonly model?: string };
  return {
    department: scope.department,
    team: scope.team,
    feature: scope.feature,
    agentId: agent.agentId,
    model: request.action === "model.call" && model !== undefined ? model : null,
  };
}

/** Every name that the request goes by, for whoever drew a line around one of them. */
function placesOf({ request, scope, agent }: Pick<Asking, "request" | "scope" | "agent">): Places {
  const { model, change } = request.resource as { readonly model?: unknown; readonly change?: unknown };
  const names = (...values: unknown[]): string[] => values.filter((value): value is string => typeof value === "string");
  return {
    org: [scope.org],
    department: names(scope.department),
    team: [scope.team],
    repo: names(scope.repo),
    agent: [agent.agentId, agent.name],
    model: names(model),
    vendor: names(agent.vendor),
    change: names(change, request.context?.changeId),
  };
}

/** Until runtimes report their configuration, an agent's configuration is its registration. */
export const agentConfig = (agentId: string): string => createHash("sha256").update(`agent\0${agentId}`).digest("hex");

function autonomyKey({ request, scope, agent }: Asking): AutonomyKey {
  const { class: changeClass, riskTier } = request.resource as { readonly class?: string; readonly riskTier?: number };
  const isChange = request.action.startsWith("change.");
  return {
    config: agentConfig(agent.agentId),
    pathSet: scope.repo ?? "all",
    changeClass: (isChange && changeClass !== undefined ? changeClass : "feature") as AutonomyKey["changeClass"],
    riskTier: isChange && riskTier !== undefined ? riskTier : 0,
  };
}
