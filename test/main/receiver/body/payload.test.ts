import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readContentType } from '../../../../src/main/receiver/body/content-type.ts';
import { groupByName, readPairs } from '../../../../src/main/receiver/body/named-values.ts';
import { parseJson } from '../../../../src/main/receiver/body/parse-json.ts';
import { readPayload } from '../../../../src/main/receiver/body/read-payload.ts';
import { scanJson } from '../../../../src/main/receiver/body/scan-json.ts';
import { AppError } from '../../../../src/shared/errors.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('the scanner', () => {
  it('lets every JSON text pass that is within the limits, and the parser agrees', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const bytes = Buffer.from(JSON.stringify(value, null, indent));
        expect(JSON.stringify(parseJson(bytes).value)).toBe(JSON.stringify(JSON.parse(bytes.toString())));
      }),
    );
  });

  it('counts levels exactly, whatever stands in strings', () => {
    fc.assert(
      fc.property(fc.integer({ min: 90, max: 110 }), fc.string(), (depth, text) => {
        let value: unknown = text;
        for (let level = 0; level < depth; level++)
          value = level % 2 === 0 ? [value] : { [`${text}"[{`]: value };
        const scan = () => scanJson(Buffer.from(JSON.stringify(value)));
        if (depthOf(value) > 100) expect(scan).toThrow(expect.objectContaining({ code: 'too_deep' }));
        else expect(scan).not.toThrow();
      }),
    );
  });

  it('ends on any bytes with a verdict', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        try {
          scanJson(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

describe('a payload', () => {
  const types = [
    undefined,
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'multipart/form-data',
    'application/json; charset=utf-16',
    ';;;',
    'a/b; c="d',
  ];

  it('is read or refused with a code, whatever the bytes, the type and the style', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc
            .string()
            .map(
              (text) =>
                new Uint8Array(
                  Buffer.from(`--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--x--`),
                ),
            ),
        ),
        fc.constantFrom(...types),
        fc.constantFrom('byType' as const, 'json' as const, 'jsonOrText' as const),
        async (bytes, header, reading) => {
          try {
            const payload = await readPayload({
              bytes,
              header,
              type: readContentType(header),
              reading,
              isPlain: true,
            });
            const text = payload.text === undefined ? null : JSON.parse(payload.text);
            expect(JSON.stringify(payload.value)).toBe(JSON.stringify(text));
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            expect(error).toMatchObject({ kind: 'refusal' });
          }
        },
      ),
    );
  });
});

describe('names with values', () => {
  it('become own properties, lists where they repeat, whatever the names', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString')),
            fc.string(),
          ),
        ),
        (pairs) => {
          const grouped = groupByName(pairs);
          expect(Object.getPrototypeOf(grouped)).toBe(Object.prototype);
          for (const [name] of pairs) {
            const values = pairs.filter(([key]) => key === name).map(([, value]) => value);
            expect(Object.getOwnPropertyDescriptor(grouped, name)?.value).toEqual(
              values.length === 1 ? values[0] : values,
            );
          }
          expect(readPairs(new URLSearchParams(pairs).toString())).toEqual([...new URLSearchParams(pairs)]);
        },
      ),
    );
  });
});
