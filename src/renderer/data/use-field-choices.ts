/** Names that text fields offer: worksheets and workflows of this install. */
import { useMemo } from 'react';
import { useMirror } from './mirror.ts';
import { entitiesMirror } from './records.ts';
import { workflowChoices } from './workflows.ts';

/** The names, as far as they are known yet. */
export function useFieldChoices(): {
  readonly entities: readonly string[];
  readonly workflows: readonly string[];
} {
  const { data: entities } = useMirror(entitiesMirror, null);
  const { data: workflows } = useMirror(workflowChoices, null);
  return useMemo(
    () => ({
      entities: (entities ?? []).map(({ name }) => name),
      workflows: (workflows ?? []).map(({ slug }) => slug),
    }),
    [entities, workflows],
  );
}
