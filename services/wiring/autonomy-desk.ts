import type { AutonomyKey, Role as SigningRole } from "../../schemas/autonomy.ts";
import type { AutonomyView, ScopeAsked } from "../../schemas/autonomy-api.ts";
import type { Role } from "../../schemas/person.ts";
import type { AgentRegistry } from "../agents/registry.ts";
import type { AutonomyDesk, Outcome } from "../api/deps.ts";
import type { AutonomyAnswer, AutonomyBook } from "../autonomy/autonomy.ts";
import type { AutonomyRefusal, AutonomyReport } from "../domain/autonomy/commands.ts";
import { EVIDENCE_DAYS, type Measures, PROBATION_TRIALS, STEPS } from "../domain/autonomy/ladder.ts";
import { levelOf } from "../domain/autonomy/level.ts";
import type { AutonomyState } from "../domain/autonomy/state.ts";
import { boundWithin } from "../domain/autonomy/trials.ts";
import { agentConfig } from "./decision-state.ts";

interface Parts {
  readonly autonomy: AutonomyBook;
  readonly registry: AgentRegistry;
  /** Of a person; null: not known here. */
  readonly nameOf: (personId: string) => string | null;
  readonly now: () => number;
  /** The level of a scope that was never granted one. */
  readonly floor: number;
}

/** Which roles of a person sign as what. */
const SIGNS_AS: Readonly<Record<SigningRole, readonly Role[]>> = {
  team_lead: ["lead", "admin"],
  service_owner: ["lead", "admin"],
  policy_owner: ["policy_engineer", "admin"],
  executive: ["admin"],
};

/** Autonomy for people: scopes by agent, with the numbers that they stand on. */
export function makeAutonomyDesk({ autonomy, registry, nameOf, now, floor }: Parts): AutonomyDesk {
  const viewOf = (state: AutonomyState): AutonomyView => {
    const { scopeId, key, frozenFor, sinceMs, untilMs, trialsHere, proposal } = state;
    const agent = registry.list().find(({ agentId }) => agentConfig(agentId) === key.config);
    const { level, state: standing, shadow } = levelOf(state, floor);
    const { trials, successes, lower } = boundWithin(state, EVIDENCE_DAYS, now());
    const probation = standing === "probation";
    return {
      id: scopeId,
      agent: agent?.agentId ?? null,
      agentName: agent?.name ?? null,
      ...{ pathSet: key.pathSet, changeClass: key.changeClass, riskTier: key.riskTier },
      ...{ level, state: standing, shadow, frozenFor: [...frozenFor] },
      since: iso(sinceMs),
      until: untilMs === null ? null : iso(untilMs),
      trials: { trials, successes, lower },
      probationLeft: probation ? Math.max(0, PROBATION_TRIALS - trialsHere) : 0,
      proposal: proposal && {
        id: proposal.proposalId,
        to: proposal.to,
        lapses: proposal.lapses,
        signatures: proposal.signatures.map(({ personId, role, at }) => ({ personId, name: nameOf(personId), role, at })),
        signers: [...(STEPS[proposal.to]?.signers ?? [])],
      },
    };
  };
  const shown = (answer: AutonomyAnswer): Outcome<AutonomyView> => {
    if (answer.kind !== "done") return declined(answer);
    const state = autonomy.get(answer.scopeId);
    if (!state) throw new Error("a scope that was just written is not in the view");
    return { kind: "ok", value: viewOf(state) };
  };

  return {
    list: () => autonomy.list().map(viewOf),
    async propose({ scope, to, measures = {}, until }, by) {
      const untilMs = until === undefined ? undefined : Date.parse(until);
      const answer = await autonomy.propose(keyOf(scope), to, measures as Measures, untilMs, by);
      if (answer.kind === "missing") return { kind: "ok", value: { proposed: false, reason: answer.reason, evidence: answer.evidence } };
      if (answer.kind !== "proposed") return declined(answer);
      const state = autonomy.get(answer.scopeId) as AutonomyState;
      return { kind: "ok", value: { proposed: true, proposalId: answer.proposalId, scope: viewOf(state) } };
    },
    async sign({ scope, proposalId, role, reviewId }, roles, by) {
      if (!roles.some((held) => SIGNS_AS[role].includes(held))) {
        return { kind: "conflict", reason: `signing as ${role} takes one of these roles: ${SIGNS_AS[role].join(", ")}` };
      }
      return shown(await autonomy.sign(keyOf(scope), proposalId, role, reviewId, by));
    },
    async recordTrial({ scope, trial: { finishedAt, ...trial } }, by) {
      return shown(await autonomy.recordTrial(keyOf(scope), { ...trial, finishedMs: Date.parse(finishedAt) }, by));
    },
    report: async ({ scope, report }, by) => shown(await autonomy.report(keyOf(scope), report as AutonomyReport, by)),
    unfreeze: async ({ scope, ref }, by) => shown(await autonomy.unfreeze(keyOf(scope), ref, by)),
  };
}

const keyOf = ({ agent, ...rest }: ScopeAsked): AutonomyKey => ({ config: agentConfig(agent), ...rest });

function declined({ kind, reason }: AutonomyRefusal): Outcome<never> {
  if (kind === "unknown_proposal" || kind === "unknown_ref") return { kind: "not_found", reason };
  return { kind: kind === "invalid" ? "invalid" : "conflict", reason };
}

const iso = (ms: number): string => new Date(ms).toISOString();
