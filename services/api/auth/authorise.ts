import { grantOf, mayIn, type Permission, rolesWith } from "../../domain/people/permissions.ts";
import { type Failure, fail } from "../problems.ts";
import type { Access } from "../route.ts";
import type { Caller } from "./caller.ts";

const CHALLENGE = { "www-authenticate": 'Bearer realm="andon"' };

/** Why a caller may not use a route; null: they may. */
export function refusal(access: Access, caller: Caller): Failure | null {
  if (access === "open") return null;
  if (caller.kind === "nobody") return unauthorised(access, caller.presented);
  if (access === "agent") {
    if (caller.kind === "agent") return null;
    return fail(403, "wrong_credential", "Only agents report events, each with its own key.", {
      hint: "Make a key with `andon agents add NAME --team TEAM` or on the Agents screen, and send it as `Authorization: Bearer`.",
    });
  }
  if (caller.kind === "agent") {
    return fail(403, "wrong_credential", "An agent's key only reports events; it opens nothing else.", {
      hint: "Sign in, or send a person's token as `Authorization: Bearer`.",
    });
  }
  if (grantOf(caller, access)) return null;
  return fail(403, "not_permitted", `This needs the permission \`${access}\`, which your roles do not have.`, {
    hint: `These roles have it: ${rolesWith(access).join(", ")}. An administrator can give you one, under Settings, People.`,
  });
}

/** Why a caller who may do this for some teams may not do it for these; null: they may. */
export function outside(caller: Caller, permission: Permission, ...teams: readonly string[]): Failure | null {
  if (caller.kind === "person" && teams.every((team) => mayIn(caller, permission, team))) return null;
  return fail(403, "not_permitted", "This belongs to a team that is not one of yours.", {
    hint: "Ask somebody of that team, or an administrator, who can add teams to you under Settings, People.",
  });
}

/** The same words whatever is wrong with the credential: who guesses learns nothing. */
function unauthorised(access: Access, presented: boolean): Failure {
  const detail = presented ? "The credential is not valid, or not any more." : "This needs a credential.";
  const hint =
    access === "agent"
      ? "Send the agent's key as `Authorization: Bearer andon_…`. A lost key cannot be shown again: issue a new one on the Agents screen."
      : "Sign in, or send your token as `Authorization: Bearer …`. The administrator's is in the file `admin.token` of the data folder.";
  return fail(401, "unauthorised", detail, { hint, headers: CHALLENGE });
}
