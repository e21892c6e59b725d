// The worker, as it is deployed, with a door behind it for the tests: /api/behind/
// lists what the bucket holds, gives all or one of it, puts objects into it, makes it fail, answer nonsense or
// be missing, and takes the strict rate limit in place of the usual one. A request says in X-Behind-Address from
// where it comes.
import worker from "../../.build/edge/worker.mjs";

let bucket = "mend";
let strict = false;

// A bucket whose every method fails.
const failing = new Proxy({}, {
  get: (_, name) => () => Promise.reject(new Error(`R2 does not answer (${String(name)})`)),
});

// What the worker has for its bucket.
const buckets = {
  mend: (env) => env.SHARES,
  break: () => failing,
  nonsense: () => new Proxy({}, { get: () => () => 5 }),
  unbind: () => undefined,
};

async function behind(request, env, what) {
  switch (what) {
    case "list": {
      const keys = [];
      let cursor;
      do {
        const page = await env.SHARES.list({ cursor });
        keys.push(...page.objects.map((o) => o.key));
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor);
      return Response.json(keys);
    }
    case "all": {
      // Keys and contents, one after the other.
      const parts = [];
      for (const key of await (await behind(request, env, "list")).json()) {
        parts.push(key, await (await env.SHARES.get(key)).arrayBuffer());
      }
      return new Response(new Blob(parts));
    }
    case "get":
      return new Response((await env.SHARES.get(new URL(request.url).searchParams.get("key"))).body);
    case "put":
      await env.SHARES.put(new URL(request.url).searchParams.get("key"), await request.arrayBuffer());
      return new Response("ok");
    case "break":
    case "nonsense":
    case "unbind":
    case "mend":
      bucket = what;
      return new Response("ok");
    case "strict":
    case "lenient":
      strict = what === "strict";
      return new Response("ok");
  }
  return new Response("no such door", { status: 500 });
}

export default {
  async fetch(request, env, ctx) {
    const path = new URL(request.url).pathname;
    if (path.startsWith("/api/behind/")) {
      return behind(request, env, path.slice("/api/behind/".length));
    }
    const from = request.headers.get("X-Behind-Address");
    if (from) {
      request = new Request(request);
      request.headers.set("CF-Connecting-IP", from);
    }
    const response = await worker.fetch(request, {
      ...env,
      SHARES: buckets[bucket](env),
      CREATE_LIMIT: strict ? env.STRICT_LIMIT : env.CREATE_LIMIT,
    }, ctx);
    // wrangler's proxy keeps its connection to the worker, and loses the next request on it where the worker closes
    // it for a body that nobody read. Cloudflare's edge does not stand on that connection.
    if (request.body && !request.bodyUsed && (request.headers.get("Content-Length") ?? 0) <= 64 << 10) {
      await request.arrayBuffer();
    }
    return response;
  },
};
