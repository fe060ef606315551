/**
 * What the fuzzer aims at: an endpoint of every style and for every scheme and known sender the app can sign for
 * itself, made through `/v1` on a real host. Each knows how to make a genuine request with any body.
 */
import { z } from 'zod';
import { resolveAuth } from '../../../src/main/auth/registry.ts';
import { providerRegistry } from '../../../src/main/auth/providers/registry.ts';
import { callV1 } from '../../support/v1.ts';
import type { Dice } from './dice.ts';
import { jsonText } from './grammar.ts';
import { type Parcel, parcelOf } from './parcel.ts';

export interface Subject {
  readonly name: string;
  readonly path: string;
  /** Whether a wrong credential must be refused. */
  readonly isGuarded: boolean;
  /** Whether an expression is evaluated on the way of each request. */
  readonly computes: boolean;
  /** Bodies a genuine caller sends. */
  readonly payload: (dice: Dice) => string;
  /** A request as its sender would make it, or one who has another secret. */
  readonly make: (origin: string, body: Buffer, type: string, isForger?: boolean) => Parcel;
}

/** A secret in the form the strictest sender asks for; texts like any other to the rest. */
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const FORGED = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

/** An answer of an endpoint's own making that is known again as one of success. */
const OWN_ANSWER = { executionId: 'run_own', echo: '{{trigger.data}}' };

interface AuthSpec {
  readonly auth: Record<string, unknown> & { scheme: string };
  /** Names of the fields that hold a secret. */
  readonly secrets: readonly string[];
}

const hmac = (more: Record<string, unknown> = {}): AuthSpec => ({
  auth: { scheme: 'hmac', ...more },
  secrets: ['secret'],
});

const schemes: Readonly<Record<string, AuthSpec>> = {
  none: { auth: { scheme: 'none' }, secrets: [] },
  'apiKey header': { auth: { scheme: 'apiKey' }, secrets: ['key'] },
  'apiKey query': { auth: { scheme: 'apiKey', in: 'query', name: 'flowxApiKey' }, secrets: ['key'] },
  keyPair: { auth: { scheme: 'keyPair' }, secrets: ['key', 'secret'] },
  basic: { auth: { scheme: 'basic', username: 'user' }, secrets: ['password'] },
  bearer: { auth: { scheme: 'bearer' }, secrets: ['token'] },
  jwt: { auth: { scheme: 'jwt', algorithms: ['HS256'] }, secrets: ['secret'] },
  hmac: hmac(),
  'hmac base64': hmac({ encoding: 'base64', prefix: 'v1=' }),
  'hmac sha512 timed': hmac({ algorithm: 'sha512', signed: '{timestamp}.{id}.{body}' }),
  'hmac url': hmac({ algorithm: 'sha1', signed: '{method}{url}{body}' }),
  appSign: { auth: { scheme: 'appSign' }, secrets: ['appKey', 'secretKey'] },
};

/** The known senders, by the fields of their definitions. */
function senders(): Record<string, AuthSpec> {
  const specs: Record<string, AuthSpec> = {};
  for (const { definition, sign } of providerRegistry) {
    if (sign === undefined) continue;
    const secrets = definition.fields.filter(({ kind }) => kind === 'secret').map(({ name }) => name);
    specs[definition.provider] = { auth: { scheme: 'provider', provider: definition.provider }, secrets };
  }
  return specs;
}

type Config = Record<string, unknown>;

const order = (dice: Dice): string =>
  `{"order":"${dice.word(6)}","n":${dice.upTo(100)},"items":[{"sku":"a","price":1.5}],"more":${jsonText(dice, 2)}}`;

const created = z.object({ endpoints: z.array(z.object({ url: z.url() })).min(1) });

