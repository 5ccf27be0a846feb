import type { Command } from "commander";

const ROLES = "admin, policy_engineer, approver, lead, compliance or auditor";

/** `andon people …`: who may sign in. @param done takes the exit code */
export function addPeopleCommands(program: Command, print: (line: string) => void, done: (code: number) => void): void {
  const people = program.command("people").description("who may sign in");
  const verb = (name: string, description: string): Command =>
    people
      .command(name)
      .description(description)
      .option("--data <folder>", "folder with everything that is stored (default: $ANDON_DATA or ./data)")
      .option("--json", "for programs");

  verb("add <name>", "let somebody sign in; prints their token and a sign-in link once")
    .requiredOption("--role <role>", `${ROLES}; can be repeated`, collect)
    .option("--team <team>", "a lead or an approver of this team alone; can be repeated", collect)
    .option("--expires <when>", "when the token ends: 90d, 2027-01-31 or a moment")
    .action(async (name: string, flags) => done(await (await import("./people.ts")).add(name, flags, print)));
  verb("list", "people with their roles, teams and tokens").action(async (flags) =>
    done(await (await import("./people.ts")).list(flags, print)),
  );
  verb("change <name>", "change somebody's name, roles or teams; what is given replaces what was")
    .option("--name <name>", "the new name")
    .option("--role <role>", `${ROLES}; can be repeated`, collect)
    .option("--team <team>", "of this team alone; can be repeated", collect)
    .option("--all-teams", "of every team")
    .action(async (name: string, flags) => done(await (await import("./people.ts")).change(name, flags, print)));
  verb("remove <name>", "take every token away and sign them out, at once")
    .option("--reason <text>", "why, for the record")
    .action(async (name: string, flags) => done(await (await import("./people.ts")).remove(name, flags, print)));
  verb("token <name>", "make another token, or revoke one")
    .option("--expires <when>", "when the token ends: 90d, 2027-01-31 or a moment")
    .option("--revoke <token id>", "revoke this one instead, and sign out what was signed in with it")
    .option("--reason <text>", "why it is revoked, for the record")
    .action(async (name: string, flags) => done(await (await import("./people.ts")).token(name, flags, print)));
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
