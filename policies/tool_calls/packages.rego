package andon.policies.tool_calls

# METADATA
# title: Packages that a tool call may bring in
of_command contains ask(
	"package_install",
	"The call brings in a package that is not on the approved list; install from the lock file, or ask a lead to approve the package.",
) if {
	some package_name in new_packages
	not package_name in settings.approved_packages
}

findings contains ask(
	"package_install",
	"The tool installs something without saying what; name the package, or ask a lead to approve it.",
) if {
	input.resource.class == "install"
	object.get(input.resource, "command", "") == ""
}

of_command contains ask(
	"package_install",
	"The command installs for the whole machine; install into the project, or ask a lead to approve it.",
) if {
	machine_wide
}

of_command contains ask(
	"package_run",
	"The command downloads and runs a package that is not on the list of known tools; add it to the project's lock file, or ask a lead.",
) if {
	some package_name in run_packages
	not bare_name(package_name) in settings.runnable_packages
	not package_name in settings.approved_packages
}

# What a package manager is told to add. From a lock file or a requirements file nothing new is named.
new_packages contains name if {
	some [manager, args] in of_kind.js_packages
	operands(args)[0] in {"install", "i", "in", "add", "link", "isntall", "update", "upgrade", "up"}
	some name in after_first(manager, args)
}

new_packages contains name if {
	some name in pip_packages
}

new_packages contains name if {
	some [manager, args] in of_kind.packages
	operands(args)[0] in {"add", "install", "require", "archive.install"}
	some name in after_first(manager, args)
}

new_packages contains name if {
	some args in called.uv
	operands(args)[0] in {"add", "tool"}
	some name in after_first("uv", args)
	name != "install"
}

new_packages contains name if {
	some args in called.go
	operands(args)[0] in {"get", "install"}
	some name in after_first("go", args)
	not startswith(name, "./")
	not name in {"...", "."}
}

new_packages contains name if {
	some args in called.dotnet
	"package" in args
	some name in array.slice(operands(args), 2, 9)
}

pip_packages contains name if {
	some args in pip_calls
	at := min({i | some i, arg in args; arg in {"install", "download"}})
	rest := array.slice(args, at + 1, count(args))
	some i, name in rest
	not startswith(name, "-")
	not follows(rest, i, {"-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-t", "--target", "-i", "--index-url", "--extra-index-url", "-f"})
	not name in {".", ".[dev]", ".[test]", ".[all]"}
	not startswith(name, "./")
}

# Another index could serve anything.
pip_packages contains name if {
	some args in pip_calls
	some name in args
	regex.match(`^(-i|--index-url|--extra-index-url|-f$|--find-links)`, name)
}

pip_calls contains args if {
	some [_, args] in of_kind.pip
}

pip_calls contains args if {
	some [_, args] in of_kind.starts_pip
	"pip" in args
}

after_first(manager, args) := {name |
	list := operands(args)
	some i, name in list
	i > 0
	not value_of_flag(manager, args, name)
}

value_of_flag(_, args, name) if {
	some i, arg in args
	arg == name
	args[i - 1] in {"--prefix", "-C", "--dir", "--cwd", "--filter", "-w", "--workspace", "--manifest-path", "-p", "--package", "-F", "--features", "--group", "--loglevel"}
}

machine_wide if {
	some [manager, args] in of_kind.js_packages
	some arg in args
	arg in {"-g", "--global", "global", "--location=global"}
	some verb in args
	verb in {"install", "i", "add", "update", "upgrade"}
}

machine_wide if {
	some [_, args] in of_kind.machine_packages
	some verb in args
	verb in {"install", "add", "remove", "purge", "upgrade", "dist-upgrade", "uninstall", "reinstall", "autoremove", "-S", "-Syu", "-Sy", "-R", "-i", "-U", "-iA"}
}

# Another source of packages could serve anything.
machine_wide if {
	some kind in ["js_packages", "pip"]
	some [_, args] in of_kind[kind]
	list := operands(args)
	list[0] in {"config", "c", "set"}
	not list[1] in {"get", "list", "ls"}
}

machine_wide if {
	some args in called.pipx
	operands(args)[0] == "install"
}

run_packages contains name if {
	some [_, args] in of_kind.runs_from_network
	operands(args)[0] == "run"
	some name in args
	regex.match(`@|://`, name)
}

run_packages contains operands(args)[1] if {
	some args in called.pipx
	operands(args)[0] == "run"
}

# Packages that are fetched and run in one go.
run_packages contains name if {
	some [_, args] in of_kind.package_runner
	name := operands_after_flags(args)[0]
}

run_packages contains name if {
	some [_, args] in of_kind.js_packages
	list := operands(args)
	list[0] in {"dlx", "exec", "x", "create", "init"}
	name := list[1]
}

operands_after_flags(args) := [arg |
	some i, arg in args
	not startswith(arg, "-")
	not follows(args, i, {"-c", "--call", "-w"})
]

follows(args, i, flags) if args[i - 1] in flags

bare_name(name) := split(name, "@")[0] if {
	not startswith(name, "@")
} else := concat("", ["@", split(name, "@")[1]])
