import { Command, CommanderError } from "commander";
import { addHoldbackCommands } from "./holdback-program.ts";
import { addPeopleCommands } from "./people-program.ts";
import { addPolicyCommands } from "./policy-program.ts";

type Print = (line: string) => void;

/**
 * The command line. Each command's code is loaded only when it runs, so that a short command does not pay for the engines.
 * @returns the exit code
 */
export async function buildProgram(root: string, print: Print, argv: readonly string[] = process.argv): Promise<number> {
  let code = 0;
  const program = new Command("andon")
    .description("Governance and observability for AI software factories.")
    .showHelpAfterError("(run with --help for the list)")
    .exitOverride();
  const data = ["--data <folder>", "folder with everything that is stored (default: $ANDON_DATA or ./data)"] as const;

  program
    .command("up")
    .description("start everything on this machine")
    .option(...data)
    .option("--port <number>", "console, API and telemetry (default: 4400)")
    .option("--no-console", "do not build the console; the API alone")
    .action(async (flags) => {
      code = await (await import("./up.ts")).up(root, flags, print);
    });

  program
    .command("serve <roles>")
    .description("start some roles against servers of your own: api, ingester, projector, comma-separated")
    .option(...data)
    .option("--port <number>", "console, API and telemetry (default: 4400)")
    .action(async (roles: string, flags) => {
      code = await (await import("./up.ts")).serve(root, roles, flags, print);
    });

  const agents = program.command("agents").description("who may report");
  agents
    .command("add <name>")
    .description("register an agent; prints its key once, with settings for each vendor")
    .requiredOption("--team <team>", "team that pays for it")
    .option("--feature <feature>", "feature to book on when nothing else says")
    .option("--vendor <vendor>", "for example claude-code")
    .option("--json", "for programs")
    .option(...data)
    .action(async (name: string, flags) => {
      code = await (await import("./agents.ts")).add(name, flags, print);
    });
  agents
    .command("list")
    .description("agents and when they were last heard")
    .option("--json", "for programs")
    .option(...data)
    .action(async (flags) => {
      code = await (await import("./agents.ts")).list(flags, print);
    });

  addPeopleCommands(program, print, (exit) => {
    code = exit;
  });

  addHoldbackCommands(program, print, (exit) => {
    code = exit;
  });

  program
    .command("hooks")
    .description("what agents' hooks leave behind")
    .command("flush")
    .description("send what the hook command wrote down while Andon could not be reached")
    .action(async () => {
      code = (await import("./hooks.ts")).flush(root);
    });

  program
    .command("rebuild")
    .description("drop every analytics table and project the event store again (while Andon is stopped)")
    .option(...data)
    .action(async (flags) => {
      code = await (await import("./rebuild.ts")).rebuildTables(flags, print);
    });

  program
    .command("check")
    .description("compare the totals of the event store, the raw rows and the rollup")
    .option("--json", "for programs")
    .option(...data)
    .action(async (flags) => {
      code = await (await import("./check.ts")).check(flags, print);
    });

  program
    .command("build")
    .description("build the console")
    .action(async () => {
      await (await import("../kit/ensure-console.ts")).ensureConsole(root, print);
    });

  program
    .command("bus-keys <folder>")
    .description("make the keys and the configuration of a NATS server of your own")
    .action(async (folder: string) => {
      code = await (await import("./bus-keys.ts")).busKeys(folder, print);
    });

  addPolicyCommands(program, root, print, (exit) => {
    code = exit;
  });

  program
    .command("test [steps...]")
    .description("everything that has to hold before a change lands")
    .action(async (steps: string[]) => {
      code = await (await import("./test.ts")).test(root, steps, print);
    });

  program
    .command("bench [names...]")
    .description("measure, both sides in one run")
    .action(async (names: string[]) => {
      code = await (await import("./bench.ts")).bench(root, names, print);
    });

  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return code;
}
