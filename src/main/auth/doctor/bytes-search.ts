/**
 * For signatures the doctor can not make itself (public keys, formulas of their own): lets the scheme judge the request with
 * other bytes in place of the body, and with other secrets.
 */
import { bodyForms, type SentBody } from './body-forms.ts';
import { Budget } from './budget.ts';
import { type DoctorCase, mistakenSecrets, type Mistake, type Search } from './mistake.ts';

const limits = { bytes: 134_217_728, ms: 1_500 };

/** Searches a refused request with nothing but the scheme's own judgement. */
export async function searchBytes(kase: DoctorCase, body: SentBody): Promise<Search> {
  const { auth, check, others } = kase;
  const budget = new Budget(limits);
  const tries = [
    ...others.map((set) => ({
      mistake: mistakenSecrets(set),
      check: { ...check, secrets: [{ ...check.secrets[0], ...set.values }] },
    })),
    ...bodyForms.flatMap((mistake) => {
      const bytes = mistake.bytesOf(body);
      return bytes === undefined || Buffer.compare(bytes, body.raw) === 0
        ? []
        : [{ mistake, check: { ...check, decodedBody: bytes, raw: { ...check.raw, body: bytes } } }];
    }),
  ];
  const tried: Mistake[] = tries.map(({ mistake }) => mistake);
  for (const { mistake, check: changed } of tries) {
    if (!(await budget.take(changed.raw.body.byteLength + 200))) break;
    if (await passes(auth, changed)) return { found: [mistake], tried };
  }
  return { found: undefined, tried };
}

async function passes({ scheme }: DoctorCase['auth'], check: DoctorCase['check']): Promise<boolean> {
  try {
    return (await scheme.verify(check)).ok;
  } catch {
    return false;
  }
}
