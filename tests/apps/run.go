// One assertion a line on standard input, one answer a line on standard output (tests/tests/apps.rs).
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		keys, err := Keys()
		var visitor *Visitor
		if err == nil {
			visitor, err = WhoIsThere(lines.Text(), keys)
		}
		if err != nil {
			_ = answers.Encode(map[string]string{"refused": err.Error()})
		} else {
			_ = answers.Encode(map[string]*Visitor{"visitor": visitor})
		}
	}
}
