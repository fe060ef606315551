/** Settings most senders have, so that they read alike. */
import type { Field } from '../../../shared/fields.ts';

/** The secret both sides know; made up here unless one is given. */
export function secretField(label: string, help: string): Field {
  return { name: 'secret', label, kind: 'secret', generate: true, required: true, help };
}

/** A secret the sender makes up: it has to be entered. */
export function sendersSecretField(label: string, help: string): Field {
  return { name: 'secret', label, kind: 'secret', required: true, help };
}

/** How far the signed time may be from now, before or after. */
export function toleranceField(seconds: number, mostSeconds = 86_400): Field {
  return {
    name: 'toleranceSeconds',
    label: 'Tolerance',
    kind: 'number',
    default: seconds,
    min: 1,
    max: mostSeconds,
    unit: 's',
    help: 'How far the signed time may be from now, before or after.',
  };
}

/** The tolerance of settings that have a toleranceField, in ms. */
export function toleranceMs(settings: Readonly<Record<string, unknown>>, seconds: number): number {
  const { toleranceSeconds } = settings;
  return (typeof toleranceSeconds === 'number' ? toleranceSeconds : seconds) * 1_000;
}
