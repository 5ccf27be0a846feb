/** What a model is called in the price book: vendors, gateways and clouds decorate the same name differently. */
export function plainModel(model: string): string {
  const plain = model
    .toLowerCase()
    .replace(/\[[^\]]*\]$/, "")
    .replace(/^.*\//, "")
    .replace(BEDROCK, "")
    .replace(/-v\d+:\d+$/, "")
    .replace(/^(claude.*)-v\d+$/, "$1")
    .replace(/@(?:\d{8}|default|latest)$/, "")
    .replace(/-(?:20\d{6}|20\d{2}-\d{2}-\d{2})$/, "");
  // Anthropic writes claude-sonnet-4-5 where others write claude-sonnet-4.5.
  return plain.startsWith("claude") ? plain.replaceAll(/(?<=\d)\.(?=\d)/g, "-") : plain;
}

/** `us.anthropic.claude-…`, `openai.gpt-…`: an optional part of the world, then who made the model. */
const BEDROCK = /^(?:(?<place>[a-z]{2,6}(?:-gov)?)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|mistral|moonshot|openai|qwen)\./;

const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/^claude/, "anthropic"],
  [/^(?:gpt|o\d|codex|chatgpt|text-embedding|davinci)/, "openai"],
  [/^(?:gemini|gemma|palm)/, "google"],
  [/^grok/, "xai"],
  [/^(?:mistral|codestral|devstral|magistral|ministral|pixtral)/, "mistral"],
  [/^deepseek/, "deepseek"],
  [/^(?:qwen|qwq)/, "alibaba"],
  [/^(?:kimi|moonshot)/, "moonshot"],
  [/^glm/, "zai"],
  [/^(?:llama|codellama)/, "meta"],
];

/** What agents call a provider → what the price book calls it. An empty name: a cloud that sells models of several makers. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  "gcp.gemini": "google",
  "gcp.gen_ai": "google",
  "gcp.vertex_ai": "google",
  gemini: "google",
  vertex_ai: "google",
  vertex: "google",
  google_genai: "google",
  "aws.bedrock": "",
  aws_bedrock: "",
  bedrock: "",
  "azure.ai.openai": "openai",
  "az.ai.openai": "openai",
  "azure.ai.inference": "",
  azure: "",
  x_ai: "xai",
  mistral_ai: "mistral",
  firstparty: "anthropic",
  unknown: "",
};

const ROUTES: Readonly<Record<string, string>> = {
  "gcp.vertex_ai": "vertex",
  vertex_ai: "vertex",
  vertex: "vertex",
  "aws.bedrock": "bedrock",
  aws_bedrock: "bedrock",
  bedrock: "bedrock",
  "azure.ai.openai": "azure",
  "az.ai.openai": "azure",
  "azure.ai.inference": "azure",
  azure: "azure",
};

/** The provider as the agent named it, in our words; empty when it named none, or only a cloud. */
export function providerNamed(said: string | undefined): string {
  const lower = said?.toLowerCase() ?? "";
  return PROVIDER_NAMES[lower] ?? lower;
}

/** Who made the model, by its name alone; empty when the name does not tell. */
export function makerOf(model: string): string {
  const plain = plainModel(model);
  return MAKERS.find(([pattern]) => pattern.test(plain))?.[1] ?? "";
}

/** How a call reached the model, where the agent did not say: from the cloud it named, or the cloud's own way to write the model. */
export function routeOf(provider: string | undefined, model: string): string {
  const named = ROUTES[provider?.toLowerCase() ?? ""];
  if (named !== undefined) return named;
  const last = lastPart(model);
  if (BEDROCK.test(last)) return "bedrock";
  return /@(?:\d{8}|default)$/.test(last) ? "vertex" : "direct";
}

/**
 * Where a call was served, where the agent did not say. Bedrock writes it before the model, and means the caller's own
 * region when it writes nothing; everybody else is global.
 */
export function regionOf(model: string): string {
  const written = BEDROCK.exec(lastPart(model));
  return written ? (written.groups?.["place"] ?? "regional") : "global";
}

const lastPart = (model: string): string => model.toLowerCase().replace(/^.*\//, "");

/** Vendors' words for the tier that most requests run on. */
const STANDARD = new Set(["", "default", "auto", "normal", "on_demand", "standard"]);

/** The service tier in our words. OpenAI's fast mode travels as `priority`, its former name. */
export function tierOf(provider: string, said: string | undefined): string {
  const tier = said?.toLowerCase() ?? "";
  if (STANDARD.has(tier)) return "standard";
  return provider === "openai" && tier === "priority" ? "fast" : tier;
}
