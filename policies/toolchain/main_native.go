//go:build !js

package main

import (
	"io"
	"os"
)

// Natively it answers one question from standard input: for debugging, and to compare with the WebAssembly.
func main() {
	request, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	_, _ = os.Stdout.Write(answerJSON(request, func(map[string]any) {}))
}
