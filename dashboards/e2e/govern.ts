import { randomUUID } from "node:crypto";
import { addAgent, addPerson, type Platform, post, type SeededAgent } from "./platform.ts";

/** An agent of a team of its own, and what it asks. */
export interface Asker {
  readonly agent: SeededAgent;
  readonly team: string;
  /** Asks to run a command, and answers with the decision. */
  ask(command: string, session?: string): Promise<Asked>;
}

export interface Asked {
  readonly id: string;
  readonly effect: string;
  readonly approval?: { readonly id: string };
}

const SANDBOX = { kind: "container", network: "none", attested: true };

export async function asker(platform: Platform): Promise<Asker> {
  const run = randomUUID().slice(0, 6);
  const team = `governed-${run}`;
  const agent = await addAgent(platform, { name: `asker-${run}`, team });
  return {
    agent,
    team,
    ask: (command, session = `govern-${run}`) =>
      post(platform, "/api/v1/decisions", agent.key, {
        action: "tool.call",
        resource: { tool: "Bash", class: "execute", command },
        context: { workspace: "/home/ana/pay", cwd: "/home/ana/pay", sandbox: SANDBOX },
        session,
      }) as Promise<Asked>,
  };
}

/** A lead's token. */
export const lead = async (platform: Platform, name: string, team: string): Promise<string> =>
  (await addPerson(platform, { name: `${name} ${randomUUID().slice(0, 6)}`, roles: ["lead"], teams: [team] })).token;
