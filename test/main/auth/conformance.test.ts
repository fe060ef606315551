/**
 * What every scheme and every sender promises alike (SPEC 4.8, 5; RELIABILITY C1, C4, C5, C14, C18): a genuine request
 * passes, none of its twins does, and nothing a caller sends makes a judge throw.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerRegistry } from '../../../src/main/auth/providers/registry.ts';
import { noon } from './check.ts';
import { deliver, judge, subjects, type Delivery, type Subject } from './subjects.ts';

const body = Buffer.from('{"id":"evt_1","event":"order_created","order":{"id":"12345","total":10.5}}');
const day = 86_400_000;

/** Headers that make the delivery genuine: all but the content type. */
function signedHeaders(delivery: Delivery): readonly string[] {
  return delivery.headers.map(([name]) => name).filter((name) => name !== 'Content-Type');
}

function withHeader(
  delivery: Delivery,
  name: string,
  change: (value: string) => readonly string[],
): Delivery {
  const headers = delivery.headers.flatMap(([key, value]): (readonly [string, string])[] =>
    key === name ? change(value).map((one) => [key, one] as const) : [[key, value]],
  );
  return { ...delivery, headers };
}

/** The same value as far as its sender's format goes: blanks, doubled separators, and hex in capitals. */
function spelling(value: string): string {
  const bare = value
    .replace(/\s+/g, '')
    .replace(/([,;])[,;]*/g, '$1')
    .replace(/^[,;]|[,;]$/g, '');
  const isHex = /(?:^|=)[0-9a-f]{40,128}(?:$|[,;])/i.test(bare);
  return isHex ? bare.replace(/[0-9a-f]{40,128}/gi, (digest) => digest.toLowerCase()) : bare;
}

/** Basic and Bearer name their scheme in any case, with blanks behind it (RFC 9110). */
function isSameCredential(one: string, other: string): boolean {
  const read = (text: string): string =>
    text.replace(/^(basic|bearer) +/i, (scheme) => scheme.trim().toLowerCase());
  return read(one) === read(other) || spelling(one) === spelling(other);
}

const anySubject = fc.constantFrom(...subjects);
const anyBody = fc.oneof(
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const anyMutation = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('replace', 'insert', 'delete'),
  char: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
});

function mutate(value: string, { at, kind, char }: { at: number; kind: string; char: string }): string {
  const place = at % (value.length + (kind === 'insert' ? 1 : 0) || 1);
  const rest = value.slice(kind === 'insert' ? place : place + 1);
  return value.slice(0, place) + (kind === 'delete' ? '' : char) + rest;
}

/** X takes only JSON objects for events, so that its check tokens can not pass for one. */
function canCarry({ title }: Subject, bytes: Buffer): boolean {
  return title !== 'x' || bytes.includes('{');
}

describe.each(subjects.map((subject) => [subject.title, subject] as const))('%s', (_title, subject) => {
  const secrets = subject.secretsOf('present');
  const others = subject.secretsOf('other');
  const genuine = deliver(subject, secrets, body);

  it('believes a genuine request, and one with the previous secret while that overlaps', async () => {
    expect(await judge(subject, genuine, [secrets])).toEqual({ ok: true, secretIndex: 0 });
    expect(await judge(subject, genuine, [others, secrets])).toEqual({ ok: true, secretIndex: 1 });
  });

  it('refuses the secret of another, and the previous one once it is over', async () => {
    const verdict = await judge(subject, genuine, [others]);
    expect(verdict).toMatchObject({ ok: false });
  });

  it('refuses a header that is missing, empty, repeated, cut or extended', async () => {
    for (const name of signedHeaders(genuine)) {
      const twins = [
        withHeader(genuine, name, () => []),
        withHeader(genuine, name, () => ['']),
        withHeader(genuine, name, (value) => [value, value]),
        withHeader(genuine, name, (value) => [value.slice(0, -1)]),
        withHeader(genuine, name, (value) => [value.slice(1)]),
        withHeader(genuine, name, (value) => [`${value}0`]),
        withHeader(genuine, name, (value) => [`${value}zz`]),
        withHeader(genuine, name, () => ['x'.repeat(10_240)]),
      ];
      for (const twin of twins) {
        const verdict = await judge(subject, twin, [secrets]);
        expect(verdict, `${name}: ${JSON.stringify(twin.headers)}`).toMatchObject({ ok: false });
      }
    }
  });

  it('refuses another case wherever case matters', async () => {
    for (const name of signedHeaders(genuine)) {
      const twin = withHeader(genuine, name, (value) => [swapLastCase(value)]);
      const [before, after] = [genuine, twin].map(
        ({ headers }) => headers.find(([key]) => key === name)?.[1] ?? '',
      );
      const isSame = spelling(before ?? '') === spelling(after ?? '');
      expect((await judge(subject, twin, [secrets])).ok).toBe(isSame);
    }
  });

  it('notices a body with one bit changed, one byte more or one less where it covers the body, and only there', async () => {
    const flipped = Buffer.from(body);
    flipped.writeUInt8(flipped.readUInt8(20) ^ 1, 20);
    const longer = Buffer.concat([body, Buffer.from('\n')]);
    for (const other of [flipped, longer, body.subarray(0, -1), Buffer.alloc(0)]) {
      const { ok } = await judge(subject, { ...genuine, body: other }, [secrets]);
      expect(ok).toBe(!subject.coversBody);
    }
  });

  it('refuses an old or a future time where one is signed, whatever the reason says of it', async () => {
    const later = deliver(subject, secrets, body, noon + 8 * day);
    const texts = (delivery: Delivery): string => JSON.stringify([delivery.url, delivery.headers]);
    const times = [String(noon), String(noon / 1_000), new Date(noon).toISOString()];
    if (!times.some((time) => texts(genuine).includes(time))) return;
    expect(await judge(subject, genuine, [secrets], noon + 8 * day)).toMatchObject({
      ok: false,
      code: 'stale',
    });
    expect(await judge(subject, later, [secrets], noon)).toMatchObject({ ok: false, code: 'stale' });
  });

  it('is misconfigured, not open, without its secret or with an empty one', async () => {
    const empty = Object.fromEntries(Object.keys(secrets).map((field) => [field, '']));
    for (const sets of [[], [{}], [empty]]) {
      await expect(judge(subject, genuine, sets)).rejects.toMatchObject({ code: 'endpoint_misconfigured' });
    }
  });

  it('tells in a refusal neither its secret nor what was sent', async () => {
    const twin = withHeader(genuine, signedHeaders(genuine)[0] ?? '', () => ['what-was-sent']);
    const told = JSON.stringify([
      await judge(subject, twin, [secrets]),
      await judge(subject, genuine, [others]),
    ]);
    for (const value of [...Object.values(secrets), ...Object.values(others), 'what-was-sent']) {
      expect(told).not.toContain(value);
    }
  });
});

