// node run_wasm.mjs FILE.wasm: calls program() of a module whose only import is host.write(text, bytes).
import { readFileSync, writeSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const foreign = WebAssembly.Module.imports(module).filter((one) => one.module !== "host" || one.name !== "write");
if (foreign.length > 0) {
  console.error(`imports that nobody promised: ${foreign.map((one) => `${one.module}.${one.name}`).join(", ")}`);
  process.exit(1);
}
let exports;
const host = {
  write(text, bytes) {
    const part = new Uint8Array(exports.memory.buffer, text, bytes);
    for (let done = 0; done < bytes; ) done += writeSync(1, part, done);
  },
};
exports = new WebAssembly.Instance(module, { host }).exports;
process.exit(exports.program());
