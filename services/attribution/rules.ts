import type { Static } from "typebox";
import { type AttributionRule, AttributionRulesSet } from "../../schemas/attribution.ts";
import { type Actor, platformEvent } from "../domain/envelope.ts";
import { type Following, followCategory } from "../follow.ts";
import type { EventStore } from "../ports/event-store.ts";

const STREAM = "attribution-rules";

/** The attribution rules in force: one list, replaced as a whole, so that their order is never in doubt. */
export interface AttributionRuleBook extends Following {
  current(): { readonly rules: readonly AttributionRule[]; readonly setAt: string | null };
  /** @param id unique for this change; the same id again is the same change */
  set(rules: readonly AttributionRule[], actor: Actor, id: string): Promise<void>;
}

export async function followAttributionRules(store: EventStore, now: () => number): Promise<AttributionRuleBook> {
  let rules: readonly AttributionRule[] = [];
  let setAt: string | null = null;
  const apply = (type: string, data: unknown, at: string): void => {
    if (type !== AttributionRulesSet.type) return;
    rules = (data as Static<typeof AttributionRulesSet.data>).rules;
    setAt = at;
  };
  const following = await followCategory(store, "attribution", ({ type, data, recordedat }) => apply(type, data, recordedat));
  return {
    current: () => ({ rules, setAt }),
    async set(next, actor, id) {
      const at = new Date(now()).toISOString();
      const event = platformEvent(AttributionRulesSet, { rules: [...next] }, { actor, id, subject: STREAM, at });
      await store.append([{ stream: STREAM, expected: "any", events: [event] }]);
      apply(AttributionRulesSet.type, { rules: next }, at);
    },
    broken: following.broken,
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}
