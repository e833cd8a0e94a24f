"use strict";
// A model that Gradus compiled for WebAssembly, with its state and buffers in the module's own memory.
//
// The functions take addresses, as in C. Where things lie is decided here, once: behind __heap_base, the end of what the
// module itself uses, come the state, the arena, and a buffer for each input and output. NAME_description tells all sizes.

class Model {
  static async load(bytes, name, batch) {
    const { instance } = await WebAssembly.instantiate(bytes, {}); // it imports nothing
    return new Model(instance.exports, name, batch);
  }

  constructor(exports, name, batch) {
    this.exports = exports;
    this.name = name;
    this.batch = batch;
    this.end = exports.__heap_base.value;
    this.description = JSON.parse(this.text(this.call("description")));
    this.state = this.place(this.description.state_bytes);
    this.arena = this.place(this.description.arena_bytes);
    this.pointers = { inputs: this.places(this.description.inputs), outputs: this.places(this.description.outputs) };
  }

  // Room for so many bytes, aligned to 64.
  place(bytes) {
    const begin = Math.ceil(this.end / 64) * 64;
    this.end = begin + bytes;
    const memory = this.exports.memory, page = 65536;
    const lacking = Math.ceil(this.end / page) - memory.buffer.byteLength / page;
    if (lacking > 0) memory.grow(lacking);
    return begin;
  }

  // A buffer for each input or output, and the C struct of pointers to them.
  places(ports) {
    const buffers = ports.map((port) => {
      const count = port.shape.reduce((product, size) => product * (size === "batch" ? this.batch : size), 1);
      return { ...port, count, address: this.place(4 * count) };
    });
    const struct = this.place(4 * buffers.length);
    const memory = new DataView(this.exports.memory.buffer);
    buffers.forEach((buffer, i) => memory.setUint32(struct + 4 * i, buffer.address, true));
    return { struct, buffers };
  }

  // The elements of an input or output, to read and to write. Not to be kept: memory that grows moves.
  elements(name) {
    const all = [...this.pointers.inputs.buffers, ...this.pointers.outputs.buffers];
    const buffer = all.find((one) => one.name === name);
    const type = buffer.dtype === "i32" ? Int32Array : Float32Array;
    return new type(this.exports.memory.buffer, buffer.address, buffer.count);
  }

  text(address) {
    const memory = new Uint8Array(this.exports.memory.buffer);
    return new TextDecoder().decode(memory.subarray(address, memory.indexOf(0, address)));
  }

  call(verb, ...words) {
    return this.exports[`${this.name}_${verb}`](...words);
  }

  checked(verb, ...words) {
    const code = this.call(verb, ...words);
    if (code !== 0) throw new Error(`${this.name}_${verb}: ${this.text(this.call("error", code))}`);
  }

  // The first weights; a seed is 64 bits wide, in JavaScript a BigInt.
  init(seed) {
    this.checked("init", this.state, BigInt(seed));
  }
  step() {
    this.checked("step", this.state, this.pointers.inputs.struct, this.pointers.outputs.struct, this.arena);
  }
  infer() {
    this.checked("infer", this.state, this.pointers.inputs.struct, this.pointers.outputs.struct, this.arena);
  }
}
