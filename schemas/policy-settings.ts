import { type Static, Type } from "typebox";
import { PolicyWord } from "./decision.ts";
import { literals } from "./literals.ts";
import { DecimalUsd } from "./primitives.ts";

const closed = { additionalProperties: false } as const;
const Item = Type.String({ minLength: 1, maxLength: 512, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });
const StringSet = Type.Array(Item, { maxItems: 2000 });
const Integer = Type.Integer({ minimum: -1_000_000_000_000, maximum: 1_000_000_000_000 });
const Minute = Type.Integer({ minimum: 0, maximum: 24 * 60 });

/** A stretch of the week: from a minute of the day (included) to another (not included), on days from 1 for Monday to 7. */
export const Window = Type.Object(
  { days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 }), from: Minute, to: Minute },
  closed,
);
export type Window = Static<typeof Window>;

/** What a value of each type looks like. */
export const SETTING_VALUES = {
  boolean: Type.Boolean(),
  integer: Integer,
  /** US dollars. */
  money: DecimalUsd,
  /** One of `options`, which are listed from loose to strict. */
  choice: PolicyWord,
  string_set: StringSet,
  /** Lists by name. */
  string_map: Type.Record(Item, StringSet, { maxProperties: 2000 }),
  integer_map: Type.Record(Item, Integer, { maxProperties: 2000 }),
  windows: Type.Array(Window, { maxItems: 100 }),
} as const;

export const SETTING_TYPES = Object.keys(SETTING_VALUES) as readonly (keyof typeof SETTING_VALUES)[];
export type SettingType = keyof typeof SETTING_VALUES;

/**
 * How a narrower scope may change what a wider one says: an allow list or a time in which something may happen can only
 * shrink (`intersect`), a deny list only grow (`union`), a maximum only fall (`min`), a minimum or a choice only rise
 * (`max`), a requirement only come (`or`), a permission only go (`and`).
 */
export const TIGHTENINGS = {
  boolean: ["or", "and"],
  integer: ["min", "max"],
  money: ["min", "max"],
  choice: ["max"],
  string_set: ["intersect", "union"],
  string_map: ["intersect", "union"],
  integer_map: ["min", "max"],
  windows: ["intersect", "union"],
} as const satisfies Record<SettingType, readonly string[]>;

export const SettingDeclaration = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 120 }),
    help: Type.String({ minLength: 1, maxLength: 600 }),
    type: literals(SETTING_TYPES),
    tighten: literals(["or", "and", "min", "max", "intersect", "union"] as const),
    /** Of `choice`, from loose to strict. */
    options: Type.Optional(Type.Array(PolicyWord, { minItems: 2, maxItems: 20 })),
    /** What holds where the organisation sets nothing. null: no limit, or everything. */
    default: Type.Unknown(),
  },
  closed,
);
export type SettingDeclaration = Static<typeof SettingDeclaration>;

/** `settings.json` beside a policy: which settings it has. */
export const PolicySettings = Type.Object(
  {
    policy: PolicyWord,
    title: Type.String({ minLength: 1, maxLength: 120 }),
    settings: Type.Record(PolicyWord, SettingDeclaration, { maxProperties: 200 }),
  },
  closed,
);
export type PolicySettings = Static<typeof PolicySettings>;
