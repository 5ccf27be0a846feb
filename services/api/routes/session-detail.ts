import { Type } from "typebox";
import { SessionDetail } from "../../../schemas/api.ts";
import type { StoredEvent } from "../../../schemas/event.ts";
import { Id } from "../../../schemas/primitives.ts";
import { type Place, Timeline } from "../../domain/timeline.ts";
import type { EventReader } from "../../ports/event-store.ts";
import { badCursor, decodeCursor, encodeCursor, pageParameters } from "../page.ts";
import { fail } from "../problems.ts";
import { ok, route } from "../route.ts";

const READ = 1000;

export const readSession = route({
  id: "read_session",
  method: "get",
  path: "/api/v1/sessions/{id}",
  summary: "A session: its sums, who reported usage and how much of it counted, and what happened, step by step.",
  access: "read",
  params: Type.Object({ id: Id }),
  query: Type.Object({
    agent: Type.Optional(Type.String({ ...Id, description: "the agent's id, when several agents have a session of this id" })),
    ...pageParameters(2000, 500),
  }),
  answer: SessionDetail,
  async handle({ params, query }, { queries, events }) {
    const list = `steps ${params.id}`;
    const cursor = decodeCursor(list, query.cursor);
    if (cursor.kind === "failure") return cursor;
    const after = cursor.place === null ? null : placeOf(cursor.place);
    if (after === undefined) return badCursor();
    const session = await queries.session(params.id, query.agent ?? null);
    if (!session) {
      return fail(404, "not_found", "There is no session with this id.", {
        hint: "What has just arrived shows up within seconds. A session that several agents have needs the parameter agent.",
      });
    }
    const timeline = await read(events, `session-${session.agent}.${session.id}`, new Timeline(after, query.limit ?? 500));
    const { steps, sources, next } = timeline.answer();
    return ok({ session, sources, steps, next: encodeCursor(list, next && `${next.timeMs}.${next.revision}`) });
  },
});

/** The whole stream, because what an early report counts may be decided by a late one. */
async function read(store: EventReader, stream: string, timeline: Timeline): Promise<Timeline> {
  for (let from = 0; ; from += READ) {
    const events = await store.readStream(stream, from, READ);
    for (const { position, revision, id, body } of events) {
      timeline.add({ position, revision, id, event: JSON.parse(body) as StoredEvent });
    }
    if (events.length < READ) return timeline;
  }
}

function placeOf(text: string): Place | undefined {
  const [, timeMs, revision] = /^(-?\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  return timeMs === undefined ? undefined : { timeMs: Number(timeMs), revision: Number(revision) };
}
