import type { Attribution } from "../../../schemas/event.ts";
import type { Attributes } from "../otlp/model.ts";
import { asName, firstText } from "./values.ts";

/** Which attributes say where work belongs. Ours first, then the words people and OpenTelemetry use for it. */
const KEYS = {
  feature: ["feature", "feature.id", "feature_id", "feature.name"],
  branch: ["branch", "vcs.ref.head.name", "vcs.repository.ref.name", "git.branch"],
  ticket: ["ticket", "ticket.id", "ticket_id", "work_item.id", "issue.id"],
  changekind: ["change.kind", "changekind", "change_kind"],
} as const;

const REPO = ["repo", "repository", "vcs.repository.name", "git.repository"];
const REPO_URL = ["vcs.repository.url.full", "git.repository_url"];

const known = new WeakMap<Attributes, Attribution>();

/**
 * Where a record's work belongs by its own attributes, else by its resource's. Libraries may drop or shorten the copies of
 * resource attributes on records, so the resource fills each field on its own.
 */
export function attributionOf(resource: Attributes, attributes: Attributes): Attribution {
  let ofResource = known.get(resource);
  if (!ofResource) known.set(resource, (ofResource = claimed(resource)));
  return { ...ofResource, ...claimed(attributes) };
}

function claimed(attributes: Attributes): Attribution {
  const where: Attribution = {};
  for (const field of ["feature", "branch", "ticket", "changekind"] as const) {
    const value = asName(firstText(attributes, ...KEYS[field]));
    if (value !== undefined) where[field] = value;
  }
  const repo = repoOf(attributes);
  if (repo !== undefined) where.repo = repo;
  return where;
}

/** `owner/name`, because names alone repeat across owners. */
function repoOf(attributes: Attributes): string | undefined {
  const name = firstText(attributes, ...REPO);
  if (name !== undefined) {
    const owner = firstText(attributes, "vcs.owner.name");
    return asName(owner === undefined || name.includes("/") ? name : `${owner}/${name}`);
  }
  const url = firstText(attributes, ...REPO_URL);
  const path = url && /^(?:[a-z+]+:\/\/[^/]+\/|[^@/]+@[^:/]+:)(.+?)(?:\.git)?\/?$/i.exec(url)?.[1];
  return path ? asName(path) : undefined;
}
