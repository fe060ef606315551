/** How a request finds the run that waits here: by the record, by values that meet, and for how long. */
import { NumberInput, Select, Stack, Text } from '@mantine/core';
import type { WebhookConfig } from '../../../../shared/model/endpoint.ts';
import { ExpressionInput } from '../../../ui/ExpressionInput.tsx';
import { Fold } from '../step/Fold.tsx';

export interface WaitSettingsProps {
  readonly config: Partial<WebhookConfig>;
  readonly onChange: (change: Partial<WebhookConfig>) => void;
  readonly errors: Readonly<Record<string, string>>;
  readonly isWait: boolean;
}

/** Settings of waiting, folded away: the target or the run's own resume URL do without them. */
export function WaitSettings({ config, onChange, errors, isWait }: WaitSettingsProps) {
  const { correlation, timeoutSeconds, holdEarlySeconds, onMatch } = config;
  const setPair = (part: 'run' | 'request', value: string): void => {
    const next = { run: correlation?.run ?? '', request: correlation?.request ?? '', [part]: value };
    onChange({ correlation: next.run === '' && next.request === '' ? undefined : next });
  };
  return (
    <Fold label="How a request finds its run">
      <Stack gap="sm">
        <Text size="xs" c="dimmed">
          A request of the style ValidMind names the record. Others meet by two expressions that give equal
          values, or use the run’s own resume URL.
        </Text>
        <ExpressionInput
          mode="expression"
          label="Value in the run"
          placeholder="trigger.data.order_id"
          value={correlation?.run ?? ''}
          onChange={(value) => setPair('run', value)}
          error={errors['correlation.run']}
        />
        <ExpressionInput
          mode="expression"
          label="Value in the request"
          placeholder="trigger.data.order_id"
          value={correlation?.request ?? ''}
          onChange={(value) => setPair('request', value)}
          error={errors['correlation.request']}
        />
        {isWait ? (
          <>
            <NumberInput
              label="Wait at most"
              description="Empty: without end. Then the run leaves by the outlet “timeout”, or fails where nothing follows it."
              suffix=" s"
              min={1}
              value={timeoutSeconds ?? ''}
              onChange={(value) =>
                onChange({ timeoutSeconds: typeof value === 'number' ? value : undefined })
              }
              error={errors['timeoutSeconds']}
            />
            <NumberInput
              label="Hold a request that comes too early"
              description="It is kept this long and used once when the run gets here. 86,400 s is a day."
              suffix=" s"
              min={0}
              placeholder="86400 s"
              value={holdEarlySeconds ?? ''}
              onChange={(value) =>
                onChange({ holdEarlySeconds: typeof value === 'number' ? value : undefined })
              }
              error={errors['holdEarlySeconds']}
            />
          </>
        ) : (
          <Select
            label="When a run with the same value waits"
            data={[
              { value: 'start', label: 'Start a new run all the same' },
              { value: 'resume', label: 'Resume it instead of starting a new one' },
            ]}
            value={onMatch ?? 'start'}
            onChange={(value) => onChange({ onMatch: value === 'resume' ? 'resume' : undefined })}
          />
        )}
      </Stack>
    </Fold>
  );
}
