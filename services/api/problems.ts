import { STATUS_CODES } from "node:http";
import type { Problem } from "../../schemas/api.ts";
import type { Declined } from "./deps.ts";

/** An answer that says what is wrong, where, and how to put it right. Never quotes what was sent. */
export interface Failure {
  readonly kind: "failure";
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
  /** Members beside the standard ones. */
  readonly more: Readonly<Record<string, unknown>>;
}

interface Details {
  readonly hint?: string | undefined;
  readonly at?: string | undefined;
  readonly instance?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** @param code names the kind of problem for programs: lower case, underscores */
export function fail(status: number, code: string, detail: string, { hint, at, instance, headers, more }: Details = {}): Failure {
  return {
    kind: "failure",
    headers: headers ?? {},
    more: more ?? {},
    problem: {
      type: `urn:andon:problem:${code}`,
      title: STATUS_CODES[status] ?? "Error",
      status,
      detail,
      ...(hint !== undefined && { hint }),
      ...(at !== undefined && { at }),
      ...(instance !== undefined && { instance }),
    },
  };
}

/** What a use case declined, as HTTP says it. */
export function failureOf(declined: Declined): Failure {
  const detail = sentence(declined.reason);
  switch (declined.kind) {
    case "not_found":
      return fail(404, "not_found", detail);
    case "conflict":
      return fail(409, "conflict", detail, { hint: declined.hint });
    case "invalid":
      return fail(422, "invalid", detail, { hint: declined.hint, at: declined.at });
    case "unavailable":
      return unavailable(detail);
  }
}

/** Use cases give reasons that fit into a sentence; an answer is one. */
export const sentence = (reason: string): string =>
  `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? "" : "."}`;

/** Passes by itself: the sender keeps what it has and tries again. */
export const unavailable = (reason: string, seconds = 2): Failure =>
  fail(503, "unavailable", sentence(reason), {
    hint: "Send the same request again after a while.",
    headers: { "retry-after": String(seconds) },
  });

export function problemResponse({ problem, headers, more }: Failure): Response {
  return new Response(JSON.stringify({ ...more, ...problem }), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  });
}
