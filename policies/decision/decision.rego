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

covered_by contains "autonomy" if action in policies.autonomy.actions

findings contains object.union(finding, {"policy": "autonomy"}) if {
	action in policies.autonomy.actions
	some finding in policies.autonomy.findings
}

covered_by contains "budgets" if action in policies.budgets.actions

findings contains object.union(finding, {"policy": "budgets"}) if {
	action in policies.budgets.actions
	some finding in policies.budgets.findings
}

covered_by contains "deploy_gate" if action in policies.deploy_gate.actions

findings contains object.union(finding, {"policy": "deploy_gate"}) if {
	action in policies.deploy_gate.actions
	some finding in policies.deploy_gate.findings
}

covered_by contains "hours" if action in policies.hours.actions

findings contains object.union(finding, {"policy": "hours"}) if {
	action in policies.hours.actions
	some finding in policies.hours.findings
}

covered_by contains "line" if action in policies.line.actions

findings contains object.union(finding, {"policy": "line"}) if {
	action in policies.line.actions
	some finding in policies.line.findings
}

covered_by contains "merge_gate" if action in policies.merge_gate.actions

findings contains object.union(finding, {"policy": "merge_gate"}) if {
	action in policies.merge_gate.actions
	some finding in policies.merge_gate.findings
}

covered_by contains "models" if action in policies.models.actions

findings contains object.union(finding, {"policy": "models"}) if {
	action in policies.models.actions
	some finding in policies.models.findings
}

covered_by contains "risk" if action in policies.risk.actions

findings contains object.union(finding, {"policy": "risk"}) if {
	action in policies.risk.actions
	some finding in policies.risk.findings
}

covered_by contains "sandbox" if action in policies.sandbox.actions

findings contains object.union(finding, {"policy": "sandbox"}) if {
	action in policies.sandbox.actions
	some finding in policies.sandbox.findings
}

covered_by contains "separation" if action in policies.separation.actions

findings contains object.union(finding, {"policy": "separation"}) if {
	action in policies.separation.actions
	some finding in policies.separation.findings
}

covered_by contains "tool_calls" if action in policies.tool_calls.actions

findings contains object.union(finding, {"policy": "tool_calls"}) if {
	action in policies.tool_calls.actions
	some finding in policies.tool_calls.findings
}
