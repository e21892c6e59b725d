module satascope/capture/oracle

go 1.24

require (
	github.com/gopacket/gopacket v1.3.1
	github.com/stretchr/testify v1.11.1
	satascope v0.0.0
)

require (
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/klauspost/compress v1.19.2 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	golang.org/x/net v0.43.0 // indirect
	golang.org/x/sys v0.35.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)

replace satascope => ../..
