import { hash } from "node:crypto";
import type { AutonomyKey } from "../../../schemas/autonomy.ts";

/** Everything about an agent's configuration whose change makes it another agent. */
export interface AgentConfiguration {
  readonly harness: string;
  /** `2.1.9`: only the first number counts. */
  readonly harnessVersion: string;
  readonly model: string;
  /** SHA-256 of the system prompt; its text is never needed. */
  readonly promptSha256: string;
  /** Names, in any order. */
  readonly tools: readonly string[];
  readonly policyBundleMajor: number;
}

/** @returns SHA-256 in hex over the fields in the order above, as a JSON list */
export function configDigest({ harness, harnessVersion, model, promptSha256, tools, policyBundleMajor }: AgentConfiguration): string {
  const [harnessMajor] = harnessVersion.split(".");
  return hash("sha256", JSON.stringify([harness, harnessMajor, model, promptSha256, [...new Set(tools)].sort(), policyBundleMajor]));
}

/** The scope's id: its stream is `autonomy-<id>`. */
export const scopeIdOf = ({ config, pathSet, changeClass, riskTier }: AutonomyKey): string =>
  hash("sha256", [config, pathSet, changeClass, riskTier].join("\0")).slice(0, 32);
