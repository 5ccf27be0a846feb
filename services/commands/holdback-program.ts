import type { Command } from "commander";

/** `andon holdback …`: cases that agents never see. @param done takes the exit code */
export function addHoldbackCommands(program: Command, print: (line: string) => void, done: (code: number) => void): void {
  const holdback = program.command("holdback").description("cases that agents never see, while Andon runs");
  const verb = (name: string, description: string): Command =>
    holdback
      .command(name)
      .description(description)
      .option("--data <folder>", "folder with everything that is stored (default: $ANDON_DATA or ./data)")
      .option("--json", "for programs");
  const commands = () => import("./holdback.ts");

  verb("add <suite>", "seal cases into a suite")
    .requiredOption("--from <file>", "a JSON list of cases; keep it nowhere that agents can read")
    .option("--repo <repo>", "repository that the suite covers, for a new one; can be repeated", collect)
    .action(async (suite: string, flags) => done(await (await commands()).add(suite, flags, print)));
  verb("run <suite>", "put the cases to a candidate and wait for the verdict; 0: passed")
    .requiredOption("--sha <sha>", "the whole commit that the verdict is for")
    .requiredOption("--change <id>", "the change that the commit belongs to: it has three attempts")
    .option("--command <line>", "shell line that reads a case on stdin and answers on stdout; starts in an empty folder")
    .option("--url <url>", "service on this machine that is sent a case as a POST")
    .option("--visible <passed/total>", "how the tests that everybody sees went, such as 118/120")
    .action(async (suite: string, flags) => done(await (await commands()).run(suite, flags, print)));
  verb("list [suite]", "suites and their last verdicts; of one suite, its cases").action(async (suite: string | undefined, flags) =>
    done(await (await commands()).list(suite, flags, print)),
  );
  verb("retire <suite>", "let cases decide nothing any more")
    .option("--case <id>", "can be repeated", collect)
    .option("--leaked <file>", "cases whose canary stands in this file")
    .option("--because <why>", "contaminated or refreshed", "contaminated")
    .action(async (suite: string, flags) => done(await (await commands()).retire(suite, flags, print)));
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
