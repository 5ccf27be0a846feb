import { LineVoided, LineVoidProposed } from "../../../schemas/line.ts";
import { acts, factOf } from "../fact.ts";
import type { LineCircumstances, LineDecision, Voiding } from "./commands.ts";
import type { Andon, AndonState } from "./state.ts";

/** Nothing is held back, so one person's word is enough. */
const HOLDS_NOTHING: ReadonlySet<AndonState> = new Set(["called", "responding", "cleared", "released", "closed"]);

/**
 * A pull that was a test or a duplicate. One that stopped the line is voided by two people, as it would be released:
 * else this would be the way around the release.
 */
export function voidPull(andon: Andon, { kind: _kind, ...data }: Voiding, { by }: LineCircumstances): LineDecision {
  if (by.kind !== "human") return { kind: "people_only", reason: "only a person can say that a pull was a test or a duplicate" };
  if (andon.state === "voided") return { kind: "quiet" };
  const alone = !HOLDS_NOTHING.has(andon.state) && (andon.voidProposedBy === null || andon.voidProposedBy === by.id);
  if (alone && andon.voidProposedBy === by.id) {
    return { kind: "second_person", reason: "the line is stopped, so another person has to say as well that the pull was void" };
  }
  const schema = alone ? LineVoidProposed : LineVoided;
  return acts(factOf(schema, { ...data, scope: andon.scope }, by));
}
