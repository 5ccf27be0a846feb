import { ApiError } from "#lib/api.ts";
import { m } from "#lib/paraglide/messages.js";

/** What failed, why, and what to do, in words for a person. The platform's own words come first. */
export function explain(error: unknown): { what: string; how: string | null; status: number | null } {
  if (!(error instanceof ApiError)) return { what: m.failed_inside(), how: m.failed_inside_hint(), status: null };
  const { status, problem } = error;
  if (status === 0) return { what: m.failed_no_answer(), how: m.failed_no_answer_hint(), status: null };
  const what = problem?.detail ?? problem?.title ?? m.failed_status({ status });
  if (problem?.hint) return { what, how: problem.hint, status };
  if (status === 403) return { what, how: m.failed_forbidden_hint(), status };
  if (status === 404) return { what, how: m.failed_missing_hint(), status };
  if (status === 429) return { what, how: m.failed_too_many_hint(), status };
  return { what, how: status >= 500 ? m.failed_server_hint() : null, status };
}