/** Makes every endpoint. Those whose settings the app refuses, and why, are told to `say`. */
export async function makeSubjects(receiver: string, say: (line: string) => void): Promise<Subject[]> {
  const record = await callV1(receiver, 'POST', '/v1/entities/InventoryModel/records', { name: 'Fuzzed' });
  const { cuid } = z.object({ cuid: z.string() }).parse(record.body);
  const subjects: Subject[] = [];

  async function add(name: string, spec: AuthSpec, config: Config = {}, payload = order): Promise<void> {
    const given = Object.fromEntries(spec.secrets.map((field) => [field, SECRET]));
    const { status, body } = await callV1(receiver, 'POST', '/v1/workflows?activate=true', {
      name,
      slug: `fuzz-${subjects.length}-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          config: { style: 'native', auth: { ...spec.auth, ...given }, ...config },
        },
      ],
      edges: [],
    });
    const url = created.safeParse(body).data?.endpoints[0]?.url;
    if (url === undefined) say(`left out: ${name}, ${status} ${JSON.stringify(body)}`);
    else
      subjects.push(
        subjectOf(
          name,
          new URL(url).pathname,
          spec,
          payload,
          computing.some((key) => key in config),
        ),
      );
  }

  for (const [name, spec] of Object.entries(schemes)) await add(name, spec);
  for (const [name, spec] of Object.entries(senders())) await add(name, spec);
  const open: AuthSpec = { auth: { scheme: 'none' }, secrets: [] };
  const start = (): string => `{"action":"run_workflow","target":"${cuid}","entity_name":"InventoryModel"}`;
  await add('validmind', open, { style: 'validmind' }, start);
  await add('metal', hmac(), { style: 'metal' });
  await add('flowtrux', hmac(), { style: 'flowtrux' });
  await add('hap', open, { style: 'hap', fullBody: true });
  const parameters = [
    { name: 'n', in: 'body', type: 'number', required: true },
    { name: 'sku', in: 'body', path: 'items[0].sku', type: 'string' },
    { name: 'q', in: 'query', type: 'date' },
    { name: 'x', in: 'header', path: 'X-Trace', type: 'object' },
  ];
  await add('parameters', open, { parameters });
  await add('filter', open, { filter: '$exists(trigger.data.order) and trigger.data.n >= 0' });
  await add('key template', open, { dedupe: { key: '{{trigger.data.order}}' } });
  await add('small bodies', hmac(), { maxBodyBytes: 2_000, methods: ['POST', 'PUT', 'GET'] });
  await add('origins', open, { cors: { origins: ['https://app.example'] }, ipAllow: ['127.0.0.0/8'] });
  const echo = (body: string, match: Config): Config => ({ handshake: { match, body } });
  await add(
    'handshake by query',
    hmac(),
    echo('{{trigger.query}}', { method: 'GET', query: { challenge: '*' } }),
  );
  await add(
    'handshake by body',
    hmac(),
    echo('{{trigger.data.challenge}}', { body: { type: 'url_verification' } }),
  );
  await add('custom answer', open, {
    response: { mode: 'custom', headers: { 'X-Echo': '{{trigger.data.order}}' }, body: OWN_ANSWER },
  });
  return subjects;
}

/** Settings that are evaluated with each request. */
const computing = ['filter', 'parameters', 'dedupe', 'response', 'handshake'];

function subjectOf(
  name: string,
  path: string,
  spec: AuthSpec,
  payload: Subject['payload'],
  computes: boolean,
): Subject {
  const { scheme, settings } = resolveAuth(spec.auth);
  const secretsOf = (value: string): Record<string, string> =>
    Object.fromEntries(spec.secrets.map((field) => [field, value]));
  return {
    name,
    path,
    isGuarded: spec.secrets.length > 0,
    computes,
    payload,
    make: (origin, body, type, isForger = false) => {
      const signed = scheme.sign?.({
        method: 'POST',
        url: origin + path,
        body,
        secrets: secretsOf(isForger ? FORGED : SECRET),
        settings,
        now: Date.now(),
      }) ?? { headers: {}, query: {} };
      const query = new URLSearchParams(signed.query).toString();
      const target = query === '' ? path : `${path}?${query}`;
      return parcelOf(
        'POST',
        target,
        { ...(type === '' ? {} : { 'Content-Type': type }), ...signed.headers },
        body,
      );
    },
  };
}
