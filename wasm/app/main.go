//go:build js && wasm

// Command app is the program that runs in the browser. One binary serves both
// places: the page, where there is a document (package page), and the worker
// that the page starts, where there is none (package worker). What they say to
// each other is in package bridge, what both need of the browser in package
// browser.
//
// site/program.js starts it, site/boot.js in the page and site/worker.js in the
// worker. What they and the program have of each other is the global object
// satascope:
//
//	theme(name)    page: shows it in the colours that are named: light, dark, or "" for the system's
//	startWorker()  page: starts worker.js with the compiled program, gives the Worker
//	keepOffline()  page: registers the service worker, gives a promise
//	dropped        page: files that were dropped before the program ran, or null
//	ready          page: set by the program; from then on it takes files itself
//	zstd()         worker: loads the module that unpacks zstd, gives a promise
//
// A program that ends (a panic, no memory) makes worker.js post {ended: reason}
// and boot.js show the reason: nothing ever just hangs.
package main

import (
	"satascope/wasm/app/browser"
	"satascope/wasm/app/page"
	"satascope/wasm/app/worker"
)

func main() {
	if browser.InPage() {
		page.Run()
	} else {
		worker.Run()
	}
}
