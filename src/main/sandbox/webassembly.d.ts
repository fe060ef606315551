/** The one global QuickJS needs that the types of Node leave to those of the browser. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  const Module: new (bytes: NodeJS.ArrayBufferView) => Module;
}
