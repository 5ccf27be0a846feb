//go:build js

package main

import (
	"encoding/json"
	"syscall/js"
)

// The worker calls andonToolchain(question, progress, done); done gets the answer once, progress any number of events.
func main() {
	js.Global().Set("andonToolchain", js.FuncOf(func(_ js.Value, args []js.Value) any {
		request, tell, done := []byte(args[0].String()), args[1], args[2]
		// A callback must return at once: what it waits for could otherwise never run.
		go func() {
			out := answerJSON(request, func(event map[string]any) {
				bs, _ := json.Marshal(event)
				tell.Invoke(string(bs))
			})
			done.Invoke(string(out))
		}()
		return nil
	}))
	js.Global().Call("andonToolchainReady")
	select {}
}
