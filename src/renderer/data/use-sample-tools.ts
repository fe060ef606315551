/** The calls behind the tools that read parameters off a sample, for one endpoint. */
import type { SampleView } from '../../shared/contract/samples.ts';
import type { Parameter } from '../../shared/model/endpoint.ts';
import { useAction } from './action.ts';
import { useMirror } from './mirror.ts';
import { listenForSample, sampleMirror, saveSample, stopListening } from './samples.ts';

export interface SampleToolbox {
  readonly sample: SampleView | undefined;
  readonly isBusy: boolean;
  readonly failure: string | null;
  readonly onListen: () => void;
  readonly onStop: () => void;
  readonly onGive: (
    given: { readonly json: unknown } | { readonly pairs: Readonly<Record<string, string>> },
  ) => Promise<boolean>;
}

/** @param onFound hears the parameters of a sample that was given here. */
export function useSampleTools(
  endpointId: string | null,
  onFound: (parameters: readonly Parameter[]) => void,
): SampleToolbox {
  const { data: sample, refetch } = useMirror(sampleMirror, endpointId);
  const listen = useAction(listenForSample);
  const stop = useAction(stopListening);
  const give = useAction(saveSample);
  const id = endpointId ?? '';
  return {
    sample,
    isBusy: listen.isBusy || give.isBusy,
    failure: listen.failure?.message ?? give.failure?.message ?? stop.failure?.message ?? null,
    onListen: () => void listen.run(id).then(refetch),
    onStop: () => void stop.run(id).then(refetch),
    onGive: async (given) => {
      const answer = await give.run({ id, ...given });
      if (answer === undefined) return false;
      refetch();
      onFound(answer.parameters);
      return true;
    },
  };
}
