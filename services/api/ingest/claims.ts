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

/** The same for a decision, with the folder that is being worked in and what shuts the agent in: `docker; network=none`. */
export function placeOf(context: Context): Readonly<Record<string, unknown>> {
  const { repo, branch, feature } = claimsOf(context);
  const workspace = textOf(context.req.header("x-andon-workspace") ?? "", 4096);
  const [, kind, network = "full"] = SANDBOX.exec(textOf(context.req.header("x-andon-sandbox") ?? "")) ?? [];
  return {
    ...(workspace !== "" && { workspace }),
    ...(repo !== undefined && { repo }),
    ...(branch !== undefined && { branch }),
    ...(feature !== undefined && { feature }),
    ...(kind !== undefined && { sandbox: { kind, network } }),
  };
}

const SANDBOX = /^([^;=]+?)\s*(?:;\s*network=(none|restricted|full)\s*)?$/;

/** Header values are bytes: UTF-8 comes in as Latin-1, and exporters that read them from a variable may percent-encode them. */
function textOf(raw: string, most = 256): string {
  const utf8 = Buffer.from(raw, "latin1").toString("utf8");
  const text = utf8.includes("\ufffd") ? raw : utf8;
  return percentDecoded(text)
    .replaceAll(/\p{Cc}/gu, "")
    .trim()
    .slice(0, most)
    .toWellFormed();
}

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
