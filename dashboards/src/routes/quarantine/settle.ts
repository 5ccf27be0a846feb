import { ApiError, api } from "#lib/api.ts";
import { count } from "#lib/format/count.ts";
import { m } from "#lib/paraglide/messages.js";
import { notices } from "#lib/state/notices.svelte.ts";
import { explain } from "#lib/words/failures.ts";

/**
 * Does something to each entry, one after the other, and says how it went: what was done, and why the rest was not.
 * @returns the entries that are settled
 */
async function each(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
  done: (of: { count: number; n: string }) => string,
): Promise<string[]> {
  const settled: string[] = [];
  const failures: unknown[] = [];
  for (const id of ids) {
    try {
      await act(id);
      settled.push(id);
    } catch (error) {
      failures.push(error);
      // Without an answer, or signed out, the rest would fail alike.
      if (error instanceof ApiError && (error.status === 0 || error.status === 401)) break;
    }
  }
  if (settled.length > 0) notices.add({ tone: "ok", text: done({ count: settled.length, n: count(settled.length) }) });
  const [first] = failures;
  if (first === undefined) return settled;
  const { what, how } = explain(first);
  const text = failures.length === 1 ? what : m.quarantine_some_failed({ n: count(failures.length), why: what });
  notices.add({ tone: "bad", text, hint: how ?? undefined });
  return settled;
}

export const releaseAll = (ids: readonly string[]): Promise<string[]> => each(ids, api.release, m.quarantine_done_released);

export const discardAll = (ids: readonly string[], reason: string): Promise<string[]> =>
  each(ids, (id) => api.discard(id, reason), m.quarantine_done_discarded);
