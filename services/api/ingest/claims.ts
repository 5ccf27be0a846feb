import type { Context } from "hono";
import type { Attribution } from "../../../schemas/event.ts";

const HEADERS = {
  feature: "x-andon-feature",
  repo: "x-andon-repo",
  branch: "x-andon-branch",
  ticket: "x-andon-ticket",
  changekind: "x-andon-change-kind",
} as const satisfies Record<keyof Attribution, string>;

/** Where the work belongs, as exporters can say it in headers for everything they send. What a record says itself wins. */
export function claimsOf(context: Context): Attribution {
  const claims: Attribution = {};
  for (const [field, header] of Object.entries(HEADERS) as [keyof Attribution, string][]) {
    const value = textOf(context.req.header(header) ?? "");
    if (value !== "") claims[field] = value;
  }
  return claims;
}

/** Header values are bytes: UTF-8 comes in as Latin-1, and exporters that read them from a variable may percent-encode them. */
function textOf(raw: string): string {
  const utf8 = Buffer.from(raw, "latin1").toString("utf8");
  const text = utf8.includes("\ufffd") ? raw : utf8;
  return percentDecoded(text)
    .replaceAll(/\p{Cc}/gu, "")
    .trim()
    .slice(0, 256);
}

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
