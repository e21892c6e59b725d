// Package edge tests the hosted service in Cloudflare's own runtime, workerd, as
// wrangler starts it on this machine: no account and no network is needed, but
// Node, npm's wrangler (`npm ci` in this folder) and the built site are. The
// tests run when SATASCOPE_EDGE is set, and those in a browser when CHROMIUM
// names one.
package edge
