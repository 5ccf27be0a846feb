import { join } from "node:path";
import type { Command } from "commander";

type Print = (line: string) => void;

/** `andon policy …`: what a policy engineer does at the keyboard. The compiler is loaded only when one of them runs. */
export function addPolicyCommands(program: Command, root: string, print: Print, done: (code: number) => void): void {
  const policy = program.command("policy").description("check, test, format and build policies");
  const folder = ["[folder]", "with Rego files", join(root, "policies")] as const;
  const json = ["--json", "for programs"] as const;
  const commands = () => import("./policy.ts");

  policy
    .command("check")
    .description("parse and compile in strict mode; names built-in functions that policies may not call")
    .argument(...folder)
    .option("--strict", "fail on warnings too")
    .option(...json)
    .action(async (where: string, flags) => done(await (await commands()).check(where, flags, print)));

  policy
    .command("test")
    .description("run the test_… rules of *_test.rego")
    .argument(...folder)
    .option("--only <text>", "tests whose full name contains it")
    .option("--timeout <milliseconds>", "for each test", "5000")
    .option("--coverage", "lines that no test reached")
    .option(...json)
    .action(async (where: string, flags) => done(await (await commands()).test(where, flags, print)));

  policy
    .command("fmt")
    .description("show what formatting would change")
    .argument(...folder)
    .option("--write", "format the files")
    .option("--check", "name the files only")
    .action(async (where: string, flags) => done(await (await commands()).fmt(where, flags, print)));

  policy
    .command("build")
    .description("compile into a bundle that the platform and OPA load")
    .argument(...folder)
    .requiredOption("--out <file>", "bundle to write, such as bundle.tar.gz")
    .option("--entrypoint <names...>", "as <package>/<rule>, beside those marked with METADATA")
    .option("--revision <text>", "written into the manifest")
    .option("--key <file>", "private key (PEM, Ed25519 or P-256) to sign with")
    .option("--key-id <name>", "name under which the public key is known")
    .option(...json)
    .action(async (where: string, flags) => done(await (await commands()).build(where, flags, print)));

  policy
    .command("diff <before> <after>")
    .description("what changed, rule by rule; each side is a folder or a bundle")
    .option(...json)
    .action(async (before: string, after: string, flags) =>
      done(await (await import("./policy-diff.ts")).diff(before, after, flags, print)),
    );
}
