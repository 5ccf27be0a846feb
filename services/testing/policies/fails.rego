package andon.decision

# Wants what the engine does not give.

result := {"findings": [], "covered_by": regex.split(input.pattern, input.text)}
