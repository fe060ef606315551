/**
 * Looks for a key that is presented as it is (API keys, pairs, bearer, basic, tokens of senders): in the wrong place, in
 * another spelling, swapped with its partner, or of another time or endpoint. Where it belongs is found out by letting the
 * scheme sign a request.
 */
import type { SecretValues } from '../../../shared/fields.ts';
import { isSame } from '../compare.ts';
import { keySpellings } from './key-spellings.ts';
import { type DoctorCase, mistakenSecrets, type Mistake, type Search } from './mistake.ts';
import { presentedTexts, type PresentedText } from './presented-texts.ts';

/** Where a secret belongs. */
interface KeyPlace {
  readonly place: 'header' | 'query';
  readonly name: string;
  readonly field: string;
  /** The word before it, e.g. `Bearer`. */
  readonly word: string;
}

const misplaced: Mistake = {
  id: 'key-misplaced',
  title: 'The key in another header, in the query or behind another word',
  clause: 'the key came in another place than it is expected in',
  mend: 'Let the caller send the key where it is expected.',
};
const swapped: Mistake = {
  id: 'key-swapped',
  title: 'The two halves of a pair swapped',
  clause: 'the caller swapped the two halves of the pair',
  mend: 'Let the caller send each of the two where it belongs.',
};
const placeholder: Mistake = {
  id: 'key-placeholder',
  title: 'A placeholder in place of the key',
  clause: 'a placeholder stands where the key belongs',
  mend: 'Put the real key into the settings of the caller.',
};
const maskSent: Mistake = {
  id: 'key-mask',
  title: 'The key masked, as it is shown',
  clause: 'the caller sends the key masked, as it is shown here',
  mend: 'Show the key in full or reset it, and give that to the caller.',
};

const userName: Mistake = {
  id: 'basic-user',
  title: 'Another user name',
  clause: 'the password fits, and the user name is another than the one of this endpoint',
  mend: 'Let the caller use the user name that stands in the settings of the endpoint.',
};

const placeholders =
  /^(?:undefined|null|none|todo|changeme|x{3,}|your[-_ ].*|<.*>|\{\{.*\}\}|\$\{.*\}|\$[A-Z_]+|%[A-Z_]+%|(?:api[-_ ]?)?key|secret|token)$/i;

/** Searches a refused request of a scheme whose keys are presented as they are. */
export function searchKey({ check, auth, others }: DoctorCase): Search {
  const [secrets = {}] = check.secrets;
  const places = placesOf(auth, secrets);
  const texts = presentedTexts(check);
  const tried = [
    misplaced,
    swapped,
    placeholder,
    maskSent,
    ...(auth.scheme.definition.scheme === 'basic' ? [userName] : []),
    ...keySpellings,
    ...new Map(others.map((set) => [`${set.kind} ${set.name}`, mistakenSecrets(set)])).values(),
  ];
  const found = places.flatMap((place) => faultAt(place, places, texts, secrets, others) ?? []);
  // The password fits: then it is the name before it.
  if (found.length === 0 && auth.scheme.definition.scheme === 'basic' && hasAll(places, texts, secrets)) {
    return { found: [userName], tried };
  }
  return { found: found.length === 0 ? undefined : [...new Set(found)], tried };
}

function hasAll(
  places: readonly KeyPlace[],
  texts: readonly PresentedText[],
  secrets: SecretValues,
): boolean {
  return places.every((place) =>
    texts.some((text) => isAt(text, place) && isSame(text.text, secrets[place.field] ?? '')),
  );
}

function placesOf({ scheme, settings }: DoctorCase['auth'], secrets: SecretValues): readonly KeyPlace[] {
  try {
    const signed = scheme.sign?.({
      method: 'POST',
      url: 'https://probe.invalid/',
      body: new Uint8Array(0),
      secrets,
      settings,
      now: 0,
    });
    const all = [
      ...Object.entries(signed?.headers ?? {}).map(([name, value]) => ({
        place: 'header' as const,
        name,
        value,
      })),
      ...Object.entries(signed?.query ?? {}).map(([name, value]) => ({
        place: 'query' as const,
        name,
        value,
      })),
    ];
    return all.flatMap(({ place, name, value }) =>
      Object.entries(secrets).flatMap(([field, secret]) => {
        const made = presentedTexts({ raw: { headers: [[name, value]] }, query: [] });
        const own = made.find(({ text }) => text === secret);
        return secret === '' || own === undefined ? [] : [{ place, name, field, word: own.word }];
      }),
    );
  } catch {
    return [];
  }
}

function faultAt(
  expected: KeyPlace,
  places: readonly KeyPlace[],
  texts: readonly PresentedText[],
  secrets: SecretValues,
  others: DoctorCase['others'],
): readonly Mistake[] | undefined {
  const secret = secrets[expected.field] ?? '';
  const here = texts.filter((text) => isAt(text, expected));
  const isWord = ({ word }: PresentedText): boolean => word.toLowerCase() === expected.word.toLowerCase();
  if (here.some((text) => isWord(text) && isSame(text.text, secret))) return undefined;
  const partners = places
    .filter(({ field }) => field !== expected.field)
    .map(({ field }) => secrets[field] ?? '');
  if (here.some(({ text }) => partners.some((partner) => partner !== '' && isSame(text, partner))))
    return [swapped];
  const elsewhere = texts.find(({ text }) => isSame(text, secret));
  if (elsewhere !== undefined) return [placed(elsewhere, expected)];
  for (const { text } of here) {
    const spelled = keySpellings.find((spelling) => spelling.matches(text, secret));
    if (spelled !== undefined) return [spelled];
    if (placeholders.test(text)) return [placeholder];
    if (/^(?:\*{3,}|\u2022{3,}|(?:\u00e2\u0080\u00a2){3,})/.test(text)) return [maskSent];
  }
  const foreign = others.find(({ values }) =>
    Object.values(values).some((value) => value !== '' && here.some(({ text }) => isSame(text, value))),
  );
  return foreign === undefined ? undefined : [mistakenSecrets(foreign)];
}

function isAt(text: Pick<PresentedText, 'place' | 'name'>, { place, name }: KeyPlace): boolean {
  return (
    text.place === place &&
    (place === 'query' ? text.name === name : text.name.toLowerCase() === name.toLowerCase())
  );
}

const placeWords = {
  header: 'the header',
  query: 'the query parameter',
  body: 'the field of the body',
} as const;

/** Names of the request are the caller's: only those of usual places are told. */
function placed(found: PresentedText, expected: KeyPlace): Mistake {
  const right = `${placeWords[expected.place]} ${expected.name}`;
  const isUsual =
    /^(?:authorization|(?:x-)?api[-_]?key|x-api-secret|x-auth-token|token|key|access_token|secret)$/i.test(
      found.name,
    );
  const where = isUsual
    ? `${placeWords[found.place]} ${found.name}`
    : `another ${found.place === 'query' ? 'query parameter' : found.place === 'body' ? 'place, in the body' : 'header'}`;
  if (isAt(found, expected)) {
    return {
      ...misplaced,
      clause: `the key stands in ${right} in another way than expected${found.word === '' ? '' : `, behind "${found.word}"`}`,
      mend: `Let the caller send the key in ${right} the way the scheme says.`,
    };
  }
  return {
    ...misplaced,
    clause: `the key came in ${where}, where ${right} is expected`,
    mend: `Let the caller send the key in ${right}.`,
  };
}
