import { Type } from "typebox";
import { EventItem, EventPage } from "../../../schemas/api.ts";
import { Id } from "../../../schemas/primitives.ts";
import { decodeCursor, pageParameters, pageReply } from "../page.ts";
import { periodOf, periodParameters } from "../period.ts";
import { fail } from "../problems.ts";
import { ok, type Route, route } from "../route.ts";

const LIST = "events";

const several = (what: string) =>
  Type.Optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 50, description: `${what}, repeated for several` }));
const orNone = (value: string): string | null => (value === "" ? null : value);

const listEvents = route({
  id: "list_events",
  method: "get",
  path: "/api/v1/events",
  summary: "Stored events of a period, the latest first.",
  access: "read",
  query: Type.Object({
    ...periodParameters,
    type: several("event types, whole (andon.session.tool.called.v1) or up to a dot (andon.session)"),
    team: several("teams, empty for none"),
    vendor: several("vendors, empty for none"),
    agent: several("agents' ids"),
    session: Type.Optional(Type.String({ ...Id, description: "one session's id" })),
    ...pageParameters(),
  }),
  answer: EventPage,
  async handle({ query }, { queries, now }) {
    const period = periodOf(query, now());
    if (period.kind === "failure") return period;
    const cursor = decodeCursor(LIST, query.cursor);
    if (cursor.kind === "failure") return cursor;
    const page = await queries.events({
      ...period.value,
      ...(query.type && { types: query.type }),
      ...(query.team && { teams: query.team.map(orNone) }),
      ...(query.vendor && { vendors: query.vendor.map(orNone) }),
      ...(query.agent && { agents: query.agent }),
      ...(query.session !== undefined && { session: query.session }),
      limit: query.limit ?? 50,
      cursor: cursor.place,
    });
    return pageReply(LIST, page);
  },
});

const readEvent = route({
  id: "read_event",
  method: "get",
  path: "/api/v1/events/{position}",
  summary: "One stored event as it is in the log.",
  access: "read",
  params: Type.Object({ position: Type.String({ pattern: "^[\\w.:-]{1,80}$" }) }),
  answer: EventItem,
  async handle({ params }, { queries }) {
    const item = await queries.event(params.position);
    return item
      ? ok(item)
      : fail(404, "not_found", "There is no event at this position.", { hint: "Positions come from lists and the live stream." });
  },
});

export const eventRoutes: readonly Route[] = [listEvents, readEvent];
