/** Paths are slash-separated and relative, such as `budget/budget.rego`; `*_test.rego` are tests, `data.json` is data. */
export type PolicyFiles = ReadonlyMap<string, string>;

/** One thing that is wrong with the given files. */
export interface PolicyProblem {
  /** For programs, such as `rego_parse_error`, `builtin_not_available`, `no_entrypoint`, `too_slow`. */
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  /** 1 is the first. */
  readonly line?: number;
  /** 1 is the first. */
  readonly column?: number;
  /** The line of the file it is on, shortened. */
  readonly source?: string;
  /** How to put it right. */
  readonly hint?: string;
  /** The built-in function that policies may not call. */
  readonly builtin?: string;
}

/** What was asked for, or every reason why the files do not allow it. */
export type PolicyAnswer<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "refused"; readonly problems: readonly PolicyProblem[] };

export interface PolicyRule {
  /** Such as `data.budget.deny`. */
  readonly path: string;
  readonly package: string;
  readonly file: string;
  readonly line: number;
  readonly kind: "rule" | "function" | "default";
  readonly test: boolean;
  /** The rule as the formatter writes it. */
  readonly text: string;
}

/** A `# METADATA` block. */
export interface PolicyAnnotation {
  /** The rule or package it describes. */
  readonly path: string;
  readonly scope: "rule" | "document" | "package" | "subpackages";
  readonly file: string;
  readonly line: number;
  readonly title?: string;
  readonly description?: string;
  readonly entrypoint: boolean;
  readonly organizations?: readonly string[];
  readonly relatedResources?: readonly string[];
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** A rule can mean something else although only an import changed. */
export interface PolicyImport {
  readonly package: string;
  readonly file: string;
  readonly text: string;
}

export interface PolicyOutline {
  readonly rules: readonly PolicyRule[];
  readonly imports: readonly PolicyImport[];
  readonly annotations: readonly PolicyAnnotation[];
}

export interface CheckedPolicies {
  readonly outline: PolicyOutline;
  /** Not wrong, but to be put right: `no_metadata`, `not_formatted`. */
  readonly warnings: readonly PolicyProblem[];
}

export interface BuiltPolicies extends CheckedPolicies {
  /** A bundle as OPA defines it (tar, gzip), not signed: policy.wasm, data.json, .manifest and Rego. */
  readonly bundle: Uint8Array;
  /** `sha256:…` of the content; the same before and after signing. */
  readonly digest: string;
  /** As `<package>/<rule>`. */
  readonly entrypoints: readonly string[];
}

export interface PolicyTestResult {
  /** Such as `data.budget_test.test_over_the_limit`. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly outcome: "passed" | "failed" | "skipped" | "error" | "timeout";
  readonly durationNs: number;
  readonly message?: string;
  /** What `print` wrote. */
  readonly output?: string;
  /** Of a test with cases, those that failed. */
  readonly failedCases?: readonly string[];
  readonly at?: PolicyTestFailure;
}

/** The last expression that did not hold. */
export interface PolicyTestFailure {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly expression: string;
  /** The expression with the values below their places, in several lines. */
  readonly detail: string;
  readonly locals: readonly { readonly name: string; readonly value: string }[];
}

export interface PolicyCoverage {
  readonly file: string;
  readonly covered: number;
  readonly uncovered: number;
  readonly percent: number;
  /** First and last line of each stretch that no test reached. */
  readonly uncoveredLines: readonly (readonly [number, number])[];
}

export interface TestedPolicies {
  readonly results: readonly PolicyTestResult[];
  /** Of every file that is not a test. */
  readonly coverage: readonly PolicyCoverage[];
}

export interface BuildOptions {
  /** As `<package>/<rule>`, beside the rules that METADATA marks with `entrypoint: true`. */
  readonly entrypoints?: readonly string[];
  /** Written into the manifest. */
  readonly revision?: string;
  /**
   * Keeps the complete text of the policies in the manifest, because OPA leaves the rules that are entrypoints out of a
   * bundle's Rego. Default true; without it the bytes are those that `opa build -b -t wasm` gives.
   */
  readonly sources?: boolean;
}

export interface TestOptions {
  /** Only tests whose full name contains this. */
  readonly only?: string;
  /** For each test; default 5 s. */
  readonly timeoutMs?: number;
  /** Called as each test ends. */
  readonly progress?: (result: PolicyTestResult) => void;
}

/**
 * Makes bundles out of Rego. What is wrong with the files is an answer (`refused`), never an exception, and never more than a
 * bounded time and memory: what loops or swells is stopped and refused with `too_slow`, `too_large` or `too_deep`.
 */
export interface PolicyCompiler extends AsyncDisposable {
  /** MUST give the same bytes for the same files and options, on every machine. Leaves the tests out. */
  build(files: PolicyFiles, options?: BuildOptions): Promise<PolicyAnswer<BuiltPolicies>>;
  /** MUST give one result for each test, also when one of them never ends. */
  test(files: PolicyFiles, options?: TestOptions): Promise<PolicyAnswer<TestedPolicies>>;
  /** MUST refuse, with the name of the built-in, what the runtime lacks or what would make a decision unrepeatable. */
  check(files: PolicyFiles): Promise<PolicyAnswer<CheckedPolicies>>;
  /** Every Rego file as the formatter writes it. */
  format(files: PolicyFiles): Promise<PolicyAnswer<PolicyFiles>>;
  /** What the files say, rule by rule; they need to parse, not to compile. */
  outline(files: PolicyFiles): Promise<PolicyAnswer<PolicyOutline>>;
}
