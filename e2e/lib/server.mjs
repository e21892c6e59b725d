// The program, serving the site that it carries, on a free port of 127.0.0.1.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Starts `satascope serve`; the program is the one that $SATASCOPE names.
 * @param {string[]} [args] more of the command line
 * @returns {Promise<{origin: string, stop: () => Promise<void>}>}
 */
export async function serve(args = []) {
  const program = process.env.SATASCOPE;
  if (!program) throw new Error("SATASCOPE does not name the program: run the tests with ./build.sh e2e");
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (b) => (said += b));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const at = /^Satascope is at (http:\/\/[^/]+)\//.exec(line);
    if (at) {
      return {
        origin: at[1],
        async stop() {
          child.kill("SIGTERM");
          await ended;
        },
      };
    }
  }
  await ended;
  throw new Error(`satascope serve ended: ${said}`);
}
