/**
 * One thing, many names: OpenTelemetry's GenAI conventions (new and old), OpenInference, OpenLLMetry and what wide-spread
 * libraries write beside them. The first that is present wins.
 */

export const SESSION = [
  "gen_ai.conversation.id",
  "session.id",
  "gen_ai.session.id",
  "langfuse.session.id",
  "langsmith.trace.session_id",
  "traceloop.association.properties.session_id",
  "traceloop.association.properties.thread_id",
  "conversation.id",
];

export const INPUT = [
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.prompt_tokens",
  "llm.token_count.prompt",
  "llm.usage.prompt_tokens",
  "llm.usage.input_tokens",
];
export const OUTPUT = [
  "gen_ai.usage.output_tokens",
  "gen_ai.usage.completion_tokens",
  "llm.token_count.completion",
  "llm.usage.completion_tokens",
  "llm.usage.output_tokens",
];
export const CACHE_READ = [
  "gen_ai.usage.cache_read.input_tokens",
  "gen_ai.usage.cache_read_input_tokens",
  "gen_ai.usage.cached_input_tokens",
  "gen_ai.usage.input_tokens.cached",
  "gen_ai.usage.details.cache_read_tokens",
  "llm.token_count.prompt_details.cache_read",
  "llm.usage.cache_read_input_tokens",
];
export const CACHE_WRITE = [
  "gen_ai.usage.cache_creation.input_tokens",
  "gen_ai.usage.cache_write.input_tokens",
  "gen_ai.usage.cache_creation_input_tokens",
  "gen_ai.usage.input_tokens.cache_write",
  "gen_ai.usage.details.cache_write_tokens",
  "llm.token_count.prompt_details.cache_write",
  "llm.usage.cache_creation_input_tokens",
];
export const REASONING = [
  "gen_ai.usage.reasoning.output_tokens",
  "gen_ai.usage.reasoning_tokens",
  "gen_ai.usage.output_tokens.reasoning",
  "gen_ai.usage.details.reasoning_tokens",
  "llm.token_count.completion_details.reasoning",
  "llm.usage.reasoning_tokens",
];
export const TOTAL = ["gen_ai.usage.total_tokens", "llm.usage.total_tokens", "llm.token_count.total"];

export const COST = ["gen_ai.usage.cost", "gen_ai.cost.usd", "llm.cost.total", "langwatch.span.cost"];

export const RESPONSE_MODEL = ["gen_ai.response.model", "llm.response.model_name", "llm.response.model"];
export const REQUEST_MODEL = [
  "gen_ai.request.model",
  "llm.request.model_name",
  "llm.request.model",
  "llm.model_name",
  "embedding.model_name",
];
export const PROVIDER = ["gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"];
export const SERVICE_TIER = ["openai.response.service_tier", "gen_ai.openai.response.service_tier", "gen_ai.response.service_tier"];

export const TOOL = ["gen_ai.tool.name", "tool.name", "traceloop.entity.name"];
export const TOOL_CALL = ["gen_ai.tool.call.id", "tool_call.id", "tool.id"];
export const TOOL_INPUT = ["gen_ai.tool.call.arguments", "gen_ai.tool.args", "tool.parameters", "traceloop.entity.input", "input.value"];
export const TOOL_OUTPUT = ["gen_ai.tool.call.result", "traceloop.entity.output", "output.value"];

export const AGENT = ["gen_ai.agent.name", "agent.name", "traceloop.entity.name"];
export const PROMPT = ["gen_ai.input.messages", "gen_ai.prompt", "input.value", "traceloop.entity.input"];
export const RESPONSE = ["gen_ai.output.messages", "gen_ai.completion", "output.value", "traceloop.entity.output"];
