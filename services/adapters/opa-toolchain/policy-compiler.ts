import type {
  BuiltPolicies,
  CheckedPolicies,
  PolicyAnswer,
  PolicyCompiler,
  PolicyFiles,
  PolicyOutline,
} from "../../ports/policy-compiler.ts";
import { askAbout, overrunProblem } from "./ask.ts";
import { digestOfFiles, unpackBundle } from "./bundle.ts";
import { runTests } from "./run-tests.ts";
import { Toolchain } from "./toolchain.ts";

export interface PolicyCompilerOptions {
  /** For compiling; tests have a limit of their own. */
  readonly patienceMs?: number;
  /** Of the toolchain, in bytes. */
  readonly memoryBytes?: number;
  /** So long the toolchain stays in memory after its last use. */
  readonly idleMs?: number;
}

const MIB = 1024 * 1024;

/** OPA's own compiler, tester and formatter, in a thread that starts with the first question. */
export function openPolicyCompiler(options: PolicyCompilerOptions = {}): PolicyCompiler {
  const { patienceMs = 60_000, memoryBytes = 1024 * MIB, idleMs = 60_000 } = options;
  const toolchain = new Toolchain({ memoryBytes, keptBytes: Math.min(384 * MIB, memoryBytes), idleMs });

  async function ask<Value>(
    files: PolicyFiles,
    question: { readonly op: string; readonly [more: string]: unknown },
  ): Promise<PolicyAnswer<Value>> {
    const answer = await askAbout<Value>(toolchain, files, question, { patienceMs });
    return answer.kind === "overrun" ? { kind: "refused", problems: [overrunProblem(answer.overrun)] } : answer;
  }

  return {
    async build(files, { entrypoints = [], revision = "", sources = true } = {}) {
      const metadata = sources ? { sources: Object.fromEntries([...files].filter(([path]) => isPolicy(path))) } : null;
      const answer = await ask<RawBuilt>(files, { op: "build", entrypoints, revision, metadata });
      if (answer.kind === "refused") return answer;
      const bundle = Uint8Array.from(Buffer.from(answer.value.bundle, "base64"));
      const digest = digestOfFiles(await unpackBundle(bundle));
      return { kind: "ok", value: { ...answer.value, bundle, digest } };
    },
    test: (files, asked = {}) => runTests(toolchain, files, asked, patienceMs),
    check: (files) => ask<CheckedPolicies>(files, { op: "check" }),
    async format(files) {
      const answer = await ask<{ readonly files: Readonly<Record<string, string>> }>(files, { op: "format" });
      return answer.kind === "refused" ? answer : { kind: "ok", value: new Map(Object.entries(answer.value.files)) };
    },
    async outline(files) {
      const answer = await ask<{ readonly outline: PolicyOutline }>(files, { op: "outline" });
      return answer.kind === "refused" ? answer : { kind: "ok", value: answer.value.outline };
    },
    [Symbol.asyncDispose]: () => toolchain[Symbol.asyncDispose](),
  };
}

type RawBuilt = Omit<BuiltPolicies, "bundle" | "digest"> & { readonly bundle: string };

/** Tests stay out of a bundle. */
const isPolicy = (path: string): boolean => path.endsWith(".rego") && !path.endsWith("_test.rego");
