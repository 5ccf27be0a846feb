// Command toolchain is OPA's compiler, tester, formatter and checker behind one function that takes a JSON question
// and gives a JSON answer. Compiled to WebAssembly it has no file system, no network and no clock that a policy could read.
package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
)

// question is what the caller sends. Paths are slash-separated and relative; texts are UTF-8.
type question struct {
	Op    string            `json:"op"` // build, test, format, check, outline
	Files map[string]string `json:"files"`

	Entrypoints []string       `json:"entrypoints"` // build: as <package>/<rule>, beside those that METADATA marks
	Revision    string         `json:"revision"`    // build
	Metadata    map[string]any `json:"metadata"`    // build: put into the manifest

	Skip      []string `json:"skip"`      // test: full names of tests that must not run
	Only      string   `json:"only"`      // test: a part of the full name
	TimeoutMs int64    `json:"timeoutMs"` // test: per test
}

// answer holds problems (the input is wrong) or value; fault is a defect of the toolchain itself.
type answer struct {
	Problems []problem `json:"problems,omitempty"`
	Value    any       `json:"value,omitempty"`
	Fault    string    `json:"fault,omitempty"`
}

// progress is told what happens during a long answer.
type progress func(event map[string]any)

func answerJSON(request []byte, tell progress) (out []byte) {
	defer func() {
		if r := recover(); r != nil {
			out, _ = json.Marshal(answer{Fault: fmt.Sprintf("%v\n%s", r, debug.Stack())})
		}
	}()
	var q question
	if err := json.Unmarshal(request, &q); err != nil {
		out, _ = json.Marshal(answer{Fault: "the question is not JSON: " + err.Error()})
		return out
	}
	out, err := json.Marshal(dispatch(&q, tell))
	if err != nil {
		out, _ = json.Marshal(answer{Fault: "the answer cannot be written: " + err.Error()})
	}
	return out
}

func dispatch(q *question, tell progress) answer {
	switch q.Op {
	case "build":
		return build(q)
	case "test":
		return test(q, tell)
	case "format":
		return formatted(q)
	case "check":
		return check(q)
	case "outline":
		return outlined(q)
	default:
		return answer{Fault: "there is no operation " + q.Op}
	}
}
