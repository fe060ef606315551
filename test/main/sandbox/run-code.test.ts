import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../src/main/sandbox/sandbox.ts';
import { failureOf, openSandbox, someReason } from './open-sandbox.ts';

const sandbox = createSandbox({
  workerUrl: new URL('../../../src/main/sandbox-worker.ts', import.meta.url),
  codeTimeoutMs: 1000,
});
afterAll(() => sandbox.close());

const leftOut: unknown = expect.stringContaining('left out');
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const input = { trigger: { data: { amount: 150, items: [1, 2, 3] } } };

async function valueOf(code: string): Promise<unknown> {
  return (await sandbox.runCode(code, input)).value;
}

describe('runCode', () => {
  it.each([
    ['return input.trigger.data.amount * 2', 300],
    ['const { items } = input.trigger.data;\nreturn items.map((n) => n + 1) // done', [2, 3, 4]],
    ['return await Promise.resolve({ a: [1] })', { a: [1] }],
    ['return new Promise((resolve) => queueMicrotask(() => resolve("late")))', 'late'],
    ['', undefined],
    ['return undefined', undefined],
    ['return null', null],
    ['return () => 1', undefined],
    ['return new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['return { a: undefined, b: NaN }', { b: null }],
    ['return "ä€\\ud83d\\ude00"', 'ä€😀'],
    ['input.trigger.data.amount = 1; return input.trigger.data.amount', 1],
    ['return this === undefined || typeof this', 'object'],
  ])('%j gives %j', async (code, expected) => {
    expect(await valueOf(code)).toEqual(expected);
    expect(input.trigger.data.amount).toBe(150);
  });

  it('keeps what the code writes with console, in order and by level', async () => {
    const code =
      'console.log("a", 1, {b: [2]}); console.info(null); console.warn(new Error("w")); console.error(undefined); console.debug("d")';
    expect((await sandbox.runCode(code, input)).console).toEqual([
      { level: 'log', text: 'a 1 {"b":[2]}' },
      { level: 'info', text: 'null' },
      { level: 'warn', text: 'Error: w' },
      { level: 'error', text: 'undefined' },
      { level: 'log', text: 'd' },
    ]);
  });

  it('keeps at most 1,000 lines and 64 KiB of it, and says that some is left out', async () => {
    const lines = await sandbox.runCode('for (let n = 0; n < 5000; n++) console.log(n)', input);
    expect(lines.console).toHaveLength(1000);
    expect(lines.console.at(-1)).toEqual({ level: 'warn', text: leftOut });
    const long = await sandbox.runCode('for (let n = 0; n < 100; n++) console.log("x".repeat(1000))', input);
    expect(long.console.length).toBeLessThan(70);
    expect(long.console.at(-1)).toEqual({ level: 'warn', text: leftOut });
  });

  it('runs each step in a fresh world', async () => {
    await sandbox.runCode(
      'globalThis.left = 1; Array.prototype.map = () => "broken"; JSON.stringify = () => "broken"',
      input,
    );
    expect(await valueOf('return [typeof left, [1].map((n) => n)]')).toEqual(['undefined', [1]]);
  });
});

describe('faulty code', () => {
  it.each([
    ['let a = 1;\nlet b = a.b.c;', 2, /^TypeError/],
    ['\n\nfunction inner() {\n  throw new RangeError("no");\n}\ninner();', 4, /^RangeError: no/],
    ['await null;\n\nmissing();', 3, /^ReferenceError/],
    ['let a = 1;\nlet b = ;', 2, /^SyntaxError/],
    ['return JSON.parse("{")', 1, /^SyntaxError/],
    ['await Promise.reject(new Error("late"))', 1, /^Error: late/],
  ])('%j fails with code_failed and its line', async (code, line, reason) => {
    const error = await failureOf(sandbox.runCode(code, input));
    expect(error).toMatchObject({
      code: 'code_failed',
      details: { line, reason: matching(reason) },
    });
    expect(error.message).toContain(`line ${line}`);
  });

  it.each([
    ['throw "text"', /text/],
    ['throw {code: 5}', /"code":5/],
    ['throw null', /null/],
    ['throw new Proxy({}, { get() { throw 1 } })', /./],
    ['const o = {}; o.o = o; return o', /not JSON/],
    ['return 10n', /not JSON/],
    ['return { toJSON() { throw new Error("mine") } }', /mine/],
    ['queueMicrotask(() => { throw new Error("stray") }); return 1', /stray/],
    ['return 1 }', /SyntaxError/],
  ])('%j fails with code_failed and a reason', async (code, reason) => {
    const error = await failureOf(sandbox.runCode(code, input));
    expect(error).toMatchObject({ code: 'code_failed', details: { reason: matching(reason) } });
  });

  it('keeps the console of code that failed, ran too long or used too much', async () => {
    for (const code of [
      'console.log("mark"); throw 1',
      'console.log("mark"); for (;;);',
      'console.log("mark"); await new Promise(() => {})',
    ]) {
      const error = await failureOf(sandbox.runCode(code, input, { timeoutMs: 200 }));
      expect(error.details['console']).toEqual([{ level: 'log', text: 'mark' }]);
    }
  });
});

describe('hostile code', () => {
  it.each([
    ['an endless loop', 'for (;;);'],
    ['a promise that never settles', 'await new Promise(() => {})'],
    ['endless microtasks', 'for (;;) await null'],
    [
      'a loop that catches its end',
      'const spin = async () => { for (;;); }; for (;;) { try { await spin() } catch {} }',
    ],
    ['a frozen regular expression', 'return /^(a+)+$/.test("a".repeat(50) + "!")'],
    ['one with a back reference', 'return /^(a+)+\\1$/.test("a".repeat(50) + "!")'],
    ['a sort that never ends', '[1, 2, 3].sort(() => { for (;;); })'],
    ['a trap in the returned value', 'return new Proxy({}, { ownKeys() { for (;;); } })'],
    ['endless JSON', 'return { toJSON() { for (;;); } }'],
  ])('%s ends with code_timeout', async (_, code) => {
    const error = await failureOf(sandbox.runCode(code, input, { timeoutMs: 300 }));
    expect(error).toMatchObject({ code: 'code_timeout', details: { reason: someReason } });
  });

  it.each([
    ['2 GB in a list', 'return new Array(2 ** 31 - 1).fill(1).length'],
    ['1 GB of text', 'return "x".repeat(2 ** 30 - 10).length'],
    ['text doubled', 'let s = "x"; for (;;) s += s'],
    ['small pieces', 'const all = []; for (;;) all.push(new Array(1000).fill(7))'],
    ['padding', 'return "a".padEnd(2 ** 28).length'],
    ['one buffer', 'return new Uint8Array(2 ** 30).length'],
    ['deep JSON', 'let o = {}; for (let n = 0; n < 1e5; n++) o = { o }; return o'],
    ['a returned value over 4 MiB', 'return "x".repeat(5e6)'],
    ['4 MiB of two-byte characters', 'return "ä".repeat(3e6)'],
  ])('%s fails with sandbox_limit', async (_, code) => {
    const error = await failureOf(sandbox.runCode(code, input, { timeoutMs: 5000 }));
    expect(error).toMatchObject({ code: 'sandbox_limit', details: { reason: someReason } });
  });

  it('deep recursion is an error the code can catch', async () => {
    expect(
      await valueOf('const f = () => 1 + f(); try { return f() } catch (error) { return error.name }'),
    ).toBe('RangeError');
    expect(await failureOf(sandbox.runCode('const f = () => 1 + f();\nf()', input))).toMatchObject({
      code: 'code_failed',
    });
  });

  it('an input larger than the memory allows fails with sandbox_limit', async () => {
    const large = { text: 'x'.repeat(40 * 1024 * 1024) };
    expect(await failureOf(sandbox.runCode('return input.text.length', large))).toMatchObject({
      code: 'sandbox_limit',
    });
    const list = Array.from({ length: 3_000_000 }, () => ({}));
    expect(await failureOf(sandbox.runCode('return input.length', list))).toMatchObject({
      code: 'sandbox_limit',
    });
  });

  it.each([
    'process',
    'require',
    'module',
    'Buffer',
    'setTimeout',
    'fetch',
    'WebAssembly',
    'Deno',
    'std',
    'os',
    'structuredClone',
    'XMLHttpRequest',
  ])('there is no %s', async (name) => {
    expect(await valueOf(`return typeof ${name}`)).toBe('undefined');
    expect(await valueOf(`return typeof globalThis[${JSON.stringify(name)}]`)).toBe('undefined');
  });

  it.each([
    'return typeof (function () {}).constructor("return process")',
    'return (async function () {}).constructor("return typeof process")()',
    'return Function("return typeof process")()',
    'return eval("typeof process")',
    'return (0, eval)("typeof require")',
    'return typeof this.constructor.constructor("return typeof process")()',
    'return typeof console.log.constructor("return this")().process',
    'return typeof Error.prepareStackTrace',
    'try { null.x } catch (e) { return e.constructor.constructor("return typeof process")() }',
    'return typeof input.constructor.constructor("return this")().process',
  ])('%s stays inside', async (code) => {
    expect(await valueOf(code)).toMatch(/^(undefined|function|string)$/);
  });

  it.each([
    'await import("node:fs")',
    'await import("data:text/javascript,1")',
    'return (await import("std")).getenviron()',
  ])('%s loads nothing', async (code) => {
    expect(await failureOf(sandbox.runCode(code, input))).toMatchObject({ code: 'code_failed' });
  });

  it('sees nothing of the host in its global object', async () => {
    const names = await valueOf(
      'return Object.getOwnPropertyNames(globalThis).filter((name) => /^[a-z]/.test(name)).sort()',
    );
    expect(names).toEqual([
      'atob',
      'btoa',
      'console',
      'decodeURI',
      'decodeURIComponent',
      'encodeURI',
      'encodeURIComponent',
      'escape',
      'eval',
      'globalThis',
      'isFinite',
      'isNaN',
      'parseFloat',
      'parseInt',
      'performance',
      'queueMicrotask',
      'undefined',
      'unescape',
    ]);
  });

  it('a run over its time never delays the expressions', async () => {
    const slow = failureOf(sandbox.runCode('for (;;);', input, { timeoutMs: 1500 }));
    const begun = performance.now();
    expect(await sandbox.evaluate('$sum([1, 2])', {})).toBe(3);
    expect(performance.now() - begun).toBeLessThan(1400);
    expect(await slow).toMatchObject({ code: 'code_timeout' });
  });

  it('memory too small to start in fails the run, not the process', async () => {
    const tiny = openSandbox({ codeMemoryBytes: 100_000 });
    expect((await failureOf(tiny.runCode('return 1', null))).code).toMatch(/^(sandbox_limit|code_failed)$/);
    expect(await tiny.evaluate('1 + 1', {})).toBe(2);
  });

  it('memory of ended runs is given back', async () => {
    for (let round = 0; round < 8; round++) {
      expect(
        await failureOf(sandbox.runCode('const all = []; for (;;) all.push(new Array(1e5).fill(7))', input)),
      ).toMatchObject({
        code: 'sandbox_limit',
      });
    }
    expect(await valueOf('return 1')).toBe(1);
  });
});
