import { Type } from "typebox";
import type { Where } from "./deps.ts";

const DIMENSIONS = ["team", "feature", "model", "vendor", "agent", "repo", "changeKind"] as const;

const values = (name: string) =>
  Type.Optional(
    Type.Array(Type.String({ maxLength: 256 }), {
      maxItems: 50,
      description: `values of ${name} to keep, repeated for several; empty for what is not attributed`,
    }),
  );

export const whereParameters = {
  team: values("team"),
  feature: values("feature"),
  model: values("model"),
  vendor: values("vendor"),
  agent: values("agent"),
  repo: values("repo"),
  changeKind: values("changeKind"),
} as const;

export function whereOf(query: Readonly<Partial<Record<(typeof DIMENSIONS)[number], readonly string[]>>>): Where {
  const where: Partial<Record<(typeof DIMENSIONS)[number], readonly (string | null)[]>> = {};
  for (const dimension of DIMENSIONS) {
    const kept = query[dimension];
    if (kept) where[dimension] = kept.map((value) => (value === "" ? null : value));
  }
  return where;
}
