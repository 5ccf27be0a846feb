import { m } from "#lib/paraglide/messages.js";
import type { SettingField } from "../../../../../schemas/policy-api.ts";

/** Values of settings as people write them: one entry to a line, maps as `name = value`, hours as `12345 08:00-18:00`. */

type Window = { readonly days: readonly number[]; readonly from: number; readonly to: number };

const DIRECTIONS: Readonly<Record<SettingField["tighten"], () => string>> = {
  intersect: m.setting_only_fewer,
  union: m.setting_only_more,
  min: m.setting_only_lower,
  max: m.setting_only_higher,
  or: m.setting_only_on,
  and: m.setting_only_off,
};

/** How a narrower scope may change a setting, in words. */
export const directionOf = ({ tighten }: SettingField): string => DIRECTIONS[tighten]();

/** How a value is to be written, where that is not plain. */
export function formOf({ type }: SettingField): string | undefined {
  if (type === "string_set") return m.setting_form_lines();
  if (type === "string_map") return m.setting_form_lists();
  if (type === "integer_map") return m.setting_form_numbers();
  if (type === "windows") return m.setting_form_hours();
  return undefined;
}

export const hasLines = ({ type }: SettingField): boolean => ["string_set", "string_map", "integer_map", "windows"].includes(type);

/** What there is to choose from; null: it is typed. */
export function choicesOf({ type, options }: SettingField): readonly string[] | null {
  if (type === "boolean") return ["true", "false"];
  return type === "choice" ? (options ?? []) : null;
}

/** A value as text; nothing at all for null. */
export function textOf({ type }: Pick<SettingField, "type">, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (type === "string_set") return (value as string[]).join("\n");
  if (type === "string_map")
    return Object.entries(value as Record<string, string[]>)
      .map(([name, list]) => `${name} = ${list.join(", ")}`)
      .join("\n");
  if (type === "integer_map")
    return Object.entries(value as Record<string, number>)
      .map(([name, number]) => `${name} = ${number}`)
      .join("\n");
  if (type === "windows") return (value as Window[]).map(({ days, from, to }) => `${days.join("")} ${clock(from)}-${clock(to)}`).join("\n");
  return String(value);
}

/** The value that a text stands for; undefined when it cannot be read. */
export function readValue({ type }: Pick<SettingField, "type">, text: string): unknown {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  if (type === "string_set") return lines;
  if (type === "string_map")
    return mapOf(lines, (list) =>
      list
        .split(",")
        .map((each) => each.trim())
        .filter(Boolean),
    );
  if (type === "integer_map") return mapOf(lines, integerOf);
  if (type === "windows") return all(lines.map(windowOf));
  if (type === "integer") return integerOf(text.trim());
  if (type === "boolean") return text === "true";
  return text.trim();
}

const integerOf = (text: string): number | undefined => (/^-?\d{1,13}$/.test(text) ? Number(text) : undefined);

const all = <Each>(values: readonly (Each | undefined)[]): readonly Each[] | undefined =>
  values.some((value) => value === undefined) ? undefined : (values as readonly Each[]);

function mapOf<Each>(lines: readonly string[], read: (text: string) => Each | undefined): Record<string, Each> | undefined {
  const pairs = lines.map((line): [string, Each] | undefined => {
    const at = line.lastIndexOf("=");
    const [name, value] = [line.slice(0, Math.max(0, at)).trim(), read(line.slice(at + 1).trim())];
    return name === "" || value === undefined ? undefined : [name, value];
  });
  const known = all(pairs);
  return known && Object.fromEntries(known);
}

const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

function windowOf(line: string): Window | undefined {
  const found = /^([1-7]{1,7})\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/.exec(line);
  if (!found) return undefined;
  const [, days = "", ...times] = found;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = times.map(Number);
  return { days: [...new Set([...days].map(Number))], from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
}
