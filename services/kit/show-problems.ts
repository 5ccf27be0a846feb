import { join } from "node:path";
import type { PolicyProblem } from "../ports/policy-compiler.ts";

/** A problem as lines for people: place, what is wrong, the line of the source, what to do. */
export function showProblem({ code, message, file, line, column, source, hint }: PolicyProblem, folder: string, mark = "✗"): string {
  const place = file === undefined ? "" : [join(folder, file), line, column].filter((part) => part !== undefined).join(":");
  const lines = [`${mark} ${[place, message].filter(Boolean).join("  ")} (${code})`];
  if (source && source.trim() !== "") lines.push(`    ${line} │ ${source.replaceAll("\t", "  ")}`);
  if (hint !== undefined) lines.push(`    → ${hint}`);
  return lines.join("\n");
}
