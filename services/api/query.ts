import { IsArray, IsBoolean, IsInteger, type TObject, type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type Failure, fail } from "./problems.ts";

export type ReadQuery = { readonly kind: "query"; readonly value: Record<string, unknown> } | Failure;

/**
 * How a route reads its query string: what is not listed is an error and not ignored, because a filter with a typing
 * mistake would silently show everything. Lists are repeated (`team=a&team=b`); those of words may also be comma-separated.
 */
export function queryReader(schema: TObject): (query: URLSearchParams) => ReadQuery {
  const names = Object.keys(schema.properties);
  const required = new Set<string>(schema.required ?? []);
  const checkers = new Map(names.map((name) => [name, Compile(schema.properties[name] as TSchema)]));
  return (query) => {
    const unknown = [...query.keys()].find((name) => !checkers.has(name));
    if (unknown !== undefined) return unknownParameter(names);
    const value: Record<string, unknown> = {};
    for (const [name, checker] of checkers) {
      const type = schema.properties[name] as TSchema;
      const given = query.getAll(name);
      if (given.length === 0) {
        if (required.has(name)) return badParameter(name, "it is missing", type);
        if ("default" in type) value[name] = type["default"];
        continue;
      }
      if (given.length > 1 && !IsArray(type)) return badParameter(name, "it is given more than once", type);
      const read = convert(given, type);
      if (!checker.Check(read)) return badParameter(name, "its value is not valid", type);
      value[name] = read;
    }
    return { kind: "query", value };
  };
}

function convert(given: readonly string[], type: TSchema): unknown {
  if (IsArray(type)) return "x-comma" in type ? given.flatMap((each) => each.split(",").map((word) => word.trim())) : given;
  const [text = ""] = given;
  if (IsInteger(type)) return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (IsBoolean(type)) return text === "true" || (text === "false" ? false : text);
  return text;
}

const unknownParameter = (names: readonly string[]): Failure =>
  fail(400, "unknown_parameter", "The query has a parameter that is not known here.", {
    hint: names.length > 0 ? `Known parameters: ${names.join(", ")}.` : "This takes no parameters.",
    at: "query",
  });

const badParameter = (name: string, what: string, type: TSchema): Failure =>
  fail(400, "bad_parameter", `The parameter ${name} cannot be used: ${what}.`, {
    at: `query/${name}`,
    ...("description" in type && { hint: `Expected: ${String(type["description"])}.` }),
  });
