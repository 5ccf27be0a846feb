import type { Role } from "../../../../../schemas/person.ts";

/** What a form about a person gives. */
export interface Details {
  name: string;
  roles: Role[];
  teams: string[];
}

/** Names out of a text with commas, each once. */
export const teamsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(",")
      .map((team) => team.trim())
      .filter(Boolean),
  ),
];
