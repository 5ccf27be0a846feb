import { Type } from "typebox";
import { asyncapi } from "./asyncapi.ts";
import { Content, dataschemaOf, type EventSchema, IncomingEnvelope } from "./event.ts";
import { PriceFile } from "./prices/price-file.ts";
import { ContentRef } from "./primitives.ts";
import { eventSchemas, newestVersion } from "./registry.ts";

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

const document = (id: string, title: string, description: string, schema: object): object => ({
  $schema: DRAFT,
  $id: id,
  title,
  description,
  ...schema,
});

/** Everything in `schemas/json`, by file name. */
export function jsonDocuments(): Map<string, object> {
  const documents = new Map<string, object>();
  for (const schema of eventSchemas) {
    const name = `${schema.name}.v${schema.version}`;
    documents.set(`${name}.json`, document(dataschemaOf(schema), name, schema.summary, dataOf(schema)));
  }
  documents.set(
    "envelope.json",
    document(
      "urn:andon:schema:envelope",
      "envelope",
      "A CloudEvent as an agent sends it; identity and team come from its credential.",
      IncomingEnvelope,
    ),
  );
  documents.set(
    "price-file.json",
    document("urn:andon:schema:price-file", "price-file", "The prices of one provider, as shipped.", PriceFile),
  );
  documents.set("types.json", { types: eventSchemas.map(typeOf) });
  const sent = eventSchemas.filter(({ producer }) => producer === "agent");
  documents.set("asyncapi.json", asyncapi(sent, IncomingEnvelope, dataOf));
  return documents;
}

const typeOf = (schema: EventSchema): object => ({
  type: schema.type,
  name: schema.name,
  version: schema.version,
  newest: newestVersion(schema.name) === schema.version,
  producer: schema.producer,
  summary: schema.summary,
  dataschema: dataschemaOf(schema),
});

/** What a producer may say: content comes with its text, which leaves the event before anything is stored. */
function dataOf({ data, producer }: EventSchema): object {
  if (producer !== "agent" || !("content" in data.properties)) return data;
  const content = Type.Array(Type.Union([Content, ContentRef]), {
    maxItems: 64,
    description: "Sent with its text. The text is sealed or dropped before anything is stored; what stays is kind and length.",
  });
  return { ...data, properties: { ...data.properties, content } };
}

/** The text of a document as it is committed. */
export const jsonText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
