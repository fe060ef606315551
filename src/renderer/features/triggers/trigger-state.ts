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

/** Something people should know about a trigger, beside its state. */
export interface TriggerMark {
  readonly word: string;
  readonly tone: Tone;
  readonly why: string;
}

/** What is worth a look: silence, slow answers, keys that are gone or about to be, who may call. */
export function marksOf(trigger: EndpointView): readonly TriggerMark[] {
  const { silence, coach, secrets, open, replayable, driftSince, listeningUntil } = trigger;
  const unreadable = secrets.filter(({ isReadable }) => !isReadable);
  const weak = secrets.find(({ warning }) => warning !== null);
  const hasPrevious = secrets.some(({ previousValidUntil }) => previousValidUntil !== null);
  return [
    ...(unreadable.length === 0
      ? []
      : [
          {
            word: 'key missing',
            tone: 'bad' as const,
            why: 'The key it was encrypted with is not here: callers get 503 until you set it again.',
          },
        ]),
    ...(silence?.isSilent === true
      ? [
          {
            word: 'silent',
            tone: 'bad' as const,
            why: `Nothing came for more than ${silence.alarmHours} h.`,
          },
        ]
      : []),
    ...(driftSince === null
      ? []
      : [
          {
            word: 'drift',
            tone: 'wait' as const,
            why: `Since ${new Date(driftSince).toLocaleString()} requests differ from the sample.`,
          },
        ]),
    ...(listeningUntil === null
      ? []
      : [
          {
            word: 'listening',
            tone: 'busy' as const,
            why: 'The next genuine request becomes the sample and starts nothing.',
          },
        ]),
    ...(coach === null ? [] : [{ word: 'slow answers', tone: 'wait' as const, why: coach.sentence }]),
    ...(hasPrevious
      ? [
          {
            word: 'two keys',
            tone: 'busy' as const,
            why: 'The key before the last rotation is still accepted.',
          },
        ]
      : []),
    ...(weak === undefined ? [] : [{ word: 'weak key', tone: 'wait' as const, why: weak.warning ?? '' }]),
    ...(open
      ? [{ word: 'open', tone: 'wait' as const, why: 'Anyone who knows the URL may call.' }]
      : replayable
        ? [
            {
              word: 'replayable',
              tone: 'note' as const,
              why: 'A genuine call passes again when somebody who has seen it sends it again.',
            },
          ]
        : []),
  ];
}
