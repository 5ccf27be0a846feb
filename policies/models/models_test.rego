package andon.policies.models_test

import data.andon.lib.defaults
import data.andon.policies.models

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["models"]),
	{"models": object.union(object.remove(defaults.settings.models, [key]), {key: value})},
)

said(resource, context, settings) := {$"{one.effect} {one.rule}" | some one in found} if {
	found := models.findings with input as {"action": {"name": "model.call"}, "resource": resource, "context": context} with data.settings as settings
}

call(provider, model) := {"provider": provider, "model": model}

test_a_usual_call_passes if {
	said(call("anthropic", "claude-sonnet-5-5"), {}, defaults.settings) == set()
	said(call("OpenAI", "gpt-6-sol"), {"dataClass": "confidential"}, defaults.settings) == set()
	said(object.union(call("anthropic", "claude-opus-5-5"), {"promptTokens": 500000, "estimatedCost": "25"}), {"dataClass": null}, defaults.settings) == set()
}

test_vendors if {
	said(call("deepseek", "deepseek-v4-pro"), {}, defaults.settings) == {"deny vendor_not_allowed", "deny vendor_not_for_data"}
	said(call("deepseek", "deepseek-v4-pro"), {"dataClass": "public"}, with_setting("allowed_vendors", null)) == {"deny vendor_not_for_data"}
	said(call("anthropic", "claude-opus-5-5"), {}, with_setting("allowed_vendors", [])) == {"deny vendor_not_allowed"}
}

test_classes_of_data if {
	said(call("mistral", "mistral-large-4"), {"dataClass": "internal"}, defaults.settings) == set()
	said(call("mistral", "mistral-large-4"), {"dataClass": "confidential"}, defaults.settings) == {"deny vendor_not_for_data"}
	said(call("anthropic", "claude-opus-5-5"), {"dataClass": "restricted"}, defaults.settings) == {"deny vendor_not_for_data"}
	said(call("anthropic", "claude-opus-5-5"), {"dataClass": "harmless"}, defaults.settings) == {"deny data_class_unknown"}
	said(call("anthropic", "claude-opus-5-5"), {}, with_setting("usual_data_class", "restricted")) == {"deny vendor_not_for_data"}
}

test_models if {
	only := with_setting("allowed_models", ["claude-sonnet-5-5", "gpt-6*"])
	said(call("anthropic", "claude-sonnet-5-5"), {}, only) == set()
	said(call("anthropic", "Claude-Sonnet-5-5-20261001"), {}, only) == set()
	said(call("anthropic", "claude-sonnet-5-5@2026-10-01"), {}, only) == set()
	said(call("openai", "gpt-6-sol"), {}, only) == set()
	every model in ["claude-opus-5-5", "claude-sonnet-5-5-pro", "claude-sonnet-5", "xclaude-sonnet-5-5", "claude-sonnet-5-5-20261001-x", ""] {
		said(call("anthropic", model), {}, only) == {"deny model_not_allowed"}
	}
	said(call("anthropic", "claude-sonnet-5-5"), {}, with_setting("allowed_models", [])) == {"deny model_not_allowed"}
	said(call("openai", "gpt-5.5-pro"), {}, with_setting("forbidden_models", ["gpt-5.5-pro"])) == {"deny model_forbidden"}
	said(call("openai", "gpt-5.5-pro-2026-04-01"), {}, with_setting("forbidden_models", ["gpt-5.5-pro"])) == {"deny model_forbidden"}
}

test_size_and_cost if {
	said(object.union(call("anthropic", "claude-opus-5-5"), {"promptTokens": 500001}), {}, defaults.settings) == {"require_approval prompt_too_long"}
	said(object.union(call("anthropic", "claude-opus-5-5"), {"estimatedCost": "25.000000000001"}), {}, defaults.settings) == {"require_approval call_too_dear"}
	said(object.union(call("anthropic", "claude-opus-5-5"), {"estimatedCost": "9"}), {}, defaults.settings) == set()
	said(object.union(call("anthropic", "claude-opus-5-5"), {"estimatedCost": "900", "promptTokens": 9000000}), {}, object.union(with_setting("most_cost_of_a_call", null), {"models": object.union(with_setting("most_cost_of_a_call", null).models, {"most_prompt_tokens": null})})) == set()
}

test_it_covers_model_calls if models.actions == {"model.call"}

test_without_settings_nothing_passes if {
	some one in models.findings with input as {"resource": call("anthropic", "claude-opus-5-5"), "context": {}} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
