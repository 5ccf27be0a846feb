# METADATA
# title: Decision
# description: |
#   Gathers what every policy that covers the action has to say. A policy that does not cover it is not evaluated. Nothing here
#   can allow: the answer is allow only where a policy covers the action and none objects.
# custom:
#   page: decision.md
package andon.decision

import data.andon.policies

# METADATA
# title: What the policies say
# description: findings of all policies that cover the action, and the names of these policies
# entrypoint: true
result := {"findings": findings, "covered_by": covered_by}

action := input.action.name

covered_by contains "autonomy" if policies.autonomy.actions[action]

findings contains object.union(finding, {"policy": "autonomy"}) if {
	covered_by.autonomy
	some finding in policies.autonomy.findings
}

covered_by contains "budgets" if policies.budgets.actions[action]

findings contains object.union(finding, {"policy": "budgets"}) if {
	covered_by.budgets
	some finding in policies.budgets.findings
}

covered_by contains "deploy_gate" if policies.deploy_gate.actions[action]

findings contains object.union(finding, {"policy": "deploy_gate"}) if {
	covered_by.deploy_gate
	some finding in policies.deploy_gate.findings
}

covered_by contains "hours" if policies.hours.actions[action]

findings contains object.union(finding, {"policy": "hours"}) if {
	covered_by.hours
	some finding in policies.hours.findings
}

covered_by contains "line" if policies.line.actions[action]

findings contains object.union(finding, {"policy": "line"}) if {
	covered_by.line
	some finding in policies.line.findings
}

covered_by contains "merge_gate" if policies.merge_gate.actions[action]

findings contains object.union(finding, {"policy": "merge_gate"}) if {
	covered_by.merge_gate
	some finding in policies.merge_gate.findings
}

covered_by contains "models" if policies.models.actions[action]

findings contains object.union(finding, {"policy": "models"}) if {
	covered_by.models
	some finding in policies.models.findings
}

covered_by contains "risk" if policies.risk.actions[action]

findings contains object.union(finding, {"policy": "risk"}) if {
	covered_by.risk
	some finding in policies.risk.findings
}

covered_by contains "sandbox" if policies.sandbox.actions[action]

findings contains object.union(finding, {"policy": "sandbox"}) if {
	covered_by.sandbox
	some finding in policies.sandbox.findings
}

covered_by contains "separation" if policies.separation.actions[action]

findings contains object.union(finding, {"policy": "separation"}) if {
	covered_by.separation
	some finding in policies.separation.findings
}

covered_by contains "tool_calls" if policies.tool_calls.actions[action]

findings contains object.union(finding, {"policy": "tool_calls"}) if {
	covered_by.tool_calls
	some finding in policies.tool_calls.findings
}
