package andon.lib.shell_test

import data.andon.lib.defaults
import data.andon.lib.shell

read(text) := shell.read(text, defaults.settings.tool_calls.programs)

# The commands of a text, each as its words.
names(text) := [concat(" ", array.concat([command.name], command.args)) | some command in read(text).commands; not command.wrapped]

readable(text) if read(text).unreadable == set()

test_separators if {
	names("a; b && c || d | e & f\ng") == ["a", "b", "c", "d", "e", "f", "g"]
	names("(a); { b; }") == ["a", "b"]
	names("if a; then b; else c; fi") == ["a", "b", "c", "fi"]
	names("  a   b\tc ") == ["a b c"]
	names("") == []
}

test_quotes if {
	names("a 'b c' \"d e\"") == ["a b c d e"]
	read("a 'b;c' \"d|e\"").commands[0].args == ["b;c", "d|e"]
	read("a \"don't\" 'say \"x\"'").commands[0].args == ["don't", "say \"x\""]
	read("a b\\ c \\; d").commands[0].args == ["b c", ";", "d"]
	read("a \"b \\\" c\"").commands[0].args == ["b \" c"]
	names("r\"\"m 'x'") == ["rm x"]
	read("a 'b\\' c").commands[0].args == ["b\\", "c"]
}

test_a_quote_that_does_not_close_is_unreadable if {
	every text in ["a 'b", "a \"b", "a 'b' \"c", "it's"] {
		not readable(text)
	}
}

test_comments if {
	names("a # b; c") == ["a"]
	names("# it's\na\n# isn't") == ["a"]
	names("a#b c") == ["a#b c"]
	names("a '#b' # c") == ["a #b"]
	names("a \"x\"#b") == ["a x#b"]
	names("# a \\\nb") == ["b"]
}

test_substitutions if {
	names("a $(b c)") == ["a $", "b c"]
	names("a `b`") == ["a $", "b $"]
	names("a \"x $(b c)\"") == ["a x $(b c)", "x", "b c"]
	names("a '$(b)'") == ["a \u0005(b)"]
	names("a <(b c)") == ["a", "b c"]
	not readable("a \"$(b \"c\")\"")
	readable("a \"$(b c)\" '$(d \"e\")'")
	readable("git commit -m \"fix \\`a\\` and \\`b\\`\"")
}

test_here_documents if {
	names("cat <<E\na; b\nE\nc") == ["cat", "c"]
	names("cat <<'E' > f\nit's; b\nE") == ["cat"]
	read("cat <<'E' > f\nx\nE").writes == {"f"}
	names("cat <<-E\n\ta\n\tE\nb") == ["cat", "b"]
	names("cat <<A <<B\nx\nA\ny\nB\nc") == ["cat", "c"]
	names("bash <<E\na\nE") == ["bash", "a"]
	names("cat <<E\n$(a)\nE") == ["cat", "a"]
	names("cat <<'E'\n$(a)\nE") == ["cat"]
	names("echo \"<<E\"\na\nE") == ["echo <<E", "a", "e"]
	names("cat <<< a") == ["cat"]
	names("a \"$(cat <<'E'\nit's \"x\"\nE\n)\"") == ["a $(cat  \n)", "cat"]
	readable("cat <<A\nA\ncat <<B\nB\ncat <<C\nC\ncat <<D\nD\nls")
	not readable("cat <<E\na")
	not readable("cat <<A\nA\ncat <<B\nB\ncat <<C\nC\ncat <<D\nD\ncat <<E\nE")
}

test_redirects if {
	read("a > b 2>&1").writes == {"b", "1"}
	read("a >> b").writes == {">", "b"}
	read("a &> b").writes == {"b"}
	names("a >b c <d 2>e f") == ["a c f"]
	names("> x a") == ["a"]
	names("2>x a") == ["a"]
}

test_assignments_and_wrappers if {
	names("A=1 B=2 c d") == ["c d"]
	names("A=1") == []
	[command.name | some command in read("sudo -u x rm -rf y").commands] == ["sudo", "rm"]
	[command.name | some command in read("find . -exec rm {} +").commands] == ["find", "rm"]
	read("ls | xargs rm").commands[1].piped
	not read("ls | xargs rm").commands[0].piped
	[command.name | some command in read("/usr/bin/env /bin/RM x").commands] == ["env", "rm"]
}

test_texts_that_are_commands if {
	names("bash -c 'a; b'") == ["bash -c a; b", "a", "b"]
	names("sh -c \"bash -c 'a b'\"") == ["sh -c bash -c 'a b'", "bash -c a b", "a b"]
	names("alias x='a b'") == ["alias x=a b", "a b"]
	not readable("bash -c \"bash -c 'bash -c \\\"bash -c rm\\\\ x\\\"'\"")
}

test_hidden_programs if {
	every text in ["$A b", "${A}b c", "a; $B", "$(a) b", "{a,b}", "/bin/r? x", "r* x", "[r]m x", "$'a' b", "xargs $A", "env $A", "find . -exec $A {} +"] {
		not readable(text)
	}
	every text in ["[ -f a ]", "[[ -f a ]]", "a $B", "sudo -u $USER ls", "find . -name '*.o'", "{ a; }"] {
		readable(text)
	}
}

test_limits if {
	not readable(concat(" ", ["xargs", concat(" ", [part | some _ in numbers.range(1, 200); part := "rm"])]))
	readable(concat(" ", ["ls", concat(" ", [part | some _ in numbers.range(1, 500); part := "a"])]))
	long := concat("", [part | some _ in numbers.range(1, 2001); part := "aaaaaaaaaa "])
	not readable(concat("", ["a ", long]))
	many := concat("", ["a ", concat(" ", [part | some _ in numbers.range(1, 100); part := "'b' \"c\""])])
	not readable(many)
	not readable("a 'b' \u001e")
	not readable("a\u001fb")
	readable(concat("", ["a ", substring(long, 0, 19000)]))
}
