import { Type } from "typebox";
import type { BadCursor } from "./deps.ts";
import { type Failure, fail } from "./problems.ts";
import { ok, type Reply } from "./route.ts";

export const pageParameters = (most = 500, usual = 50) =>
  ({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: usual, description: `a number of items from 1 to ${most}` })),
    cursor: Type.Optional(Type.String({ maxLength: 2048, description: "`next` of the page before, unchanged" })),
  }) as const;

/** What a list goes on from, so that nobody builds on its form. `list` keeps a cursor of one list out of another. */
export const encodeCursor = (list: string, place: string | null): string | null =>
  place === null ? null : Buffer.from(`${list}\n${place}`).toString("base64url");

export function decodeCursor(list: string, cursor: string | undefined): { kind: "place"; place: string | null } | Failure {
  if (cursor === undefined) return { kind: "place", place: null };
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  const place = text.startsWith(`${list}\n`) ? text.slice(list.length + 1) : "";
  // Decoding forgives a lot; encoding again tells whether this is a cursor that was given out here.
  return place !== "" && !/\p{Cc}/u.test(place) && encodeCursor(list, place) === cursor ? { kind: "place", place } : badCursor();
}

export const badCursor = (): Failure =>
  fail(400, "bad_cursor", "The cursor is not one of this list.", {
    at: "query/cursor",
    hint: "Pass `next` of the page before unchanged, or leave the cursor out to start again.",
  });

/** A page as it is answered. */
export function pageReply<Page extends { readonly next: string | null }>(list: string, page: Page | BadCursor): Reply<Page> {
  return "kind" in page ? badCursor() : ok({ ...page, next: encodeCursor(list, page.next) });
}
