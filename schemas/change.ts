import { Type } from "typebox";
import { event } from "./event.ts";
import { Count, Id, Name, ShortText, WebUri } from "./primitives.ts";

const Sha = Type.String({ pattern: "^[0-9a-f]{7,64}$" });
export const ChangeKind = Type.Union([
  Type.Literal("bug"),
  Type.Literal("feature"),
  Type.Literal("chore"),
  Type.Literal("migration"),
  Type.Literal("incident"),
]);

export const ChangeOpened = event(
  "change.opened",
  1,
  "agent",
  "Work on one item began.",
  Type.Object({
    changeId: Id,
    itemId: Type.Optional(Id),
    repo: Name,
    kind: Type.Optional(ChangeKind),
    sessionIds: Type.Optional(Type.Array(Id, { maxItems: 100 })),
  }),
);

export const ChangeProposed = event(
  "change.proposed",
  1,
  "agent",
  "A pull or merge request was opened for the change.",
  Type.Object({ changeId: Id, uri: WebUri, base: Type.Optional(Sha), head: Type.Optional(Sha) }),
);

export const ChangeMerged = event(
  "change.merged",
  1,
  "agent",
  "The change reached the main line.",
  Type.Object({ changeId: Id, sha: Sha, added: Type.Optional(Count), removed: Type.Optional(Count), files: Type.Optional(Count) }),
);

export const ChangeClosed = event(
  "change.closed",
  1,
  "agent",
  "The change came to its end.",
  Type.Object({
    changeId: Id,
    outcome: Type.Union([Type.Literal("merged"), Type.Literal("abandoned"), Type.Literal("rejected"), Type.Literal("superseded")]),
    reason: Type.Optional(ShortText),
  }),
);

export const changeEvents = [ChangeOpened, ChangeProposed, ChangeMerged, ChangeClosed] as const;
