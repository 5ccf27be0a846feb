import { Type } from "typebox";
import type { Period } from "./deps.ts";
import { type Failure, fail } from "./problems.ts";

const DAY = 24 * 60 * 60 * 1000;
const FORM = "an RFC 3339 time with a zone (2026-11-21T08:00:00Z) or a date (2026-11-21)";
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

export const periodParameters = {
  from: Type.Optional(Type.String({ description: `${FORM}; the first moment that counts; without it 30 days before \`to\`` })),
  to: Type.Optional(
    Type.String({ description: `${FORM}; the first moment that no longer counts, a date being counted to its end; without it now` }),
  ),
} as const;

/**
 * The period that a query asks for, half-open. A date stands for the whole day in UTC: from its first moment, to its last.
 */
export function periodOf(query: { from?: string; to?: string }, nowMs: number): { kind: "period"; value: Period } | Failure {
  const to = query.to === undefined ? endOfMillisecond(nowMs) : momentOf(query.to, DAY);
  if (to === null) return badMoment("to");
  const from = query.from === undefined ? to - 30 * DAY : momentOf(query.from, 0);
  if (from === null) return badMoment("from");
  if (from >= to) {
    return fail(400, "bad_parameter", "The period is empty: `from` is not before `to`.", { at: "query/from", hint: "Swap the two." });
  }
  return { kind: "period", value: { from: new Date(from).toISOString(), to: new Date(to).toISOString() } };
}

/** What is stored at this very moment belongs to "until now". */
const endOfMillisecond = (ms: number): number => ms + 1;

function momentOf(given: string, dateAdds: number): number | null {
  // A plus that was not percent-encoded arrives as a space.
  const text = given.replace(/ (\d{2}:\d{2})$/, "+$1");
  const date = DATE.test(text);
  const day = date ? text : TIME.exec(text)?.[1];
  if (day === undefined || !exists(day)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) || ms < 0 || ms > 253_370_764_800_000 ? null : ms + (date ? dateAdds : 0);
}

/** The 31st of February would silently become a day in March. */
const exists = (day: string): boolean => {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
};

const badMoment = (name: "from" | "to"): Failure =>
  fail(400, "bad_parameter", `The parameter ${name} is not a moment.`, { at: `query/${name}`, hint: `Expected: ${FORM}.` });
