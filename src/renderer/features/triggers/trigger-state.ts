/** What a caller meets at a trigger, in one word and one sentence. */
import type { EndpointView } from '../../../shared/contract/views.ts';
import type { Tone } from '../../ui/badges.tsx';

export interface TriggerState {
  readonly word: string;
  readonly tone: Tone;
  readonly why: string;
}

/** The state of a trigger (SPEC 4.2: deactivated and not-live endpoints answer alike, people should not wonder why). */
export function stateOf({ live, state, kind }: EndpointView): TriggerState {
  if (live) return { word: 'Active', tone: 'ok', why: 'Requests are accepted.' };
  if (state === 'deactivated') {
    return {
      word: 'Deactivated',
      tone: 'note',
      why: 'Callers get 404 until you activate it; key and URL are kept.',
    };
  }
  const why =
    kind === 'shared'
      ? 'Active, but no live workflow starts from it: callers get 404.'
      : 'Its workflow is not live: callers get 404 until a version is activated.';
  return { word: 'Not live', tone: 'wait', why };
}

/** `default / Order intake v3`: where the trigger stands. */
export function locationOf({ project, workflows }: EndpointView): string {
  const [first, ...others] = workflows;
  if (first === undefined) return `${project} / no workflow`;
  const version = first.version === null ? '' : ` v${first.version}`;
  const rest = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${project} / ${first.name}${version}${rest}`;
}
