# METADATA
# title: Models
# description: Which vendors and models an agent may call, by team and by the class of the data it works on.
# custom:
#   page: models.md
package andon.policies.models

# METADATA
# title: The actions that this policy covers
actions := {"model.call"}

settings := data.settings.models

ready if is_object(settings.vendors_by_data_class)

provider := lower(object.get(input.resource, "provider", ""))

model := lower(object.get(input.resource, "model", ""))

# Where the request does not say what data it works on, the settings' class holds.
data_class := class if {
	class := input.context.dataClass
	is_string(class)
} else := settings.usual_data_class

# METADATA
# title: What this model call runs into
findings contains {
	"effect": "deny",
	"rule": "settings_missing",
	"hard": true,
	"reason": "The settings of this policy are missing, so no model call can be judged; the platform team must restore them.",
} if {
	not ready
}

findings contains {
	"effect": "deny",
	"rule": "vendor_not_allowed",
	"reason": "This team may not use this vendor; choose a model of an allowed vendor, or ask the platform team to add the vendor.",
} if {
	limited(settings.allowed_vendors)
	not provider in settings.allowed_vendors
}

findings contains {
	"effect": "deny",
	"rule": "model_not_allowed",
	"reason": "This team may not use this model; choose one from the list of allowed models, or ask the platform team to add it.",
} if {
	limited(settings.allowed_models)
	not listed(settings.allowed_models)
}

findings contains {
	"effect": "deny",
	"rule": "model_forbidden",
	"reason": "This model is forbidden for this team; choose another one.",
} if {
	listed(settings.forbidden_models)
}

findings contains {
	"effect": "deny",
	"rule": "data_class_unknown",
	"reason": "The request names a class of data that the settings do not know; correct the class, or ask the platform team to add it.",
} if {
	settings.vendors_by_data_class
	not settings.vendors_by_data_class[data_class]
}

findings contains {
	"effect": "deny",
	"rule": "vendor_not_for_data",
	"reason": "Data of this class may not go to this vendor; use a vendor that is cleared for the class, or work on data of another class.",
} if {
	vendors := settings.vendors_by_data_class[data_class]
	not provider in vendors
}

findings contains ask("prompt_too_long", "The prompt is longer than this team's limit; shorten the context, or ask a lead to approve the call.") if {
	is_number(settings.most_prompt_tokens)
	input.resource.promptTokens > settings.most_prompt_tokens
}

findings contains ask("call_too_dear", "The call would cost more than this team's limit for one call; use a cheaper model or a shorter prompt, or ask a lead.") if {
	is_string(settings.most_cost_of_a_call)
	is_string(input.resource.estimatedCost)
	to_number(input.resource.estimatedCost) > to_number(settings.most_cost_of_a_call)
}

ask(rule, reason) := {
	"effect": "require_approval",
	"rule": rule,
	"reason": reason,
	"approval": {"class": rule, "quorum": 1, "roles": ["lead"], "expiresMinutes": settings.approval_minutes},
}

# null means no limit.
limited(list) if list != null

# A list names models; one that ends in `*` names all that begin so. The date or version that a vendor adds does not matter.
listed(list) if model in list

listed(list) if {
	some entry in list
	endswith(entry, "*")
	startswith(model, trim_suffix(entry, "*"))
}

listed(list) if {
	some entry in list
	startswith(model, entry)
	regex.match(`^[-@](20[0-9]{6}|20[0-9]{2}-[0-9]{2}-[0-9]{2}|latest|default)$`, substring(model, count(entry), -1))
}
