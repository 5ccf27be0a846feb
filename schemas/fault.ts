/** What a validator says about one place, as TypeBox says it. */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

export interface Fault {
  /** JSON pointer. */
  readonly at: string;
  /** What is wrong there and what would be right. Never quotes the value. */
  readonly message: string;
}

/** A field's name may be anything, a secret included; only what looks like a name of ours, mistyped, is repeated. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;

/** The first thing to put right, in words for whoever sent it. */
export function faultOf(errors: readonly SchemaError[]): Fault {
  const [first] = errors;
  if (!first) return { at: "", message: "does not match the schema" };
  const { keyword, instancePath: at, params, message } = first;
  if (keyword === "required") {
    const [missing] = (params as { requiredProperties?: string[] }).requiredProperties ?? [];
    return { at: `${at}/${missing ?? ""}`, message: "is required and missing" };
  }
  if (keyword === "boolean") return unknownField(errors);
  if (keyword === "const") return { at, message: `must be one of: ${choicesOf(errors, at).join(", ")}` };
  return { at, message };
}

function unknownField(errors: readonly SchemaError[]): Fault {
  const message = "is not a field of this version of the event; remove it, or check its spelling";
  const parent = errors.find(({ keyword }) => keyword === "additionalProperties");
  const [name = ""] = (parent?.params as { additionalProperties?: string[] } | undefined)?.additionalProperties ?? [];
  const at = parent?.instancePath ?? "";
  return NAME.test(name) ? { at: `${at}/${name}`, message } : { at, message: `has a field that ${message}` };
}

/** A choice between constants fails once for each. */
function choicesOf(errors: readonly SchemaError[], at: string): string[] {
  const tried = errors.filter(({ keyword, instancePath }) => keyword === "const" && instancePath === at);
  return tried.map(({ params }) => String((params as { allowedValue?: unknown }).allowedValue));
}
