/**
 * What the guest has beside the language: `console`, and the frame that runs the step's function and keeps how it ended.
 * It is JavaScript text that lives inside QuickJS; it holds on to the built-ins it needs before the step's code can
 * replace them. Nothing of it is reachable by name from the step's code but `console`.
 */

/** Most a run may write with `console`: lines, and characters in all. */
export const MAX_CONSOLE_LINES = 1000;
export const MAX_CONSOLE_CHARS = 64 * 1024;

/** Evaluates to `{start(run, inputText), end(), text()}`; `end()` is JSON `{state, error, console}`, `text()` the value's JSON. */
export const prelude = `(() => {
  'use strict';
  const { parse, stringify } = JSON;
  const toText = String;
  const lines = [];
  let chars = 0;
  let isFull = false;
  const show = (value) => {
    try {
      if (typeof value === 'string') return value;
      if (value instanceof Error) return toText(value);
      const json = typeof value === 'object' ? stringify(value) : undefined;
      return json === undefined ? toText(value) : json;
    } catch {
      return '(not printable)';
    }
  };
  const write = (level) => (...values) => {
    if (isFull) return;
    let text = '';
    for (let at = 0; at < values.length; at++) text += (at === 0 ? '' : ' ') + show(values[at]);
    chars += text.length;
    isFull = lines.length === ${MAX_CONSOLE_LINES - 1} || chars > ${MAX_CONSOLE_CHARS};
    lines[lines.length] = isFull ? { level: 'warn', text: '(what was written from here on is left out)' } : { level, text };
  };
  globalThis.console = {
    log: write('log'), debug: write('log'), info: write('info'), warn: write('warn'), error: write('error'),
  };
  let state = 'pending';
  let error = null;
  let text;
  const describe = (thrown) => {
    try {
      if (thrown instanceof Error) return { name: toText(thrown.name), message: toText(thrown.message), stack: toText(thrown.stack) };
      return { name: 'Error', message: show(thrown), stack: '' };
    } catch {
      return { name: 'Error', message: '(not printable)', stack: '' };
    }
  };
  return {
    async start(run, inputText) {
      try {
        const value = await run(inputText === undefined ? undefined : parse(inputText));
        state = 'unwritable';
        text = stringify(value);
        state = 'done';
      } catch (thrown) {
        state = state === 'pending' ? 'failed' : state;
        error = describe(thrown);
      }
    },
    end: () => stringify({ state, error, console: lines }),
    text: () => text,
  };
})()`;
