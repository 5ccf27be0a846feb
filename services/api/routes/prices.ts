import { Type } from "typebox";
import { PricePage } from "../../../schemas/api.ts";
import { PriceRow } from "../../../schemas/price.ts";
import { Id, Name, ShortText } from "../../../schemas/primitives.ts";
import { actorOf } from "../auth/caller.ts";
import { decodeCursor, pageParameters, pageReply } from "../page.ts";
import { failureOf } from "../problems.ts";
import { ok, type Route, route } from "../route.ts";

const LIST = "prices";

const listPrices = route({
  id: "list_prices",
  method: "get",
  path: "/api/v1/prices",
  summary: "The price rows in force, with where each was read.",
  access: "read",
  query: Type.Object({
    provider: Type.Optional(Type.String({ ...Name, description: "one provider" })),
    model: Type.Optional(Type.String({ ...Name, description: "one model's id" })),
    ...pageParameters(),
  }),
  answer: PricePage,
  async handle({ query }, { prices }) {
    const cursor = decodeCursor(LIST, query.cursor);
    if (cursor.kind === "failure") return cursor;
    const page = await prices.list({
      limit: query.limit ?? 50,
      cursor: cursor.place,
      ...(query.provider !== undefined && { provider: query.provider }),
      ...(query.model !== undefined && { model: query.model }),
    });
    return pageReply(LIST, page);
  },
});

const publishPrices = route({
  id: "publish_prices",
  method: "post",
  path: "/api/v1/prices",
  summary: "Publishes price rows. A known priceId is corrected, and what was rated with it is re-rated by new events.",
  access: "change_prices",
  body: Type.Object(
    { rows: Type.Array(PriceRow, { minItems: 1, maxItems: 1000 }), reason: Type.Optional(ShortText) },
    { additionalProperties: false },
  ),
  answer: Type.Object({ published: Type.Integer(), unchanged: Type.Integer() }),
  async handle({ body, caller }, { prices }) {
    const outcome = await prices.publish(body.rows, body.reason, actorOf(caller));
    return outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome);
  },
});

const withdrawPrice = route({
  id: "withdraw_price",
  method: "delete",
  path: "/api/v1/prices/{id}",
  summary: "Takes a price back that should never have been published. What it priced is rated anew, or unpriced.",
  access: "change_prices",
  params: Type.Object({ id: Id }),
  query: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1024, description: "why, for the record" }) }),
  answer: Type.Object({ priceId: Type.String() }),
  async handle({ params, query, caller }, { prices }) {
    const outcome = await prices.withdraw(params.id, query.reason, actorOf(caller));
    return outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome);
  },
});

export const priceRoutes: readonly Route[] = [listPrices, publishPrices, withdrawPrice];
