# METADATA
# title: Budgets
# description: What happens when a budget is used up, or nearly. The amounts come from the ledger with every request.
# custom:
#   page: budgets.md
package andon.policies.budgets

# METADATA
# title: The actions that this policy covers
actions := {"tool.call", "model.call", "prompt.submit"}

settings := data.settings.budgets

ready if is_boolean(settings.stop_tools)

# METADATA
# title: What the budgets of this request say
findings contains {
	"effect": "deny",
	"rule": "settings_missing",
	"hard": true,
	"reason": "The settings of this policy are missing, so no budget can be judged; the platform team must restore them.",
} if {
	not ready
}

findings contains {
	"effect": "deny",
	"rule": "budget_used_up",
	"reason": concat("", ["The budget of this ", budget.scope.kind, " is used up; wait for its next period, or ask its owner to raise it."]),
} if {
	some budget in input.state.budgets
	budget.hard
	budget.crossed
	spends
}

findings contains {
	"effect": "deny",
	"rule": "budget_too_small",
	"reason": concat("", ["The call would cost more than the budget of this ", budget.scope.kind, " has left; use a cheaper model, or ask its owner to raise it."]),
} if {
	estimate > 0
	some budget in input.state.budgets
	budget.hard
	not budget.crossed
	estimate > to_number(budget.left)
}

findings contains object.union(soft, {
	"rule": "budget_exceeded",
	"reason": concat("", ["The budget of this ", budget.scope.kind, " is exceeded, and work goes on; its owner sees it, so finish what matters first."]),
}) if {
	some budget in input.state.budgets
	not budget.hard
	budget.crossed
	spends
}

findings contains {
	"effect": "warn",
	"rule": "budget_nearly_used",
	"reason": concat("", ["The budget of this ", budget.scope.kind, " is nearly used up; finish what matters first."]),
} if {
	some budget in input.state.budgets
	not budget.crossed
	limit := to_number(budget.limit)
	limit > 0
	(to_number(budget.spent) + to_number(budget.reserved)) * 100 >= limit * settings.warn_percent
	spends
}

# Tools cost nothing themselves, but where a vendor asks about tools alone, only they can be stopped.
spends if input.action.name in {"model.call", "prompt.submit"}

spends if {
	settings.stop_tools
	input.action.name == "tool.call"
}

# In pico-dollars. A call says it itself; work of another kind may say it of the whole.
estimate := to_number(input.resource.estimatedCost) * 1000000000000 if {
	is_string(input.resource.estimatedCost)
} else := to_number(input.context.estimatedCost) * 1000000000000 if {
	is_string(input.context.estimatedCost)
} else := 0

soft := {
	"effect": "require_approval",
	"approval": {"class": "budget_exceeded", "quorum": 1, "roles": ["lead"], "expiresMinutes": settings.approval_minutes},
} if {
	settings.when_soft_is_crossed == "ask"
} else := {"effect": "warn"}
