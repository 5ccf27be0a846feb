/** What a list can be narrowed by. */
export const FILTERS = ["team", "feature", "model", "vendor", "agent", "repo", "changeKind"] as const;
export type FilterName = (typeof FILTERS)[number];

/** Values to keep, by dimension; null in a list stands for "not attributed". An empty list keeps nothing. */
export type Where = Readonly<Partial<Record<FilterName, readonly (string | null)[]>>>;

/** Half-open, RFC 3339 UTC: from <= time < to. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export const COLUMN: Readonly<Record<FilterName, string>> = {
  team: "team",
  feature: "feature",
  model: "model",
  vendor: "vendor",
  agent: "agent",
  repo: "repo",
  changeKind: "change_kind",
};

/** A condition and the values it needs. Values never become part of the text. */
export interface Condition {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Conditions on columns that hold one value each; "" stands for not attributed. */
export function whereOf(where: Where): Condition[] {
  return FILTERS.flatMap((name) => {
    const values = where[name];
    if (!values) return [];
    return [{ sql: `${COLUMN[name]} IN {${name}:Array(String)}`, params: { [name]: values.map((value) => value ?? "") } }];
  });
}

export function all(conditions: readonly Condition[]): Condition {
  const sql = conditions.length === 0 ? "1" : conditions.map((each) => `(${each.sql})`).join(" AND ");
  return { sql, params: Object.assign({}, ...conditions.map(({ params }) => params)) as Record<string, unknown> };
}

export const orNull = (text: string): string | null => (text === "" ? null : text);
