package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"

	"satascope/internal/version"
)

var versionCommand = command{
	name: "version",
	does: "say which version this is",
	help: `usage: satascope version

Says which version of Satascope this is, and what it was built with and for.
`,
	prepare: func(*flag.FlagSet) runner {
		return func(_ context.Context, std streams, args []string) error {
			if len(args) > 0 {
				return usagef("version takes no arguments")
			}
			_, err := fmt.Fprintf(std.out, "satascope %s %s %s/%s\n", version.String(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		}
	},
}
