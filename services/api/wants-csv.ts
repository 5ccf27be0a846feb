import type { Context } from "hono";
import { accepts } from "hono/accepts";

/** Whether the caller would rather have a file for a spreadsheet. */
export const wantsCsv = (context: Context): boolean =>
  accepts(context, { header: "Accept", supports: ["application/json", "text/csv"], default: "application/json" }) === "text/csv";
