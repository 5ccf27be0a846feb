import { Compile } from "typebox/compile";
import { faultOf } from "../../../schemas/fault.ts";
import { SETTING_VALUES, type SettingDeclaration, type SettingType, TIGHTENINGS, type Window } from "../../../schemas/policy-settings.ts";
import { picoOf } from "../cost/money.ts";

type Value = unknown;
type StringMap = Readonly<Record<string, readonly string[]>>;
type IntegerMap = Readonly<Record<string, number>>;

const checkers = new Map(Object.entries(SETTING_VALUES).map(([type, schema]) => [type, Compile(schema)]));

/** What is wrong with a value for a setting; null when nothing is. null as a value stands for no limit, or everything. */
export function faultInValue(declaration: SettingDeclaration, value: Value): { readonly at: string; readonly message: string } | null {
  const { type, options = [] } = declaration;
  if (value === null && declaration.default === null) return null;
  const checker = checkers.get(type);
  if (!checker?.Check(value)) return checker ? faultOf(checker.Errors(value)) : { at: "", message: "has a type that is not known" };
  if (type === "windows") {
    const empty = (value as Window[]).findIndex(({ from, to }) => from >= to);
    if (empty >= 0) return { at: `/${empty}`, message: "must begin before it ends; write one that passes midnight as two" };
  }
  if (type === "choice" && !options.includes(value as string)) return { at: "", message: `must be one of: ${options.join(", ")}` };
  return null;
}

/** Whether a declaration makes sense in itself; null when it does, else what is wrong. */
export function faultInDeclaration(declaration: SettingDeclaration): string | null {
  const { type, tighten, options } = declaration;
  if (!(TIGHTENINGS[type] as readonly string[]).includes(tighten)) return `what is ${type} tightens by ${TIGHTENINGS[type].join(" or ")}`;
  if ((type === "choice") !== (options !== undefined)) return "a choice, and nothing else, has options";
  const fault = faultInValue(declaration, declaration.default);
  return fault && `its default does not fit: ${fault.message}`;
}

/**
 * The stricter of two values, whichever is the wider scope's: for every setting the same value in any order and however
 * often it is applied, so a chain of scopes can only tighten.
 */
export function tightest(declaration: SettingDeclaration, one: Value, other: Value): Value {
  if (one === null || other === null) return normal(declaration, one ?? other);
  return MERGES[declaration.type](declaration, normal(declaration, one), normal(declaration, other));
}

/** Sets in one order, so that equal settings have one digest. */
export function normal({ type }: SettingDeclaration, value: Value): Value {
  if (value === null) return null;
  if (type === "string_set") return unique(value as string[]);
  if (type === "string_map") return mapValues(value as StringMap, unique);
  if (type === "windows") return weekOf(value as Window[]);
  return value;
}

const MERGES: Readonly<Record<SettingType, (declaration: SettingDeclaration, one: Value, other: Value) => Value>> = {
  boolean: ({ tighten }, one, other) => (tighten === "or" ? one === true || other === true : one === true && other === true),
  integer: ({ tighten }, one, other) =>
    tighten === "min" ? Math.min(one as number, other as number) : Math.max(one as number, other as number),
  money: ({ tighten }, one, other) => {
    const [low, high] = picoOf(one as string) <= picoOf(other as string) ? [one, other] : [other, one];
    return tighten === "min" ? low : high;
  },
  choice: ({ options = [] }, one, other) => (options.indexOf(one as string) >= options.indexOf(other as string) ? one : other),
  string_set: ({ tighten }, one, other) => mergeSets(tighten, one as string[], other as string[]),
  string_map: ({ tighten }, one, other) => mergeMaps(tighten, one as StringMap, other as StringMap, (a, b) => mergeSets(tighten, a, b)),
  integer_map: ({ tighten }, one, other) =>
    mergeMaps("union", one as IntegerMap, other as IntegerMap, (a, b) => (tighten === "min" ? Math.min(a, b) : Math.max(a, b))),
  windows: ({ tighten }, one, other) =>
    weekOf(tighten === "union" ? [...(one as Window[]), ...(other as Window[])] : overlaps(one as Window[], other as Window[])),
};

function mergeSets(tighten: string, one: readonly string[], other: readonly string[]): readonly string[] {
  if (tighten === "union") return unique([...one, ...other]);
  const kept = new Set(other);
  return one.filter((each) => kept.has(each));
}

/** A name that only one map has says nothing in the other: it stays in a union and goes in an intersection. */
function mergeMaps<Each>(
  tighten: string,
  one: Readonly<Record<string, Each>>,
  other: Readonly<Record<string, Each>>,
  both: (a: Each, b: Each) => Each,
): Readonly<Record<string, Each>> {
  const names = mergeSets(tighten, unique(Object.keys(one)), unique(Object.keys(other)));
  return Object.fromEntries(
    names.map((name) => {
      const [a, b] = [Object.hasOwn(one, name) ? one[name] : undefined, Object.hasOwn(other, name) ? other[name] : undefined];
      return [name, (a === undefined ? b : b === undefined ? a : both(a, b)) as Each];
    }),
  );
}

function overlaps(one: readonly Window[], other: readonly Window[]): readonly Window[] {
  return one.flatMap((a) =>
    other.flatMap((b) => {
      const days = a.days.filter((day) => b.days.includes(day));
      const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
      return days.length > 0 && from < to ? [{ days, from, to }] : [];
    }),
  );
}

const unique = (items: readonly string[]): readonly string[] => [...new Set(items)].sort();

const mapValues = <Each>(map: Readonly<Record<string, Each>>, change: (each: Each) => Each): Readonly<Record<string, Each>> =>
  Object.fromEntries(Object.entries(map).map(([name, each]) => [name, change(each)]));

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** The same stretches of the week as few windows in one order, however they were written down. */
function weekOf(windows: readonly Window[]): readonly Window[] {
  const byStretch = new Map<string, Window>();
  for (const day of DAYS) {
    for (const { from, to } of joined(windows.filter(({ days }) => days.includes(day)))) {
      const key = `${from} ${to}`;
      byStretch.set(key, { days: [...(byStretch.get(key)?.days ?? []), day], from, to });
    }
  }
  return [...byStretch.values()].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Stretches of one day that touch or overlap become one. */
function joined(windows: readonly Window[]): readonly { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of [...windows].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (from >= to) continue;
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}
