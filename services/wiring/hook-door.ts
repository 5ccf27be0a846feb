import { readFileSync } from "node:fs";
import type { ApiDeps } from "../api/deps.ts";
import type { Decisions } from "./decisions.ts";

const SCRIPT = new URL("../kit/hook/andon-hook.sh", import.meta.url);

/** Hooks of coding agents ask as their credential's agent. */
export function makeHookDoor(
  { decide, identify }: Pick<Decisions, "decide" | "identify">,
  rules: ApiDeps["hooks"]["rules"],
): ApiDeps["hooks"] {
  return {
    rules,
    script: readFileSync(SCRIPT, "utf8"),
    async decide(agentId, request) {
      const agent = identify(agentId);
      if (!agent) return { kind: "undecided", reason: "no agent is registered for this key." };
      const decided = await decide({ request, agent, door: "hook" });
      if (decided.kind === "decided") return decided.answer;
      const at = decided.kind === "invalid" ? `the request does not fit at ${decided.at || "its top"}: ` : "";
      return { kind: "undecided", reason: `${at}${decided.reason}.` };
    },
  };
}
