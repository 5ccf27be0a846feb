import { ApiError } from "#lib/api.ts";
import { m } from "#lib/paraglide/messages.js";
import { preferences } from "#lib/state/preferences.svelte.ts";
import type { Problem } from "../../../../schemas/api.ts";

interface Words {
  readonly what: () => string;
  readonly how?: () => string;
  /** The platform says in its own words which part of what was sent is meant: without them nobody could put it right. */
  readonly quotes?: true;
}

const CODE = /^urn:andon:problem:(?<code>[a-z_]+)$/;

const address: Words = { what: m.problem_address, how: m.problem_address_hint, quotes: true };

/** What the platform's codes mean, in every language of the console. */
const PROBLEMS: Readonly<Record<string, Words>> = {
  unauthorised: { what: m.problem_unauthorised, how: m.problem_unauthorised_hint },
  wrong_credential: { what: m.problem_wrong_credential, how: m.failed_forbidden_hint },
  not_permitted: { what: m.problem_not_permitted, how: m.problem_not_permitted_hint },
  csrf: { what: m.problem_csrf, how: m.problem_csrf_hint },
  not_found: { what: m.problem_not_found, how: m.failed_missing_hint, quotes: true },
  conflict: { what: m.problem_conflict, how: m.problem_conflict_hint, quotes: true },
  invalid: { what: m.problem_invalid, quotes: true },
  invalid_body: { what: m.problem_invalid, quotes: true },
  bad_parameter: address,
  unknown_parameter: address,
  bad_cursor: address,
  too_many_requests: { what: m.problem_too_many, how: m.failed_too_many_hint },
  too_large: { what: m.problem_too_large, how: m.problem_too_large_hint },
  unavailable: { what: m.problem_unavailable, how: m.failed_server_hint },
  internal: { what: m.problem_internal, how: m.failed_server_hint },
};

/**
 * What failed, why, and what to do, in words for a person. In English the platform's own words are the most exact; in
 * another language its code is translated, and what has no code stays as it was said.
 */
export function explain(error: unknown): { what: string; how: string | null; status: number | null } {
  if (!(error instanceof ApiError)) return { what: m.failed_inside(), how: m.failed_inside_hint(), status: null };
  const { status, problem } = error;
  if (status === 0) return { what: m.failed_no_answer(), how: m.failed_no_answer_hint(), status: null };
  const known = preferences.locale === "en" ? undefined : PROBLEMS[CODE.exec(problem?.type ?? "")?.groups?.["code"] ?? ""];
  const own = problem?.detail ?? problem?.title;
  if (known)
    return {
      what: known.quotes && own ? `${known.what()} ${m.platform_says({ text: own })}` : known.what(),
      how: known.how?.() ?? null,
      status,
    };
  return { what: own ?? m.failed_status({ status }), how: problem?.hint ?? hintFor(status), status };
}

function hintFor(status: Problem["status"]): string | null {
  if (status === 403) return m.failed_forbidden_hint();
  if (status === 404) return m.failed_missing_hint();
  if (status === 429) return m.failed_too_many_hint();
  return status >= 500 ? m.failed_server_hint() : null;
}
