import assert from "node:assert/strict";
import { TYPE_PREFIX } from "../../schemas/event.ts";
import { newestVersion, readEventData } from "../../schemas/registry.ts";
import type { Draft, Translation } from "../collect/draft.ts";
import { idOf } from "./count-usage.ts";

/**
 * Every draft fits its schema, nothing was refused, and no two drafts of one identity say different things: ingest would
 * refuse the second as a reused id.
 */
export function assertSound(translations: Iterable<Translation>): Draft[] {
  const byId = new Map<string, Draft>();
  for (const { drafts, refused } of translations) {
    assert.deepEqual(refused, []);
    for (const draft of drafts) {
      const read = readEventData(`${TYPE_PREFIX}${draft.name}.v${newestVersion(draft.name)}`, draft.data);
      assert.equal(read.kind, "ok", `${draft.name}: ${"message" in read ? `${read.at} ${read.message}` : ""}`);
      const known = byId.get(idOf(draft));
      if (known) assert.deepEqual(draft.data, known.data, `two ${draft.name} of one identity`);
      else byId.set(idOf(draft), draft);
    }
  }
  return [...byId.values()];
}

/** The data of the drafts of one name. */
export const dataOf = (drafts: Iterable<Draft>, name: string): Draft["data"][] =>
  [...drafts].filter((draft) => draft.name === name).map(({ data }) => data);
