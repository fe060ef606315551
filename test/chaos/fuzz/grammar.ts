/**
 * Bodies and expressions grown from their grammars: mostly right, so that they get past the first judge, with values
 * in them that were the end of somebody's parser.
 */
import type { Dice } from './dice.ts';

const oddNumbers = [
  '0',
  '-0',
  '1e400',
  '-1e-400',
  '12345678901234567890',
  '0.1e-400',
  '1E+2',
  '9007199254740993',
];
const oddStrings = [
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"\u202e\u2066"',
  '"__proto__"',
  '"{{secrets.X}}"',
  '"{{ $eval(\'1\') }}"',
  '"../../etc/passwd"',
  '"\\r\\nSet-Cookie: a=b"',
  '"<script>alert(1)</script>"',
  '"2026-13-45"',
];
const oddKeys = [
  '__proto__',
  'constructor',
  'prototype',
  '_query',
  'toString',
  'length',
  '',
  'a.b',
  'a[0]',
  '0',
  '$',
];

/** JSON text of at most so many levels. */
export function jsonText(dice: Dice, levels = 4): string {
  const kind = levels <= 0 ? dice.upTo(4) : dice.upTo(7);
  switch (kind) {
    case 0:
      return dice.pick(['true', 'false', 'null']);
    case 1:
      return dice.oneIn(3) ? dice.pick(oddNumbers) : String(dice.upTo(1_000) - 500);
    case 2:
    case 3:
      return dice.oneIn(3) ? dice.pick(oddStrings) : JSON.stringify(dice.word(dice.upTo(12)));
    case 4:
      return `[${Array.from({ length: dice.upTo(5) }, () => jsonText(dice, levels - 1)).join(',')}]`;
    default:
      return `{${Array.from({ length: dice.upTo(6) }, () => `${keyText(dice)}:${jsonText(dice, levels - 1)}`).join(',')}}`;
  }
}

function keyText(dice: Dice): string {
  return JSON.stringify(
    dice.oneIn(5) ? dice.pick(oddKeys) : dice.pick(['a', 'b', 'id', 'n', 'items', 'event', dice.word(4)]),
  );
}

/** JSON that goes to the edges: depth, keys, length, and what is only nearly JSON. */
export function extremeJson(dice: Dice): string {
  const many = dice.pick([10, 99, 100, 101, 1_000]);
  switch (dice.upTo(8)) {
    case 0:
      return '['.repeat(many) + ']'.repeat(many);
    case 1:
      return `${'{"a":'.repeat(many)}1${'}'.repeat(many)}`;
    case 2:
      return `{${Array.from({ length: many * 3 }, (_, n) => `"${n * 65_536}":${n}`).join(',')}}`;
    case 3:
      return `"${'\\"'.repeat(many)}`;
    case 4:
      return `${jsonText(dice)}${dice.pick(['}', ']', ',', '\0', '//', '\u00a0', jsonText(dice)])}`;
    case 5:
      return `\ufeff${jsonText(dice)}`;
    case 6:
      return `{"a":1,"a":${jsonText(dice)},"\\u0061":2}`;
    default:
      return `[${'"x",'.repeat(many)}`;
  }
}

/** A form, now and then with names that look like paths. */
export function formText(dice: Dice): string {
  const pair = (): string => {
    const name = dice.oneIn(4)
      ? dice.pick(['a[b]', 'a[]', '__proto__', '%00', '%', '%zz', '+', 'a%5Bb%5D'])
      : dice.word(3);
    return `${name}${dice.oneIn(8) ? '' : '='}${dice.oneIn(4) ? dice.pick(['%FF', '%', '%u0041', '+', '&&', '=']) : dice.word(5)}`;
  };
  return Array.from({ length: dice.oneIn(50) ? 1_001 : dice.upTo(8) }, pair).join(dice.oneIn(6) ? ';' : '&');
}

/** A multipart body and its content type, whole most of the time. */
export function multipart(dice: Dice): { type: string; body: Buffer } {
  const boundary = dice.pick(['XX', 'a b', '-', '----=_Part', "'()+_,-./:=?", dice.word(70)]);
  const parts = Array.from({ length: dice.upTo(5) }, () => {
    const name = dice.pick(['a', 'b', '__proto__', 'file', '', 'a"b', '%00']);
    const file = dice.oneIn(3) ? `; filename="${dice.pick(['r.bin', '../../x', 'con', '', 'a\0b'])}"` : '';
    const type = dice.oneIn(3)
      ? `\r\nContent-Type: ${dice.pick(['text/plain', 'x', 'multipart/mixed; boundary=i', ''])}`
      : '';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${type}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), dice.bytes(dice.upTo(40)), Buffer.from('\r\n')]);
  });
  const end = dice.pick([
    `--${boundary}--\r\n`,
    `--${boundary}--\r\n`,
    `--${boundary}--`,
    `--${boundary}`,
    '',
  ]);
  const quoted = dice.oneIn(2) ? `"${boundary}"` : boundary;
  return {
    type: `multipart/form-data; boundary=${quoted}`,
    body: Buffer.concat([...parts, Buffer.from(end)]),
  };
}

const paths = [
  'trigger.data',
  'trigger.query.a',
  'trigger.headers',
  'params',
  'trigger.data.items[0].n',
  'trigger.method',
  '$',
  '$$',
  'nothing',
  'trigger.data.*',
  'trigger.data.**',
  '%.a',
];
const functions = [
  '$string',
  '$number',
  '$length',
  '$sum',
  '$keys',
  '$lookup',
  '$eval',
  '$match',
  '$replace',
  '$map',
  '$filter',
  '$sort',
  '$merge',
  '$each',
  '$spread',
  '$type',
  '$error',
  '$pad',
  '$split',
  '$toMillis',
  '$formatNumber',
  '$base64encode',
  '$clone',
  '$sift',
  '$reduce',
];
const patterns = ['/a+/', '/(a+)+$/', '/[/', '/(?:)/', '/\\p{L}/u'];

/** JSONata, right in its grammar most of the time. */
export function expression(dice: Dice, levels = 3): string {
  if (levels <= 0) return dice.pick([dice.pick(paths), '1', '"x"', 'true', 'null', dice.pick(patterns)]);
  const inner = (): string => expression(dice, levels - 1);
  switch (dice.upTo(11)) {
    case 0:
      return `(${inner()} ${dice.pick(['+', '-', '*', '/', '%', '&', '=', '!=', '<', 'and', 'or', 'in', '..', '~>', '^', '?'])} ${inner()})`;
    case 1:
    case 2:
      return `${dice.pick(functions)}(${Array.from({ length: dice.upTo(4) }, inner).join(', ')})`;
    case 3:
      return `${dice.pick(paths)}[${inner()}]`;
    case 4:
      return `${inner()} ? ${inner()} : ${inner()}`;
    case 5:
      return `{${Array.from({ length: dice.upTo(3) }, () => `"${dice.word(2)}": ${inner()}`).join(', ')}}`;
    case 6:
      return `[${inner()}..${dice.pick(['3', '1000', '1e9', '-1', inner()])}]`;
    case 7:
      return `($f := function($x) { ${dice.pick(['$x', '$f($x)', inner()])} }; $f(${inner()}))`;
    case 8:
      return `${dice.pick(paths)}.${dice.pick(['__proto__', 'constructor', '`a b`', '$string()', '(1)', '*'])}`;
    case 9:
      return inner() + dice.pick([')', '(', ']', '"', '`', '/*', '\\', ' ', '.', '^(', '@$v', '#$i']);
    default:
      return inner();
  }
}
