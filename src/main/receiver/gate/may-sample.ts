/** Which requests an endpoint that listens may take as its sample (SPEC 6): the next GET or POST, from outside. */
import type { Exchange } from '../exchange.ts';
import type { Tools } from '../tools.ts';

/** Whether a request may become the sample of its endpoint, if it turns out to be genuine. */
export function maySample(exchange: Exchange, { clock }: Pick<Tools, 'clock'>): boolean {
  const { head, repeat, route } = exchange;
  const until = route?.sample?.listeningUntil;
  if (until === undefined || until === null || repeat !== undefined || exchange.cameTooLate) return false;
  return (head.raw.method === 'GET' || head.raw.method === 'POST') && until > clock.now();
}
