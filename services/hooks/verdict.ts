import type { Abilities, HookDecision, HookReason, Question, Verdict } from "./hook.ts";

/** How an organisation wants hooks to be answered. */
export interface HookRules {
  /** Where people open the console. */
  readonly console: string;
  /**
   * What a vendor that can ask the person at the keyboard does when an approval is needed. `deny`: it is refused with the
   * place where to approve, and trying again goes through once it is. `ask`: that person may say yes on the spot, which needs
   * no approver, keeps no four eyes and is seen in no approval: for teams that trust the keyboard.
   */
  readonly approval: "deny" | "ask";
}

/** What to do about a decision, with a vendor of these abilities. */
export function verdictOf(decision: HookDecision, question: Question, abilities: Abilities, rules: HookRules): Verdict {
  switch (decision.effect) {
    case "deny":
      return { kind: "deny", reason: `Denied by policy. ${said(decision.reasons, ["deny", "require_approval"], rules)}` };
    case "require_approval":
      return { kind: rules.approval === "ask" && abilities.ask ? "ask" : "deny", reason: approvalNeeded(decision, rules) };
    case "allow":
      return allowed(decision, question, abilities, rules);
  }
}

function approvalNeeded({ reasons, approval }: HookDecision, rules: HookRules): string {
  const why = said(reasons, ["require_approval"], rules);
  const where = `${rules.console}/approvals${approval ? `/${encodeURIComponent(approval.id)}` : ""}`;
  return `A person has to approve this first. ${why} Approve it at ${where}, then try exactly the same again: it goes through.`;
}

/** Obligations that a hook can carry out, or that are none of its business. */
function allowed({ reasons, obligations }: HookDecision, { input }: Question, abilities: Abilities, rules: HookRules): Verdict {
  const changes: Record<string, unknown>[] = [];
  const warnings: string[] = [];
  for (const obligation of obligations) {
    if (obligation.kind === "warn") warnings.push(clean(String(obligation["reason"] ?? "")));
    else if (obligation.kind === "modify") {
      const change = obligation["arguments"];
      if (!abilities.change || input === null || !isRecord(change)) {
        return { kind: "deny", reason: `This is allowed only with changes that cannot be made here. ${said(reasons, ["modify"], rules)}` };
      }
      changes.push(change);
    }
  }
  const warning = warnings.filter(Boolean).join(" ");
  const change = Object.assign({}, ...changes) as Record<string, unknown>;
  return { kind: "allow", warning: warning === "" ? null : warning, change: changes.length > 0 ? change : null };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Models read it, and people in a terminal. */
const LONGEST = 4000;

/** Each reason with its rule, article and page. */
function said(reasons: readonly HookReason[], effects: readonly string[], rules: HookRules): string {
  const told = reasons.filter(({ effect }) => effects.includes(effect));
  const lines = (told.length > 0 ? told : reasons).map(({ policy, rule, reason, page, article }) =>
    clean(`${reason} (rule ${policy}/${rule}${article === undefined ? "" : `, ${article}`}, ${pageAt(page, rules)})`),
  );
  const text = lines.length > 0 ? lines.join(" ") : "No rule says why.";
  return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text;
}

const pageAt = (page: string, { console }: HookRules): string =>
  /^https?:\/\//.test(page) ? page : `${console}/${page.replace(/^\/+/, "")}`;

const clean = (text: string): string => text.replaceAll(/\p{Cc}+/gu, " ").trim();
