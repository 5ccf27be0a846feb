import type { Attributes, AttributeValue, Scope } from "../model.ts";

/**
 * Parts of OTLP in JSON. Lenient, because senders differ: 64-bit numbers are numbers or text, absent fields may be null
 * or "", and fields of later versions are unknown.
 */

export type Json = Readonly<Record<string, unknown>>;

export const asObject = (value: unknown): Json | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;

export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown): string => (typeof value === "string" ? value : "");

/** A number, or a number as text; null when it is neither. */
export function asNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value === "") return null;
  const number = Number(value);
  return Number.isNaN(number) && value !== "NaN" ? null : number;
}

/** Enums are numbers; some senders write the name. `names` in the order of the numbers. */
export function asEnum(value: unknown, names: readonly string[]): number {
  if (typeof value === "string") {
    const at = names.findIndex((name) => value === name || value.endsWith(`_${name}`));
    if (at >= 0) return at;
  }
  const number = asNumber(value);
  return number !== null && Number.isInteger(number) ? number : 0;
}

/** Ids are hex in OTLP; plain JSON mappings of protobuf write base64. */
export function asHexId(value: unknown): string {
  if (typeof value !== "string" || value === "") return "";
  if (value.endsWith("=")) return Buffer.from(value, "base64").toString("hex");
  return /^0*$/.test(value) ? "" : value.toLowerCase();
}

export function attributesOf(value: unknown): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  if (!Array.isArray(value)) return attributes;
  for (const pair of value as (Json | null)[]) {
    const key = pair?.["key"];
    if (typeof key === "string" && key !== "__proto__") attributes[key] = anyValue(pair?.["value"]);
  }
  return attributes;
}

/** `{}`, null and unknown kinds of value are null. The body's depth was limited before: this cannot exhaust the stack. */
export function anyValue(any: unknown): AttributeValue {
  if (typeof any !== "object" || any === null) return null;
  for (const kind in any) {
    const value = (any as Json)[kind];
    switch (kind) {
      case "stringValue":
      case "bytesValue":
        return asText(value);
      case "boolValue":
        return value === true || value === "true";
      case "intValue":
      case "doubleValue":
        return asNumber(value);
      case "arrayValue":
        return asArray(asObject(value)?.["values"]).map(anyValue);
      case "kvlistValue":
        return attributesOf(asObject(value)?.["values"]);
    }
  }
  return null;
}

export const resourceOf = (value: unknown): Attributes => attributesOf(asObject(value)?.["attributes"]);

export function scopeOf(value: unknown): Scope {
  const scope = asObject(value);
  return { name: asText(scope?.["name"]), version: asText(scope?.["version"]) };
}