function swapLastCase(value: string): string {
  const at = value.search(/[A-Za-z](?=[^A-Za-z]*$)/);
  const char = value.charAt(at);
  const other = char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase();
  return value.slice(0, at) + other + value.slice(at + 1);
}

describe('any subject', { timeout: 60_000 }, () => {
  it('believes every genuine request, whatever the body', async () => {
    await fc.assert(
      fc.asyncProperty(anySubject, anyBody, fc.string({ minLength: 1 }), async (subject, bytes, seed) => {
        fc.pre(canCarry(subject, bytes));
        const secrets = subject.secretsOf(seed);
        const verdict = await judge(subject, deliver(subject, secrets, bytes), [secrets]);
        expect(verdict).toEqual({ ok: true, secretIndex: 0 });
      }),
      { numRuns: 1_000 },
    );
  });

  it('believes no mutant of the body', async () => {
    const covering = subjects.filter(({ coversBody }) => coversBody);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...covering),
        anyBody,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (subject, bytes, at, change) => {
          fc.pre(canCarry(subject, bytes) && bytes.byteLength > 0);
          const secrets = subject.secretsOf('present');
          const genuine = deliver(subject, secrets, bytes);
          const mutant = Buffer.from(bytes);
          const place = at % mutant.byteLength;
          mutant.writeUInt8(mutant.readUInt8(place) ^ change, place);
          expect((await judge(subject, { ...genuine, body: mutant }, [secrets])).ok).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('believes no mutant of a header', async () => {
    await fc.assert(
      fc.asyncProperty(anySubject, fc.nat(), anyMutation, async (subject, pick, mutation) => {
        const secrets = subject.secretsOf('present');
        const genuine = deliver(subject, secrets, body);
        const names = signedHeaders(genuine);
        fc.pre(names.length > 0);
        const name = names[pick % names.length] ?? '';
        const value = genuine.headers.find(([key]) => key === name)?.[1] ?? '';
        const mutant = mutate(value, mutation);
        fc.pre(!isSameCredential(mutant, value));
        const twin = withHeader(genuine, name, () => [mutant]);
        expect((await judge(subject, twin, [secrets])).ok, `${name}: ${value} -> ${mutant}`).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  it('believes no mutant of a signed query', async () => {
    const signing = subjects.filter((subject) =>
      deliver(subject, subject.secretsOf('present'), body).url.includes('?'),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...signing), anyMutation, async (subject, mutation) => {
        const secrets = subject.secretsOf('present');
        const genuine = deliver(subject, secrets, body);
        const [path = '', query = ''] = genuine.url.split('?');
        const mutant = mutate(query, mutation);
        fc.pre(!mutation.char.includes('#') && !isSameQuery(mutant, query));
        const verdict = await judge(subject, { ...genuine, url: `${path}?${mutant}` }, [secrets]);
        expect(verdict.ok, mutant).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws at what a caller sends, and never believes it', async () => {
    const header = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.stringMatching(/^[\w+/=,;.: -]{0,200}$/),
    );
    await fc.assert(
      fc.asyncProperty(
        anySubject,
        fc.array(header, { maxLength: 6 }),
        anyBody,
        async (subject, values, bytes) => {
          const secrets = subject.secretsOf('present');
          const names = signedHeaders(deliver(subject, secrets, body));
          const headers = names.map((name, index): [string, string] => [name, values[index] ?? 'x']);
          const url = `/hooks/x?${encodeURI(values.join('&'))}`;
          const verdict = await judge(subject, { url, headers, body: bytes }, [secrets]);
          expect(verdict).toMatchObject({ ok: false });
        },
      ),
      { numRuns: 1_500 },
    );
  });
});

/** The same names and values in the same order; without a signature over the URL that is the same query. */
function isSameQuery(one: string, other: string): boolean {
  return JSON.stringify([...new URLSearchParams(one)]) === JSON.stringify([...new URLSearchParams(other)]);
}

describe('the registry', () => {
  it('says of every sender where to find its settings, what it signs and how long it waits', () => {
    for (const { definition } of providerRegistry) {
      expect(definition.description.length).toBeGreaterThan(20);
      expect(definition.formula.length).toBeGreaterThan(20);
      expect(definition.provider).toMatch(/^[a-z0-9]+$/);
    }
  });

  it('has a handshake where it says one, and only there', () => {
    for (const { definition, handshake } of providerRegistry) {
      expect([definition.provider, handshake !== undefined]).toEqual([
        definition.provider,
        definition.handshake !== null,
      ]);
    }
  });
});
