package andon.lib.paths_test

import data.andon.lib.paths

workspace := "/home/dev/proj"

cwd := "/home/dev/proj/src"

places(list) := {path: paths.place(path, cwd, workspace) | some path in list}

test_inside if {
	every path in ["a.js", "../a", "./a/../b", "/home/dev/proj", "/home/dev/proj/", "/etc/../home/dev/proj/x", "a/./b", "..a", "a..b/c"] {
		paths.place(path, cwd, workspace) == "inside"
	}
}

test_outside if {
	every path in [
		"../../a", "/home/dev/proj2/x", "~/x", "./x/../../..", "C:\\x", "/home/dev/proj/../../../etc/passwd", "/", "/home/dev", "..//../a",
		"a/../../../b", "..\\..\\..\\x",
	] {
		paths.place(path, cwd, workspace) == "outside"
	}
}

test_unknown if {
	paths.place("$A/x", cwd, workspace) == "unknown"
	paths.place("$(pwd)/x", cwd, workspace) == "unknown"
	every wide in ["/", "", "/home", "/home/dev", "/Users/ana", "/etc", "/tmp", "~"] {
		paths.place("a", wide, wide) == "unknown"
	}
	paths.place("a", "/workspace", "/workspace") == "inside"
	paths.place("a", "/root/app", "/root/app") == "inside"
}

test_a_relative_path_is_outside_when_the_folder_is if paths.place("a", "/etc", workspace) == "outside"

test_clean if {
	paths.clean("/a/b/../c") == "/a/c"
	paths.clean("/a/../../b") == "/b"
	paths.clean("a//b/./c/") == "a/b/c"
	paths.clean("/a/b/c/../../d") == "/a/d"
	paths.clean("/..") == "/"
	paths.clean("a\\b\\..\\c") == "a/c"
	paths.clean("/.hidden/x") == "/.hidden/x"
}

test_base if {
	paths.base("/a/b.c") == "b.c"
	paths.base("b.c") == "b.c"
	paths.base("/a/b/") == "b"
}
