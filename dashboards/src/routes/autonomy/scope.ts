import type { AutonomyView, NewProposal, ScopeAsked } from "../../../../schemas/autonomy-api.ts";

/** A scope as it is being named. */
export interface ScopeDraft {
  agent: string;
  pathSet: string;
  changeClass: ScopeAsked["changeClass"];
  riskTier: string;
}

export const emptyScope = (): ScopeDraft => ({ agent: "", pathSet: "", changeClass: "feature", riskTier: "1" });

/** As the platform asks for it; null: something is still missing. */
export function scopeOf({ agent, pathSet, changeClass, riskTier }: ScopeDraft): ScopeAsked | null {
  const paths = pathSet.trim();
  return agent === "" || paths === "" ? null : { agent, pathSet: paths, changeClass, riskTier: Number(riskTier) };
}

/** How an existing scope is asked for; null: no registered agent has its configuration. */
export function askedOf({ agent, pathSet, changeClass, riskTier }: AutonomyView): NewProposal["scope"] | null {
  return agent === null ? null : { agent, pathSet, changeClass: changeClass as ScopeAsked["changeClass"], riskTier };
}
