package andon.policies.tool_calls

# The hosts that the call speaks to: of the tool's own addresses, and of the programs of a command that reach the network.
# "" stands for a host that cannot be read.
hosts contains host(url) if {
	not commands
	some url in input.resource.urls
}

hosts contains host(word) if {
	some [_, args] in of_kind.fetch
	some word in fetched(args)
}

hosts contains host(word) if {
	some [sub, args] in git
	sub in {"clone", "fetch", "pull", "push", "remote", "ls-remote", "submodule"}
	some word in args
	remote_address(word)
}

hosts contains host(word) if {
	some [_, args] in of_kind.copy
	some word in args
	remote_address(word)
}

hosts contains host(word) if {
	some [_, args] in of_kind.connect
	some word in first_operand(args)
}

hosts contains "" if some _ in of_kind.tunnel

hosts contains "" if {
	some args in called.openssl
	"s_client" in args
}

# `bash` opens connections through files that do not exist.
hosts contains "" if {
	some word in read.words
	startswith(word, "/dev/tcp/")
}

hosts contains "" if {
	some word in read.words
	startswith(word, "/dev/udp/")
}

# What is written as an address; failing that, the operands that no flag takes; failing that, something unreadable.
fetched(args) := found if {
	found := {arg | some arg in args; contains(arg, "://")}
	count(found) > 0
} else := found if {
	found := {arg | some i, arg in args; not startswith(arg, "-"); not follows_flag(args, i)}
	count(found) > 0
} else := set() if {
	args[0] in {"--version", "-V", "--help", "-h"}
} else := {""}

first_operand(args) := {operand[0]} if {
	operand := [arg | some i, arg in args; not startswith(arg, "-"); not follows_flag(args, i)]
} else := {""}

follows_flag(args, i) if startswith(args[i - 1], "-")

remote_address(word) if contains(word, "://")

remote_address(word) if regex.match(`^[^/:\s=]+@[^/:\s]+:|^[^/:\s=.-]+\.[^/:\s=]+:`, word)

# host: the host of an address, in lower case: no scheme, user, port or path.
host(address) := "" if {
	contains(address, "$")
} else := "" if {
	contains(address, "\\")
} else := trim_suffix(lower(without_port(users[count(users) - 1])), ".") if {
	parts := split(address, "://")
	rest := concat("://", array.slice(parts, 1, count(parts)))
	users := split(authority(rest, parts[0]), "@")
}

authority("", whole) := split(split(split(whole, "/")[0], "?")[0], "#")[0]

authority(rest, _) := split(split(split(rest, "/")[0], "?")[0], "#")[0] if rest != ""

without_port(text) := trim_left(split(text, "]")[0], "[") if {
	startswith(text, "[")
} else := split(text, ":")[0]

# METADATA
# title: Hosts that a tool call may speak to
findings contains forbid(
	"forbidden_host",
	"The call reaches a host that is forbidden here, such as a cloud's metadata service or a public drop box; use the organisation's own service.",
) if {
	some host in hosts
	forbidden(host)
}

forbidden(host) if host in settings.forbidden_hosts

forbidden(host) if startswith(host, "169.254.")

forbidden(host) if {
	contains(host, ".")
	some entry in settings.forbidden_hosts
	endswith(host, concat("", [".", entry]))
}

findings contains ask(
	"network_egress",
	"The call reaches a host that is not on the list of allowed hosts; ask a lead to approve it or the platform team to add the host.",
) if {
	some host in hosts
	not reachable(host)
	not forbidden(host)
}

findings contains ask(
	"network_egress",
	"The call reaches the network without saying which host; name the address, or ask a lead to approve it.",
) if {
	input.resource.class == "network"
	not commands
	count(hosts) == 0
	not own_search
}

own_search if tool in settings.harmless_tools

reachable(host) if host in settings.allowed_hosts

reachable(host) if at_home(host)

reachable(host) if {
	some entry in settings.allowed_hosts
	startswith(entry, ".")
	endswith(host, entry)
}

at_home(host) if host in {"localhost", "127.0.0.1", "::1", "0.0.0.0", "host.docker.internal"}

at_home(host) if endswith(host, ".localhost")

findings contains ask(
	"upload",
	"The command sends data to a host outside this machine; show a lead what is sent and ask for approval.",
) if {
	sends
	some host in hosts
	not at_home(host)
}

sends if {
	some [_, args] in of_kind.fetch
	some i, arg in args
	uploading(args, i, arg)
}

# Pushing to an address, or giving the remote another one, sends the code elsewhere.
sends if {
	some ["push", args] in git
	some arg in args
	remote_address(arg)
	contains(arg, "/")
}

sends if {
	some ["remote", args] in git
	args[0] in {"add", "set-url"}
}

sends if {
	some args in called.wget
	some arg in args
	regex.match(`^--(post|body|method=(post|put|patch|delete))`, lower(arg))
}

sends if {
	some [_, args] in of_kind.copy
	targets := operands(args)
	remote_address(targets[count(targets) - 1])
}

sends if {
	some [name, _] in of_kind.connect
	name != "ssh"
}

uploading(_, _, arg) if {
	not startswith(arg, "--")
	regex.match(`^-[a-zA-Z]*[dFT]`, arg)
	not startswith(arg, "-o")
	not startswith(arg, "-H")
}

uploading(_, _, arg) if regex.match(`^--(data|form|upload-file|json|url-query)`, arg)

uploading(args, i, arg) if {
	arg in {"-X", "--request"}
	upper(args[i + 1]) in {"POST", "PUT", "PATCH", "DELETE"}
}

uploading(_, _, arg) if regex.match(`^(-X|--request=)(POST|PUT|PATCH|DELETE)`, upper(arg))

uploading(_, _, arg) if arg in {"POST", "PUT", "PATCH", "DELETE", "post", "put", "patch", "delete"}
