import type { Static } from "typebox";
import { UsageRecorded, UsageRecordedV1 } from "./session.ts";

interface Upcaster {
  readonly to: string;
  readonly up: (data: Record<string, unknown>) => Record<string, unknown>;
}

/** From a past version's type to the next one. Chains: v1 → v2 → v3. */
export const upcasters: ReadonlyMap<string, Upcaster> = new Map([
  [UsageRecordedV1.type, { to: UsageRecorded.type, up: (data) => usageV1toV2(data as Static<typeof UsageRecordedV1.data>) }],
]);

/** A cache write without a time to live is priced as such: it becomes `cacheWriteOther`. */
function usageV1toV2(v1: Static<typeof UsageRecordedV1.data>): Static<typeof UsageRecorded.data> {
  const { cacheWrite, ...rest } = v1.tokens;
  return { ...v1, tokens: cacheWrite === undefined ? rest : { ...rest, cacheWriteOther: cacheWrite } };
}
