package andon.policies.tool_calls

# [subcommand, arguments after it] of each git command.
git contains [args[at], array.slice(args, at + 1, count(args))] if {
	some args in called.git
	at := min({i | some i, arg in args; not startswith(arg, "-"); not takes_value(args, i)})
}

takes_value(args, i) if args[i - 1] in {"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path"}

destroys contains "throws away work that is not committed" if {
	some [sub, args] in git
	discards(sub, args)
}

discards("reset", args) if some_flag(args, "--hard")

discards("reset", args) if some_flag(args, "--merge")

discards("clean", args) if {
	some arg in args
	startswith(arg, "-")
	contains(arg, "f")
	not "-n" in args
	not "--dry-run" in args
}

discards("checkout", args) if "--" in args

discards("checkout", args) if "." in args

discards("checkout", args) if "-f" in args

discards("checkout", args) if "--force" in args

discards("switch", args) if {
	some arg in args
	arg in {"-f", "--force", "--discard-changes"}
}

discards("restore", args) if {
	not "--staged" in args
}

discards("restore", args) if "--worktree" in args

discards("stash", args) if args[0] in {"drop", "clear"}

destroys contains "deletes or rewrites history" if {
	some [sub, args] in git
	rewrites(sub, args)
}

rewrites("branch", args) if {
	some arg in args
	arg in {"-D", "--delete", "-d", "-M", "-f", "--force"}
}

rewrites("tag", args) if {
	some arg in args
	arg in {"-d", "--delete", "-f", "--force"}
}

rewrites("filter-branch", _)

rewrites("filter-repo", _)

rewrites("update-ref", _)

rewrites("reflog", args) if args[0] in {"expire", "delete"}

rewrites("gc", args) if {
	some arg in args
	startswith(arg, "--prune")
}

rewrites("prune", _)

rewrites("worktree", args) if {
	args[0] == "remove"
	some arg in args
	arg in {"-f", "--force"}
}

some_flag(args, flag) if {
	some arg in args
	count(arg) > 3
	startswith(flag, arg)
}

of_command contains ask(
	"force_push",
	"The push would overwrite or delete commits on the remote; push to a new branch instead, or ask a lead to approve it.",
) if {
	some ["push", args] in git
	some arg in args
	forces(arg)
}

forces(arg) if startswith(arg, "--force")

forces(arg) if arg in {"--mirror", "--delete", "--prune", "--all", "--branches"}

forces(arg) if startswith(arg, "+")

forces(arg) if startswith(arg, ":")

forces(arg) if {
	startswith(arg, "-")
	not startswith(arg, "--")
	contains(replace(arg, "d", "f"), "f")
}

of_command contains refuse(
	"protected_branch",
	"The push goes to a protected branch; push your own branch and let the merge gate bring it in.",
) if {
	some ["push", args] in git
	some branch in pushed(args)
	protected(branch)
}

of_command contains ask(
	"protected_branch",
	"The push does not say which branch it goes to, so it may be a protected one; name the branch, or ask a lead to approve the push.",
) if {
	some ["push", args] in git
	some branch in pushed(args)
	unnamed_branch(branch)
}

unnamed_branch(branch) if branch in {"", null}

unnamed_branch(branch) if contains(branch, "$")

# The branches that a push names; with none named, the current one.
pushed(args) := {branch |
	some i, ref in operands(args)
	i > 0
	parts := split(trim_left(ref, "+"), ":")
	branch := trim_prefix(parts[count(parts) - 1], "refs/heads/")
} if {
	count(operands(args)) > 1
	not "HEAD" in args
} else := {object.get(input.context, "branch", "")}

protected(branch) if branch in settings.protected_branches

protected(branch) if {
	some prefix in settings.protected_branches
	endswith(prefix, "/")
	startswith(branch, prefix)
}

findings contains ask(
	"skipped_checks",
	"The command switches off checks that run on commits; run them and mend what they find, or ask a lead to approve skipping them.",
) if {
	skips_checks
}

skips_checks if {
	some [sub, args] in git
	sub in {"commit", "push", "merge", "rebase", "am"}
	some_flag(args, "--no-verify")
}

skips_checks if {
	some ["commit", args] in git
	some arg in args
	startswith(arg, "-")
	contains(arg, "n")
	not startswith(arg, "--")
	not startswith(arg, "-m")
}

skips_checks if {
	some args in called.git
	some arg in args
	startswith(lower(arg), "core.hookspath")
}

skips_checks if {
	some sign in ["HUSKY", "SKIP=", "PRE_COMMIT_ALLOW", "--dangerously-", "--allow-all-tools", "--yolo"]
	contains(spelled, sign)
	some word in read.words
	startswith(word, sign)
}

of_command contains ask(
	"unreadable_command",
	"A git alias or helper that runs a program cannot be checked; run the program itself, or ask a lead to approve it.",
) if {
	some args in called.git
	some arg in args
	contains(arg, ".")
	regex.match(`(?i)^(alias\.|core\.(editor|pager|sshcommand|fsmonitor)|diff\.external)`, arg)
}

of_command contains ask(
	"unreadable_command",
	"A git option that starts a program cannot be checked; run the program itself, or ask a lead to approve it.",
) if {
	some args in called.git
	some arg in args
	some option in ["--upload-pack", "--receive-pack", "--exec", "ext::"]
	startswith(arg, option)
}

of_command contains ask(
	"unreadable_command",
	"A git command that starts a program at each step cannot be checked; run the program itself, or ask a lead to approve it.",
) if {
	some [sub, args] in git
	starts_program(sub, args)
}

starts_program("bisect", args) if args[0] == "run"

starts_program("rebase", args) if "-x" in args

starts_program("submodule", args) if args[0] == "foreach"

of_command contains ask(
	"outside_workspace",
	"The command changes git's settings for every repository of this user; change them for this one, or ask a lead to approve it.",
) if {
	some ["config", args] in git
	some arg in args
	arg in {"--global", "--system"}
	some other in args
	not other in {"--global", "--system", "--get", "--list", "-l", "--get-all"}
	count(operands(args)) > 1
}
