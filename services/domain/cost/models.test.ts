import assert from "node:assert/strict";
import { test } from "node:test";
import { makerOf, plainModel, providerNamed, regionOf, routeOf, tierOf } from "./models.ts";

test("decorations go, the model stays", () => {
  const plain = {
    "claude-sonnet-5[1m]": "claude-sonnet-5",
    "anthropic/claude-opus-5-5": "claude-opus-5-5",
    "openrouter/anthropic/claude-opus-5.5": "claude-opus-5-5",
    "us.anthropic.claude-opus-4-5-20251101-v1:0": "claude-opus-4-5",
    "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0": "claude-sonnet-4-5",
    "anthropic.claude-opus-4-6-v1": "claude-opus-4-6",
    "arn:aws:bedrock:sa-east-1:123456789012:inference-profile/global.anthropic.claude-sonnet-4-6": "claude-sonnet-4-6",
    "claude-haiku-4-5@20251001": "claude-haiku-4-5",
    "Claude-Sonnet-4.5": "claude-sonnet-4-5",
    "claude-sonnet-5-20260901": "claude-sonnet-5",
    "gpt-5.5-2026-04-23": "gpt-5.5",
    "gpt-5.5": "gpt-5.5",
    "models/gemini-2.5-pro": "gemini-2.5-pro",
    "publishers/google/models/gemini-3.1-pro-preview": "gemini-3.1-pro-preview",
    "deepseek-v4": "deepseek-v4",
    "qwen3-coder:30b": "qwen3-coder:30b",
    "moonshotai/kimi-k2:free": "kimi-k2:free",
  };
  for (const [said, expected] of Object.entries(plain)) assert.equal(plainModel(said), expected, said);
});

test("a name that is plain already stays as it is", () => {
  for (const model of ["claude-opus-5-5", "gpt-6.1-sol", "gemini-3.8-flash", "grok-4", "o4-mini"]) {
    assert.equal(plainModel(plainModel(model)), model);
  }
});

test("the name tells the maker, a cloud does not", () => {
  assert.deepEqual(
    ["claude-opus-5", "gpt-6-sol", "o3", "gemini-2.5-pro", "grok-4", "devstral-medium", "deepseek-v4", "mystery-1"].map(makerOf),
    ["anthropic", "openai", "openai", "google", "xai", "mistral", "deepseek", ""],
  );
  assert.deepEqual([undefined, "aws.bedrock", "gcp.gen_ai", "x_ai", "Acme"].map(providerNamed), ["", "", "google", "xai", "acme"]);
});

test("route and region follow from the provider or the way the model is written", () => {
  assert.equal(routeOf("anthropic", "claude-opus-5"), "direct");
  assert.equal(routeOf("aws.bedrock", "claude-opus-5"), "bedrock");
  assert.equal(routeOf("anthropic", "eu.anthropic.claude-opus-5-v1:0"), "bedrock");
  assert.equal(routeOf(undefined, "claude-haiku-4-5@20251001"), "vertex");
  assert.equal(routeOf("azure.ai.openai", "gpt-5.5"), "azure");
  const written = ["claude-opus-5", "eu.anthropic.claude-opus-5-v1:0", "global.anthropic.claude-opus-5", "anthropic.claude-opus-5"];
  assert.deepEqual(written.map(regionOf), ["global", "eu", "global", "regional"]);
});

test("the usual tier has many names", () => {
  for (const said of [undefined, "", "default", "auto", "normal", "Standard"]) assert.equal(tierOf("openai", said), "standard");
  assert.equal(tierOf("openai", "priority"), "fast");
  assert.equal(tierOf("google", "priority"), "priority");
  assert.equal(tierOf("anthropic", "batch"), "batch");
});
