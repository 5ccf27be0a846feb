import { m } from "#lib/paraglide/messages.js";
import type { Role } from "../../../../schemas/person.ts";

/** What a person may be here for: the name, and what it lets them do. */
export const ROLES: Readonly<Record<Role, { name: () => string; meaning: () => string }>> = {
  admin: { name: m.role_admin, meaning: m.role_admin_text },
  policy_engineer: { name: m.role_policy_engineer, meaning: m.role_policy_engineer_text },
  approver: { name: m.role_approver, meaning: m.role_approver_text },
  lead: { name: m.role_lead, meaning: m.role_lead_text },
  compliance: { name: m.role_compliance, meaning: m.role_compliance_text },
  auditor: { name: m.role_auditor, meaning: m.role_auditor_text },
};

export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];

/** In the order in which they are offered everywhere. */
export const rolesInWords = (roles: readonly Role[]): string =>
  ROLE_NAMES.filter((role) => roles.includes(role))
    .map((role) => ROLES[role].name())
    .join(", ");
