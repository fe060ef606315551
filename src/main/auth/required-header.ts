/** A header without which a request can not be judged. */
import type { HeaderList } from '../../shared/model/request.ts';
import { presentedHeader } from './presented.ts';
import { refuse, type Refusal } from './scheme.ts';

/** Its one value, or the refusal when it is missing, empty or sent more than once. */
export function requireHeader(headers: HeaderList, name: string): string | Refusal {
  const presented = presentedHeader(headers, name);
  if (presented.kind === 'repeated') return refuse('repeated', `The header ${name} was sent more than once.`);
  if (presented.kind === 'missing') return refuse('missing', `The header ${name} is missing.`);
  return presented.value === '' ? refuse('missing', `The header ${name} is empty.`) : presented.value;
}
