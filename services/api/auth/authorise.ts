import { type Failure, fail } from "../problems.ts";
import type { Access } from "../route.ts";
import type { Caller } from "./caller.ts";

const CHALLENGE = { "www-authenticate": 'Bearer realm="andon"' };

/** Whether a caller may use a route of this kind; null: yes. */
export function refusal(access: Access, caller: Caller): Failure | null {
  if (access === "open" || caller.kind === access) return null;
  if (caller.kind === "nobody") return unauthorised(access, caller.presented);
  if (access === "agent") {
    return fail(403, "wrong_credential", "Only agents report events, each with its own key.", {
      hint: "Make a key with `andon agents add NAME --team TEAM` or on the Agents screen, and send it as `Authorization: Bearer`.",
    });
  }
  return fail(403, "wrong_credential", "An agent's key only reports events; it opens nothing else.", {
    hint: "Sign in, or send the administrator's token as `Authorization: Bearer`.",
  });
}

/** The same words whatever is wrong with the credential: who guesses learns nothing. */
function unauthorised(access: Access, presented: boolean): Failure {
  const detail = presented ? "The credential is not valid, or not any more." : "This needs a credential.";
  const hint =
    access === "agent"
      ? "Send the agent's key as `Authorization: Bearer andon_…`. A lost key cannot be shown again: issue a new one on the Agents screen."
      : "Sign in, or send the administrator's token (the file `admin.token` in the data folder) as `Authorization: Bearer …`.";
  return fail(401, "unauthorised", detail, { hint, headers: CHALLENGE });
}
