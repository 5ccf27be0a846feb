import { createHash } from "node:crypto";
import type { Content } from "../../../schemas/event.ts";
import type { Attributes, AttributeValue } from "../otlp/model.ts";

/**
 * Readers of attributes. Vendors write the same field as number, boolean or text depending on signal and version, so every
 * reader takes all of them. An absent, empty or unreadable value is `undefined`.
 */

/** The kinds of content that translators take out of telemetry. */
export type ContentKind = "prompt" | "response" | "tool_input" | "tool_output" | "path" | "error";

const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}+/gu;
const LONGEST = 256;

export function text(attributes: Attributes, key: string): string | undefined {
  const value = attributes[key];
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** The first of these attributes that has a text. */
export function firstText(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = text(attributes, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Fits the schema's `Name`: one line, cut at its limit. */
export function name(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  return asName(firstText(attributes, ...keys));
}

export function asName(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const line = (CONTROL.test(value) ? value.replace(CONTROLS, " ").trim() : value).slice(0, LONGEST).toWellFormed();
  return line === "" ? undefined : line;
}

/** Fits the schema's `Id`. Cutting could make two ids one, so a longer one keeps its beginning and ends in its digest. */
export function id(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  return asId(firstText(attributes, ...keys));
}

export function asId(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value.length <= LONGEST && !CONTROL.test(value) && value.isWellFormed()) return value === "" ? undefined : value;
  return `${value.replace(CONTROLS, " ").slice(0, 200).toWellFormed()}~${digest(value)}`;
}

/** A finite number, also when it was written as text. */
export function amount(attributes: Attributes, ...keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = asNumber(attributes[key]);
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * A whole number. Negative and huge ones pass: the schema refuses them with an answer, while hiding them here would make
 * a wrong total.
 */
export function count(attributes: Attributes, ...keys: readonly string[]): number | undefined {
  const value = amount(attributes, ...keys);
  return value === undefined ? undefined : Math.round(value);
}

/** For figures that are only informative (durations, sizes): what no schema would take is dropped. */
export function size(attributes: Attributes, ...keys: readonly string[]): number | undefined {
  const value = count(attributes, ...keys);
  return value !== undefined && value >= 0 && value <= 1e12 ? value : undefined;
}

export function flag(attributes: Attributes, key: string): boolean | undefined {
  const value = attributes[key];
  if (value === true || value === "true" || value === 1 || value === "1") return true;
  return value === false || value === "false" || value === 0 || value === "0" ? false : undefined;
}

function asNumber(value: AttributeValue | undefined): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** US dollars as the schema wants them: exact when the number is a decimal of at most twelve places, else rounded to that. */
export function asUsd(value: number): string | undefined {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e15) return undefined;
  const shortest = String(value);
  if (/^-?\d+(\.\d{1,12})?$/.test(shortest)) return shortest;
  const rounded = value.toFixed(12).replace(/\.?0+$/, "");
  return rounded === "-0" ? "0" : rounded;
}

/** Fields of event data without those that have no value, because the schemas know absence and not `undefined`. */
export function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  for (const key in fields) if (fields[key] === undefined) delete fields[key];
  return fields as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** Content items that have a text. Vendors put a mark in the place of what the user chose not to send. */
export function contentOf(...items: readonly (readonly [ContentKind, string | undefined])[]): Content[] {
  const content: Content[] = [];
  for (const [kind, text] of items) if (text !== undefined && text !== "" && text !== "<REDACTED>") content.push({ kind, text });
  return content;
}

/** When it happened: the record's own time, else the attribute that some agents put it in. */
export function timeOf(timeMs: number | null, attributes: Attributes): number | null {
  if (timeMs !== null) return timeMs;
  const written = attributes["event.timestamp"];
  if (typeof written !== "string" && typeof written !== "number") return null;
  const time = new Date(written).getTime();
  return Number.isNaN(time) ? null : time;
}

/** Short digest for keys made of many parts. */
export const digest = (value: string): string => createHash("sha256").update(value).digest("hex").slice(0, 32);
