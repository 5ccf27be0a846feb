import { answer, batch, type Json, otlp, receipt, receiptSchema, ref } from "./asyncapi-messages.ts";
import type { EventSchema } from "./event.ts";
import { LIMITS } from "./primitives.ts";

const nameOf = ({ name, version }: EventSchema): string => `${name}.v${version}`;

/**
 * How events reach the platform, for agents in other languages: over NATS, over HTTP as CloudEvents, over HTTP as OTLP.
 * @param dataOf the data an agent may send, as JSON Schema
 */
export function asyncapi(events: readonly EventSchema[], envelope: object, dataOf: (schema: EventSchema) => object): Json {
  const families = [...new Set(events.map(({ name }) => name.split(".")[0]))];
  const messages = Object.fromEntries(events.map((schema) => [nameOf(schema), messageOf(schema)]));
  const perType = Object.keys(messages).map((name) => [name, ref(`components/messages/${name}`)] as const);
  const schemas = Object.fromEntries(events.map((schema) => [nameOf(schema), dataOf(schema)]));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Andon events",
      version: "1",
      description:
        "What agents report. An event is a CloudEvent; who sent it and for which team is known from the credential, never from the event. " +
        `Limits: ${LIMITS.eventBytes} bytes for an event, ${LIMITS.batchEvents} events and ${LIMITS.messageBytes} bytes for a message on the bus, ` +
        `${LIMITS.bodyBytes} bytes for a body after decompression, ${LIMITS.jsonDepth} levels of nesting.`,
    },
    defaultContentType: "application/cloudevents+json",
    servers,
    channels: { ...channelsOf(families, perType), ...otlpChannels() },
    operations: { ...operations, ...otlpOperations() },
    components: {
      messages: { ...messages, batch, receipt, answer, otlp },
      schemas: { envelope, ...schemas, receipt: receiptSchema },
      securitySchemes: {
        credentials: {
          type: "asymmetricEncryption",
          description: "The agent's NATS credentials file: a signed JWT and the key that goes with it.",
        },
        key: { type: "http", scheme: "bearer", description: "The agent's key, `andon_…`." },
      },
    },
  };
}

const host = (value: string): Json => ({ host: { default: value, description: "Where this installation listens." } });
const servers: Json = {
  bus: { host: "{host}", protocol: "nats", variables: host("127.0.0.1:4222"), security: [ref("components/securitySchemes/credentials")] },
  http: { host: "{host}", protocol: "http", variables: host("127.0.0.1:4400"), security: [ref("components/securitySchemes/key")] },
};

function messageOf(schema: EventSchema): Json {
  return {
    name: schema.type,
    title: schema.name,
    summary: schema.summary,
    payload: {
      allOf: [
        ref("components/schemas/envelope"),
        {
          type: "object",
          required: ["type", "data"],
          properties: { type: { const: schema.type }, data: ref(`components/schemas/${nameOf(schema)}`) },
        },
      ],
    },
  };
}

function channelsOf(families: readonly (string | undefined)[], perType: readonly (readonly [string, Json])[]): Json {
  const eventsAndBatch = { ...Object.fromEntries(perType), batch: ref("components/messages/batch") };
  return {
    events: {
      address: "andon.events.{agent}.{family}",
      title: "Events of one agent on the bus",
      servers: [ref("servers/bus")],
      parameters: {
        agent: { description: "The agent's id. Its credentials can publish on its own subjects only." },
        family: { description: "The first word of the event's name after `andon.`.", enum: families },
      },
      messages: eventsAndBatch,
    },
    receipts: {
      address: null,
      title: "Receipts",
      description: "A subject below the agent's own inbox (`_INBOX_<agent>.`), which the sender names in the header `Andon-Receipt`.",
      servers: [ref("servers/bus")],
      messages: { receipt: ref("components/messages/receipt") },
    },
    httpEvents: {
      address: "/api/v1/events",
      title: "CloudEvents over HTTP",
      description: "Structured, batched or binary mode, or plain JSON.",
      servers: [ref("servers/http")],
      messages: { ...eventsAndBatch, answer: ref("components/messages/answer") },
    },
  };
}

const operations: Json = {
  takeFromBus: {
    action: "receive",
    channel: ref("channels/events"),
    summary: "Events over NATS. Stored by JetStream first; a receipt follows when they are in the event store.",
    bindings: { nats: { queue: "ingest", bindingVersion: "0.1.0" } },
    reply: { address: { location: "$message.header#/Andon-Receipt" }, channel: ref("channels/receipts") },
  },
  takeOverHttp: {
    action: "receive",
    channel: ref("channels/httpEvents"),
    summary: "CloudEvents over HTTP. Answered once the bus has stored them.",
    bindings: { http: { method: "POST", bindingVersion: "0.3.0" } },
    reply: { channel: ref("channels/httpEvents"), messages: [ref("channels/httpEvents/messages/answer")] },
  },
};

const SIGNALS = ["logs", "metrics", "traces"] as const;
const otlpName = (signal: string): string => `otlp${signal[0]?.toUpperCase()}${signal.slice(1)}`;

function otlpChannels(): Json {
  const channelOf = (signal: string): Json => ({
    address: `/v1/${signal}`,
    title: `OTLP ${signal}`,
    description: "On this port and on 4318.",
    servers: [ref("servers/http")],
    messages: { otlp: ref("components/messages/otlp") },
  });
  return Object.fromEntries(SIGNALS.map((signal) => [otlpName(signal), channelOf(signal)]));
}

function otlpOperations(): Json {
  const operationOf = (signal: string): Json => ({
    action: "receive",
    channel: ref(`channels/${otlpName(signal)}`),
    summary: `${otlpName(signal)}: translated into events of the session family.`,
    bindings: { http: { method: "POST", bindingVersion: "0.3.0" } },
  });
  return Object.fromEntries(SIGNALS.map((signal) => [`take${otlpName(signal).replace("otlp", "Otlp")}`, operationOf(signal)]));
}
