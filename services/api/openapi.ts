import type { TObject, TSchema } from "typebox";
import { Problem } from "../../schemas/api.ts";
import { rolesWith } from "../domain/people/permissions.ts";
import type { Route } from "./route.ts";

/** OpenAPI 3.1, from the same definitions as the application: its schemas are JSON Schema, as ours are. */
export function openApiOf(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return {
    openapi: "3.1.0",
    info: { title: "Andon", version, description: "Governance and observability for AI software factories." },
    paths,
    components: {
      schemas: { Problem },
      securitySchemes: {
        person: { type: "http", scheme: "bearer", description: "A person's token; the administrator's is in the file admin.token." },
        browser: {
          type: "apiKey",
          in: "cookie",
          name: "andon_session",
          description: "Set by sign_in. Writes need the header x-andon-csrf too.",
        },
        agent: { type: "http", scheme: "bearer", description: "An agent's key." },
      },
    },
  };
}

function operationOf(route: Route): Record<string, unknown> {
  const parameters = [...parametersOf(route.params, "path"), ...parametersOf(route.query, "query")];
  return {
    operationId: route.id,
    summary: route.summary,
    ...permissionOf(route),
    ...(parameters.length > 0 && { parameters }),
    ...bodyOf(route),
    responses: {
      [String(route.status ?? 200)]: {
        description: "Done.",
        content: contentOf(["application/json", ...(route.gives ?? [])], route.answer),
      },
      default: failuresOf(route),
    },
    security: securityOf(route),
  };
}

function parametersOf(schema: TObject | undefined, place: "path" | "query"): Record<string, unknown>[] {
  if (!schema) return [];
  const required = new Set<string>(schema.required ?? []);
  return Object.entries(schema.properties as Record<string, TSchema>).map(([name, type]) => {
    const { description, "x-comma": comma, ...rest } = type as Record<string, unknown>;
    return {
      name,
      in: place,
      required: place === "path" || required.has(name),
      ...(description !== undefined && { description }),
      ...(comma === true && { style: "form", explode: false }),
      schema: rest,
    };
  });
}

function bodyOf(route: Route): Record<string, unknown> {
  if (route.body) return { requestBody: { required: true, content: contentOf(["application/json"], route.body) } };
  return route.takes ? { requestBody: { required: true, content: contentOf(route.takes, {}) } } : {};
}

/** Only JSON has our schema; another form is described by its own standard. */
function contentOf(types: readonly string[], schema: object): Record<string, unknown> {
  return Object.fromEntries(types.map((type) => [type, type === "application/json" ? { schema } : {}]));
}

function failuresOf(route: Route): Record<string, unknown> {
  if (route.failure) return { description: "Said in the form of the protocol that the route speaks." };
  return {
    description: "What is wrong, where, and how to put it right.",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

/** What whoever calls must hold, and the roles that do. */
function permissionOf({ access }: Route): Record<string, unknown> {
  return access === "open" || access === "agent" ? {} : { "x-permission": access, "x-roles": rolesWith(access) };
}

function securityOf(route: Route): Record<string, never[]>[] {
  if (route.access === "open") return [{}];
  return route.access === "agent" ? [{ agent: [] }] : [{ person: [] }, { browser: [] }];
}
